"""Report on business: what was written, earned, incurred and spent, by partner and product."""

from insurance.domain.core.caller import CallerKind
from insurance.domain.core.money import Currency
from insurance.domain.ledger.calendar import AccountingPeriod
from insurance.domain.ledger.reports import BusinessReport, PartnerStatement, periods_between
from insurance.operations.command import Query
from insurance.operations.ledger.ports import LedgerPorts, PeriodKey


def report_business(
    currency: Currency,
    since: AccountingPeriod,
    until: AccountingPeriod,
    query: Query,
    ports: LedgerPorts,
) -> BusinessReport:
    """Report on the business of the caller's mode: to staff on all of it, to a partner on its own.

    Raises:
        InvalidFields: The periods are out of order, or too many.
    """
    periods = periods_between(since, until)
    caller = query.caller
    partner = None if caller.kind is CallerKind.STAFF else caller.partner
    movements = [
        movement
        for period in periods
        for movement in ports.general_ledger.movements(
            PeriodKey(caller.mode, currency, period), partner
        )
    ]
    return BusinessReport.of(currency, periods, movements)


def state_partner_account(
    partner: str, key: PeriodKey, query: Query, ports: LedgerPorts
) -> PartnerStatement:
    """State what one partner's business moved in a period.

    Another partner's statement is empty, like that of a partner that does not exist.
    """
    own = query.caller.kind is CallerKind.STAFF or query.caller.partner == partner
    rows = ports.general_ledger.movements(key, partner) if own else ()
    return PartnerStatement(partner, key.currency, key.period, rows)
