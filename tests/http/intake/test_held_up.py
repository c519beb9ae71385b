"""A batch that something holds up, a stop or somebody at the same party, loses no row and no job."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from insurance import wiring
from insurance.domain.core.errors import StaleRevision, Stopped
from insurance.domain.schedule.scheduled_job import LIVE, JobKind, ScheduledJob
from insurance.operations.intake.work_on_batch import work_on_batch, work_on_live_batch
from insurance.operations.scheduler.run_jobs import RunReport, run_jobs

from tests.support.calls import YESTERDAY
from tests.support.intake import GOOD, LIVE_BROKER, Desk, motor_file
from tests.support.platform import Platform

NOW = YESTERDAY


class StopOfQuotes:
    """Stops of which one holds everything, until it is lifted."""

    def __init__(self) -> None:
        self.is_lifted = False
        self.asked_at: list[datetime] = []

    def leased(self, _mode: object) -> "StopOfQuotes":
        return self

    def check(self, _activity: object, _reach: object, at: datetime) -> None:
        self.asked_at.append(at)
        if not self.is_lifted:
            raise Stopped("stp_1", "quote", "rate_error")


class Ticking:
    """A clock that is a minute later each time that somebody looks."""

    def __init__(self) -> None:
        self.looks: list[datetime] = []

    def __call__(self) -> datetime:
        self.looks.append(NOW + timedelta(minutes=len(self.looks)))
        return self.looks[-1]


class ContestedQuotes:
    """A store of quotes at which somebody else is faster, so many times."""

    def __init__(self, quotes: Any, times: int) -> None:
        self.quotes, self.times = quotes, times

    def add(self, *args: Any, **named: Any) -> None:
        if self.times:
            self.times -= 1
            raise StaleRevision("pty_1")
        self.quotes.add(*args, **named)


def intake(platform: Platform, **quoting: Any) -> Any:
    """The ports of data intake, with other ones for quotes."""
    ports: Any = platform.apps["data_intake"].ports
    rows = ports.kinds["quotes"]
    changed = replace(rows, ports=rows.ports._replace(**quoting))
    return replace(ports, kinds={**ports.kinds, "quotes": changed})


def test_a_stop_parks_no_live_batch_however_long_it_holds(handlers: Platform) -> None:
    desk = Desk(handlers, mode="live")
    desk.approved()
    batch = desk.brought_id(motor_file([GOOD]), by=LIVE_BROKER)
    desk.step(batch, "start", LIVE_BROKER)
    stops = StopOfQuotes()

    def run(at: datetime) -> RunReport:
        ports = intake(handlers, stops=stops)
        work = partial(work_on_batch, ports=ports, clock=lambda: at, time_is_up=lambda: False)
        job = partial(work_on_live_batch, work=work)
        with handlers.surroundings():
            return run_jobs(
                LIVE,
                {JobKind.BATCH: job},
                scheduled=wiring.stores().scheduled_jobs,
                now=at,
                time_is_up=lambda: False,
            )

    with handlers.surroundings():
        job = ScheduledJob(
            kind=JobKind.BATCH, subject=batch, partition=LIVE, due_at=datetime.now(UTC)
        )
        wiring.stores().scheduled_jobs.add(job.moved(NOW))
    minutes = timedelta(minutes=5)
    held = [run(NOW + run_ * minutes) for run_ in range(6)]
    stops.is_lifted = True
    lifted = run(NOW + 6 * minutes)

    assert [(each.jobs, each.failed, each.parked) for each in [*held, lifted]] == [(1, 0, 0)] * 7
    assert desk.get(f"/v1/batches/{batch}", LIVE_BROKER)["status"] == "finished"


def test_a_live_batch_asks_for_stops_and_is_stamped_at_the_time_of_each_row(
    handlers: Platform,
) -> None:
    desk = Desk(handlers, mode="live")
    desk.approved()
    batch = desk.brought_id(motor_file([GOOD, GOOD]), by=LIVE_BROKER)
    desk.step(batch, "start", LIVE_BROKER)
    stops, clock = StopOfQuotes(), Ticking()
    stops.is_lifted = True
    ports = intake(handlers, stops=stops)

    with handlers.surroundings():
        work_on_batch(batch, NOW, ports=ports, clock=clock, time_is_up=lambda: False)
        worked = ports.batches.get(batch).record

    assert stops.asked_at == [NOW, NOW + timedelta(minutes=1)]
    assert worked.changed_at == NOW + timedelta(minutes=2)


def test_a_test_batch_keeps_its_callers_time_and_asks_for_stops_by_our_own(
    handlers: Platform,
) -> None:
    desk = Desk(handlers)
    desk.approved()
    batch = desk.brought_id(motor_file([GOOD]))
    desk.step(batch, "start")
    stops, callers_time = StopOfQuotes(), NOW + timedelta(days=1)
    stops.is_lifted = True
    ports = intake(handlers, stops=stops)

    with handlers.surroundings():
        work_on_batch(batch, callers_time, ports=ports, clock=lambda: NOW, time_is_up=lambda: False)
        worked = ports.batches.get(batch).record

    assert stops.asked_at == [NOW]
    assert worked.changed_at == callers_time


def test_who_is_faster_at_a_rows_party_is_no_fault_of_the_row(handlers: Platform) -> None:
    desk = Desk(handlers)
    desk.approved()
    batch = desk.brought_id(motor_file([GOOD]))
    desk.step(batch, "start")
    quotes = handlers.apps["data_intake"].ports.kinds["quotes"].ports.quotes

    def work(lost: int) -> None:
        ports = intake(handlers, quotes=ContestedQuotes(quotes, lost))
        with handlers.surroundings():
            work_on_batch(batch, NOW, ports=ports, clock=lambda: NOW, time_is_up=lambda: False)

    with pytest.raises(StaleRevision):
        work(2)
    untouched = desk.get(f"/v1/batches/{batch}")
    work(1)

    assert (untouched["status"], untouched["tally"]["read"]) == ("running", 0)
    assert desk.get(f"/v1/batches/{batch}")["tally"]["accepted"] == 1
