"""What usage is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from insurance.domain.core.identity import Mode
    from insurance.domain.core.stored import Stored
    from insurance.domain.ledger.calendar import AccountingPeriod
    from insurance.domain.partner.application import PartnerApplication
    from insurance.domain.partner.partner import Partner
    from insurance.domain.usage.call import LoggedCall, UsageAccount
    from insurance.domain.usage.tally import UsageRow


class AskedDays(NamedTuple):
    """Whose usage, from the first of two days to the last, as these months' statements have it."""

    account: UsageAccount
    months: Sequence[AccountingPeriod]
    since: date
    until: date


class MeterTime(NamedTuple):
    """When calls are counted, and for how many days their counters are shown."""

    now: datetime
    kept_days: int


class MonthTooLarge(Exception):
    """A month has more counters than are read at once."""


class Meter(Protocol):
    """Calls counted by account, operation and day."""

    def count(self, stream: str, calls: Sequence[LoggedCall], time: MeterTime) -> int:
        """Count calls of one log stream; each once, however often and however cut it is given.

        Returns how many were not counted before.

        Raises:
            Unavailable: Others counted calls of the same seconds and stream at every attempt.
        """

    def days(self, asked: AskedDays, after: str, limit: int) -> Sequence[UsageRow]:
        """What an account called, by the month of the statement, day and operation: at most so many rows, from the
        one that follows a position; empty: from the start."""

    def month(
        self, mode: Mode, partner: str, month: AccountingPeriod, application: str | None = None
    ) -> Sequence[UsageRow]:
        """All that a partner's statement of a month has, by application, day and operation; or of one application.

        Raises:
            MonthTooLarge: It is more than is read at once.
        """


class RegisteredApplications(Protocol):
    """Who is registered."""

    def partner(self, mode: Mode, code: str) -> Stored[Partner]:
        """A partner of a mode.

        Raises:
            PartnerNotFound: There is none.
        """

    def application(self, application_id: str) -> Stored[PartnerApplication]:
        """An application.

        Raises:
            ApplicationNotFound: There is none.
        """


@dataclass(frozen=True, slots=True)
class UsagePorts:
    """What usage needs from outside."""

    meter: Meter
    registered: RegisteredApplications
    kept_days: Callable[[], int]
    """How long after its end a month's usage is shown."""
