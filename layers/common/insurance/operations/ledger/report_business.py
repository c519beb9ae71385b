"""Report on business: what was written, earned, incurred and spent, by partner and product."""

from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.money import Currency
from insurance.domain.ledger.calendar import AccountingPeriod
from insurance.domain.ledger.reports import BusinessReport, PartnerStatement, periods_between
from insurance.operations.ledger.ports import GeneralLedger, PeriodKey


def report_business(
    currency: Currency,
    since: AccountingPeriod,
    until: AccountingPeriod,
    *,
    caller: Caller,
    ledger: GeneralLedger,
) -> BusinessReport:
    """Report on the business of the caller's mode: of staff all of it, of a partner its own.

    Raises:
        InvalidFields: The periods are out of order, or too many.
    """
    periods = periods_between(since, until)
    partner = None if caller.kind is CallerKind.STAFF else caller.partner
    movements = [
        movement
        for period in periods
        for movement in ledger.movements(PeriodKey(caller.mode, currency, period), partner)
    ]
    return BusinessReport.of(currency, periods, movements)


def state_partner(
    partner: str, key: PeriodKey, *, caller: Caller, ledger: GeneralLedger
) -> PartnerStatement:
    """State what one partner's business moved in a period.

    Another partner's statement is empty, like that of a partner that does not exist.
    """
    own = caller.kind is CallerKind.STAFF or caller.partner == partner
    rows = ledger.movements(key, partner) if own else ()
    return PartnerStatement(partner, key.currency, key.period, rows)
