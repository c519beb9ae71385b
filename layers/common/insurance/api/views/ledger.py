"""How the house's books are shown: health, trial balance, lines of an account, journal, reports."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.paging import cursor
from insurance.api.views.terms import MoneyView, View
from insurance.domain.core.caller import Caller
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.posting import Account
from insurance.domain.ledger.calendar import Calendar
from insurance.domain.ledger.chart import CHART
from insurance.domain.ledger.export import Format, Written, export
from insurance.domain.ledger.health import Health, Invariant, Recount
from insurance.domain.ledger.reports import Movements, Ratios
from insurance.operations.ledger.read_ledger import (
    AccountStatement,
    BalanceOf,
    JournalEntry,
    JournalPage,
    Line,
    TrialBalance,
)
from insurance.operations.ledger.report_business import BusinessReport, PartnerStatement


class InvariantView(BaseModel):
    """Two ways to one figure, in minor units (or a count); healthy while they are equal."""

    code: str
    holds: bool
    figure: int
    against: int

    @classmethod
    def of(cls, found: Invariant) -> Self:
        return cls(code=found.code, holds=found.holds, figure=found.figure, against=found.against)


class RecountView(BaseModel):
    """What the last count over every sub-ledger found."""

    finished_at: datetime
    clean: bool
    aggregates: int
    wrong: list[str]
    totals_differ: list[str]
    moving: int

    @classmethod
    def of(cls, found: Recount) -> Self:
        return cls(
            finished_at=found.finished_at,
            clean=found.clean,
            aggregates=found.aggregates,
            wrong=list(found.wrong),
            totals_differ=list(found.totals_differ),
            moving=found.moving,
        )


class HealthView(View):
    """Every invariant of the books of one mode and currency, and how old the figures are."""

    mode: str
    currency: str
    healthy: bool
    booked_to: datetime | None
    """When the last event was appended that is booked."""
    age_seconds: int | None
    invariants: list[InvariantView]
    recount: RecountView | None

    @classmethod
    def of(cls, caller: Caller, currency: Currency, found: Health) -> Self:
        return cls(
            mode=caller.mode,
            currency=currency,
            healthy=found.healthy,
            booked_to=found.totals.booked_to,
            age_seconds=int(found.age.total_seconds()) if found.age is not None else None,
            invariants=[InvariantView.of(each) for each in found.invariants],
            recount=RecountView.of(found.recount) if found.recount else None,
        )


class AccountBalanceView(BaseModel):
    """An account over a period, on its normal side; negative where it stands on the other."""

    account: str
    name: str
    kind: str
    opening: MoneyView
    movement: MoneyView
    closing: MoneyView

    @classmethod
    def of(cls, account: Account, balance: BalanceOf, currency: Currency) -> Self:
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

    mode: str
    currency: str
    period: str
    status: str
    """`open`, `closed` or `locked`."""
    imbalance: int
    accounts: list[AccountBalanceView]

    @classmethod
    def of(cls, found: TrialBalance) -> Self:
        return cls(
            mode=found.mode,
            currency=found.currency,
            period=found.period,
            status=found.status,
            imbalance=found.imbalance,
            accounts=[
                AccountBalanceView.of(account, balance, found.currency)
                for account, balance in found.balances.items()
            ],
        )


class LineView(BaseModel):
    """What one event moved in the account: on its normal side."""

    processed_at: datetime
    tax_point: datetime
    stream: str
    sequence: int
    type: str
    amount: MoneyView

    @classmethod
    def of(cls, line: Line, account: Account, currency: Currency) -> Self:
        at, stream, sequence = line.place.split("#")
        amount = line.amount if CHART[account].kind.is_debit else -line.amount
        return cls(
            processed_at=_instant(at),
            tax_point=line.tax_point,
            stream=stream,
            sequence=int(sequence),
            type=line.type,
            amount=_money(amount, currency),
        )


class AccountStatementView(View):
    """A page of an account's lines in one period."""

    period: str
    balance: AccountBalanceView
    items: list[LineView]
    next: str | None
    """The `after` of the next page."""

    @classmethod
    def of(cls, found: AccountStatement, list_id: str) -> Self:
        return cls(
            period=found.period,
            balance=AccountBalanceView.of(found.account, found.balance, found.currency),
            items=[LineView.of(line, found.account, found.currency) for line in found.lines],
            next=cursor(list_id, found.lines[-1].place) if found.more else None,
        )


class JournalView(View):
    """A page of a period's entries as text; pages in their order make one text."""

    period: str
    format: str
    entries: int
    text: str
    next: str | None

    @classmethod
    def of(cls, found: JournalPage, format: Format, list_id: str, *, goes_on: bool) -> Self:
        entries = [_written(entry, found.period) for entry in found.entries]
        return cls(
            period=found.period,
            format=format,
            entries=len(entries),
            text=export(entries, format, goes_on=goes_on),
            next=cursor(list_id, found.entries[-1].place) if found.more else None,
        )


class CalendarView(View):
    """How far the books are closed and locked."""

    mode: str
    closed_through: str | None
    locked_through: str | None

    @classmethod
    def of(cls, mode: str, calendar: Calendar) -> Self:
        return cls(
            mode=mode,
            closed_through=calendar.closed_through,
            locked_through=calendar.locked_through,
        )


class RatiosView(BaseModel):
    """A business over a time. Ratios are null where there is nothing to compare with."""

    written: MoneyView
    earned: MoneyView
    incurred: MoneyView
    expenses: MoneyView
    loss_ratio: str | None
    """Incurred on earned."""
    expense_ratio: str | None
    """Expenses on written."""
    combined_ratio: str | None

    @classmethod
    def of(cls, found: Ratios, currency: Currency) -> Self:
        def ratio(value: object) -> str | None:
            return None if value is None else str(value)

        return cls(
            written=_money(found.written, currency),
            earned=_money(found.earned, currency),
            incurred=_money(found.incurred, currency),
            expenses=_money(found.expenses, currency),
            loss_ratio=ratio(found.loss_ratio),
            expense_ratio=ratio(found.expense_ratio),
            combined_ratio=ratio(found.combined_ratio),
        )


class BusinessRowView(RatiosView):
    partner: str
    product: str


class BusinessReportView(View):
    """Figures and ratios by partner and product, and of all together."""

    currency: str
    since: str
    until: str
    rows: list[BusinessRowView]
    whole: RatiosView

    @classmethod
    def of(cls, found: BusinessReport) -> Self:
        return cls(
            currency=found.currency,
            since=found.since,
            until=found.until,
            rows=[
                BusinessRowView(
                    partner=partner,
                    product=product,
                    **dict(RatiosView.of(ratios, found.currency)),
                )
                for partner, product, ratios in found.rows
            ],
            whole=RatiosView.of(found.whole, found.currency),
        )


class PartnerRowView(BaseModel):
    product: str
    account: str
    name: str
    movement: MoneyView


class PartnerStatementView(View):
    """What a partner's business moved in each account, by product; as rows and as CSV."""

    partner: str
    currency: str
    period: str
    rows: list[PartnerRowView]
    csv: str

    @classmethod
    def of(cls, found: PartnerStatement) -> Self:
        rows = _partner_rows(found.rows, found.currency)
        return cls(
            partner=found.partner,
            currency=found.currency,
            period=found.period,
            rows=rows,
            csv=_as_csv(found, rows),
        )


def _partner_rows(found: Sequence[Movements], currency: Currency) -> list[PartnerRowView]:
    rows = []
    for each in found:
        for account in Account:
            amount = each.balances[account]
            if amount:
                entry = CHART[account]
                shown = amount if entry.kind.is_debit else -amount
                rows.append(
                    PartnerRowView(
                        product=each.business.product,
                        account=account,
                        name=entry.name,
                        movement=_money(shown, currency),
                    )
                )
    return rows


def _as_csv(found: PartnerStatement, rows: Sequence[PartnerRowView]) -> str:
    """Codes and figures only: nothing in it wants quoting."""
    lines = ["partner,period,product,account,amount,currency"]
    for row in rows:
        amount = Money(amount=row.movement.amount, currency=found.currency).major
        lines.append(
            f"{found.partner},{found.period},{row.product},{row.account},{amount},{found.currency}"
        )
    return "\n".join(lines) + "\n"


def _written(entry: JournalEntry, period: str) -> Written:
    at, stream, sequence = entry.place.split("#")
    return Written(
        stream=stream,
        sequence=int(sequence),
        type=entry.type,
        processed_at=_instant(at),
        tax_point=entry.tax_point,
        period=period,
        postings=entry.postings,
    )


def _instant(at: str) -> datetime:
    return datetime.fromisoformat(f"{at}+00:00")


def _money(amount: int, currency: Currency) -> MoneyView:
    return MoneyView(amount=amount, currency=currency)
