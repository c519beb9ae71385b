"""What operations on the ledger are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from insurance.domain.core.delivery import Delivery
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode
    from insurance.domain.core.money import Currency
    from insurance.domain.core.posting import Account
    from insurance.domain.core.stored import Stored
    from insurance.domain.ledger.calendar import AccountingPeriod, Calendar
    from insurance.domain.ledger.earnings import EarnedPremium
    from insurance.domain.ledger.health import Totals
    from insurance.domain.ledger.journal import AccountLine, JournalEntry
    from insurance.domain.ledger.reconciliation import (
        Reconciliation,
        ReconciliationProgress,
        ShardTotal,
    )
    from insurance.domain.ledger.reports import BusinessMovements
    from insurance.domain.ledger.sub_ledger import PostingDate, SubLedger
    from insurance.domain.policy import Policy
    from insurance.operations.billing.ports import BillingContext
    from insurance.operations.command import Command
    from insurance.operations.products.ports import Products


@dataclass(frozen=True, slots=True)
class PeriodKey:
    """One period of the general ledger of one mode and currency."""

    mode: Mode
    currency: Currency
    period: AccountingPeriod


@dataclass(frozen=True, slots=True)
class Slice:
    """Part of a list: at most `limit` entries, from the one that follows the position `after`."""

    after: str
    limit: int


class GeneralLedger(Protocol):
    """The control accounts and the journal, each row read by its key."""

    def calendar(self, mode: Mode) -> Calendar: ...
    def totals(self, mode: Mode, currency: Currency) -> Totals: ...
    def last_reconciliation(self, mode: Mode) -> Reconciliation | None: ...
    def account_lines(
        self, key: PeriodKey, account: Account, part: Slice
    ) -> Sequence[AccountLine]: ...
    def journal(self, key: PeriodKey, part: Slice) -> Sequence[JournalEntry]: ...
    def movements(self, key: PeriodKey, partner: str | None) -> Sequence[BusinessMovements]:
        """What was posted in a period by partner and product; of one partner, or of all."""

    def posting_dates(self, stream: str) -> Mapping[int, PostingDate]:
        """The posting date of each event of a stream, by the event's number."""


@dataclass(frozen=True, slots=True)
class LedgerContext:
    """A policy, its account, and the events of both in the order in which they were made."""

    billing: BillingContext
    events: Sequence[Event]


class PolicyLedgers(Protocol):
    """The ledgers of single policies, read from their events."""

    def load(self, policy_id: str) -> LedgerContext:
        """Load a policy with all its postings.

        Raises:
            PolicyNotFound: There is no such policy.
        """

    def posting_dates(self, stream: str) -> Mapping[int, PostingDate]:
        """The posting date of each event of a stream, by the event's number."""


class Calendars(Protocol):
    """The accounting calendars, one for each mode."""

    def load(self, mode: Mode, command: Command) -> Stored[Calendar]:
        """Load the calendar of a mode, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def store(
        self, event: Event, calendar: Calendar, *, before: Stored[Calendar], command: Command
    ) -> None:
        """Store the calendar as the event left it, and the command's answer.

        From then on nothing is posted to the months that it closes, not even by a posting under way.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The calendar has changed since it was loaded.
        """


@dataclass(frozen=True, slots=True)
class EarningsContext:
    """A policy, and what of its premium was posted as earned so far."""

    policy: Stored[Policy]
    earned: Stored[EarnedPremium] | None


class Earnings(Protocol):
    """The earned premium of each policy."""

    def load(self, policy_id: str) -> EarningsContext:
        """Load a policy and its earned premium.

        Raises:
            PolicyNotFound: There is no such policy.
        """

    def store(self, event: Event, *, context: EarningsContext) -> None:
        """Store the earned premium as the event left it.

        Raises:
            StaleRevision: Another run has posted meanwhile.
        """


class Reconciliations(Protocol):
    """What a reconciliation reads, and how far it has come."""

    shards: int

    def progress(self, mode: Mode) -> ReconciliationProgress | None:
        """The reconciliation that is under way."""

    def advance(
        self, progress: ReconciliationProgress, *, before: ReconciliationProgress | None
    ) -> None:
        """Store how far it has come.

        Raises:
            StaleRevision: Another run has advanced it meanwhile.
        """

    def finish(self, result: Reconciliation, *, before: ReconciliationProgress) -> None:
        """Store the result; the next run begins anew.

        Raises:
            StaleRevision: Another run has advanced it meanwhile.
        """

    def sub_ledgers(self, mode: Mode, shard: int, part: Slice) -> Sequence[tuple[str, SubLedger]]:
        """The sub-ledgers of one shard by the names of their streams, in order."""

    def total(self, mode: Mode, currency: Currency, shard: int) -> ShardTotal: ...
    def events(self, stream: str) -> Sequence[Event]:
        """All events of a stream."""


class WaitingDeliveries(Protocol):
    """The events that were not delivered yet."""

    def waiting(self, mode: Mode, *, by: datetime) -> Iterator[Delivery]:
        """The streams of which something has waited since `by` or longer."""


class KeptReports(Protocol):
    def oldest(self, mode: Mode) -> datetime | None:
        """When the oldest report of the bank was kept that still waits; None: none does."""


@dataclass(frozen=True, slots=True)
class LedgerPorts:
    """What operations that read the ledger need from outside."""

    products: Products
    policy_ledgers: PolicyLedgers
    general_ledger: GeneralLedger
    deliveries: WaitingDeliveries
    kept_reports: KeptReports


@dataclass(frozen=True, slots=True)
class AccountingPorts:
    """What closing periods and reconciling the ledger need from outside."""

    products: Products
    calendars: Calendars
    reconciliations: Reconciliations


@dataclass(frozen=True, slots=True)
class EarningsPorts:
    """What posting earned premium needs from outside."""

    products: Products
    earnings: Earnings
