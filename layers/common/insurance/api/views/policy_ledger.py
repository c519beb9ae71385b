"""How the ledger of a policy is shown."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.views.terms import MoneyView, View
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Account
from insurance.domain.ledger.chart import CHART, AccountKind
from insurance.domain.ledger.export import ExportFormat
from insurance.domain.ledger.policy_ledger import LedgerCheck, PolicyLedger
from insurance.operations.ledger.read_policy_ledger import PolicyLedgerExport


class BalanceView(BaseModel):
    """An account's balance on its normal side; negative where it is on the other side."""

    account: Account
    name: str
    kind: AccountKind
    balance: MoneyView

    @classmethod
    def of(cls, account: Account, debits_less_credits: Money) -> Self:
        entry = CHART[account]
        balance = debits_less_credits if entry.kind.is_debit else -debits_less_credits
        return cls(account=account, name=entry.name, kind=entry.kind, balance=MoneyView.of(balance))


class LedgerCheckView(BaseModel):
    """A figure by the postings, and by a source that does not read them."""

    code: str
    holds: bool
    posted: MoneyView
    source: MoneyView
    within: int

    @classmethod
    def of(cls, check: LedgerCheck) -> Self:
        return cls(
            code=check.code,
            holds=check.holds,
            posted=MoneyView.of(check.posted),
            source=MoneyView.of(check.source),
            within=check.within,
        )


class PolicyLedgerView(View):
    """A policy's ledger as at an instant."""

    policy_id: str
    as_at: datetime
    healthy: bool
    earned: MoneyView
    unearned: MoneyView
    balances: list[BalanceView]
    checks: list[LedgerCheckView]

    @classmethod
    def of(cls, ledger: PolicyLedger) -> Self:
        return cls(
            policy_id=ledger.policy_id,
            as_at=ledger.as_at,
            healthy=ledger.healthy,
            earned=MoneyView.of(ledger.earned),
            unearned=MoneyView.of(ledger.unearned),
            balances=[BalanceView.of(*balance) for balance in ledger.balances.items()],
            checks=[LedgerCheckView.of(check) for check in ledger.checks],
        )


class LedgerExportView(View):
    """Every posting of a policy, as text in one of two formats."""

    policy_id: str
    format: ExportFormat
    text: str

    @classmethod
    def of(cls, exported: PolicyLedgerExport) -> Self:
        return cls(policy_id=exported.policy_id, format=exported.format, text=exported.text)
