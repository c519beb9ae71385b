"""Reporting: the books of a policy, and the control accounts of the house."""

from insurance import wiring
from insurance.api.app import Api, Call
from insurance.api.views.books import LedgerExportView, PolicyBooksView, TrialBalanceView
from insurance.domain.books import Format
from insurance.domain.errors import FieldFault, InvalidFields
from insurance.domain.money import Currency
from insurance.operations.read_books import (
    export_policy_books,
    read_policy_books,
    read_trial_balance,
)

api = Api()
handler = api.entrypoint()
products, ledgers = wiring.products(), wiring.ledgers()


@api.query(
    "GET",
    "/v1/policies/{policy_id}/ledger",
    scope="policies:read",
    summary="Read a policy's balances, what is earned, and whether its books agree",
)
def get_policy_books(policy_id: str, call: Call) -> PolicyBooksView:
    books = read_policy_books(
        policy_id, at=call.as_at, caller=call.caller, products=products, ledgers=ledgers
    )
    return PolicyBooksView.of(policy_id, call.as_at, books)


@api.query(
    "GET",
    "/v1/policies/{policy_id}/ledger/{format}",
    scope="policies:read",
    summary="Export a policy's postings as csv or beancount",
)
def get_ledger_export(policy_id: str, format: str, call: Call) -> LedgerExportView:
    if format not in set(Format):
        formats = ", ".join(Format)
        raise InvalidFields([FieldFault("format", "unknown", f"One of: {formats}.")])
    wanted = Format(format)
    text = export_policy_books(policy_id, wanted, caller=call.caller, ledgers=ledgers)
    return LedgerExportView.of(policy_id, wanted, text)


@api.query(
    "GET",
    "/v1/ledger/{currency}/health",
    scope="ledger:read",
    staff=True,
    summary="Read the control accounts and whether they agree",
)
def get_ledger_health(currency: str, call: Call) -> TrialBalanceView:
    if currency not in set(Currency):
        fault = FieldFault("currency", "unknown", "A currency that a product is written in.")
        raise InvalidFields([fault])
    found = read_trial_balance(Currency(currency), caller=call.caller, ledgers=ledgers)
    return TrialBalanceView.of(found)
