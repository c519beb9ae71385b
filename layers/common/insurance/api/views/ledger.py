"""How the general ledger is shown: health, trial balance, lines of an account, journal, reports."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.paging import Page
from insurance.api.views.deliveries import GapView
from insurance.api.views.terms import MoneyView, View
from insurance.domain.core.caller import Caller
from insurance.domain.core.csv_export import write_csv
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.posting import Account
from insurance.domain.core.stored import Stored
from insurance.domain.ledger.calendar import Calendar, PeriodStatus
from insurance.domain.ledger.chart import CHART, AccountKind
from insurance.domain.ledger.export import ExportFormat
from insurance.domain.ledger.health import Invariant
from insurance.domain.ledger.journal import AccountLine
from insurance.domain.ledger.reconciliation import Reconciliation
from insurance.domain.ledger.reports import (
    BusinessMovements,
    BusinessReport,
    PartnerStatement,
    Ratios,
)
from insurance.domain.ledger.sub_ledger import Business
from insurance.domain.ledger.trial_balance import AccountBalance
from insurance.operations.ledger.read_general_ledger import (
    AccountStatement,
    JournalPage,
    LedgerHealth,
    TrialBalance,
)


class InvariantView(BaseModel):
    """One figure worked out in two ways, in minor units or as a number; healthy while they are equal."""

    code: str
    holds: bool
    figure: int
    against: int

    @classmethod
    def of(cls, invariant: Invariant) -> Self:
        return cls(
            code=invariant.code,
            holds=invariant.holds,
            figure=invariant.figure,
            against=invariant.against,
        )


class ReconciliationView(BaseModel):
    """The result of the last reconciliation of every sub-ledger."""

    finished_at: datetime
    clean: bool
    aggregates: int
    wrong: list[str]
    totals_differ: list[str]
    moving: int

    @classmethod
    def of(cls, result: Reconciliation) -> Self:
        return cls(
            finished_at=result.finished_at,
            clean=result.clean,
            aggregates=result.aggregates,
            wrong=list(result.wrong),
            totals_differ=list(result.totals_differ),
            moving=result.moving,
        )


class HealthView(View):
    """Every invariant of the ledger of one mode and currency, how old the figures are, and what was not
    delivered: of every currency, at most fifty streams."""

    mode: Mode
    currency: Currency
    healthy: bool
    last_event_at: datetime | None
    """When the last posted event was appended."""
    age_seconds: int | None
    invariants: list[InvariantView]
    reconciliation: ReconciliationView | None
    gaps: list[GapView]
    oldest_kept_report_seconds: int | None
    """How long the bank's oldest report waits that does not fit its payment (`GET /v1/kept-reports`)."""

    @classmethod
    def of(cls, read: LedgerHealth) -> Self:
        health = read.health
        return cls(
            mode=read.mode,
            currency=read.currency,
            healthy=health.healthy,
            last_event_at=health.totals.last_event_at,
            age_seconds=int(health.age.total_seconds()) if health.age is not None else None,
            invariants=[InvariantView.of(invariant) for invariant in health.invariants],
            reconciliation=(
                ReconciliationView.of(health.reconciliation) if health.reconciliation else None
            ),
            gaps=[GapView.of(each) for each in health.gaps],
            oldest_kept_report_seconds=(
                int(health.oldest_report.total_seconds())
                if health.oldest_report is not None
                else None
            ),
        )


class AccountBalanceView(BaseModel):
    """An account over a period, on its normal side; negative where it is on the other side."""

    account: Account
    name: str
    kind: AccountKind
    opening: MoneyView
    movement: MoneyView
    closing: MoneyView

    @classmethod
    def of(cls, account: Account, balance: AccountBalance, currency: Currency) -> Self:
        entry = CHART[account]

        def shown(amount: int) -> MoneyView:
            return _money(amount if entry.kind.is_debit else -amount, currency)

        return cls(
            account=account,
            name=entry.name,
            kind=entry.kind,
            opening=shown(balance.opening),
            movement=shown(balance.movement),
            closing=shown(balance.closing),
        )


class TrialBalanceView(View):
    """Every account over one period."""

    mode: Mode
    currency: Currency
    period: str
    period_status: PeriodStatus
    """`open`, `closed` or `locked`."""
    imbalance: int
    accounts: list[AccountBalanceView]

    @classmethod
    def of(cls, trial_balance: TrialBalance) -> Self:
        return cls(
            mode=trial_balance.mode,
            currency=trial_balance.currency,
            period=trial_balance.period,
            period_status=trial_balance.status,
            imbalance=trial_balance.imbalance,
            accounts=[
                AccountBalanceView.of(account, balance, trial_balance.currency)
                for account, balance in trial_balance.balances.items()
            ],
        )


class AccountLineView(BaseModel):
    """What one event moved in the account, on its normal side."""

    processed_at: datetime
    tax_point: datetime
    stream: str
    sequence: int
    type: str
    amount: MoneyView

    @classmethod
    def of(cls, line: AccountLine, account: Account, currency: Currency) -> Self:
        amount = line.amount if CHART[account].kind.is_debit else -line.amount
        return cls(
            processed_at=line.position.processed_at,
            tax_point=line.tax_point,
            stream=line.position.stream,
            sequence=line.position.sequence,
            type=line.type,
            amount=_money(amount, currency),
        )


class AccountStatementView(View):
    """A page of an account's lines in one period."""

    period: str
    balance: AccountBalanceView
    items: list[AccountLineView]
    next: str | None
    """The `after` of the next page."""

    @classmethod
    def of(cls, statement: AccountStatement, *, page: Page) -> Self:
        return cls(
            period=statement.period,
            balance=AccountBalanceView.of(statement.account, statement.balance, statement.currency),
            items=[
                AccountLineView.of(line, statement.account, statement.currency)
                for line in statement.lines
            ],
            next=page.next(str(statement.lines[-1].position)) if statement.more else None,
        )


class JournalView(View):
    """A page of a period's entries as text; pages in their order make one text."""

    period: str
    format: ExportFormat
    entries: int
    text: str
    next: str | None

    @classmethod
    def of(cls, journal: JournalPage, *, page: Page) -> Self:
        return cls(
            period=journal.period,
            format=journal.format,
            entries=len(journal.entries),
            text=journal.text,
            next=page.next(str(journal.entries[-1].position)) if journal.more else None,
        )


class CalendarView(View):
    """Through which month the ledger is closed and locked."""

    mode: Mode
    closed_through: str | None
    locked_through: str | None

    @classmethod
    def of(cls, calendar: Calendar, *, caller: Caller) -> Self:
        return cls(
            mode=caller.mode,
            closed_through=calendar.closed_through,
            locked_through=calendar.locked_through,
        )

    @classmethod
    def of_stored(cls, stored: Stored[Calendar], *, caller: Caller) -> Self:
        return cls.of(stored.record, caller=caller)


class RatiosView(BaseModel):
    """A business over a time."""

    written: MoneyView
    earned: MoneyView
    incurred: MoneyView
    expenses: MoneyView
    loss_ratio: str | None
    """Incurred losses on earned premium."""
    expense_ratio: str | None
    """Expenses on written premium."""
    combined_ratio: str | None

    @classmethod
    def of(cls, ratios: Ratios, currency: Currency) -> Self:
        def ratio(value: object) -> str | None:
            return None if value is None else str(value)

        return cls(
            written=_money(ratios.written, currency),
            earned=_money(ratios.earned, currency),
            incurred=_money(ratios.incurred, currency),
            expenses=_money(ratios.expenses, currency),
            loss_ratio=ratio(ratios.loss_ratio),
            expense_ratio=ratio(ratios.expense_ratio),
            combined_ratio=ratio(ratios.combined_ratio),
        )


class BusinessRowView(RatiosView):
    """One partner's business in one product over a time."""

    partner: str
    product: str


class BusinessReportView(View):
    """Figures and ratios by partner and product, and of all together."""

    currency: Currency
    since: str
    until: str
    rows: list[BusinessRowView]
    total: RatiosView

    @classmethod
    def of(cls, report: BusinessReport) -> Self:
        def row(business: Business, ratios: Ratios) -> BusinessRowView:
            figures = dict(RatiosView.of(ratios, report.currency))
            return BusinessRowView(**business._asdict(), **figures)

        return cls(
            currency=report.currency,
            since=report.since,
            until=report.until,
            rows=[row(business, ratios) for business, ratios in report.rows],
            total=RatiosView.of(report.total, report.currency),
        )


class PartnerRowView(BaseModel):
    """What one product of a partner moved in one account."""

    product: str
    account: Account
    name: str
    movement: MoneyView


class PartnerStatementView(View):
    """What a partner's business moved in each account, by product; as rows and as CSV."""

    partner: str
    currency: Currency
    period: str
    rows: list[PartnerRowView]
    csv: str

    @classmethod
    def of(cls, statement: PartnerStatement) -> Self:
        rows = _partner_rows(statement.rows, statement.currency)
        return cls(
            partner=statement.partner,
            currency=statement.currency,
            period=statement.period,
            rows=rows,
            csv=_as_csv(statement, rows),
        )


def _partner_rows(
    movements: Sequence[BusinessMovements], currency: Currency
) -> list[PartnerRowView]:
    rows = []
    for movement in movements:
        for account in Account:
            amount = movement.balances[account]
            if amount:
                entry = CHART[account]
                shown = amount if entry.kind.is_debit else -amount
                rows.append(
                    PartnerRowView(
                        product=movement.business.product,
                        account=account,
                        name=entry.name,
                        movement=_money(shown, currency),
                    )
                )
    return rows


def _as_csv(statement: PartnerStatement, rows: Sequence[PartnerRowView]) -> str:
    """A line for each product and account."""
    columns = ("partner", "period", "product", "account", "amount", "currency")
    lines = (
        (
            statement.partner,
            statement.period,
            row.product,
            row.account,
            Money(amount=row.movement.amount, currency=statement.currency).major,
            statement.currency,
        )
        for row in rows
    )
    return write_csv(lines, columns, line_end="\n")


def _money(amount: int, currency: Currency) -> MoneyView:
    return MoneyView(amount=amount, currency=currency)
