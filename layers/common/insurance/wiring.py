"""What operations are given on AWS: each thing made once a process, when it is first asked for."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

from insurance import config, snapshot
from insurance.clients import client
from insurance.config import number, setting, table, words

# A function loads what it asks for and nothing else: every import below is inside its function.
if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient

    from insurance.api.edge import EdgePorts
    from insurance.bank.iso20022 import BankMessages
    from insurance.call_log import InsightsCallLog
    from insurance.catalogue import BundledVersions, Catalogue
    from insurance.cognito import CognitoClients
    from insurance.dynamodb.quotas import DynamoDBQuotas
    from insurance.dynamodb.stores import Stores
    from insurance.dynamodb.used_proofs import DynamoDBUsedProofs
    from insurance.eventbridge import EventBridgeBus
    from insurance.kms import KeyRing, Purpose
    from insurance.operations.controls.ports import AccessRules
    from insurance.operations.partners.count_calls import Quotas
    from insurance.products import SampleLookUps
    from insurance.receivers import HttpReceivers
    from insurance.root_signatures import KmsRootSigner
    from insurance.s3 import S3Objects
    from insurance.scanning import BundledScanner
    from insurance.scanning.guardduty import GuardDutyScans, NoScans
    from insurance.scanning.pdf_inspector import PypdfInspector
    from insurance.screening import BundledScreening
    from insurance.sqs import SqsNudges
    from insurance.typesetting import BundledWordings, TypstTypesetter
    from insurance.usage_plans import GatewayUsageKeys
    from insurance.webhook_secrets import WebhookSecrets


@cache
def dynamodb() -> DynamoDBClient:
    from insurance.dynamodb.transaction import CONNECT_SECONDS, READ_SECONDS

    # Tries and pauses are counted in `transaction` alone: they would multiply.
    made: DynamoDBClient = client(
        "dynamodb", connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, attempts=1
    )
    return made


@cache
def used_proofs() -> DynamoDBUsedProofs:
    """Which proofs of possession were used: asked only where a caller sends one."""
    from insurance.dynamodb.tables import Tables
    from insurance.dynamodb.used_proofs import DynamoDBUsedProofs

    return DynamoDBUsedProofs(dynamodb(), Tables(table))


@cache
def quotas() -> Quotas:
    """The calls of applications that this process has taken from their months."""
    from insurance.operations.partners.count_calls import Quotas

    return Quotas(quota_store())


@cache
def quota_store() -> DynamoDBQuotas:
    """How much of each application's month is used."""
    from insurance.dynamodb.quotas import DynamoDBQuotas
    from insurance.dynamodb.tables import Tables

    return DynamoDBQuotas(dynamodb(), Tables(table))


@cache
def kms() -> KMSClient:
    made: KMSClient = client("kms")
    return made


@cache
def keys() -> KeyRing:
    """What opens the keys of parties."""
    from insurance.kms import Purpose

    return _ring(Purpose.PARTY_KEYS)


@cache
def index_ring() -> KeyRing:
    """What opens the keys that hash values for indexes, and no party's."""
    from insurance.kms import Purpose

    return _ring(Purpose.INDEX_KEYS)


def _ring(purpose: Purpose) -> KeyRing:
    from insurance.kms import KeyRing

    ring = KeyRing(kms(), setting("PERSONAL_DATA_KEY"), purpose)
    snapshot.also(after=ring.forget_data_keys)
    return ring


def access_rules() -> AccessRules:
    """What is in force of the access policies."""
    return stores().access_rules


def edge() -> EdgePorts:
    """What the edge asks where applications or policyholders may call."""
    from insurance.api.edge import EdgePorts

    return EdgePorts(used_proofs, quotas, access_rules)


def edge_for_staff() -> EdgePorts:
    """What the edge asks where our own people and machines call, and a partner's developers."""
    from insurance.api.edge import EdgePorts

    return EdgePorts(access=access_rules)


@cache
def operation_paths() -> Mapping[str, str]:
    """The path of each operation of the API, by its id: a function knows its own routes alone."""
    from insurance.access_log import operation_ids

    return {id: place.partition(" ")[2] for place, id in operation_ids().items()}


def region() -> str:
    """Where the function runs, and its data stand."""
    return config.region()


def wait(seconds: float) -> None:
    """Return after so long."""
    time.sleep(seconds)


@cache
def stores() -> Stores:
    """The stores on the tables that the function's environment names."""
    from insurance.dynamodb.stores import Stores

    return Stores(dynamodb, table, keys, index_ring)


@cache
def products() -> Catalogue:
    """The products on sale.

    Table and bucket are resolved on first use, so a function that serves bundled products needs
    permission for neither.
    """
    from insurance.catalogue import Catalogue

    catalogue = Catalogue(
        stored=lambda: stores().known_versions, contents=lambda: objects("products")
    )
    snapshot.also(before=catalogue.compile_bundled)
    return catalogue


@cache
def seeds() -> BundledVersions:
    from insurance.catalogue import BundledVersions

    return BundledVersions()


@cache
def screening() -> BundledScreening:
    from insurance.screening import BundledScreening

    return BundledScreening()


@cache
def scans(bucket: str) -> GuardDutyScans | NoScans:
    """Who scans what is uploaded to a bucket: GuardDuty, unless the template states why nobody does."""
    from insurance.scanning.guardduty import GuardDutyScans, NoScans

    return NoScans() if words("NO_MALWARE_SCAN_BECAUSE") else GuardDutyScans(objects(bucket))


@cache
def scanner() -> BundledScanner:
    from insurance.scanning import BundledScanner

    return BundledScanner()


@cache
def pdf_inspector() -> PypdfInspector:
    from insurance.scanning.pdf_inspector import PypdfInspector

    return PypdfInspector()


@cache
def look_ups() -> SampleLookUps:
    from insurance.products import SampleLookUps

    return SampleLookUps()


@cache
def typesetter() -> TypstTypesetter:
    from insurance.typesetting import TypstTypesetter

    return TypstTypesetter()


@cache
def wordings() -> BundledWordings:
    from insurance.typesetting import BundledWordings

    return BundledWordings()


@cache
def bank_messages() -> BankMessages:
    from insurance.bank.iso20022 import BankMessages, Debtor

    return BankMessages(Debtor(carrier(), setting("DEBTOR_IBAN"), setting("DEBTOR_BIC")))


@cache
def event_bus() -> EventBridgeBus:
    from insurance.eventbridge import EventBridgeBus

    return EventBridgeBus(client("events"), setting("EVENT_BUS"))


@cache
def webhook_secrets() -> WebhookSecrets:
    """What seals and opens the secrets of webhooks, and no party's key."""
    from insurance.kms import Purpose
    from insurance.webhook_secrets import WebhookSecrets

    return WebhookSecrets(_ring(Purpose.WEBHOOK_SECRETS))


@cache
def root_signer() -> KmsRootSigner:
    """What signs the daily roots."""
    from insurance.root_signatures import KmsRootSigner

    return KmsRootSigner(kms(), setting("ROOT_KEY"))


@cache
def nudges() -> SqsNudges:
    from insurance.sqs import SqsNudges

    return SqsNudges(client("sqs"), setting("WEBHOOK_QUEUE"))


@cache
def receivers() -> HttpReceivers:
    """Receivers of webhooks. Hosts beside the open network are named in the template's parameter alone."""
    from insurance.receivers import HttpReceivers

    return HttpReceivers(words("WEBHOOK_LOCAL_RECEIVERS"))


@cache
def call_log() -> InsightsCallLog:
    """The records that functions leave of their calls, as they can be searched."""
    from insurance.call_log import InsightsCallLog

    groups = setting("CALL_LOGS").split()
    return InsightsCallLog(client("logs", read_timeout=5), groups, operation_paths(), wait=wait)


@cache
def objects(bucket: str) -> S3Objects:
    """The files of one bucket: `objects("documents")` reads DOCUMENTS_BUCKET."""
    from insurance.s3 import S3Objects

    return S3Objects(client("s3"), setting(f"{bucket.upper()}_BUCKET"))


@cache
def user_pool_clients() -> CognitoClients:
    """The clients of applications in the user pool."""
    from insurance.cognito import CognitoClients

    # A try that is not answered may have made a client: who repeats the call looks for it first.
    pool = client("cognito-idp", read_timeout=5, attempts=1)
    return CognitoClients(pool, setting("USER_POOL"))


@cache
def usage_keys() -> GatewayUsageKeys:
    """The keys of applications in the usage plans."""
    from insurance.control_planes import one_call
    from insurance.usage_plans import GatewayUsageKeys

    def secret() -> bytes:
        with one_call("The store of secrets"):
            stored = client("secretsmanager").get_secret_value(SecretId=setting("USAGE_KEY_SECRET"))
        return str(stored["SecretString"]).encode()

    gateway = client("apigateway", read_timeout=5, attempts=1)
    return GatewayUsageKeys(gateway, setting("USAGE_PLANS"), secret)


def usage_days() -> int:
    """How many days usage is shown after its month."""
    return number("USAGE_DAYS")


def carrier() -> str:
    """The insurer that carries the risk."""
    return setting("CARRIER")
