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
    return played(resource, *results)[0]


def played(
    resource: Resource, *results: Result
) -> tuple[list[tuple[str, dict[str, Any]]], list[float]]:
    """The same, and the pauses between its tries."""
    calls: list[tuple[str, dict[str, Any]]] = []
    pauses: list[float] = []
    answers = iter(results)

    async def run() -> None:
        waits = asyncio.Event()

        async def invoke(function: str, event: dict[str, Any]) -> Result:
            calls.append((function, event))
            return next(answers)

        async def sleep(seconds: float) -> None:
            if seconds >= 60 and next(answers, None) is None:
                waits.set()
                await asyncio.Event().wait()
            pauses.append(seconds)

        schedule = Schedule(resource, invoke=invoke, sleep=sleep)
        schedule.start()
        await waits.wait()
        await schedule.stop()

    asyncio.run(run())
    return calls, pauses


DONE = Result(b"{}")
FAILED = Result(b"{}", error="Unhandled")


def test_a_schedule_calls_its_function_with_its_input():
    [(function, event)] = called(make(), DONE)

    assert function == template().functions["SchedulerFunction"].name
    kinds = ["quote", "renewal", "billing", "claim", "complaint", "limit", "erasure", "document"]
    assert event == {"kinds": kinds}


def test_every_kind_of_job_is_on_some_schedule():
    schedules = template().of_type("AWS::Scheduler::Schedule")

    kinds = [kind for each in schedules for kind in called(each, DONE)[0][1].get("kinds", ())]

    assert sorted(kinds) == sorted(JobKind)


def test_the_books_are_counted_by_schedule_as_soon_as_the_stack_is_up():
    [(function, event)] = called(template().resources["ReconciliationSchedule"], DONE)

    assert function == template().functions["AccountingFunction"].name
    assert event == {"reconcile": ["live"]}


def test_roots_are_made_by_schedule_in_both_modes():
    [(function, event)] = called(template().resources["RootsSchedule"], DONE)

    assert function == template().functions["AuditFunction"].name
    assert event == {"roots": ["live", "test"]}


def test_a_call_that_fails_is_tried_again_as_often_as_the_schedule_says():
    assert len(called(make(), FAILED, DONE)) == 2
    assert len(called(make(), FAILED, FAILED, FAILED)) == 3


def test_it_waits_longer_from_try_to_try():
    assert played(make(), FAILED, FAILED, DONE)[1] == [1.0, 2.0]


def test_a_failure_that_lasts_is_told_of_once_and_its_end_too(caplog):
    with caplog.at_level("INFO", "coverwright.schedules"):
        called(make(), FAILED, FAILED, DONE)

    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]
    assert "after 2 failures" in caplog.records[1].getMessage()


def test_what_is_no_rate_is_refused():
    with pytest.raises(TemplateError):
        called(make(ScheduleExpression="cron(0 2 * * ? *)"))
