"""How bank statements are shown: what became of each entry."""

from datetime import date
from typing import Self

from pydantic import BaseModel

from insurance.api.views.terms import MoneyView, View
from insurance.operations.payments.import_statement import (
    EntryOutcome,
    EntryResult,
    StatementResult,
)


class EntryView(BaseModel):
    """What became of one entry, and why."""

    reference: str
    amount: MoneyView
    posted_on: date
    outcome: EntryOutcome
    """`posted`, `posted_before`, `suspended`, `left_out`, `refused`; or `failed`: repeat the call."""
    reason: str
    policy_id: str | None

    @classmethod
    def of(cls, result: EntryResult) -> Self:
        return cls(
            reference=result.entry.reference,
            amount=MoneyView.of(result.entry.amount),
            posted_on=result.entry.posted_on,
            outcome=result.outcome,
            reason=result.reason,
            policy_id=result.policy_id,
        )


class StatementView(View):
    """What became of a statement, entry by entry, in its order."""

    statement: str
    counts: dict[str, int]
    """How many entries had each outcome."""
    entries: list[EntryView]

    @classmethod
    def of(cls, result: StatementResult) -> Self:
        outcomes = [entry.outcome for entry in result.entries]
        return cls(
            statement=result.statement.id,
            counts={outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))},
            entries=[EntryView.of(entry) for entry in result.entries],
        )
