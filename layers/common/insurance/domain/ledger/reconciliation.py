"""Reconciliation: each sub-ledger against its own events, each total against its sub-ledgers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, Self

from insurance.domain.core.event import Event, first_broken_link
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.core.value import Value
from insurance.domain.ledger.sources import Balances, ConditionsOf, moved_by, source_of
from insurance.domain.ledger.sub_ledger import SubLedger

SHOWN_MAX: Final = 20
"""How many faults a reconciliation names."""


class Reconciliation(NamedTuple):
    """The result of the last reconciliation of all sub-ledgers of a mode."""

    finished_at: datetime
    aggregates: int
    wrong: tuple[str, ...]
    """Aggregates whose sub-ledger is not what their events say; the first twenty."""
    totals_differ: tuple[str, ...]
    """Totals that are not the sum of their sub-ledgers: `GBP posted cash`; the first twenty."""
    moving: int
    """Shards that changed while they were added up, so that nothing can be said of them."""

    @property
    def clean(self) -> bool:
        return not self.wrong and not self.totals_differ


class ShardTotal(NamedTuple):
    """One shard of the control accounts of a currency."""

    posted: Balances = Counter()
    source: Balances = Counter()
    events: int = 0


class SubLedgerSums(Value):
    """The sums of the sub-ledgers of one shard and currency."""

    posted: dict[str, int] = {}
    source: dict[str, int] = {}
    events: int = 0

    def add(self, sub_ledger: SubLedger) -> Self:
        return self.replace(
            posted=_sum(self.posted, sub_ledger.posted),
            source=_sum(self.source, sub_ledger.source),
            events=self.events + sub_ledger.events,
        )


class ReconciliationProgress(Value):
    """How far a reconciliation has come."""

    mode: Mode
    step: int = 0
    shard: int = 0
    after: str = ""
    """The last sub-ledger of the shard that was checked."""
    sums: dict[str, SubLedgerSums] = {}
    """Of the shard so far, by currency."""
    aggregates: int = 0
    wrong: tuple[str, ...] = ()
    totals_differ: tuple[str, ...] = ()
    moving: int = 0

    def check_sub_ledger(self, stream: str, sub_ledger: SubLedger, *, is_right: bool) -> Self:
        """Count a sub-ledger in; `is_right`: whether it is what its events say."""
        sums = self.sums.get(sub_ledger.currency, SubLedgerSums()).add(sub_ledger)
        return self.replace(
            after=stream,
            sums=self.sums | {sub_ledger.currency.value: sums},
            aggregates=self.aggregates + 1,
            wrong=self.wrong if is_right else (*self.wrong, stream)[:SHOWN_MAX],
            step=self.step + 1,
        )

    def check_total(self, currency: Currency, total: ShardTotal) -> Self:
        """Compare the shard's total with the sums of its sub-ledgers.

        If they hold a different number of events, the shard changed meanwhile.
        """
        sums = self.sums.get(currency.value, SubLedgerSums())
        if sums.events != total.events:
            return self.replace(moving=self.moving + 1)
        differ = [
            f"{currency} {kind} {account}"
            for kind, summed, expected in (
                ("posted", sums.posted, total.posted),
                ("source", sums.source, total.source),
            )
            for account in Account
            if summed.get(account, 0) != expected[account]
        ]
        return self.replace(totals_differ=(*self.totals_differ, *differ)[:SHOWN_MAX])

    def next_shard(self) -> Self:
        return self.replace(shard=self.shard + 1, after="", sums={}, step=self.step + 1)

    def result(self, now: datetime) -> Reconciliation:
        return Reconciliation(now, self.aggregates, self.wrong, self.totals_differ, self.moving)


def agrees_with_events(
    sub_ledger: SubLedger, events: Sequence[Event], conditions_of: ConditionsOf
) -> bool:
    """Whether the sub-ledger is what its stream's events say, and their chain is unbroken.

    Events that are not posted yet may follow those that are.
    """
    if sub_ledger.events != sub_ledger.sequence or len(events) < sub_ledger.sequence:
        return False
    if first_broken_link(events) is not None:
        return False
    events = events[: sub_ledger.sequence]
    posted: Balances = Counter()
    for event in events:
        posted.update(moved_by(event))
    source = source_of(events[-1], conditions_of)
    return (
        source is not None
        and _nonzero(source.balances) == _nonzero(sub_ledger.source)
        and _nonzero(posted) == _nonzero(sub_ledger.posted)
    )


def _sum(sums: Mapping[str, int], more: Balances) -> dict[str, int]:
    names = dict.fromkeys([*sums, *(account.value for account in more)])
    return {name: sums.get(name, 0) + more[Account(name)] for name in names}


def _nonzero(amounts: Balances) -> dict[Account, int]:
    return {name: amount for name, amount in amounts.items() if amount}
