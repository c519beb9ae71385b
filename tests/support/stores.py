"""Every store of one promise twice, in memory and on DynamoDB, and the first steps of a policy on them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from insurance.domain.billing.event_types import BillingEventType
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.quote.event_types import QuoteEventType
from insurance.dynamodb.stores import Stores as DynamoDBStores
from insurance.operations.billing.ports import Billing
from insurance.operations.claims.ports import Claims
from insurance.operations.complaints.ports import Complaints
from insurance.operations.controls.ports import AccessPolicies, AccessRules, StopRegister
from insurance.operations.delivery.ports import PayeeAccounts, SealedFacts, SearchIndex
from insurance.operations.documents.ports import Documents
from insurance.operations.parties.ports import (
    Accesses,
    ContractDemands,
    IndexKeys,
    KeyCopies,
    Parties,
    PartyChange,
    PartyContracts,
)
from insurance.operations.partners.ports import ApiProducts, Partners
from insurance.operations.policy.ports import (
    Corrections,
    Policies,
    PolicyChanges,
    PolicyTransfers,
    QuoteEvent,
    Renewals,
    TransferContext,
)
from insurance.operations.products.ports import ProductVersions
from insurance.operations.quoting.ports import Quotes
from insurance.operations.running_totals import RunningTotals
from insurance.operations.search.ports import SearchLists
from insurance.operations.work.ports import WorkLists

from tests.fakes.billing import MemoryBilling
from tests.fakes.claims import MemoryClaims, MemoryPayeeAccounts, MemoryRunningTotals
from tests.fakes.complaints import MemoryComplaints
from tests.fakes.controls import MemoryAccessPolicies, MemoryStops
from tests.fakes.documents import MemoryDocuments
from tests.fakes.keys import MemoryKey, PlainKeys
from tests.fakes.memory import Memory
from tests.fakes.parties import MemoryAccesses
from tests.fakes.partners import MemoryApiProducts, MemoryPartners
from tests.fakes.party_contracts import MemoryPartyContracts
from tests.fakes.party_records import (
    MemoryContractDemands,
    MemoryIndexKeys,
    MemoryKeyCopies,
    MemoryParties,
)
from tests.fakes.policy import (
    MemoryCorrections,
    MemoryPolicies,
    MemoryPolicyChanges,
    MemoryPolicyTransfers,
    MemoryRenewals,
)
from tests.fakes.products import MemoryProductVersions
from tests.fakes.quoting import MemoryQuotes
from tests.fakes.search import MemorySealedFacts, MemorySearchIndex
from tests.fakes.work import MemoryWorkLists

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


from datetime import date

from insurance.domain.billing import BillingAccount, Plan, PremiumPayment, SuspendedPayment
from insurance.domain.claim import Claim
from insurance.domain.claim.context import ClaimContext
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Erasure
from insurance.domain.policy import Policy
from insurance.domain.privacy.legal_hold import ContractRecords
from insurance.domain.quote.quote import Quote, QuoteStatus
from insurance.operations.billing.ports import AccountChange, BillingContext
from insurance.operations.idempotency import RecordedAnswer

from tests.support.builders import (
    LATER,
    NOW,
    gbp,
    make_claim,
    make_command,
    make_quote,
    next_event,
)


@dataclass(frozen=True)
class Stores:
    quotes: Quotes
    policies: Policies
    changes: PolicyChanges
    transfers: PolicyTransfers
    corrections: Corrections
    billing: Billing
    renewals: Renewals
    claims: Claims
    documents: Documents
    parties: Parties
    work_lists: WorkLists
    accesses: Accesses
    versions: ProductVersions
    partners: Partners
    stops: StopRegister
    api_products: ApiProducts
    access_policies: AccessPolicies
    access_rules: AccessRules
    complaints: Complaints
    index_keys: IndexKeys
    key_copies: KeyCopies
    contract_demands: ContractDemands
    index: SearchIndex
    lists: SearchLists
    sealed_facts: SealedFacts
    contracts: PartyContracts
    payee_accounts: PayeeAccounts
    running_totals: RunningTotals
    new_key: Callable[[], Any]


def in_memory() -> Stores:
    memory, index = Memory(), MemorySearchIndex()
    return Stores(
        MemoryQuotes(memory),
        MemoryPolicies(memory),
        MemoryPolicyChanges(memory),
        MemoryPolicyTransfers(memory),
        MemoryCorrections(memory),
        MemoryBilling(memory),
        MemoryRenewals(memory),
        MemoryClaims(memory),
        MemoryDocuments(memory),
        MemoryParties(memory),
        MemoryWorkLists(memory),
        MemoryAccesses(memory),
        MemoryProductVersions(memory),
        MemoryPartners(memory),
        MemoryStops(memory),
        MemoryApiProducts(memory),
        MemoryAccessPolicies(memory),
        MemoryAccessPolicies(memory),
        MemoryComplaints(memory),
        MemoryIndexKeys(),
        MemoryKeyCopies(),
        MemoryContractDemands(),
        index,
        index,
        MemorySealedFacts(memory),
        MemoryPartyContracts(memory),
        MemoryPayeeAccounts(memory),
        MemoryRunningTotals(memory),
        lambda: MemoryKey(b"key"),
    )


def on_dynamodb(dynamodb: "DynamoDBClient", tables: dict[str, str]) -> Stores:
    keys = PlainKeys()
    real = DynamoDBStores(lambda: dynamodb, tables.__getitem__, lambda: keys, lambda: keys)
    return Stores(
        real.quotes,
        real.policies,
        real.policy_changes,
        real.policy_transfers,
        real.corrections,
        real.billing,
        real.renewals,
        real.claims,
        real.documents,
        real.parties,
        real.work_lists,
        real.accesses,
        real.product_versions,
        real.partners,
        real.stops,
        real.api_products,
        real.access_policies,
        real.access_rules,
        real.complaints,
        real.index_keys,
        real.key_copies,
        real.contract_demands,
        real.search_index,
        real.search_lists,
        real.sealed_facts,
        real.party_contracts,
        real.payee_accounts,
        real.running_totals,
        keys.new,
    )


ACCEPT = "test POST /v1/quotes/{quote_id}/acceptance"


ISSUE = "test POST /v1/policies"


NOTIFY = "test POST /v1/claims"


SETTLE = "test POST /v1/claims/{claim_id}/settlement"


def add_quote(
    stores: Stores, quote: Quote | None = None, *, of: Stored[Policy] | None = None
) -> Stored[Quote]:
    """Store a quote; `of` a policy's party if one is given, as a renewal is."""
    quote = quote or make_quote()
    if of is not None:
        quote = quote.replace(party_id=of.record.party)
    key = of.key if of and of.key else stores.new_key()
    event = quote.made(key)
    kept = Stored(quote, event.head, key)
    stores.quotes.add(event, quote, key=key, command=make_command().with_answer(kept))
    return kept


def accept(stores: Stores, before: Stored[Quote], key: str = "accept-1") -> Stored[Quote]:
    accepted = before.record.replace(status=QuoteStatus.ACCEPTED)
    event = next_event(before.head, accepted, before.key, type=QuoteEventType.ACCEPTED)
    kept = Stored(accepted, event.head, before.key)
    command = make_command(key, operation=ACCEPT).with_answer(kept)
    stores.quotes.change(event, accepted, before=before, command=command)
    return kept


def issue(
    stores: Stores,
    before: Stored[Quote],
    key: str = "issue-1",
    *,
    ending: TransferContext | None = None,
    **changes: Any,
) -> Stored[Policy]:
    bound = before.record.replace(status=QuoteStatus.BOUND)
    policy = Policy.from_quote(bound, now=NOW).replace(**changes)
    bound_event = next_event(before.head, bound, before.key, type=QuoteEventType.BOUND)
    issued = next_event(StreamPosition(), policy, before.key, type=PolicyEventType.ISSUED)
    kept = Stored(policy, issued.head, before.key)
    stores.policies.issue(
        issued,
        policy,
        bound=QuoteEvent(bound_event, before, bound),
        ending=ending,
        command=make_command(key, operation=ISSUE).with_answer(kept),
    )
    return kept


def notify(stores: Stores, claim: Claim, key: str = "claim-1") -> Stored[Claim]:
    file = stores.claims.load_policy(claim.policy_id, None)
    event = next_event(StreamPosition(), claim, file.policy.key, type=ClaimEventType.NOTIFIED)
    kept = Stored(claim, event.head, file.policy.key)
    command = make_command(key, operation=NOTIFY).with_answer(kept)
    stores.claims.notify(event, claim, context=file, command=command)
    return kept


class ErasingStores(Protocol):
    """The stores that an erasure needs."""

    @property
    def parties(self) -> Parties: ...


def erase(
    stores: ErasingStores,
    party_id: str,
    key: str = "erase-1",
    *,
    unless_changed: Sequence[ContractRecords] = (),
) -> Event:
    """Erase the party and those that were merged into it, whatever holds them, as erasures did before
    there were legal holds; the event of the party is given back. `unless_changed`: its contracts."""
    command = make_command(
        key,
        operation="test POST /v1/parties/{party_id}/erasure",
        render=lambda _erasure: RecordedAnswer(party_id),
    )
    group = stores.parties.load_group(party_id, command)
    erased = [
        PartyChange(
            Event.following(
                before.head,
                Erasure(party_id=before.record.id, reason="asked for", erased_at=LATER),
                NothingToSeal(),
                stream=before.record.id,
                type=PartyEventType.ERASED,
                actor="staff-priya",
                now=LATER,
            ),
            before,
        )
        for before in (group.party, *group.members)
    ]
    stores.parties.erase(erased, unless_changed=unless_changed, command=command.with_answer(None))
    return erased[0].event


PAY = "test POST /v1/payments"


PLAN = Plan(code="annual", name="All at once", count=1)


def event_of(account: BillingAccount | SuspendedPayment, head: StreamPosition) -> Event:
    suspended = isinstance(account, SuspendedPayment)
    return Event.following(
        head,
        account,
        NothingToSeal(),
        stream=account.id,
        type=(
            BillingEventType.PAYMENT_SUSPENDED if suspended else BillingEventType.PAYMENT_RECEIVED
        ),
        actor="bank",
        now=LATER,
    )


def pay(stores: Stores, file: BillingContext, reference: str) -> BillingAccount:
    account = (
        file.account.record
        if file.account
        else BillingAccount.opened(file.policy.record, PLAN, date(2026, 3, 11))
    )
    account = account.with_payment(
        PremiumPayment(
            reference=reference,
            amount=gbp("10"),
            received_on=date(2026, 3, 12),
            posted_at=LATER,
            to_suspense=gbp("0"),
        )
    )
    event = event_of(account, file.account.head if file.account else StreamPosition())
    command = make_command(reference, operation=PAY).with_answer(file.policy)
    stores.billing.store(AccountChange(event, account, file), command=command)
    return account


def two_claims(stores: Stores) -> tuple[Claim, Claim]:
    policy = issue(stores, accept(stores, add_quote(stores))).record
    first = make_claim(policy)
    second = make_claim(policy, id=first.id[:-6] + "zzzzzz")
    return notify(stores, first).record, notify(stores, second, key="claim-2").record


def change(stores: Stores, file: ClaimContext, changed: Claim, key: str) -> None:
    assert file.claim.key is not None
    event = next_event(file.claim.head, changed, file.claim.key, type=ClaimEventType.SETTLED)
    kept = Stored(changed, event.head, file.claim.key)
    command = make_command(key, operation=SETTLE).with_answer(kept)
    stores.claims.change(event, changed, before=file.claim, command=command)
