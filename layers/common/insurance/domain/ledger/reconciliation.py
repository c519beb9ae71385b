"""Recount: how far a count over all sub-ledgers has come, and what it has found."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Self

from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.core.value import Value
from insurance.domain.ledger.booking import SubLedger
from insurance.domain.ledger.health import Recount
from insurance.domain.ledger.sources import Balances

SHOWN_MAX: Final = 20


class Sums(Value):
    """What the sub-ledgers of one shard and currency come to."""

    posted: dict[str, int] = {}
    source: dict[str, int] = {}
    events: int = 0

    def with_one(self, kept: SubLedger) -> Self:
        return self.replace(
            posted=_added(self.posted, kept.posted),
            source=_added(self.source, kept.source),
            events=self.events + kept.events,
        )


class Progress(Value):
    """A count under way."""

    mode: Mode
    step: int = 0
    shard: int = 0
    after: str = ""
    sums: dict[str, Sums] = {}
    """Of the shard so far, by currency."""
    aggregates: int = 0
    wrong: tuple[str, ...] = ()
    totals_differ: tuple[str, ...] = ()
    moving: int = 0

    def counted(self, stream: str, kept: SubLedger, *, wrong: bool) -> Self:
        sums = self.sums.get(kept.currency, Sums()).with_one(kept)
        return self.replace(
            after=stream,
            sums=self.sums | {kept.currency.value: sums},
            aggregates=self.aggregates + 1,
            wrong=(*self.wrong, stream)[:SHOWN_MAX] if wrong else self.wrong,
            step=self.step + 1,
        )

    def compared(
        self,
        currency: Currency,
        posted: Balances,
        source: Balances,
        events: int,
    ) -> Self:
        """With the shard's total beside its sums: what differs, or that it moved meanwhile."""
        sums = self.sums.get(currency.value, Sums())
        if sums.events != events:
            return self.replace(moving=self.moving + 1)
        differ = [
            f"{currency} {kind} {account}"
            for kind, ours, theirs in (
                ("posted", sums.posted, posted),
                ("source", sums.source, source),
            )
            for account in Account
            if ours.get(account, 0) != theirs[account]
        ]
        return self.replace(totals_differ=(*self.totals_differ, *differ)[:SHOWN_MAX])

    def next_shard(self) -> Self:
        return self.replace(shard=self.shard + 1, after="", sums={}, step=self.step + 1)

    def result(self, now: datetime) -> Recount:
        return Recount(now, self.aggregates, self.wrong, self.totals_differ, self.moving)


def _added(ours: Mapping[str, int], more: Balances) -> dict[str, int]:
    names = dict.fromkeys([*ours, *(account.value for account in more)])
    return {name: ours.get(name, 0) + more[Account(name)] for name in names}
