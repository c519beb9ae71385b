"""Report on business: what was written, earned, incurred and spent, by partner and product."""

from collections.abc import Sequence
from dataclasses import dataclass

from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.money import Currency
from insurance.domain.ledger.booking import Business
from insurance.domain.ledger.calendar import AccountingPeriod, period_after
from insurance.domain.ledger.reports import Movements, Ratios, together
from insurance.operations.ledger.read_ledger import Books

PERIODS_MAX = 36


@dataclass(frozen=True, slots=True)
class BusinessReport:
    """Rows by partner and product, and all of them together."""

    currency: Currency
    since: AccountingPeriod
    until: AccountingPeriod
    rows: Sequence[tuple[str, str, Ratios]]
    """Partner, product, figures."""
    whole: Ratios


@dataclass(frozen=True, slots=True)
class PartnerStatement:
    """What a partner's business moved in each account, by product, in one period."""

    partner: str
    currency: Currency
    period: AccountingPeriod
    rows: Sequence[Movements]


def report_business(
    currency: Currency,
    since: AccountingPeriod,
    until: AccountingPeriod,
    *,
    caller: Caller,
    books: Books,
) -> BusinessReport:
    """A partner sees its own business, our people all of it."""
    found = _movements(currency, _periods(since, until), caller, books)
    by_business: dict[Business, list[Movements]] = {}
    for each in found:
        by_business.setdefault(each.business, []).append(each)
    return BusinessReport(
        currency=currency,
        since=since,
        until=until,
        rows=[(*one, Ratios.of(together(own))) for one, own in sorted(by_business.items())],
        whole=Ratios.of(together(found)),
    )


def state_partner(
    partner: str, currency: Currency, period: AccountingPeriod, *, caller: Caller, books: Books
) -> PartnerStatement:
    """The statement of one partner. Another partner's is empty: there is nothing to be seen."""
    own = caller.kind is CallerKind.STAFF or caller.partner == partner
    rows = books.movements(caller.mode, currency, period, partner) if own else ()
    return PartnerStatement(partner, currency, period, rows)


def _movements(
    currency: Currency, periods: Sequence[AccountingPeriod], caller: Caller, books: Books
) -> list[Movements]:
    partner = None if caller.kind is CallerKind.STAFF else caller.partner
    return [
        each
        for period in periods
        for each in books.movements(caller.mode, currency, period, partner)
    ]


def _periods(since: AccountingPeriod, until: AccountingPeriod) -> list[AccountingPeriod]:
    periods = [since]
    while periods[-1] < until and len(periods) <= PERIODS_MAX:
        periods.append(period_after(periods[-1]))
    if since > until or len(periods) > PERIODS_MAX:
        detail = f"From a month to the same or a later one, {PERIODS_MAX} at most."
        raise InvalidFields([FieldFault("until", "out-of-range", detail)])
    return periods
