"""Reporting: the books of a policy and of the house, and what they say of the business."""

import re

from insurance import wiring
from insurance.api.fields import accounting_period
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
from insurance.api.views.books import LedgerExportView, PolicyBooksView
from insurance.api.views.ledger import (
    AccountStatementView,
    BusinessReportView,
    CalendarView,
    HealthView,
    JournalView,
    PartnerStatementView,
    TrialBalanceView,
)
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.ledger.export import Format
from insurance.operations.ledger.read_books import export_policy_books, read_policy_books
from insurance.operations.ledger.read_ledger import (
    Slice,
    read_calendar,
    read_health,
    read_journal,
    read_statement,
    read_trial_balance,
)
from insurance.operations.ledger.report_business import report_business, state_partner

products, ledgers, books = wiring.products(), wiring.stores().ledgers, wiring.stores().books

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


def read_format(sent: str) -> Format:
    if sent not in set(Format):
        raise InvalidFields([FieldFault("format", "unknown", f"One of: {', '.join(Format)}.")])
    return Format(sent)


@api.query(
    "GET",
    "/v1/policies/{policy_id}/ledger",
    scope="policies:read",
    summary="Read a policy's balances, what is earned, and whether its books agree",
)
def get_policy_books(policy_id: str, call: Call) -> PolicyBooksView:
    found = read_policy_books(
        policy_id, at=call.as_at, caller=call.caller, products=products, ledgers=ledgers
    )
    return PolicyBooksView.of(policy_id, call.as_at, found)


@api.query(
    "GET",
    "/v1/policies/{policy_id}/ledger/{format}",
    scope="policies:read",
    summary="Export a policy's postings as csv or beancount",
)
def get_ledger_export(policy_id: str, format: str, call: Call) -> LedgerExportView:
    wanted = read_format(format)
    text = export_policy_books(policy_id, wanted, caller=call.caller, ledgers=ledgers)
    return LedgerExportView.of(policy_id, wanted, text)


@api.query(
    "GET",
    "/v1/ledger/{currency}/health",
    scope="ledger:read",
    staff=True,
    summary="Read every invariant of the books, and how old the figures are",
)
def get_ledger_health(currency: str, call: Call) -> HealthView:
    wanted = read_currency(currency)
    found = read_health(wanted, caller=call.caller, books=books, now=call.received_at)
    return HealthView.of(call.caller, wanted, found)


@api.query(
    "GET",
    "/v1/ledger/periods",
    scope="ledger:read",
    staff=True,
    summary="Read through which month the books are closed and locked",
)
def get_periods(call: Call) -> CalendarView:
    return CalendarView.of(call.caller.mode, read_calendar(caller=call.caller, books=books))


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
        books=books,
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
    found = read_statement(
        read_currency(currency),
        read_account(account),
        accounting_period("period", period),
        asked=Slice(*call.place(list_id)),
        caller=call.caller,
        books=books,
    )
    return AccountStatementView.of(found, list_id)


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
    wanted, asked = read_format(format), Slice(*call.place(list_id))
    found = read_journal(
        read_currency(currency),
        accounting_period("period", period),
        asked=asked,
        caller=call.caller,
        books=books,
    )
    return JournalView.of(found, wanted, list_id, goes_on=bool(asked.after))


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
        books=books,
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
    found = state_partner(
        partner,
        read_currency(currency),
        accounting_period("period", period),
        caller=call.caller,
        books=books,
    )
    return PartnerStatementView.of(found)
