"""The template's schedules call their function, as EventBridge Scheduler would."""

import asyncio
from typing import Any

import pytest
from insurance.domain.schedule.scheduled_job import JobKind

from local.aws.cloudformation import TemplateError
from local.aws.schedules import Schedule
from local.aws.template import Resource
from local.aws.workers import Result
from tests.support.engine import template


def make(**properties: Any) -> Resource:
    written = template().resources["JobsSchedule"]
    return Resource(
        logical_id="Every",
        type=written.type,
        properties={**written.properties, **properties},
        name="every",
        arn="",
    )


def called(resource: Resource, *results: Result) -> list[tuple[str, dict[str, Any]]]:
    """What is called until the schedule waits for its next time."""
    calls, answers = [], iter(results)

    async def invoke(function: str, event: dict[str, Any]) -> Result:
        calls.append((function, event))
        return next(answers)

    async def run() -> None:
        schedule = Schedule(resource, invoke=invoke)
        schedule.start()
        for _ in range(20):
            await asyncio.sleep(0)
        await schedule.stop()

    asyncio.run(run())
    return calls


DONE = Result(b"{}")
FAILED = Result(b"{}", error="Unhandled")


def test_a_schedule_calls_its_function_with_its_input():
    [(function, event)] = called(make(), DONE)

    assert function == template().functions["SchedulerFunction"].name
    assert event == {"kinds": ["quote", "renewal", "billing", "claim", "complaint", "limit"]}


def test_every_kind_of_job_is_on_some_schedule():
    schedules = template().of_type("AWS::Scheduler::Schedule")

    kinds = [kind for each in schedules for kind in called(each, DONE)[0][1].get("kinds", ())]

    assert sorted(kinds) == sorted(JobKind)


def test_the_books_are_counted_by_schedule_as_soon_as_the_stack_is_up():
    [(function, event)] = called(template().resources["ReconciliationSchedule"], DONE)

    assert function == template().functions["AccountingFunction"].name
    assert event == {"reconcile": ["live"]}


def test_a_call_that_fails_is_tried_again_as_often_as_the_schedule_says():
    assert len(called(make(), FAILED, DONE)) == 2
    assert len(called(make(), FAILED, FAILED, FAILED)) == 3


def test_what_is_no_rate_is_refused():
    with pytest.raises(TemplateError):
        called(make(ScheduleExpression="cron(0 2 * * ? *)"))
