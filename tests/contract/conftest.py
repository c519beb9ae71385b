"""One promise, two stores: every test here runs on the stores in memory and on a real engine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from insurance.domain.core.identity import party_id_for, quote_id_for
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.billing.accounts import DynamoDBBilling
from insurance.dynamodb.claims.claims import DynamoDBClaims
from insurance.dynamodb.complaints.complaints import DynamoDBComplaints
from insurance.dynamodb.documents.documents import DynamoDBDocuments
from insurance.dynamodb.parties.accesses import DynamoDBAccesses
from insurance.dynamodb.parties.parties import DynamoDBParties
from insurance.dynamodb.policy.policies import DynamoDBPolicies
from insurance.dynamodb.policy.policy_changes import DynamoDBPolicyChanges
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.policy.renewals import DynamoDBRenewals
from insurance.dynamodb.products.product_versions import DynamoDBProductVersions
from insurance.dynamodb.quoting.quotes import DynamoDBQuotes
from insurance.dynamodb.receipts import DynamoDBReceipts
from insurance.dynamodb.transaction import load
from insurance.dynamodb.work.work_lists import DynamoDBLists
from insurance.kms import PartyKey
from insurance.operations.billing.ports import Billing
from insurance.operations.claims.ports import Claims
from insurance.operations.complaints.ports import Complaints
from insurance.operations.documents.ports import Documents
from insurance.operations.parties.ports import Accesses, Parties
from insurance.operations.policy.ports import Policies, PolicyChanges, Renewals
from insurance.operations.products.ports import ProductVersions
from insurance.operations.quoting.ports import Quotes
from insurance.operations.work.ports import Lists

from tests.database import client, make_tables, running_engine
from tests.fakes.billing import MemoryBilling
from tests.fakes.claims import MemoryClaims
from tests.fakes.complaints import MemoryComplaints
from tests.fakes.documents import MemoryDocuments
from tests.fakes.keys import MemoryKey, PlainKeys
from tests.fakes.memory import Memory
from tests.fakes.parties import MemoryAccesses, MemoryParties
from tests.fakes.policy import MemoryPolicies, MemoryPolicyChanges, MemoryRenewals
from tests.fakes.products import MemoryProductVersions
from tests.fakes.quoting import MemoryQuotes
from tests.fakes.work import MemoryLists

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class Stores:
    quotes: Quotes
    policies: Policies
    changes: PolicyChanges
    billing: Billing
    renewals: Renewals
    claims: Claims
    documents: Documents
    parties: Parties
    lists: Lists
    accesses: Accesses
    versions: ProductVersions
    complaints: Complaints
    new_key: Callable[[], Any]


@pytest.fixture(scope="session")
def dynamodb() -> Iterator["DynamoDBClient"]:
    with running_engine() as url:
        yield client(url)


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        return in_memory()
    dynamodb = request.getfixturevalue("dynamodb")
    return on_dynamodb(dynamodb, make_tables(dynamodb))


def in_memory() -> Stores:
    memory = Memory()
    return Stores(
        MemoryQuotes(memory),
        MemoryPolicies(memory),
        MemoryPolicyChanges(memory),
        MemoryBilling(memory),
        MemoryRenewals(memory),
        MemoryClaims(memory),
        MemoryDocuments(memory),
        MemoryParties(memory),
        MemoryLists(memory),
        MemoryAccesses(memory),
        MemoryProductVersions(memory),
        MemoryComplaints(memory),
        lambda: MemoryKey(b"key"),
    )


def on_dynamodb(dynamodb: "DynamoDBClient", tables: dict[str, str]) -> Stores:
    keys = PlainKeys()

    def receipts(*holders: str) -> DynamoDBReceipts:
        def key_of(about: str) -> PartyKey | None:
            ids = {"quotes": quote_id_for(about), "parties": party_id_for(about)}
            wanted = [(tables[name], {"id": codec.text(ids[name])}) for name in holders]
            found = (aggregates.read_key(keys, item) for item in load(dynamodb, wanted))
            return next((key for key in found if isinstance(key, PartyKey)), None)

        return DynamoDBReceipts(dynamodb, tables["receipts"], key_of)

    reader = PolicyReader(
        policies_table=tables["policies"],
        events_table=tables["events"],
        parties_table=tables["parties"],
        keys=keys,
    )
    return Stores(
        DynamoDBQuotes(
            dynamodb,
            quotes_table=tables["quotes"],
            events_table=tables["events"],
            receipts=receipts("quotes"),
            keys=keys,
        ),
        DynamoDBPolicies(
            dynamodb,
            reader=reader,
            quotes_table=tables["quotes"],
            policies_table=tables["policies"],
            events_table=tables["events"],
            parties_table=tables["parties"],
            receipts=receipts("parties"),
            keys=keys,
        ),
        DynamoDBPolicyChanges(
            dynamodb,
            reader=reader,
            policies_table=tables["policies"],
            events_table=tables["events"],
            receipts=receipts("parties"),
        ),
        DynamoDBBilling(
            dynamodb,
            policies=reader,
            billing_table=tables["billing"],
            events_table=tables["events"],
            receipts=receipts("parties"),
        ),
        DynamoDBRenewals(dynamodb, policies=reader, claims_table=tables["claims"]),
        DynamoDBClaims(
            dynamodb,
            policies=reader,
            claims_table=tables["claims"],
            billing_table=lambda: tables["billing"],
            events_table=tables["events"],
            parties_table=tables["parties"],
            receipts=receipts("parties"),
            keys=keys,
        ),
        DynamoDBDocuments(
            dynamodb,
            reader=reader,
            quotes_table=tables["quotes"],
            documents_table=tables["documents"],
            events_table=tables["events"],
            receipts=receipts("parties"),
        ),
        DynamoDBParties(
            dynamodb,
            parties_table=tables["parties"],
            quotes_table=tables["quotes"],
            events_table=tables["events"],
            receipts=receipts("parties"),
        ),
        DynamoDBLists(
            dynamodb,
            quotes_table=tables["quotes"],
            claims_table=tables["claims"],
            complaints_table=tables["complaints"],
        ),
        DynamoDBAccesses(
            dynamodb,
            policies=reader,
            access_table=tables["access"],
            events_table=tables["events"],
            receipts=receipts("parties"),
        ),
        DynamoDBProductVersions(
            dynamodb,
            products_table=tables["products"],
            events_table=tables["events"],
            receipts=DynamoDBReceipts(dynamodb, tables["receipts"], lambda _about: None),
        ),
        DynamoDBComplaints(
            dynamodb,
            complaints_table=tables["complaints"],
            quotes_table=tables["quotes"],
            policies_table=tables["policies"],
            claims_table=tables["claims"],
            parties_table=tables["parties"],
            events_table=tables["events"],
            receipts=receipts("quotes", "parties"),
            keys=keys,
        ),
        keys.new,
    )
