"""Recount the books: every sub-ledger against its own events, and every total against its sub-ledgers.

Page by page, so that a run may end anywhere and the next goes on. A shard's sums are compared only
where they hold as many events as its total: else something was booked meanwhile, and they say
nothing until the next count.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.event import Event, first_broken_link
from insurance.domain.core.identity import Mode, policy_id_for
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.ledger.booking import SubLedger
from insurance.domain.ledger.health import Recount
from insurance.domain.ledger.reconciliation import Progress
from insurance.domain.ledger.sources import Balances, moved_by, source_of
from insurance.domain.policy.conditions import Conditions
from insurance.operations.products.ports import Products

PAGE: Final = 25


class ShardTotal(NamedTuple):
    """One shard of the control accounts of a currency."""

    posted: Balances = Counter()
    source: Balances = Counter()
    events: int = 0


class CountedBooks(Protocol):
    """The books, for who counts them."""

    shards: int

    def progress(self, mode: Mode) -> Progress | None:
        """How far the count has come that is under way."""

    def go_on(self, progress: Progress, *, before: Progress | None) -> None:
        """Keep how far it has come; raise StaleRevision when another run was quicker."""

    def finish(self, result: Recount, *, before: Progress) -> None:
        """Keep the result, and begin anew next time."""

    def sub_ledgers(
        self, mode: Mode, shard: int, after: str, limit: int
    ) -> Sequence[tuple[str, SubLedger]]:
        """Of one shard, by their streams' names, from the one that follows `after`."""

    def total(self, mode: Mode, currency: Currency, shard: int) -> ShardTotal: ...
    def events(self, stream: str) -> Sequence[Event]:
        """All of a stream."""


@dataclass(frozen=True, slots=True)
class Recounter:
    """One run of the count."""

    books: CountedBooks
    products: Products
    now: datetime
    time_is_up: Callable[[], bool]

    def run(self, mode: Mode) -> Recount | None:
        """The result, or None when time was up before the end: the next run goes on."""
        before = self.books.progress(mode)
        while not self.time_is_up():
            at = before or Progress(mode=mode)
            if at.shard == self.books.shards:
                result = at.result(self.now)
                self.books.finish(result, before=at)
                return result
            going = self._page(at)
            self.books.go_on(going, before=before)
            before = going
        return None

    def _page(self, at: Progress) -> Progress:
        page = self.books.sub_ledgers(at.mode, at.shard, at.after, PAGE)
        for stream, kept in page:
            at = at.counted(stream, kept, wrong=self._is_wrong(stream, kept))
        if len(page) == PAGE:
            return at
        for currency in Currency:
            total = self.books.total(at.mode, currency, at.shard)
            at = at.compared(currency, total.posted, total.source, total.events)
        return at.next_shard()

    def _is_wrong(self, stream: str, kept: SubLedger) -> bool:
        """Whether the sub-ledger is not what its events say, or belongs to no policy."""
        events = self.books.events(stream)
        if kept.events != kept.sequence or len(events) < kept.sequence:
            return True
        if first_broken_link(events) is not None:
            return True
        booked = events[: kept.sequence]
        posted: Balances = Counter()
        for event in booked:
            posted.update(moved_by(event))
        source = source_of(booked[-1], self._conditions)
        if source is None or _nonzero(source.balances) != _nonzero(kept.source):
            return True
        if _nonzero(posted) != _nonzero(kept.posted):
            return True
        return not stream.startswith(("pol_", "sus_")) and not self.books.events(
            policy_id_for(stream)
        )

    def _conditions(self, product: ProductRef) -> Conditions:
        return Conditions.of(self.products.version(product))


def _nonzero(amounts: Balances) -> dict[Account, int]:
    return {name: amount for name, amount in amounts.items() if amount}
