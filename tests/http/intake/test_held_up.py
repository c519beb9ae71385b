"""A batch that something holds up, a stop or somebody at the same party, loses no row and no job."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from insurance import wiring
from insurance.domain.core.errors import Stopped
from insurance.domain.schedule.scheduled_job import LIVE, JobKind, ScheduledJob
from insurance.operations.intake.work_on_batch import work_on_live_batch
from insurance.operations.scheduler.run_jobs import RunReport, run_jobs

from tests.support.intake import GOOD, LIVE_BROKER, Desk, motor_file
from tests.support.platform import Platform

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Held:
    """Stops of which one holds everything, until it is lifted."""

    def __init__(self) -> None:
        self.is_lifted = False

    def leased(self, _mode: object) -> "Held":
        return self

    def check(self, *_: object) -> None:
        if not self.is_lifted:
            raise Stopped("stp_1", "quote", "rate_error")


def intake(platform: Platform, **quoting: Any) -> Any:
    """The ports of data intake, with other ones for quotes."""
    ports: Any = platform.apps["data_intake"].ports
    return replace(ports, quoting=ports.quoting._replace(**quoting))


def test_a_stop_parks_no_live_batch_however_long_it_holds(handlers: Platform) -> None:
    desk = Desk(handlers, mode="live")
    desk.approved()
    batch = desk.brought_id(motor_file([GOOD]), by=LIVE_BROKER)
    desk.step(batch, "start", LIVE_BROKER)
    stops = Held()

    def run(at: datetime) -> RunReport:
        job = partial(
            work_on_live_batch, ports=intake(handlers, stops=stops), time_is_up=lambda: False
        )
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
