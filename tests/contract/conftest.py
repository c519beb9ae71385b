"""One promise, two stores: every test here runs on the stores in memory and on a real engine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from insurance.dynamodb.stores import Stores as DynamoDBStores
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
    real = DynamoDBStores(lambda: dynamodb, tables.__getitem__, lambda: keys)
    return Stores(
        real.quotes,
        real.policies,
        real.policy_changes,
        real.billing,
        real.renewals,
        real.claims,
        real.documents,
        real.parties,
        real.lists,
        real.accesses,
        real.product_versions,
        real.complaints,
        keys.new,
    )
