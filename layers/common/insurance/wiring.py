"""What operations are given when they run on AWS: each thing made once per process, when first asked for."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from insurance.config import data_path, setting, table

# A function loads what it asks for, and nothing else: every import below is inside what needs it.
if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_dynamodb import DynamoDBClient

    from insurance.catalogue import BundledVersions, Catalogue
    from insurance.dynamodb.billing.accounts import DynamoDBBilling
    from insurance.dynamodb.claims.claims import DynamoDBClaims
    from insurance.dynamodb.complaints.complaints import DynamoDBComplaints
    from insurance.dynamodb.documents.documents import DynamoDBDocuments
    from insurance.dynamodb.ledger.balances import DynamoDBBalances
    from insurance.dynamodb.ledger.books import DynamoDBBooks
    from insurance.dynamodb.ledger.calendars import DynamoDBCalendars
    from insurance.dynamodb.ledger.earnings import DynamoDBEarnings
    from insurance.dynamodb.ledger.policy_ledgers import DynamoDBLedgers
    from insurance.dynamodb.ledger.reconciliation import DynamoDBCountedBooks
    from insurance.dynamodb.parties.accesses import DynamoDBAccesses
    from insurance.dynamodb.parties.parties import DynamoDBParties
    from insurance.dynamodb.parties.screenings import DynamoDBBook, DynamoDBScreenings
    from insurance.dynamodb.payments.instructions import DynamoDBInstructions
    from insurance.dynamodb.payments.payment_orders import DynamoDBPaymentOrders
    from insurance.dynamodb.policy.policies import DynamoDBPolicies
    from insurance.dynamodb.policy.policy_changes import DynamoDBPolicyChanges
    from insurance.dynamodb.policy.policy_reader import PolicyReader
    from insurance.dynamodb.policy.renewals import DynamoDBRenewals
    from insurance.dynamodb.products.product_versions import (
        DynamoDBProductVersions,
        KnownVersions,
    )
    from insurance.dynamodb.quoting.quotes import DynamoDBQuotes
    from insurance.dynamodb.receipts import DynamoDBReceipts
    from insurance.dynamodb.scheduler.scheduled_jobs import DynamoDBAgenda
    from insurance.dynamodb.work.work_lists import DynamoDBLists
    from insurance.eventbridge import EventBridgeBus
    from insurance.iso20022 import BankMessages
    from insurance.kms import KeyRing, PartyKey
    from insurance.operations.payments.pay_out import AllPayers
    from insurance.products import LookUps
    from insurance.s3 import S3Objects
    from insurance.scanning import BundledScanner
    from insurance.screening import BundledScreening
    from insurance.typesetting import BundledWordings, Typesetter


@cache
def dynamodb() -> DynamoDBClient:
    from insurance.dynamodb.transaction import CONNECT_SECONDS, READ_SECONDS

    # Tries and pauses are counted in `transaction` alone: they would multiply.
    client: DynamoDBClient = _client(
        "dynamodb", connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, attempts=1
    )
    return client


@cache
def keys() -> KeyRing:
    from insurance.kms import KeyRing

    return KeyRing(_client("kms"), setting("PERSONAL_DATA_KEY"))


@cache
def products() -> Catalogue:
    """Neither table nor bucket is needed by who never asks for what stands there."""
    from insurance.catalogue import Catalogue

    return Catalogue(stored=_known_versions, contents=lambda: objects("products"))


@cache
def seeds() -> BundledVersions:
    from insurance.catalogue import BundledVersions

    return BundledVersions()


@cache
def product_versions() -> DynamoDBProductVersions:
    from insurance.dynamodb.products.product_versions import DynamoDBProductVersions

    return DynamoDBProductVersions(
        dynamodb(),
        products_table=table("products"),
        events_table=table("events"),
        receipts=staff_receipts(),
    )


@cache
def screening() -> BundledScreening:
    from insurance.screening import BundledScreening

    return BundledScreening()


@cache
def scanner() -> BundledScanner:
    from insurance.scanning import BundledScanner

    return BundledScanner()


@cache
def look_ups() -> LookUps:
    from insurance.products import LookUps

    return LookUps()


def carrier() -> str:
    """The insurer that carries the risk."""
    return setting("CARRIER")


@cache
def quote_receipts() -> DynamoDBReceipts:
    """Receipts of commands on quotes, whose key stands with the quote."""
    return _receipts("quotes")


@cache
def receipts() -> DynamoDBReceipts:
    """Receipts of commands on what comes after: the key stands with the party."""
    return _receipts("parties")


@cache
def staff_receipts() -> DynamoDBReceipts:
    """Receipts of commands that are about nobody: their answers are not sealed."""
    from insurance.dynamodb.receipts import DynamoDBReceipts

    return DynamoDBReceipts(dynamodb(), table("receipts"), lambda _about: None)


@cache
def quotes() -> DynamoDBQuotes:
    from insurance.dynamodb.quoting.quotes import DynamoDBQuotes

    return DynamoDBQuotes(
        dynamodb(),
        quotes_table=table("quotes"),
        events_table=table("events"),
        receipts=quote_receipts(),
        keys=keys(),
    )


@cache
def policies() -> DynamoDBPolicies:
    from insurance.dynamodb.policy.policies import DynamoDBPolicies

    return DynamoDBPolicies(
        dynamodb(),
        reader=_policy_reader(),
        quotes_table=table("quotes"),
        policies_table=table("policies"),
        events_table=table("events"),
        parties_table=table("parties"),
        receipts=receipts(),
        keys=keys(),
    )


@cache
def policy_changes() -> DynamoDBPolicyChanges:
    from insurance.dynamodb.policy.policy_changes import DynamoDBPolicyChanges

    return DynamoDBPolicyChanges(
        dynamodb(),
        reader=_policy_reader(),
        policies_table=table("policies"),
        events_table=table("events"),
        receipts=receipts(),
    )


@cache
def renewals() -> DynamoDBRenewals:
    from insurance.dynamodb.policy.renewals import DynamoDBRenewals

    return DynamoDBRenewals(dynamodb(), policies=_policy_reader(), claims_table=table("claims"))


@cache
def billing() -> DynamoDBBilling:
    from insurance.dynamodb.billing.accounts import DynamoDBBilling

    return DynamoDBBilling(
        dynamodb(),
        policies=_policy_reader(),
        billing_table=table("billing"),
        events_table=table("events"),
        receipts=receipts(),
    )


@cache
def claims() -> DynamoDBClaims:
    from insurance.dynamodb.claims.claims import DynamoDBClaims

    return DynamoDBClaims(
        dynamodb(),
        policies=_policy_reader(),
        claims_table=table("claims"),
        billing_table=lambda: table("billing"),
        events_table=table("events"),
        parties_table=table("parties"),
        receipts=receipts(),
        keys=keys(),
    )


@cache
def lists() -> DynamoDBLists:
    from insurance.dynamodb.work.work_lists import DynamoDBLists

    return DynamoDBLists(
        dynamodb(),
        quotes_table=table("quotes"),
        claims_table=table("claims"),
        complaints_table=table("complaints"),
    )


@cache
def complaint_receipts() -> DynamoDBReceipts:
    """Receipts of commands on complaints: the key stands with the quote, or with the party."""
    return _receipts("quotes", "parties")


@cache
def complaints() -> DynamoDBComplaints:
    from insurance.dynamodb.complaints.complaints import DynamoDBComplaints

    return DynamoDBComplaints(
        dynamodb(),
        complaints_table=table("complaints"),
        quotes_table=table("quotes"),
        policies_table=table("policies"),
        claims_table=table("claims"),
        parties_table=table("parties"),
        events_table=table("events"),
        receipts=complaint_receipts(),
        keys=keys(),
    )


@cache
def accesses() -> DynamoDBAccesses:
    from insurance.dynamodb.parties.accesses import DynamoDBAccesses

    return DynamoDBAccesses(
        dynamodb(),
        policies=_policy_reader(),
        access_table=table("access"),
        events_table=table("events"),
        receipts=receipts(),
    )


@cache
def documents() -> DynamoDBDocuments:
    from insurance.dynamodb.documents.documents import DynamoDBDocuments

    return DynamoDBDocuments(
        dynamodb(),
        reader=_policy_reader(),
        quotes_table=table("quotes"),
        documents_table=table("documents"),
        events_table=table("events"),
        receipts=receipts(),
    )


@cache
def typesetter() -> Typesetter:
    from insurance.typesetting import Typesetter

    return Typesetter()


@cache
def wordings() -> BundledWordings:
    from insurance.typesetting import BundledWordings

    return BundledWordings()


@cache
def parties() -> DynamoDBParties:
    from insurance.dynamodb.parties.parties import DynamoDBParties

    return DynamoDBParties(
        dynamodb(),
        parties_table=table("parties"),
        quotes_table=table("quotes"),
        events_table=table("events"),
        receipts=receipts(),
    )


@cache
def balances() -> DynamoDBBalances:
    from insurance.dynamodb.ledger.balances import DynamoDBBalances

    return DynamoDBBalances(dynamodb(), table("balances"), table("events"))


@cache
def ledgers() -> DynamoDBLedgers:
    from insurance.dynamodb.billing.accounts import BillingReader
    from insurance.dynamodb.ledger.policy_ledgers import DynamoDBLedgers

    return DynamoDBLedgers(
        dynamodb(),
        reader=BillingReader(policies=_policy_reader(), billing_table=table("billing")),
        books=books(),
        events_table=table("events"),
    )


@cache
def books() -> DynamoDBBooks:
    from insurance.dynamodb.ledger.books import DynamoDBBooks

    return DynamoDBBooks(dynamodb(), table("balances"))


@cache
def counted_books() -> DynamoDBCountedBooks:
    from insurance.dynamodb.ledger.reconciliation import DynamoDBCountedBooks

    return DynamoDBCountedBooks(
        dynamodb(), balances_table=table("balances"), events_table=table("events")
    )


@cache
def calendars() -> DynamoDBCalendars:
    from insurance.dynamodb.ledger.calendars import DynamoDBCalendars

    return DynamoDBCalendars(
        dynamodb(),
        balances_table=table("balances"),
        events_table=table("events"),
        receipts=receipts(),
    )


@cache
def earnings() -> DynamoDBEarnings:
    from insurance.dynamodb.ledger.earnings import DynamoDBEarnings

    return DynamoDBEarnings(
        dynamodb(),
        policies=_policy_reader(),
        billing_table=table("billing"),
        events_table=table("events"),
    )


@cache
def agenda() -> DynamoDBAgenda:
    from insurance.dynamodb.scheduler.scheduled_jobs import DynamoDBAgenda

    return DynamoDBAgenda(dynamodb(), table("agenda"))


@cache
def instructions() -> DynamoDBInstructions:
    from insurance.dynamodb.payments.instructions import DynamoDBInstructions

    return DynamoDBInstructions(dynamodb(), table("payments"))


@cache
def book() -> DynamoDBBook:
    from insurance.dynamodb.parties.screenings import DynamoDBBook

    return DynamoDBBook(dynamodb(), table("screening"))


@cache
def screenings() -> DynamoDBScreenings:
    from insurance.dynamodb.parties.screenings import DynamoDBScreenings

    return DynamoDBScreenings(
        dynamodb(),
        policies=_policy_reader(),
        screening_table=table("screening"),
        quotes_table=table("quotes"),
        parties_table=table("parties"),
        events_table=table("events"),
        receipts=receipts(),
        keys=keys(),
    )


@cache
def payment_orders() -> DynamoDBPaymentOrders:
    from insurance.dynamodb.payments.payment_orders import DynamoDBPaymentOrders

    return DynamoDBPaymentOrders(
        dynamodb(),
        payments_table=table("payments"),
        events_table=table("events"),
        receipts=receipts(),
    )


@cache
def payers() -> AllPayers:
    from insurance.operations.payments.pay_claims import ClaimPayers
    from insurance.operations.payments.pay_out import AllPayers
    from insurance.operations.payments.pay_redress import RedressPayers
    from insurance.operations.payments.pay_refunds import RefundPayers

    return AllPayers(
        pay=ClaimPayers(claims()),
        rfd=RefundPayers(products(), billing()),
        rdr=RedressPayers(complaints()),
    )


@cache
def bank_messages() -> BankMessages:
    from insurance.iso20022 import BankMessages, Debtor

    return BankMessages(Debtor(carrier(), setting("DEBTOR_IBAN"), setting("DEBTOR_BIC")))


@cache
def event_bus() -> EventBridgeBus:
    from insurance.eventbridge import EventBridgeBus

    return EventBridgeBus(_client("events"), setting("EVENT_BUS"))


@cache
def objects(bucket: str) -> S3Objects:
    """The files of one bucket: `objects("documents")` reads DOCUMENTS_BUCKET."""
    from insurance.s3 import S3Objects

    return S3Objects(_client("s3"), setting(f"{bucket.upper()}_BUCKET"))


@cache
def _known_versions() -> KnownVersions:
    from insurance.dynamodb.products.product_versions import KnownVersions

    return KnownVersions(dynamodb(), table("products"))


def _policy_reader() -> PolicyReader:
    from insurance.dynamodb.policy.policy_reader import PolicyReader

    return PolicyReader(
        policies_table=table("policies"),
        events_table=table("events"),
        parties_table=table("parties"),
        keys=keys(),
    )


def _receipts(*holders: str) -> DynamoDBReceipts:
    from insurance.domain.core.identity import party_id_for, quote_id_for
    from insurance.dynamodb import aggregates, codec
    from insurance.dynamodb.receipts import DynamoDBReceipts
    from insurance.dynamodb.transaction import load
    from insurance.kms import PartyKey

    def key_of(about: str) -> PartyKey | None:
        ids = {"quotes": quote_id_for(about), "parties": party_id_for(about)}
        items = load(dynamodb(), [(table(name), {"id": codec.text(ids[name])}) for name in holders])
        found = (aggregates.read_key(keys(), item) for item in items)
        return next((key for key in found if isinstance(key, PartyKey)), None)

    return DynamoDBReceipts(dynamodb(), table("receipts"), key_of)


def _client(
    service: str, *, connect_timeout: float = 1, read_timeout: float = 2, attempts: int = 3
) -> Any:
    """A client that gives up in time: the gateway does not wait longer than 29 s for everything."""
    from botocore.config import Config

    return _session().create_client(
        service,
        config=Config(
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            retries={"mode": "standard", "total_max_attempts": attempts},
            # The service validates what it is sent, and composing a user agent for every call takes
            # botocore a tenth of a warm request's time.
            parameter_validation=False,
            signature_version="s3v4" if service == "s3" else None,  # links are signed as requests
            user_agent=f"coverwright {setting('POWERTOOLS_SERVICE_NAME')}",
        ),
    )


@cache
def _session() -> Session:
    """botocore's own session: boto3's clients are these, and importing boto3 costs 15 ms more.

    The layer's cut of botocore's data is all it reads: only to list the services that the runtime
    knows beside would cost a cold start 20 ms.
    """
    from botocore.loaders import Loader
    from botocore.session import Session

    session = Session()
    cut = data_path()
    if cut is not None:
        loader = Loader([cut], include_default_search_paths=False)
        session.register_component("data_loader", loader)
    return session
