"""Deadlines that nobody met: found by the scheduler, noted once, and somebody's task from then on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from insurance import wiring
from insurance.domain.core.identity import Mode
from insurance.domain.schedule.scheduled_job import JobKind, partition_for
from insurance.operations.scheduler.check_deadlines import (
    check_claim_deadlines,
    check_complaint_deadlines,
)
from insurance.operations.scheduler.run_jobs import RunReport, run_jobs
from insurance.operations.scheduler.schedule_jobs import schedule_jobs

from tests.fakes.claims import MemoryClaims
from tests.fakes.complaints import MemoryComplaints
from tests.fakes.memory import Memory
from tests.fakes.scheduler import MemoryScheduledJobs
from tests.support.claims import AT_FAULT, HANDLER, issued, loss, notified
from tests.support.complaints import KIM, opened
from tests.support.platform import Platform, platform_in_memory

type Json = dict[str, Any]

PARTITION = partition_for(Mode.TEST, "harbour")


@dataclass
class Days:
    """An office whose days pass: what happened is delivered, and what is due is done."""

    platform: Platform
    memory: Memory
    scheduled: MemoryScheduledJobs

    def turn_to(self, now: datetime) -> RunReport:
        events = [event for stream in self.memory.events.values() for event in stream]
        for event in events:
            schedule_jobs(event, products=wiring.products(), schedule=self.scheduled)
        self.platform.now = now
        return run_jobs(
            PARTITION,
            {
                JobKind.CLAIM: partial(check_claim_deadlines, claims=MemoryClaims(self.memory)),
                JobKind.COMPLAINT: partial(
                    check_complaint_deadlines, complaints=MemoryComplaints(self.memory)
                ),
            },
            scheduled=self.scheduled,
            now=now,
            time_is_up=lambda: False,
        )

    def breaches(self, id: str) -> list[str]:
        """What the scheduler did on a stream."""
        return [each.type for each in self.memory.events[id] if each.actor == "scheduler"]


@pytest.fixture
def days() -> Iterator[Days]:
    with platform_in_memory() as (platform, memory):
        yield Days(platform, memory, MemoryScheduledJobs())


def crash(days: Days, **changes: Any) -> Json:
    body = loss(issued(days.platform), "accidental_damage", "1000", facts=AT_FAULT)
    return notified(days.platform, body | changes)


def test_a_claim_that_nobody_decides_in_time_is_found_and_becomes_a_task(days):
    claim = crash(days)
    [due] = [each["due_at"] for each in claim["deadlines"] if each["code"] == "decide"]
    due_at = datetime.fromisoformat(due)

    days.turn_to(due_at - timedelta(seconds=1))
    assert days.breaches(claim["id"]) == []
    days.turn_to(due_at)

    found = days.platform.get(f"/v1/claims/{claim['id']}")
    [deadline] = [each for each in found["deadlines"] if each["code"] == "decide"]
    assert days.breaches(claim["id"]) == ["claim.deadline_missed"]
    assert datetime.fromisoformat(deadline["missed_at"]) == due_at
    assert found["task"]["code"] == "deadline_missed"
    [line] = days.platform.get("/v1/work-items?role=claims_handler", by=HANDLER)["items"]
    assert (line["id"], line["late"]) == (claim["id"], True)


def test_a_missed_deadline_is_recorded_once_however_often_the_scheduler_runs(days):
    claim = crash(days)
    later = days.platform.now + timedelta(days=60)

    for _ in range(3):
        ran = days.turn_to(later)
        later += timedelta(days=1)

    assert (ran.failed, days.breaches(claim["id"])) == (0, ["claim.deadline_missed"])


def test_a_claim_that_is_settled_in_time_breaches_nothing(days):
    claim = crash(days)
    path = f"/v1/claims/{claim['id']}"
    days.platform.post(f"{path}/settlement")
    days.platform.post(f"{path}/hold", {"reason": "The bank is asked."}, by=HANDLER)

    days.turn_to(days.platform.now + timedelta(days=9))

    assert days.breaches(claim["id"]) == []


def test_money_that_does_not_come_in_time_is_a_breach_of_its_own(days):
    claim = crash(days)
    days.platform.post(f"/v1/claims/{claim['id']}/settlement")

    days.turn_to(days.platform.now + timedelta(days=40))

    found = days.platform.get(f"/v1/claims/{claim['id']}")
    late = [each["code"] for each in found["deadlines"] if "missed_at" in each]
    assert late == ["pay"]


def test_a_withdrawn_claim_is_looked_at_no_more(days):
    claim = crash(days)
    days.turn_to(days.platform.now + timedelta(days=1))
    days.platform.post(f"/v1/claims/{claim['id']}/closure", {"reason": "withdrawn"}, by=HANDLER)

    days.turn_to(days.platform.now + timedelta(days=90))

    assert days.breaches(claim["id"]) == []
    assert not [key for key in days.scheduled.jobs if key[1] == claim["id"]]


def test_both_deadlines_of_a_complaint_are_missed_one_after_the_other(days):
    path = opened(days.platform)
    complaint_id = path.rpartition("/")[2]

    days.turn_to(days.platform.now + timedelta(days=90))

    found = days.platform.get(path, by=KIM)
    noted = {each["code"]: each["missed_at"] for each in found["deadlines"]}
    assert days.breaches(complaint_id) == ["complaint.deadline_missed"] * 2
    assert noted["acknowledge"] < noted["final_response"]
