"""How a run of the clockwork is shown."""

from datetime import datetime
from typing import Self

from insurance.api.views.terms import View
from insurance.operations.scheduler.run_jobs import RunReport


class RunView(View):
    """What came of a run."""

    as_at: datetime
    """The clock that it ran by."""
    looked: int
    """How many things were due and looked at."""
    failed: int
    """Of these, how many could not be done; the next run tries them again."""
    parked: int
    """Of these, how many have failed so often that a person must see to them."""
    finished: bool
    """False: there is more to do; run again."""

    @classmethod
    def of(cls, ran: RunReport, now: datetime) -> Self:
        return cls(
            as_at=now,
            looked=ran.looked,
            failed=ran.failed,
            parked=ran.parked,
            finished=ran.finished,
        )
