"""What a platform stands on: stores in memory or on an engine, products, keys, files and a clock."""

from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from insurance.catalogue import Catalogue
from insurance.domain.product import Product
from insurance.operations.command import Command
from insurance.operations.products.ports import Products
from insurance.products import product

from tests.fakes.audit import EventsOfMemory, MemoryAuditRecords
from tests.fakes.billing import MemoryBilling
from tests.fakes.claims import MemoryClaims, MemoryPayeeAccounts, MemoryRunningTotals
from tests.fakes.complaints import MemoryComplaints
from tests.fakes.controls import MemoryAccessPolicies, MemoryStops
from tests.fakes.documents import MemoryDocuments, MemoryObjects
from tests.fakes.intake import MemoryErasedPersons
from tests.fakes.keys import PlainKeys
from tests.fakes.ledger import MemoryEarnings
from tests.fakes.memory import Memory
from tests.fakes.notifications import MemoryFeeds
from tests.fakes.parties import MemoryAccesses
from tests.fakes.party_contracts import MemoryPartyContracts
from tests.fakes.party_records import (
    MemoryContractDemands,
    MemoryIndexKeys,
    MemoryKeyCopies,
    MemoryParties,
)
from tests.fakes.payments import MemoryPaidPolicies, MemoryPaymentOrders
from tests.fakes.policy import (
    MemoryCorrections,
    MemoryPolicies,
    MemoryPolicyChanges,
    MemoryPolicyTransfers,
    MemoryRegisteredPartners,
    MemoryRenewals,
)
from tests.fakes.products import MemoryProductVersions
from tests.fakes.quoting import MemoryQuotes
from tests.fakes.scheduler import MemoryScheduledJobs
from tests.fakes.screening import MemoryScreenings
from tests.fakes.search import MemorySealedFacts, MemorySearchIndex
from tests.fakes.work import MemoryWorkLists
from tests.support.policy_life import BOUGHT_ON, OneProduct


@dataclass(frozen=True)
class IdempotencyRecords:
    """Idempotency records in memory, as a handler asks for them."""

    memory: Memory

    def find_replay(self, command: Command) -> None:
        self.memory.check(command.idempotency)


def stores_in_memory(memory: Memory) -> SimpleNamespace:
    """Every store by the name that it has in `insurance.dynamodb.stores`."""
    idempotency, index = IdempotencyRecords(memory), MemorySearchIndex()
    return SimpleNamespace(
        quotes=MemoryQuotes(memory),
        stops=MemoryStops(memory),
        access_policies=MemoryAccessPolicies(memory),
        access_rules=MemoryAccessPolicies(memory),
        policies=MemoryPolicies(memory),
        policy_changes=MemoryPolicyChanges(memory),
        policy_transfers=MemoryPolicyTransfers(memory),
        registered_partners=MemoryRegisteredPartners(),
        corrections=MemoryCorrections(memory),
        renewals=MemoryRenewals(memory),
        accesses=MemoryAccesses(memory),
        parties=MemoryParties(memory),
        named_parties=MemoryParties(memory),
        index_keys=MemoryIndexKeys(),
        key_copies=MemoryKeyCopies(),
        person_rows=MemoryErasedPersons(),
        contract_demands=MemoryContractDemands(),
        party_contracts=MemoryPartyContracts(memory),
        claims=MemoryClaims(memory),
        payee_accounts=MemoryPayeeAccounts(memory),
        running_totals=MemoryRunningTotals(memory),
        billing=MemoryBilling(memory),
        earnings=MemoryEarnings(memory),
        documents=MemoryDocuments(memory),
        screenings=MemoryScreenings(memory),
        work_lists=MemoryWorkLists(memory),
        complaints=MemoryComplaints(memory),
        scheduled_jobs=MemoryScheduledJobs(),
        sealed_facts=MemorySealedFacts(memory),
        search_index=index,
        search_lists=index,
        feeds=MemoryFeeds(),
        audit_records=MemoryAuditRecords(),
        recorded_events=EventsOfMemory(memory),
        contract_idempotency=idempotency,
        idempotency=idempotency,
        staff_idempotency=idempotency,
        paid_policies=MemoryPaidPolicies(memory),
        unsent_payments=MemoryPaymentOrders(memory),
    )


def catalogue_in_memory(memory: Memory) -> Catalogue:
    """The bundled products, and the versions that are published here."""
    return Catalogue(stored=lambda: MemoryProductVersions(memory), contents=MemoryObjects)


@dataclass
class Parts:
    """What the functions of an open platform stand on."""

    stores: Any
    products: Products
    keys: PlainKeys = field(default_factory=PlainKeys)
    objects: MemoryObjects = field(default_factory=MemoryObjects)


def personal_motor() -> Product:
    return product("personal_motor")


@dataclass
class Standing:
    """A platform's parts and its clock. Without parts of its own it sells one product, in memory."""

    product: Product = field(default_factory=personal_motor)
    now: datetime = BOUGHT_ON
    memory: Memory = field(default_factory=Memory)
    calls: int = 0
    """How many commands there were: keys are made of it."""
    parts: Parts = field(default=None)  # type: ignore[assignment]  # made of the above

    def __post_init__(self) -> None:
        if self.parts is None:
            self.parts = Parts(stores_in_memory(self.memory), OneProduct(self.product))
        self.policy_id = ""

    @property
    def stores(self) -> Any:
        return self.parts.stores

    @property
    def products(self) -> Any:
        """The products that it sells."""
        return self.parts.products

    @property
    def objects(self) -> MemoryObjects:
        """The files that it wrote."""
        return self.parts.objects
