"""Run the live jobs of a schedule, by the real time, and count what came of them."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from insurance import telemetry
from insurance.domain.schedule.scheduled_job import LIVE, JobKind
from insurance.metrics import Metric
from insurance.operations.scheduler.ports import ScheduledJobs
from insurance.operations.scheduler.run_jobs import Job, RunReport, run_jobs

RESERVE_MS: Final = 30_000
"""What is left of a function's time when nothing more is begun."""


def run_live_jobs(
    jobs: Mapping[JobKind, Job], scheduled: ScheduledJobs, *, time_is_up: Callable[[], bool]
) -> RunReport:
    """Run what is due of these kinds."""
    report = run_jobs(
        LIVE,
        jobs,
        scheduled=scheduled,
        now=datetime.now(UTC),
        time_is_up=time_is_up,
    )
    telemetry.count(Metric.JOBS_RUN, report.jobs)
    telemetry.count(Metric.JOBS_FAILED, report.failed)
    telemetry.count(Metric.JOBS_PARKED, report.parked)
    if report.failed:
        telemetry.logger.error("jobs failed", failed=report.failed, parked=report.parked)
    return report


def running_out(context: Any) -> Callable[[], bool]:
    """Whether the time of a function's call is nearly up."""
    return lambda: context.get_remaining_time_in_millis() < RESERVE_MS
