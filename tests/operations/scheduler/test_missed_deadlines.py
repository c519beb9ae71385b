"""Deadlines that nobody met: found by the scheduler, noted once, and somebody's task from then on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from insurance.domain.schedule.scheduled_job import JobKind

from tests.support.claims import AT_FAULT, HANDLER, issued, loss, notified
from tests.support.complaints import KIM, opened
from tests.support.platform import Platform, platform_in_memory

type Json = dict[str, Any]


@pytest.fixture
def platform() -> Iterator[Platform]:
    """Days pass on it, and deadlines are the only thing that falls due."""
    with platform_in_memory() as (opened, _):
        opened.jobs = {kind: opened.jobs[kind] for kind in (JobKind.CLAIM, JobKind.COMPLAINT)}
        yield opened


def breaches(platform: Platform, id: str) -> list[str]:
    """What the scheduler did on a stream."""
    return [each.type for each in platform.memory.events[id] if each.actor == "scheduler"]


def crash(platform: Platform, **changes: Any) -> Json:
    body = loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT)
    return notified(platform, body | changes)


def test_a_claim_that_nobody_decides_in_time_is_found_and_becomes_a_task(platform):
    claim = crash(platform)
    [due] = [each["due_at"] for each in claim["deadlines"] if each["code"] == "decide"]
    due_at = datetime.fromisoformat(due)

    platform.turn_to(due_at - timedelta(seconds=1))
    assert breaches(platform, claim["id"]) == []
    platform.turn_to(due_at)

    found = platform.get(f"/v1/claims/{claim['id']}")
    [deadline] = [each for each in found["deadlines"] if each["code"] == "decide"]
    assert breaches(platform, claim["id"]) == ["claim.deadline_missed"]
    assert datetime.fromisoformat(deadline["missed_at"]) == due_at
    assert found["task"]["code"] == "deadline_missed"
    [line] = platform.get("/v1/work-items?role=claims_handler", by=HANDLER)["items"]
    assert (line["id"], line["late"]) == (claim["id"], True)


def test_a_missed_deadline_is_recorded_once_however_often_the_scheduler_runs(platform):
    claim = crash(platform)
    later = platform.now + timedelta(days=60)

    for _ in range(3):
        ran = platform.turn_to(later)
        later += timedelta(days=1)

    assert (ran.failed, breaches(platform, claim["id"])) == (0, ["claim.deadline_missed"])


def test_a_claim_that_is_settled_in_time_breaches_nothing(platform):
    claim = crash(platform)
    path = f"/v1/claims/{claim['id']}"
    platform.post(f"{path}/settlement")
    platform.post(f"{path}/hold", {"reason": "The bank is asked."}, by=HANDLER)

    platform.turn_to(platform.now + timedelta(days=9))

    assert breaches(platform, claim["id"]) == []


def test_money_that_does_not_come_in_time_is_a_breach_of_its_own(platform):
    claim = crash(platform)
    platform.post(f"/v1/claims/{claim['id']}/settlement")

    platform.turn_to(platform.now + timedelta(days=40))

    found = platform.get(f"/v1/claims/{claim['id']}")
    late = [each["code"] for each in found["deadlines"] if "missed_at" in each]
    assert late == ["pay"]


def test_a_withdrawn_claim_is_looked_at_no_more(platform):
    claim = crash(platform)
    platform.turn_to(platform.now + timedelta(days=1))
    platform.post(f"/v1/claims/{claim['id']}/closure", {"reason": "withdrawn"}, by=HANDLER)

    platform.turn_to(platform.now + timedelta(days=90))

    assert breaches(platform, claim["id"]) == []
    assert not [key for key in platform.stores.scheduled_jobs.jobs if key[1] == claim["id"]]


def test_both_deadlines_of_a_complaint_are_missed_one_after_the_other(platform):
    path = opened(platform)
    complaint_id = path.rpartition("/")[2]

    platform.turn_to(platform.now + timedelta(days=90))

    found = platform.get(path, by=KIM)
    noted = {each["code"]: each["missed_at"] for each in found["deadlines"]}
    assert breaches(platform, complaint_id) == ["complaint.deadline_missed"] * 2
    assert noted["acknowledge"] < noted["final_response"]
