"""How bank statements are shown: what became of each entry."""

from datetime import date
from typing import Self

from pydantic import BaseModel

from insurance.api.views.terms import MoneyView, View
from insurance.operations.payments.import_statement import EntryResult, StatementResult


class EntryView(BaseModel):
    """What became of one entry, and why."""

    reference: str
    amount: MoneyView
    booked_on: date
    outcome: str
    """`booked`, `booked_before`, `suspended`, `left_out`, `refused`; or `failed`: repeat the call."""
    reason: str
    policy_id: str | None

    @classmethod
    def of(cls, taken: EntryResult) -> Self:
        return cls(
            reference=taken.entry.reference,
            amount=MoneyView.of(taken.entry.amount),
            booked_on=taken.entry.booked_on,
            outcome=taken.outcome,
            reason=taken.reason,
            policy_id=taken.policy_id,
        )


class StatementView(View):
    """What became of a statement, entry by entry, in its order."""

    statement: str
    counts: dict[str, int]
    """How many entries had each outcome."""
    entries: list[EntryView]

    @classmethod
    def of(cls, taken: StatementResult) -> Self:
        outcomes = [each.outcome for each in taken.entries]
        return cls(
            statement=taken.statement.id,
            counts={outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))},
            entries=[EntryView.of(each) for each in taken.entries],
        )
