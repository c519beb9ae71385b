"""Timeline: which terms are in force from when to when, after the transactions of a policy."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from insurance.domain.core.period import Period
from insurance.domain.policy.transaction import (
    ChangedAnswers,
    Terms,
    Transaction,
    TransactionKind,
)

NEW_BUSINESS = 1
"""The number of the transaction that every policy begins with."""


class Segment(NamedTuple):
    """A stretch of the term on one set of terms."""

    period: Period
    number: int
    """Of the transaction that it began with."""
    terms: Terms
    answers: dict[str, Any] | None


class Stretch(NamedTuple):
    """A segment that may be empty: another transaction took effect at the same instant."""

    start: datetime
    end: datetime
    number: int
    terms: Terms
    answers: dict[str, Any] | None


class Timeline(NamedTuple):
    """The term of a policy, its terms as issued, and its transactions."""

    term: Period
    issued: Terms
    answers: dict[str, Any] | None
    transactions: Sequence[Transaction]
    changed: Mapping[str, ChangedAnswers] | None
    """The answers that endorsements changed, by their number."""

    def standing(self) -> tuple[Transaction, ...]:
        """Transactions that nothing has reversed, in order of effect."""
        return tuple(
            sorted(
                (transaction for transaction in self.transactions if transaction.stands),
                key=lambda made: (made.effective_at, made.number),
            )
        )

    def effective(self) -> tuple[Transaction, ...]:
        """The standing transactions that rule the terms.

        A cancellation that a reinstatement without a gap took back is left out, and so is that
        reinstatement.
        """
        charges = TransactionKind.LIMIT_REINSTATEMENT
        standing = [made for made in self.standing() if made.kind is not charges]
        undone = {made.follows for made in standing if not made.gap}
        return tuple(
            made
            for made in standing
            if made.number not in undone and (made.follows is None or made.gap)
        )

    def stretches(self) -> list[Stretch]:
        """The terms in force from when to when, in order; some for no time at all."""
        stretches: list[Stretch] = []
        terms, answers = self.issued, self.answers
        open_since: tuple[datetime, int] | None = (self.term.start, NEW_BUSINESS)

        def close(end: datetime) -> None:
            if open_since is not None:
                stretches.append(Stretch(open_since[0], end, open_since[1], terms, answers))

        for transaction in self.effective():
            close(transaction.effective_at)
            if transaction.kind is TransactionKind.CANCELLATION:
                open_since = None
                continue
            open_since = (transaction.effective_at, transaction.number)
            if transaction.terms is not None:
                terms = transaction.terms
            if transaction.changes_answers:
                answers = self._answers_after(transaction)
        close(self.term.end)
        return stretches

    def segments(self) -> tuple[Segment, ...]:
        """The stretches in force, in order of time; a gap in cover lies between two of them."""
        return tuple(
            Segment(
                Period(start=stretch.start, end=stretch.end),
                stretch.number,
                stretch.terms,
                stretch.answers,
            )
            for stretch in self.stretches()
            if stretch.start < stretch.end
        )

    def _answers_after(self, transaction: Transaction) -> dict[str, Any] | None:
        changed = (self.changed or {}).get(str(transaction.number))
        return changed.answers if changed else None
