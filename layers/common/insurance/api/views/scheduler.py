"""How a run of the scheduler is shown."""

from datetime import datetime
from typing import Self

from insurance.api.views.terms import View
from insurance.operations.scheduler.run_jobs import RunReport


class RunView(View):
    """What came of a run."""

    as_at: datetime
    """The clock that it ran by."""
    jobs: int
    """How many jobs were due and run."""
    failed: int
    """Of these, how many failed; the next run tries them again."""
    parked: int
    """Of these, how many have failed so often that a person must look into them."""
    finished: bool
    """False: time was up before all jobs were run; call again."""

    @classmethod
    def of(cls, report: RunReport, *, now: datetime) -> Self:
        return cls(
            as_at=now,
            jobs=report.jobs,
            failed=report.failed,
            parked=report.parked,
            finished=report.finished,
        )
