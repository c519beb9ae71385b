"""Reporting: the ledger of a policy, the general ledger, and what it says of the business."""

import re

from insurance import wiring
from insurance.api.fields import accounting_period
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
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
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.ledger.export import ExportFormat
from insurance.operations.ledger.ports import PeriodKey, Slice
from insurance.operations.ledger.read_general_ledger import (
    read_account_statement,
    read_calendar,
    read_health,
    read_journal,
    read_trial_balance,
)
from insurance.operations.ledger.read_policy_ledger import export_policy_ledger, read_policy_ledger
from insurance.operations.ledger.report_business import report_business, state_partner

products, stores = wiring.products(), wiring.stores()
ledgers, ledger = stores.policy_ledgers, stores.general_ledger

api = Api()
handler = api.entrypoint()

PARTNER = re.compile(r"[a-z0-9_-]{1,64}")


def read_currency(sent: str) -> Currency:
    if sent not in set(Currency):
        fault = FieldFault("currency", "unknown", "A currency that a product is written in.")
        raise InvalidFields([fault])
    return Currency(sent)


def read_account(sent: str) -> Account:
    if sent not in set(Account):
        raise InvalidFields([FieldFault("account", "unknown", "An account of the chart.")])
    return Account(sent)


def period_key(currency: str, period: str, call: Call) -> PeriodKey:
    return PeriodKey(call.caller.mode, read_currency(currency), accounting_period("period", period))


def read_format(sent: str) -> ExportFormat:
    if sent not in set(ExportFormat):
        raise InvalidFields(
            [FieldFault("format", "unknown", f"One of: {', '.join(ExportFormat)}.")]
        )
    return ExportFormat(sent)


@api.query(
    "GET",
    "/v1/policies/{policy_id}/ledger",
    scope="policies:read",
    summary="Read a policy's balances, what is earned, and whether its ledger agrees",
)
def get_policy_ledger(policy_id: str, call: Call) -> PolicyLedgerView:
    found = read_policy_ledger(
        policy_id, at=call.as_at, caller=call.caller, products=products, ledgers=ledgers
    )
    return PolicyLedgerView.of(policy_id, call.as_at, found)


@api.query(
    "GET",
    "/v1/policies/{policy_id}/ledger/{format}",
    scope="policies:read",
    summary="Export a policy's postings as csv or beancount",
)
def get_ledger_export(policy_id: str, format: str, call: Call) -> LedgerExportView:
    wanted = read_format(format)
    text = export_policy_ledger(policy_id, wanted, caller=call.caller, ledgers=ledgers)
    return LedgerExportView.of(policy_id, wanted, text)


@api.query(
    "GET",
    "/v1/ledger/{currency}/health",
    scope="ledger:read",
    staff=True,
    summary="Read every invariant of the ledger, and how old the figures are",
)
def get_ledger_health(currency: str, call: Call) -> HealthView:
    wanted = read_currency(currency)
    found = read_health(wanted, caller=call.caller, ledger=ledger, now=call.received_at)
    return HealthView.of(call.caller, wanted, found)


@api.query(
    "GET",
    "/v1/ledger/periods",
    scope="ledger:read",
    staff=True,
    summary="Read through which month the ledger is closed and locked",
)
def get_periods(call: Call) -> CalendarView:
    return CalendarView.of(call.caller.mode, read_calendar(caller=call.caller, ledger=ledger))


@api.query(
    "GET",
    "/v1/ledger/{currency}/periods/{period}",
    scope="ledger:read",
    staff=True,
    summary="Read the trial balance of a month",
)
def get_trial_balance(currency: str, period: str, call: Call) -> TrialBalanceView:
    found = read_trial_balance(
        read_currency(currency),
        accounting_period("period", period),
        caller=call.caller,
        ledger=ledger,
    )
    return TrialBalanceView.of(found)


@api.query(
    "GET",
    "/v1/ledger/{currency}/periods/{period}/accounts/{account}",
    scope="ledger:read",
    staff=True,
    summary="List what moved an account in a month",
)
def get_account_statement(
    currency: str, period: str, account: str, call: Call
) -> AccountStatementView:
    list_id = f"{currency}/{period}/{account}"
    statement = read_account_statement(
        period_key(currency, period, call),
        read_account(account),
        part=Slice(*call.place(list_id)),
        ledger=ledger,
    )
    return AccountStatementView.of(statement, list_id)


@api.query(
    "GET",
    "/v1/ledger/{currency}/periods/{period}/journal/{format}",
    scope="ledger:read",
    staff=True,
    summary="Export a month's postings as csv or beancount, page by page",
)
def get_journal(currency: str, period: str, format: str, call: Call) -> JournalView:
    """Pages one after the other make one text: only the first has the heading."""
    list_id = f"{currency}/{period}/{format}"
    wanted, part = read_format(format), Slice(*call.place(list_id))
    page = read_journal(period_key(currency, period, call), part=part, ledger=ledger)
    return JournalView.of(page, wanted, list_id, continues=bool(part.after))


@api.query(
    "GET",
    "/v1/reports/{currency}/ratios/{since}/{until}",
    scope="policies:read",
    summary="Report what was written, earned, incurred and spent, by partner and product",
)
def get_ratios(currency: str, since: str, until: str, call: Call) -> BusinessReportView:
    """From a month to the same or a later one. A partner sees its own business."""
    found = report_business(
        read_currency(currency),
        accounting_period("since", since),
        accounting_period("until", until),
        caller=call.caller,
        ledger=ledger,
    )
    return BusinessReportView.of(found)


@api.query(
    "GET",
    "/v1/reports/{currency}/partners/{partner}/{period}",
    scope="policies:read",
    summary="State what a partner's business moved in a month, as rows and as CSV",
)
def get_partner_statement(
    currency: str, partner: str, period: str, call: Call
) -> PartnerStatementView:
    if not PARTNER.fullmatch(partner):
        raise InvalidFields([FieldFault("partner", "not-a-partner", "A partner's code.")])
    key = period_key(currency, period, call)
    return PartnerStatementView.of(state_partner(partner, key, caller=call.caller, ledger=ledger))
