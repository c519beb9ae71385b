"""The bookkeeper: delivers the events of a platform in memory, as the stream does, and reads the ledger."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from insurance import wiring
from insurance.domain.claim import Claim
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.claim.postings import postings_between
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.core.stored import Stored
from insurance.domain.ledger.calendar import AccountingPeriod, Calendar
from insurance.domain.ledger.health import Health
from insurance.domain.policy import Policy
from insurance.dynamodb import aggregates
from insurance.dynamodb.stores import Stores
from insurance.operations.delivery.ports import BooksPorts
from insurance.operations.delivery.post_event import PostedAmounts, post_event
from insurance.operations.ledger.close_period import (
    close_period,
    lock_period,
    reopen_period,
)
from insurance.operations.ledger.ports import (
    AccountingPorts,
    EarningsPorts,
    LedgerPorts,
    PeriodKey,
)
from insurance.operations.ledger.post_earned_premium import post_month
from insurance.operations.ledger.read_general_ledger import read_health
from insurance.operations.products.ports import Products

from tests.fakes.keys import MemoryKey, PlainKeys
from tests.support.builders import make_claim, make_command, make_query
from tests.support.plain import plain_product, price
from tests.support.platform import Platform

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FAR = datetime(2030, 1, 1, tzinfo=UTC)
PERIODS = ("2026-11", "2026-12", *(f"2027-{month:02}" for month in range(1, 13)))
"""The months of most policies of tests."""


def finance(name: str = "fiona", role: str = "finance") -> Caller:
    return Caller(
        principal=name,
        kind=CallerKind.STAFF,
        partner="",
        roles=frozenset({role}),
        scopes=frozenset({"ledger:read", "ledger:close"}),
        mode=Mode.TEST,
    )


class Bookkeeper:
    """The ledger, and the calls that a test makes of it."""

    def __init__(self, dynamodb: "DynamoDBClient", tables: dict[str, str]) -> None:
        self.dynamodb, self.tables = dynamodb, tables
        stores = Stores(lambda: dynamodb, tables.__getitem__, PlainKeys, PlainKeys)
        self.ledger, self.control_accounts = stores.general_ledger, stores.control_accounts
        self.ports = LedgerPorts(
            wiring.products(),
            stores.policy_ledgers,
            stores.general_ledger,
            stores.deliveries,
            stores.kept_reports,
        )
        self.accounting = AccountingPorts(
            wiring.products(), stores.calendars, stores.reconciliations
        )
        self.calls = 0
        self.delivered: set[tuple[str, int]] = set()

    def append(self, events: Iterable[Event]) -> None:
        for event in events:
            self.dynamodb.put_item(
                TableName=self.tables["events"], Item=aggregates.event_item(event)
            )

    def deliver(self, event: Event, products: Products) -> list[PostedAmounts]:
        ports = BooksPorts(products, self.control_accounts)
        return post_event(event, FAR, ports)

    def take_in(
        self, platform: Platform, *, but: Callable[[Event], bool] = lambda _event: False
    ) -> None:
        """Append and deliver all that has happened and was not delivered yet."""
        streams = platform.memory.events.values()
        events = [event for stream in streams for event in stream]
        new = [each for each in events if (each.stream, each.sequence) not in self.delivered]
        self.append(new)
        for event in sorted(new, key=lambda each: each.processed_at):
            if not but(event):
                self.deliver(event, platform.products)
                self.delivered.add((event.stream, event.sequence))

    def health(self, currency: Currency = Currency.GBP) -> Health:
        return read_health(currency, make_query(finance(), now=FAR), self.ports).health

    def wrong(self, currency: Currency = Currency.GBP) -> list[str]:
        """The invariants that do not hold."""
        return [each.code for each in self.health(currency).invariants if not each.holds]

    def commission_owed(
        self, currency: Currency, periods: Iterable[str] = PERIODS
    ) -> dict[str, int]:
        """What the ledger owes each partner."""
        total: dict[str, int] = {}
        for period in periods:
            for movement in self.ledger.movements(PeriodKey(Mode.TEST, currency, period), None):
                partner, balances = movement.business.partner, movement.balances
                total[partner] = total.get(partner, 0) - balances[Account.COMMISSION_PAYABLE]
        return {partner: amount for partner, amount in total.items() if amount}

    def close(self, period: AccountingPeriod, by: str = "fiona") -> Calendar:
        return self._calendar(close_period, period, by)

    def lock(self, period: AccountingPeriod, by: str = "frank") -> Calendar:
        return self._calendar(lock_period, period, by)

    def reopen(self, period: AccountingPeriod, by: str = "fiona") -> Calendar:
        return self._calendar(reopen_period, period, by)

    def _calendar(
        self, step: Callable[..., Stored[Calendar]], period: AccountingPeriod, by: str
    ) -> Calendar:
        self.calls += 1
        command = make_command(f"calendar-{self.calls}", caller=finance(by), now=FAR)
        return step(period, command, self.accounting).record


def claim_event(claim: Claim, before: Claim | None, head: StreamPosition, now: datetime) -> Event:
    """What a step of a claim appends."""
    return Event.following(
        head,
        claim,
        MemoryKey(b"key"),
        stream=claim.id,
        type=ClaimEventType.RESERVED,
        actor="handler",
        now=now,
        postings=postings_between(before, claim),
    )


def happened(platform: Platform, event: Event) -> None:
    platform.memory.events.setdefault(event.stream, []).append(event)


def earn(platform: Platform, *periods: AccountingPeriod) -> None:
    """Post what is earned by the end of these months."""
    for period in periods:
        ports = EarningsPorts(platform.products, platform.stores.earnings)
        post_month(ports.earnings.load(platform.policy_id), period, FAR, ports)


def plain_policy(dollars: int, *, calls: int = 0, **changes: Any) -> Platform:
    """A policy for the calendar year 2026 at a round price, sold a fortnight before.

    Platforms that have had another number of calls sell other policies.
    """
    platform = Platform(
        plain_product(**changes), now=datetime(2025, 12, 20, tzinfo=UTC), calls=calls
    )
    platform.issue(date(2026, 1, 1), all_answers=price(dollars))
    return platform


def claim_on(policy: Policy, **changes: Any) -> Claim:
    nothing = policy.premium.net - policy.premium.net
    return make_claim(policy, claimed=nothing, **changes)
