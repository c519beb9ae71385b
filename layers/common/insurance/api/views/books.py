"""How the books are shown."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.views.terms import MoneyView, View
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Account
from insurance.domain.ledger.chart import CHART
from insurance.domain.ledger.export import Format
from insurance.domain.ledger.policy_books import Check, PolicyBooks


class BalanceView(BaseModel):
    """An account's balance on its normal side; negative where it stands on the other."""

    account: str
    name: str
    kind: str
    balance: MoneyView

    @classmethod
    def of(cls, account: Account, debits_less_credits: Money) -> Self:
        entry = CHART[account]
        balance = debits_less_credits if entry.kind.is_debit else -debits_less_credits
        return cls(account=account, name=entry.name, kind=entry.kind, balance=MoneyView.of(balance))


class CheckView(BaseModel):
    """A figure by the postings, and by a source that knows nothing of them."""

    code: str
    holds: bool
    posted: MoneyView
    source: MoneyView
    within: int

    @classmethod
    def of(cls, check: Check) -> Self:
        return cls(
            code=check.code,
            holds=check.holds,
            posted=MoneyView.of(check.posted),
            source=MoneyView.of(check.source),
            within=check.within,
        )


class PolicyBooksView(View):
    """A policy's books as at an instant."""

    policy_id: str
    as_at: datetime
    healthy: bool
    earned: MoneyView
    unearned: MoneyView
    balances: list[BalanceView]
    checks: list[CheckView]

    @classmethod
    def of(cls, policy_id: str, at: datetime, books: PolicyBooks) -> Self:
        return cls(
            policy_id=policy_id,
            as_at=at,
            healthy=books.healthy,
            earned=MoneyView.of(books.earned),
            unearned=MoneyView.of(books.unearned),
            balances=[BalanceView.of(*each) for each in books.balances.items()],
            checks=[CheckView.of(check) for check in books.checks],
        )


class LedgerExportView(View):
    """Every posting of a policy, as text in one of two formats."""

    policy_id: str
    format: str
    text: str

    @classmethod
    def of(cls, policy_id: str, format: Format, text: str) -> Self:
        return cls(policy_id=policy_id, format=format, text=text)
