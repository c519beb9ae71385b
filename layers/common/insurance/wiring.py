"""What operations are given on AWS: each thing made once a process, when it is first asked for."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from insurance.clients import client
from insurance.config import setting, table

# A function loads what it asks for and nothing else: every import below is inside its function.
if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from insurance.bank.iso20022 import BankMessages
    from insurance.catalogue import BundledVersions, Catalogue
    from insurance.dynamodb.stores import Stores
    from insurance.eventbridge import EventBridgeBus
    from insurance.kms import KeyRing
    from insurance.operations.billing.ports import BillingPorts, CollectionPorts, RefundPorts
    from insurance.operations.claims.ports import ClaimPorts, EvidencePorts
    from insurance.operations.complaints.ports import ComplaintPorts
    from insurance.operations.delivery.ports import DeliveryPorts
    from insurance.operations.documents.ports import DocumentPorts
    from insurance.operations.ledger.ports import AccountingPorts, EarningsPorts, LedgerPorts
    from insurance.operations.parties.ports import ScreeningPorts
    from insurance.operations.payments.ports import PaymentPorts
    from insurance.operations.policy.ports import (
        InvitationPorts,
        IssuingPorts,
        RenewalPorts,
        ServicingPorts,
    )
    from insurance.operations.products.ports import ProductPorts
    from insurance.operations.quoting.ports import QuotingPorts
    from insurance.operations.work.ports import WorkPorts
    from insurance.products import LookUps
    from insurance.s3 import S3Objects
    from insurance.scanning import BundledScanner
    from insurance.screening import BundledScreening
    from insurance.typesetting import BundledWordings, Typesetter


@cache
def dynamodb() -> DynamoDBClient:
    from insurance.dynamodb.transaction import CONNECT_SECONDS, READ_SECONDS

    # Tries and pauses are counted in `transaction` alone: they would multiply.
    made: DynamoDBClient = client(
        "dynamodb", connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, attempts=1
    )
    return made


@cache
def keys() -> KeyRing:
    from insurance.kms import KeyRing

    return KeyRing(client("kms"), setting("PERSONAL_DATA_KEY"))


@cache
def stores() -> Stores:
    """The stores on the tables that the function's environment names."""
    from insurance.dynamodb.stores import Stores

    return Stores(dynamodb, table, keys)


@cache
def products() -> Catalogue:
    """The products on sale.

    Table and bucket are resolved on first use, so a function that serves bundled products needs
    permission for neither.
    """
    from insurance.catalogue import Catalogue

    return Catalogue(stored=lambda: stores().known_versions, contents=lambda: objects("products"))


@cache
def seeds() -> BundledVersions:
    from insurance.catalogue import BundledVersions

    return BundledVersions()


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


def quoting_ports() -> QuotingPorts:
    from insurance.operations.quoting.ports import QuotingPorts

    return QuotingPorts(
        products=products(),
        look_ups=look_ups(),
        quotes=stores().quotes,
        keys=keys(),
        carrier=setting("CARRIER"),
    )


def issuing_ports() -> IssuingPorts:
    from insurance.operations.policy.ports import IssuingPorts

    return IssuingPorts(
        products=products(),
        policies=stores().policies,
        screening=screening_ports(),
    )


def screening_ports() -> ScreeningPorts:
    from insurance.operations.parties.ports import ScreeningPorts

    return ScreeningPorts(list=screening(), cases=stores().screenings, policies=stores().screenings)


def servicing_ports() -> ServicingPorts:
    from insurance.operations.policy.ports import ServicingPorts

    return ServicingPorts(
        products=products(),
        look_ups=look_ups(),
        policies=stores().policy_changes,
        accounts=stores().billing,
    )


def renewal_ports() -> RenewalPorts:
    from insurance.operations.policy.ports import RenewalPorts

    return RenewalPorts(
        products=products(),
        look_ups=look_ups(),
        renewals=stores().renewals,
        quotes=stores().quotes,
        keys=keys(),
    )


def invitation_ports() -> InvitationPorts:
    from insurance.operations.policy.ports import InvitationPorts

    return InvitationPorts(
        products=products(),
        look_ups=look_ups(),
        renewals=stores().renewals,
        quotes=stores().quotes,
        keys=keys(),
        policies=stores().policy_changes,
    )


def ledger_ports() -> LedgerPorts:
    from insurance.operations.ledger.ports import LedgerPorts

    return LedgerPorts(
        products=products(),
        policy_ledgers=stores().policy_ledgers,
        general_ledger=stores().general_ledger,
    )


def accounting_ports() -> AccountingPorts:
    from insurance.operations.ledger.ports import AccountingPorts

    return AccountingPorts(
        products=products(),
        calendars=stores().calendars,
        reconciliations=stores().reconciliations,
    )


def earnings_ports() -> EarningsPorts:
    from insurance.operations.ledger.ports import EarningsPorts

    return EarningsPorts(products=products(), earnings=stores().earnings)


def delivery_ports() -> DeliveryPorts:
    from insurance.operations.delivery.ports import DeliveryPorts

    return DeliveryPorts(
        products=products(),
        control_accounts=stores().control_accounts,
        bus=event_bus(),
    )


def complaint_ports() -> ComplaintPorts:
    from insurance.operations.complaints.ports import ComplaintPorts

    return ComplaintPorts(
        products=products(),
        complaints=stores().complaints,
        screening=screening(),
        register=stores().work_lists,
    )


def work_ports() -> WorkPorts:
    from insurance.operations.work.ports import WorkPorts

    return WorkPorts(lists=stores().work_lists)


def product_ports() -> ProductPorts:
    from insurance.operations.products.ports import ProductPorts

    return ProductPorts(
        products=products(),
        versions=stores().product_versions,
        seeds=seeds(),
        contents=lambda: objects("products"),
    )


def document_ports() -> DocumentPorts:
    from insurance.operations.documents.ports import DocumentPorts

    return DocumentPorts(
        products=products(),
        wordings=wordings(),
        typesetter=typesetter(),
        documents=stores().documents,
        files=objects("documents"),
    )


def claim_ports() -> ClaimPorts:
    from insurance.operations.claims.ports import ClaimPorts

    return ClaimPorts(products=products(), claims=stores().claims, screening=screening())


def evidence_ports() -> EvidencePorts:
    from insurance.operations.claims.ports import EvidencePorts

    return EvidencePorts(
        products=products(),
        claims=stores().claims,
        objects=objects("evidence"),
        scanner=scanner(),
    )


@cache
def typesetter() -> Typesetter:
    from insurance.typesetting import Typesetter

    return Typesetter()


@cache
def wordings() -> BundledWordings:
    from insurance.typesetting import BundledWordings

    return BundledWordings()


def billing_ports() -> BillingPorts:
    from insurance.operations.billing.ports import BillingPorts

    return BillingPorts(products=products(), billing=stores().billing)


def refund_ports() -> RefundPorts:
    from insurance.operations.billing.ports import RefundPorts

    return RefundPorts(products=products(), billing=stores().billing, screening=screening())


def collection_ports() -> CollectionPorts:
    from insurance.operations.billing.ports import CollectionPorts

    return CollectionPorts(
        products=products(),
        billing=stores().billing,
        look_ups=look_ups(),
        policies=stores().policy_changes,
    )


def payment_ports() -> PaymentPorts:
    from insurance.operations.payments.claim_payers import ClaimPayers
    from insurance.operations.payments.payers_by_prefix import PayersByPrefix
    from insurance.operations.payments.ports import PaymentPorts
    from insurance.operations.payments.redress_payers import RedressPayers
    from insurance.operations.payments.refund_payers import RefundPayers, ReturnPayers

    billing = billing_ports()
    return PaymentPorts(
        orders=stores().payment_orders,
        payers=PayersByPrefix(
            pay=ClaimPayers(stores().claims),
            rfd=RefundPayers(billing),
            ret=ReturnPayers(billing),
            rdr=RedressPayers(stores().complaints),
        ),
        objects=objects("payment_files"),
        messages=bank_messages(),
    )


@cache
def bank_messages() -> BankMessages:
    from insurance.bank.iso20022 import BankMessages, Debtor

    return BankMessages(Debtor(carrier(), setting("DEBTOR_IBAN"), setting("DEBTOR_BIC")))


@cache
def event_bus() -> EventBridgeBus:
    from insurance.eventbridge import EventBridgeBus

    return EventBridgeBus(client("events"), setting("EVENT_BUS"))


@cache
def objects(bucket: str) -> S3Objects:
    """The files of one bucket: `objects("documents")` reads DOCUMENTS_BUCKET."""
    from insurance.s3 import S3Objects

    return S3Objects(client("s3"), setting(f"{bucket.upper()}_BUCKET"))


def carrier() -> str:
    """The insurer that carries the risk."""
    return setting("CARRIER")
