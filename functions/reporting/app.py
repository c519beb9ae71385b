"""Reporting: the ledger of a policy, the general ledger, and what it says of the business."""

import re

from insurance import bundles, wiring
from insurance.api.fields import accounting_period
from insurance.api.paging import Page
from insurance.api.parameters import OptionalInstant, Parameters
from insurance.api.router import Api
from insurance.api.views.ledger import (
    AccountStatementView,
    BusinessReportView,
    CalendarView,
    HealthView,
    JournalView,
    PartnerStatementView,
    TrialBalanceView,
)
from insurance.api.views.policy_ledger import LedgerExportView, PolicyLedgerView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope
from insurance.domain.ledger.calendar import Calendar
from insurance.domain.ledger.export import ExportFormat
from insurance.domain.ledger.policy_ledger import PolicyLedger
from insurance.domain.ledger.reports import BusinessReport, PartnerStatement
from insurance.operations.command import Query
from insurance.operations.ledger.ports import PeriodKey, Slice
from insurance.operations.ledger.read_general_ledger import (
    AccountStatement,
    JournalPage,
    LedgerHealth,
    TrialBalance,
    read_account_statement,
    read_calendar,
    read_health,
    read_journal,
    read_trial_balance,
)
from insurance.operations.ledger.read_policy_ledger import (
    PolicyLedgerExport,
    export_policy_ledger,
    read_policy_ledger,
)
from insurance.operations.ledger.report_business import report_business, state_partner_account
from pydantic import Field

ports = bundles.ledger_ports()

api = Api(edge=wiring.edge())
handler = api.entrypoint()

PARTNER = re.compile(r"[a-z][a-z0-9_-]{0,63}")
PERIOD = "/v1/ledger/{currency}/periods/{period}"
PARTNERS_AND_STAFF = {CallerKind.APPLICATION, CallerKind.STAFF}
STAFF = {CallerKind.STAFF}
POLICY_LEDGER_ROLES = {Role.FINANCE, Role.AUDITOR, Role.UNDERWRITER, Role.CHIEF_UNDERWRITER}
LEDGER_ROLES = {Role.FINANCE, Role.AUDITOR}
REPORT_ROLES = {
    Role.FINANCE,
    Role.AUDITOR,
    Role.UNDERWRITER,
    Role.CHIEF_UNDERWRITER,
    Role.PRODUCT_MANAGER,
}


class LedgerParameters(Parameters):
    """The instant that a policy's ledger is read for."""

    as_at: OptionalInstant = Field(
        None, description="The instant that earned premium is worked out for; now without it."
    )


def read_currency(sent: str) -> Currency:
    """Read a currency in a path.

    Raises:
        InvalidFields: No product is written in it.
    """
    if sent not in set(Currency):
        fault = FieldFault("currency", "unknown", "A currency that a product is written in.")
        raise InvalidFields([fault])
    return Currency(sent)


def read_account(sent: str) -> Account:
    """Read an account in a path.

    Raises:
        InvalidFields: The chart has no such account.
    """
    if sent not in set(Account):
        raise InvalidFields([FieldFault("account", "unknown", "An account of the chart.")])
    return Account(sent)


def read_format(sent: str) -> ExportFormat:
    """Read the format of an export in a path.

    Raises:
        InvalidFields: It is neither csv nor beancount.
    """
    if sent not in set(ExportFormat):
        detail = f"One of: {', '.join(ExportFormat)}."
        raise InvalidFields([FieldFault("format", "unknown", detail)])
    return ExportFormat(sent)


def period_key(currency: str, period: str, query: Query) -> PeriodKey:
    return PeriodKey(
        query.caller.mode, read_currency(currency), accounting_period("period", period)
    )


@api.query(
    "/v1/policies/{policy_id}/ledger",
    operation_id="getPolicyLedger",
    summary="Read a policy's ledger: balances, earned premium and checks",
    scope=Scope.POLICIES_READ,
    callers=PARTNERS_AND_STAFF,
    roles=POLICY_LEDGER_ROLES,
    shows=PolicyLedgerView,
    raises=(InvalidFields,),
)
def get_policy_ledger(policy_id: str, parameters: LedgerParameters, query: Query) -> PolicyLedger:
    return read_policy_ledger(policy_id, parameters.as_at, query, ports)


@api.query(
    "/v1/policies/{policy_id}/ledger/{format}",
    operation_id="exportPolicyLedger",
    summary="Export a policy's postings as CSV or for beancount",
    scope=Scope.POLICIES_READ,
    callers=PARTNERS_AND_STAFF,
    roles=POLICY_LEDGER_ROLES,
    shows=LedgerExportView,
    raises=(InvalidFields,),
)
def get_policy_ledger_export(policy_id: str, format: str, query: Query) -> PolicyLedgerExport:
    return export_policy_ledger(policy_id, read_format(format), query, ports)


@api.query(
    "/v1/ledger/{currency}/health",
    operation_id="getLedgerHealth",
    summary="Read the checks of the general ledger",
    scope=Scope.LEDGER_READ,
    callers=STAFF,
    roles=LEDGER_ROLES | {Role.OPERATOR},
    shows=HealthView,
    raises=(InvalidFields,),
)
def get_ledger_health(currency: str, query: Query) -> LedgerHealth:
    return read_health(read_currency(currency), query, ports)


@api.query(
    "/v1/ledger/periods",
    operation_id="getAccountingCalendar",
    summary="Read the accounting calendar: the last month closed and the last locked",
    scope=Scope.LEDGER_READ,
    callers=STAFF,
    roles=LEDGER_ROLES,
    shows=CalendarView,
)
def get_periods(query: Query) -> Calendar:
    return read_calendar(query, ports)


@api.query(
    PERIOD,
    operation_id="getTrialBalance",
    summary="Read the trial balance of a month",
    scope=Scope.LEDGER_READ,
    callers=STAFF,
    roles=LEDGER_ROLES,
    shows=TrialBalanceView,
    raises=(InvalidFields,),
)
def get_trial_balance(currency: str, period: str, query: Query) -> TrialBalance:
    key = period_key(currency, period, query)
    return read_trial_balance(key.currency, key.period, query, ports)


@api.query(
    f"{PERIOD}/accounts/{{account}}",
    operation_id="listAccountLines",
    summary="List the postings to an account in a month",
    scope=Scope.LEDGER_READ,
    callers=STAFF,
    roles=LEDGER_ROLES,
    shows=AccountStatementView,
    paged="account-lines:{currency}/{period}/{account}",
    paged_before="{currency}/{period}/{account}",
    raises=(InvalidFields,),
)
def get_account_lines(
    currency: str, period: str, account: str, page: Page, query: Query
) -> AccountStatement:
    key = period_key(currency, period, query)
    part = Slice(page.after, page.limit)
    return read_account_statement(key, read_account(account), part, ports)


@api.query(
    f"{PERIOD}/journal/{{format}}",
    operation_id="exportJournal",
    summary="Export a month's postings as CSV or for beancount, page by page",
    scope=Scope.LEDGER_READ,
    callers=STAFF,
    roles=LEDGER_ROLES,
    shows=JournalView,
    paged="journal:{currency}/{period}/{format}",
    paged_before="{currency}/{period}/{format}",
    raises=(InvalidFields,),
)
def get_journal(currency: str, period: str, format: str, page: Page, query: Query) -> JournalPage:
    """The texts of all pages make one text: only the first page has the heading."""
    key = period_key(currency, period, query)
    return read_journal(key, read_format(format), Slice(page.after, page.limit), ports)


@api.query(
    "/v1/reports/{currency}/ratios/{since}/{until}",
    operation_id="getBusinessReport",
    summary="Report written, earned and incurred amounts and ratios by partner and product",
    scope=Scope.POLICIES_READ,
    callers=PARTNERS_AND_STAFF,
    roles=REPORT_ROLES,
    shows=BusinessReportView,
    raises=(InvalidFields,),
)
def get_business_report(currency: str, since: str, until: str, query: Query) -> BusinessReport:
    """From a month to the same or a later one. A partner sees its own business."""
    first, last = accounting_period("since", since), accounting_period("until", until)
    return report_business(read_currency(currency), first, last, query, ports)


@api.query(
    "/v1/reports/{currency}/partners/{partner}/{period}",
    operation_id="getPartnerStatement",
    summary="Read a partner's statement of a month, as rows and as CSV",
    scope=Scope.POLICIES_READ,
    callers=PARTNERS_AND_STAFF,
    roles=REPORT_ROLES,
    shows=PartnerStatementView,
    raises=(InvalidFields,),
)
def get_partner_statement(
    currency: str, partner: str, period: str, query: Query
) -> PartnerStatement:
    """A partner sees its own statement; another partner's is empty.

    Raises:
        InvalidFields: A path parameter has another form.
    """
    if not PARTNER.fullmatch(partner):
        raise InvalidFields([FieldFault("partner", "not-a-partner", "A partner's code.")])
    return state_partner_account(partner, period_key(currency, period, query), query, ports)
