"""The ports in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256

from insurance.domain.bank import Instruction, PaymentFile
from insurance.domain.bank.payment_file import PAYMENTS_PER_FILE_MAX
from insurance.domain.billing import BillingAccount, BookedOn, SuspendedPayment
from insurance.domain.claim import Claim, Handling, NoticedClaim
from insurance.domain.claim.attention import waits_for, waits_from
from insurance.domain.claim.files import first_seen
from insurance.domain.claim.limits import LimitUsage, movements
from insurance.domain.complaint import Complaint
from insurance.domain.core.classification import JsonObject
from insurance.domain.core.errors import (
    AccountMoved,
    AlreadyErased,
    ClaimNotFound,
    ComplaintNotFound,
    KeyReused,
    LimitMoved,
    PartyNotFound,
    PaymentFileNotFound,
    PolicyNotFound,
    QuoteAlreadyIssued,
    QuoteNotFound,
    ScreeningNotFound,
    StaleRevision,
    SuspenseNotFound,
    VersionNotFound,
)
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import (
    Mode,
    billing_id_for,
    earnings_id_for,
    mode_of,
    party_id_for,
    policy_id_for,
    quote_id_for,
    register_id_for,
    renewal_quote_id_for,
)
from insurance.domain.core.money import Currency
from insurance.domain.core.packing import canonical
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.document import Document
from insurance.domain.ledger.earnings import EarnedPremium
from insurance.domain.party.party import Access
from insurance.domain.policy import Policy
from insurance.domain.product.publishing.release import ProductVersion
from insurance.domain.quote.quote import Quote
from insurance.domain.schedule.scheduled_job import TRIES_MAX, Entry, Kind
from insurance.domain.screening.screening import ScreeningCase, ScreeningStatus
from insurance.operations.billing.ports import BillingContext
from insurance.operations.claims.ports import AccountMove, ClaimContext, NoticeContext
from insurance.operations.complaints.ports import Cause
from insurance.operations.documents.ports import (
    DocumentAlreadyMade,
    DocumentContext,
    UploadForm,
)
from insurance.operations.ledger.ports import EarningsContext
from insurance.operations.parties.ports import AccessContext
from insurance.operations.parties.screen_policyholder import Page
from insurance.operations.payments.send_payments import Queue
from insurance.operations.receipt import AlreadyAnswered, Answer, Receipt
from insurance.operations.work.ports import Listed


@dataclass(frozen=True)
class MemoryKey:
    """A key that remembers what it sealed instead of encrypting it."""

    wrapped: bytes
    sealed: dict[bytes, JsonObject] = field(default_factory=dict)

    def seal(self, personal: JsonObject, about: str) -> bytes:
        """The same facts about the same subject give the same bytes, as the real key's do."""
        token = f"{about}#{sha256(canonical(personal)).hexdigest()}".encode()
        self.sealed[token] = personal
        return token

    def unseal(self, sealed: bytes, about: str) -> JsonObject:
        if not sealed.startswith(about.encode()):
            raise ValueError("sealed about somebody else")
        return self.sealed[sealed]


@dataclass
class MemoryObjects:
    """The port `Objects`; its links and forms are for reading only: nobody serves them."""

    kept: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    def put(self, key: str, body: bytes, *, media_type: str) -> bool:
        if key in self.kept:
            return False
        self.kept[key] = (body, media_type)
        return True

    def get(self, key: str) -> bytes | None:
        return self.kept[key][0] if key in self.kept else None

    def delete(self, key: str) -> None:
        self.kept.pop(key, None)

    def link(self, key: str, *, seconds: int, name: str | None = None) -> str:
        return f"memory:{key}?seconds={seconds}" + (f"&name={name}" if name else "")

    def upload_form(
        self, key: str, *, media_type: str, sha256: str, largest: int, seconds: int
    ) -> UploadForm:
        fields = {"key": key, "Content-Type": media_type, "x-amz-checksum-sha256": sha256}
        return UploadForm(f"memory:?largest={largest}&seconds={seconds}", fields)


@dataclass
class Memory:
    """What is stored: values as they are, receipts by id, events by stream."""

    quotes: dict[str, Stored[Quote]] = field(default_factory=dict)
    first_answers: dict[str, tuple[bytes, Stored[Quote]]] = field(default_factory=dict)
    policies: dict[str, Stored[Policy]] = field(default_factory=dict)
    accesses: dict[str, Stored[Access]] = field(default_factory=dict)
    accounts: dict[str, Stored[BillingAccount]] = field(default_factory=dict)
    suspense: dict[str, Stored[SuspendedPayment] | BookedOn] = field(default_factory=dict)
    earned: dict[str, Stored[EarnedPremium]] = field(default_factory=dict)
    claims: dict[str, Stored[Claim]] = field(default_factory=dict)
    complaints: dict[str, Stored[Complaint]] = field(default_factory=dict)
    registers: dict[str, tuple[NoticedClaim, ...]] = field(default_factory=dict)
    versions: dict[tuple[Mode, str, str], Stored[ProductVersion]] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    events: dict[str, list[Event]] = field(default_factory=dict)
    receipts: dict[str, tuple[bytes, datetime, Answer]] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    used: dict[str, dict[str, int]] = field(default_factory=dict)
    used_for_life: dict[str, dict[str, int]] = field(default_factory=dict)
    """What is taken of shared limits, by policy and code."""
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    """To which claim a file came first, by policy and mark."""

    def check(self, receipt: Receipt | None) -> None:
        if receipt is None:
            return
        found = self.receipts.get(receipt.id)
        if found is None or found[1] < receipt.received_at:
            return
        if found[0] != receipt.request_hash:
            raise KeyReused
        raise AlreadyAnswered(found[2])

    def keep(self, receipt: Receipt) -> None:
        if receipt.answer is None:
            raise ValueError("a receipt is kept with its answer")
        self.receipts[receipt.id] = (receipt.request_hash, receipt.expires_at, receipt.answer)

    def append(self, event: Event, taken: Callable[[], Exception]) -> None:
        stream = self.events.setdefault(event.stream, [])
        if len(stream) != event.sequence - 1:
            raise taken()
        stream.append(event)


class MemoryQuotes:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def add(self, event: Event, quote: Quote, *, key: PartyKey, receipt: Receipt) -> None:
        self.recall(quote.id, receipt)
        kept = Stored(quote, event.head, key)
        self._memory.quotes[quote.id] = kept
        self._memory.first_answers[quote.id] = (receipt.request_hash, kept)
        self._memory.append(event, lambda: StaleRevision(quote.id))

    def recall(self, quote_id: str, receipt: Receipt) -> None:
        if quote_id not in self._memory.first_answers:
            return
        request_hash, kept = self._memory.first_answers[quote_id]
        if request_hash != receipt.request_hash:
            raise KeyReused
        answer = receipt.answered(kept).answer
        if answer is None:
            raise ValueError("a receipt that was answered has an answer")
        raise AlreadyAnswered(answer)

    def get(self, quote_id: str) -> Stored[Quote]:
        if quote_id not in self._memory.quotes:
            raise QuoteNotFound(quote_id)
        kept = self._memory.quotes[quote_id]
        if party_id_for(quote_id) in self._memory.erased:
            return Stored(kept.record.replace(policyholder=None, answers=None), kept.head, None)
        return kept

    def load(self, quote_id: str, receipt: Receipt) -> Stored[Quote]:
        self._memory.check(receipt)
        return self.get(quote_id)

    def change(
        self, event: Event, quote: Quote, *, before: Stored[Quote], receipt: Receipt
    ) -> None:
        self._memory.check(receipt)
        self.move(event, quote, before)
        self._memory.keep(receipt)

    def move(self, event: Event, quote: Quote, before: Stored[Quote]) -> None:
        if self._memory.quotes[quote.id].head != before.head:
            raise StaleRevision(quote.id)
        self._memory.append(event, lambda: StaleRevision(quote.id))
        self._memory.quotes[quote.id] = Stored(quote, event.head, before.key)


class MemoryPolicies:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._quotes = MemoryQuotes(memory)

    def load_quote(self, quote_id: str, receipt: Receipt) -> Stored[Quote]:
        return self._quotes.load(quote_id, receipt)

    def issue(
        self,
        event: Event,
        policy: Policy,
        *,
        bound: Event,
        bound_quote: Quote,
        before: Stored[Quote],
        receipt: Receipt,
    ) -> None:
        self._memory.check(receipt)
        if policy.id in self._memory.policies:
            raise QuoteAlreadyIssued(policy.quote_id, policy.id)
        self._quotes.move(bound, bound_quote, before)
        self._memory.append(event, lambda: QuoteAlreadyIssued(policy.quote_id, policy.id))
        self._memory.policies[policy.id] = Stored(policy, event.head, before.key)
        self._memory.keep(receipt)

    def get(self, policy_id: str) -> Stored[Policy]:
        if policy_id not in self._memory.policies:
            raise PolicyNotFound(policy_id)
        kept = self._memory.policies[policy_id]
        if party_id_for(policy_id) in self._memory.erased:
            return Stored(
                kept.record.replace(policyholder=None, answers=None, changed=None), kept.head, None
            )
        return kept

    def as_known(self, policy_id: str, known_at: datetime) -> Stored[Policy]:
        key = self.get(policy_id).key
        for event in reversed(self._memory.events[policy_id]):
            if event.processed_at <= known_at:
                personal = key.unseal(event.sealed, policy_id) if key and event.sealed else {}
                return Stored(Policy.merge_personal(event.facts, personal), event.head, key)
        raise PolicyNotFound(policy_id)

    def events(self, policy_id: str, *, after: int, limit: int) -> Sequence[Event]:
        return self._memory.events.get(policy_id, [])[after : after + limit]


class MemoryPolicyChanges:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._policies = MemoryPolicies(memory)

    def get(self, policy_id: str) -> Stored[Policy]:
        return self._policies.get(policy_id)

    def load(self, policy_id: str, receipt: Receipt) -> Stored[Policy]:
        self._memory.check(receipt)
        return self.get(policy_id)

    def as_known(self, policy_id: str, known_at: datetime) -> Stored[Policy]:
        return self._policies.as_known(policy_id, known_at)

    def change(
        self, event: Event, policy: Stored[Policy], *, before: Stored[Policy], receipt: Receipt
    ) -> None:
        self._memory.check(receipt)
        id = policy.record.id
        if self._memory.policies[id].head != before.head:
            raise StaleRevision(id)
        self._memory.append(event, lambda: StaleRevision(id))
        self._memory.policies[id] = policy
        self._memory.keep(receipt)


class MemoryBilling:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._policies = MemoryPolicies(memory)

    def get(self, policy_id: str) -> BillingContext:
        account = self._memory.accounts.get(billing_id_for(policy_id))
        return BillingContext(self._policies.get(policy_id), account)

    def load(self, policy_id: str, receipt: Receipt) -> BillingContext:
        self._memory.check(receipt)
        return self.get(policy_id)

    def store(
        self, event: Event, account: BillingAccount, *, file: BillingContext, receipt: Receipt
    ) -> None:
        self._memory.check(receipt)
        if self._memory.accounts.get(account.id) != file.account:
            raise StaleRevision(account.policy_id)
        self._memory.append(event, lambda: StaleRevision(account.policy_id))
        self._memory.accounts[account.id] = Stored(account, event.head, None)
        self._memory.keep(receipt)

    def recall(self, receipt: Receipt) -> None:
        self._memory.check(receipt)

    def answer(self, receipt: Receipt) -> None:
        self._memory.check(receipt)
        self._memory.keep(receipt)

    def book(
        self,
        event: Event,
        account: BillingAccount,
        *,
        suspense_id: str,
        file: BillingContext,
        receipt: Receipt,
    ) -> None:
        if suspense_id in self._memory.suspense:
            raise StaleRevision(account.policy_id)
        self.store(event, account, file=file, receipt=receipt)
        self._memory.suspense[suspense_id] = BookedOn(account.policy_id)

    def suspended(
        self, suspense_id: str, receipt: Receipt
    ) -> Stored[SuspendedPayment] | BookedOn | None:
        self._memory.check(receipt)
        return self._memory.suspense.get(suspense_id)

    def get_suspended(self, suspense_id: str) -> Stored[SuspendedPayment]:
        kept = self._memory.suspense.get(suspense_id)
        if not isinstance(kept, Stored):
            raise SuspenseNotFound(suspense_id)
        return kept

    def load_suspended(
        self, suspense_id: str, policy_id: str, receipt: Receipt
    ) -> tuple[Stored[SuspendedPayment] | BookedOn | None, BillingContext]:
        self._memory.check(receipt)
        return self._memory.suspense.get(suspense_id), self.get(policy_id)

    def suspend(self, event: Event, payment: SuspendedPayment, *, receipt: Receipt) -> None:
        self._memory.check(receipt)
        self._memory.append(event, lambda: StaleRevision(payment.id))
        self._memory.suspense[payment.id] = Stored(payment, event.head, None)
        self._memory.keep(receipt)

    def keep_suspended(
        self, event: Event, *, before: Stored[SuspendedPayment], receipt: Receipt
    ) -> None:
        self._memory.check(receipt)
        self._move(event, before)
        self._memory.keep(receipt)

    def allocate(
        self,
        event: Event,
        account: BillingAccount,
        *,
        file: BillingContext,
        moved: Event,
        before: Stored[SuspendedPayment],
        receipt: Receipt,
    ) -> None:
        if self.get_suspended(moved.stream).head != before.head:
            raise StaleRevision(moved.stream)
        self.store(event, account, file=file, receipt=receipt)
        self._move(moved, before)

    def _move(self, event: Event, before: Stored[SuspendedPayment]) -> None:
        if self.get_suspended(event.stream).head != before.head:
            raise StaleRevision(event.stream)
        self._memory.append(event, lambda: StaleRevision(event.stream))
        payment = SuspendedPayment.merge_personal(event.facts, {})
        self._memory.suspense[event.stream] = Stored(payment, event.head, None)


class MemoryEarnings:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._policies = MemoryPolicies(memory)

    def load(self, policy_id: str) -> EarningsContext:
        found = self._memory.earned.get(earnings_id_for(policy_id))
        return EarningsContext(self._policies.get(policy_id), found)

    def store(self, event: Event, *, file: EarningsContext) -> None:
        if self._memory.earned.get(event.stream) != file.earned:
            raise StaleRevision(event.stream)
        self._memory.append(event, lambda: StaleRevision(event.stream))
        record = EarnedPremium.merge_personal(event.facts, {})
        self._memory.earned[event.stream] = Stored(record, event.head, None)


class MemoryAgenda:
    """Entries by what they are for, with their failures; what is parked keeps its entry."""

    def __init__(self) -> None:
        self.entries: dict[tuple[Kind, str], Entry] = {}
        self.failures: dict[tuple[Kind, str], list[str]] = {}
        self.parked: set[tuple[Kind, str]] = set()

    def enter(self, entry: Entry) -> None:
        key = (entry.kind, entry.subject)
        if key not in self.entries or entry.due_at < self.entries[key].due_at:
            self.entries[key] = entry
            self._forget(key)

    def due(self, book: str, kind: Kind, shard: int, *, by: datetime, limit: int) -> list[Entry]:
        found = [
            entry
            for key, entry in self.entries.items()
            if (entry.book, entry.kind, entry.shard) == (book, kind, shard)
            and entry.due_at <= by
            and key not in self.parked
        ]
        return sorted(found, key=lambda entry: entry.due_at)[:limit]

    def move(self, entry: Entry, to: datetime | None) -> None:
        key = (entry.kind, entry.subject)
        if self.entries.get(key) != entry:
            return
        self._forget(key)
        if to is None:
            del self.entries[key]
        else:
            self.entries[key] = entry.moved(to)

    def failed(self, entry: Entry, error: str) -> bool:
        key = (entry.kind, entry.subject)
        if self.entries.get(key) != entry:
            return False
        self.failures.setdefault(key, []).append(error)
        if len(self.failures[key]) < TRIES_MAX:
            return False
        self.parked.add(key)
        return True

    def retry_parked(self, book: str, *, limit: int) -> int:
        back = [key for key in self.parked if self.entries[key].book == book][:limit]
        for key in back:
            self._forget(key)
        return len(back)

    def _forget(self, key: tuple[Kind, str]) -> None:
        self.parked.discard(key)
        self.failures.pop(key, None)


class MemoryRenewals:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._policies = MemoryPolicies(memory)

    def expiring(self, policy_id: str) -> tuple[Stored[Policy], Sequence[Claim]]:
        noticed = self._memory.registers.get(policy_id, ())
        claims = [self._memory.claims[each.claim_id].record for each in noticed]
        return self._policies.get(policy_id), claims


class MemoryClaims:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._policies = MemoryPolicies(memory)

    def load_policy(self, policy_id: str, receipt: Receipt | None) -> NoticeContext:
        self._memory.check(receipt)
        noticed = self._memory.registers.get(policy_id, ())
        policy = self._policies.get(policy_id)
        account = self._memory.accounts.get(billing_id_for(policy_id))
        return NoticeContext(policy, noticed, len(noticed), self._used(policy.record), account)

    def notify(
        self,
        event: Event,
        claim: Claim,
        *,
        file: NoticeContext,
        receipt: Receipt,
        moved: AccountMove | None = None,
    ) -> None:
        self._memory.check(receipt)
        noticed = self._memory.registers.get(claim.policy_id, ())
        if len(noticed) != file.register_revision or claim.id in self._memory.claims:
            raise StaleRevision(claim.policy_id)
        self._check_account(moved)
        self._take((), claim)
        self._move(moved)
        self._memory.append(event, lambda: StaleRevision(claim.policy_id))
        self._memory.registers[claim.policy_id] = (*noticed, claim.noticed())
        self._memory.claims[claim.id] = Stored(claim, event.head, file.policy.key)
        self._memory.keep(receipt)

    def get(self, claim_id: str) -> Stored[Claim]:
        if claim_id not in self._memory.claims:
            raise ClaimNotFound(claim_id)
        kept = self._memory.claims[claim_id]
        if party_id_for(claim_id) not in self._memory.erased:
            return kept
        opened, _ = kept.record.split_personal()
        return Stored(Claim.merge_personal(opened, {}), kept.head, None)

    def get_all(self, claim_ids: Sequence[str]) -> Sequence[Stored[Claim]]:
        return [self.get(claim_id) for claim_id in claim_ids]

    def get_each(self, claim_ids: Sequence[str]) -> Sequence[Stored[Claim]]:
        return self.get_all(claim_ids)

    def load(self, claim_id: str, receipt: Receipt) -> ClaimContext:
        self._memory.check(receipt)
        policy_id = policy_id_for(claim_id)
        policy = self._policies.get(policy_id).record
        return ClaimContext(
            self.get(claim_id),
            policy,
            self._used(policy),
            account=self._memory.accounts.get(billing_id_for(policy_id)),
        )

    def load_evidence(self, claim_id: str, receipt: Receipt) -> ClaimContext:
        seen = self._memory.files.get(policy_id_for(claim_id), {})
        return replace(self.load(claim_id, receipt), seen=dict(seen), account=None)

    def change(
        self,
        event: Event,
        claim: Claim,
        *,
        before: Stored[Claim],
        receipt: Receipt,
        moved: AccountMove | None = None,
    ) -> None:
        self._memory.check(receipt)
        if self._memory.claims[claim.id].head != before.head:
            raise StaleRevision(claim.id)
        files = self._memory.files.setdefault(claim.policy_id, {})
        marks = first_seen(before.record, claim)
        if any(mark in files for mark in marks):
            raise StaleRevision(claim.id)
        self._check_account(moved)
        self._take(before.record.draws, claim)
        self._move(moved)
        files |= dict.fromkeys(marks, claim.id)
        self._memory.append(event, lambda: StaleRevision(claim.id))
        self._memory.claims[claim.id] = Stored(claim, event.head, before.key)
        self._memory.keep(receipt)

    def _check_account(self, moved: AccountMove | None) -> None:
        there = self._memory.accounts.get(moved.account.id) if moved else None
        if moved and (there and there.head) != (moved.before and moved.before.head):
            raise AccountMoved(moved.account.policy_id)

    def _move(self, moved: AccountMove | None) -> None:
        if moved is not None:
            self._memory.append(moved.event, lambda: AccountMoved(moved.account.policy_id))
            self._memory.accounts[moved.account.id] = Stored(moved.account, moved.event.head, None)

    def _take(self, drawn: Sequence[LimitUsage], claim: Claim) -> None:
        moved = [
            (movement, self._pool(movement.pool, claim.policy_id))
            for movement in movements(drawn, claim.draws)
        ]
        if any(each.change > 0 and used.get(each.code, 0) > each.room for each, used in moved):
            raise LimitMoved(claim.id)
        for each, used in moved:
            used[each.code] = used.get(each.code, 0) + each.change

    def _pool(self, pool: str | None, policy_id: str) -> dict[str, int]:
        if pool is not None:
            return self._memory.used_for_life.setdefault(pool, {})
        return self._memory.used.setdefault(policy_id, {})

    def _used(self, policy: Policy) -> dict[str, int]:
        shared = self._memory.used_for_life.get(policy.shares_with or policy.id, {})
        return self._memory.used.get(policy.id, {}) | shared


class MemoryComplaints:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def load_cause(self, about: str, receipt: Receipt) -> Cause | None:
        self._memory.check(receipt)
        kept = self._memory.quotes.get(quote_id_for(about))
        there = (self._memory.quotes, self._memory.policies, self._memory.claims)
        if kept is None or not any(about in stored for stored in there):
            return None
        key = None if party_id_for(about) in self._memory.erased else kept.key
        quote = kept.record
        return Cause(quote.partner, quote.product, quote.territory, key)

    def add(self, event: Event, complaint: Complaint, *, key: PartyKey, receipt: Receipt) -> None:
        self._memory.check(receipt)
        if complaint.id in self._memory.complaints:
            raise StaleRevision(complaint.id)
        self._memory.append(event, lambda: StaleRevision(complaint.id))
        self._memory.complaints[complaint.id] = Stored(complaint, event.head, key)
        self._memory.keep(receipt)

    def get(self, complaint_id: str) -> Stored[Complaint]:
        if complaint_id not in self._memory.complaints:
            raise ComplaintNotFound(complaint_id)
        kept = self._memory.complaints[complaint_id]
        if party_id_for(complaint_id) not in self._memory.erased:
            return kept
        return Stored(
            Complaint.merge_personal(kept.record.split_personal()[0], {}), kept.head, None
        )

    def load(self, complaint_id: str, receipt: Receipt) -> Stored[Complaint]:
        self._memory.check(receipt)
        return self.get(complaint_id)

    def change(
        self, event: Event, complaint: Complaint, *, before: Stored[Complaint], receipt: Receipt
    ) -> None:
        self._memory.check(receipt)
        if self._memory.complaints[complaint.id].head != before.head:
            raise StaleRevision(complaint.id)
        self._memory.append(event, lambda: StaleRevision(complaint.id))
        self._memory.complaints[complaint.id] = Stored(complaint, event.head, before.key)
        self._memory.keep(receipt)


type Listable = Quote | Claim | Complaint


class MemoryLists:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def waiting(
        self, mode: Mode, role: str, *, until: datetime, after: str, limit: int
    ) -> Sequence[Listed]:
        quotes = [kept.record for kept in self._memory.quotes.values()]
        claims = [kept.record for kept in self._memory.claims.values()]
        found: list[tuple[datetime, Listable]] = [
            (quote.created_at, quote) for quote in quotes if quote.waits_for == role
        ]
        found += [
            (kept.record.since, kept.record)
            for kept in self._memory.complaints.values()
            if kept.record.waits_for == role
        ]
        for claim in claims:
            since = waits_from(claim)
            if since is not None and waits_for(claim) == role:
                found.append((since, claim))
        places = [
            (_place(at, record.id), record)
            for at, record in found
            if at <= until and mode_of(record.id) is mode
        ]
        return _listed(places, after, limit)

    def claims_in(self, mode: Mode, handling: str, *, after: str, limit: int) -> Sequence[Listed]:
        return self._claims(lambda claim: claim.handling == handling, mode, after, limit)

    def complaints_in(self, mode: Mode, month: str, *, after: str, limit: int) -> Sequence[Listed]:
        places: list[tuple[str, Listable]] = [
            (_place(kept.record.received_at, kept.record.id), kept.record)
            for kept in self._memory.complaints.values()
            if f"{kept.record.received_at:%Y-%m}" == month and mode_of(kept.record.id) is mode
        ]
        return _listed(places, after, limit)

    def claims_of(self, mode: Mode, handler: str, *, after: str, limit: int) -> Sequence[Listed]:
        def wanted(claim: Claim) -> bool:
            return claim.handler == handler and claim.handling is not Handling.CLOSED

        return self._claims(wanted, mode, after, limit)

    def _claims(
        self, wanted: Callable[[Claim], bool], mode: Mode, after: str, limit: int
    ) -> Sequence[Listed]:
        places: list[tuple[str, Listable]] = [
            (_place(kept.record.reported_at, kept.record.id), kept.record)
            for kept in self._memory.claims.values()
            if wanted(kept.record) and mode_of(kept.record.id) is mode
        ]
        return _listed(places, after, limit)


def _place(at: datetime, id: str) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}#{id}"


def _listed(places: Sequence[tuple[str, Listable]], after: str, limit: int) -> Sequence[Listed]:
    behind = sorted((place for place in places if place[0] > after), key=lambda place: place[0])
    return [Listed(place, _opened(record)) for place, record in behind[:limit]]


def _opened(record: Listable) -> Listable:
    """The record less what is personal."""
    return type(record).merge_personal(record.split_personal()[0], {})


class MemoryProductVersions:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def get(self, mode: Mode, code: str, version: str) -> Stored[ProductVersion]:
        found = self._memory.versions.get((mode, code, version))
        if found is None:
            raise VersionNotFound(f"{code} {version}")
        return found

    def load(
        self, mode: Mode, code: str, version: str, receipt: Receipt
    ) -> Stored[ProductVersion] | None:
        self._memory.check(receipt)
        return self._memory.versions.get((mode, code, version))

    def store(
        self,
        event: Event,
        version: ProductVersion,
        *,
        before: Stored[ProductVersion] | None,
        receipt: Receipt,
    ) -> None:
        self._memory.check(receipt)
        place = (event.mode, version.code, version.version)
        there = self._memory.versions.get(place)
        if (there and there.head) != (before and before.head):
            raise StaleRevision(version.title)
        self._memory.append(event, lambda: StaleRevision(version.title))
        self._memory.versions[place] = Stored(version, event.head, None)
        self._memory.keep(receipt)

    def known(self, mode: Mode, code: str | None = None) -> Sequence[Stored[ProductVersion]]:
        return [
            kept
            for (of, product, _), kept in sorted(self._memory.versions.items())
            if of is mode and code in {None, product}
        ]


class MemoryScreenings:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._cases: dict[str, Stored[ScreeningCase]] = {}

    def find(self, screening_id: str, key: PartyKey) -> Stored[ScreeningCase] | None:
        found = self._cases.get(screening_id)
        return Stored(found.record, found.head, key) if found else None

    def load(self, screening_id: str, receipt: Receipt) -> Stored[ScreeningCase]:
        self._memory.check(receipt)
        if screening_id not in self._cases:
            raise ScreeningNotFound(screening_id)
        return self._cases[screening_id]

    def store(self, event: Event, *, before: Stored[ScreeningCase] | None) -> None:
        if self._cases.get(event.stream) != before:
            raise StaleRevision(event.stream)
        self._memory.append(event, lambda: StaleRevision(event.stream))
        key = before.key if before else self._memory.quotes[quote_id_for(event.stream)].key
        if key is None:
            raise ValueError("nobody is looked at who was erased")
        case = ScreeningCase.merge_personal(event.facts, key.unseal(event.sealed, event.stream))
        self._cases[event.stream] = Stored(case, event.head, key)

    def decide(self, event: Event, *, before: Stored[ScreeningCase], receipt: Receipt) -> None:
        self._memory.check(receipt)
        self.store(event, before=before)
        self._memory.keep(receipt)

    def listed_open(self, mode: Mode, *, after: str, limit: int) -> Sequence[ScreeningCase]:
        found = [
            kept.record
            for id, kept in sorted(self._cases.items())
            if kept.record.status is ScreeningStatus.OPEN and id > after and mode_of(id) is mode
        ]
        return found[:limit]

    def page(self, mode: Mode, after: str) -> Page:
        policies = [
            kept
            for id, kept in sorted(self._memory.policies.items())
            if mode_of(id) is mode and id > after
        ]
        return Page(policies, None)


class MemoryPaymentOrders:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._waiting: dict[str, Instruction] = {}
        self._known: set[str] = set()
        self._files: dict[str, Stored[PaymentFile]] = {}

    def keep(self, instruction: Instruction) -> None:
        if instruction.id not in self._known:
            self._known.add(instruction.id)
            self._waiting[instruction.id] = instruction

    def load(self, mode: Mode, currency: Currency, file_id: str, receipt: Receipt) -> Queue:
        self._memory.check(receipt)
        waiting = [
            each
            for each in self._waiting.values()
            if each.mode is mode and each.amount.currency is currency
        ]
        unwritten = [
            kept
            for kept in self._files.values()
            if kept.record.written_at is None
            and (kept.record.mode, kept.record.currency) == (mode, currency)
        ]
        return Queue(
            sorted(waiting, key=lambda each: each.id)[:PAYMENTS_PER_FILE_MAX],
            unwritten,
            self._files.get(file_id),
        )

    def get(self, file_id: str) -> Stored[PaymentFile]:
        if file_id not in self._files:
            raise PaymentFileNotFound(file_id)
        return self._files[file_id]

    def drop(self, payment_ids: Sequence[str]) -> None:
        self._claim(payment_ids, "The queue of payments")

    def make(self, event: Event, file: PaymentFile) -> None:
        self._claim([each.id for each in file.instructions], file.id)
        self._memory.append(event, lambda: StaleRevision(file.id))
        self._files[file.id] = Stored(file, event.head, None)

    def _claim(self, payment_ids: Sequence[str], what: str) -> None:
        if any(payment_id not in self._waiting for payment_id in payment_ids):
            raise StaleRevision(what)
        for payment_id in payment_ids:
            del self._waiting[payment_id]

    def written(self, event: Event, *, before: Stored[PaymentFile]) -> None:
        if self._files[before.record.id].head != before.head:
            raise StaleRevision(before.record.id)
        self._memory.append(event, lambda: StaleRevision(before.record.id))
        file = PaymentFile.merge_personal(event.facts, {})
        self._files[file.id] = Stored(file, event.head, None)

    def answer(self, receipt: Receipt) -> None:
        self._memory.check(receipt)
        self._memory.keep(receipt)


class MemoryParties:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def load(self, party_id: str, receipt: Receipt) -> StreamPosition:
        self._memory.check(receipt)
        if quote_id_for(party_id) not in self._memory.quotes:
            raise PartyNotFound(party_id)
        if party_id in self._memory.erased:
            raise AlreadyErased(f"party {party_id}")
        return StreamPosition()

    def erase(self, event: Event, *, party_id: str, receipt: Receipt) -> None:
        self._memory.check(receipt)
        if party_id in self._memory.erased:
            raise AlreadyErased(f"party {party_id}")
        self._memory.append(event, lambda: AlreadyErased(f"party {party_id}"))
        self._memory.erased.add(party_id)
        self._memory.keep(receipt)


class MemoryAccesses:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def load(self, policy_id: str, person_id: str, receipt: Receipt) -> AccessContext:
        self._memory.check(receipt)
        policy = MemoryPolicies(self._memory).get(policy_id)
        return AccessContext(policy, self._memory.accesses.get(person_id))

    def store(
        self, event: Event, access: Access, *, before: Stored[Access] | None, receipt: Receipt
    ) -> None:
        self._memory.check(receipt)
        if self._memory.accesses.get(access.person_id) != before:
            raise StaleRevision(access.person_id)
        self._memory.append(event, lambda: StaleRevision(access.person_id))
        self._memory.accesses[access.person_id] = Stored(access, event.head, None)
        self._memory.keep(receipt)


class MemoryDocuments:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._policies = MemoryPolicies(memory)

    def load(self, policy_id: str, receipt: Receipt) -> DocumentContext:
        self._memory.check(receipt)
        policy, register = self.register(policy_id)
        offer = self._memory.quotes.get(renewal_quote_id_for(policy_id))
        bare = offer.record.replace(policyholder=None, answers=None) if offer else None
        return DocumentContext(policy, bare, register)

    def as_known(self, policy_id: str, known_at: datetime) -> Stored[Policy]:
        return self._policies.as_known(policy_id, known_at)

    def add(
        self, event: Event, document: Document, *, file: DocumentContext, receipt: Receipt
    ) -> None:
        self._memory.check(receipt)
        if file.policy.key is None:
            raise ValueError("nothing about somebody erased can be sealed")
        if document.id in self._memory.documents:
            raise DocumentAlreadyMade(self._memory.documents[document.id])
        self._memory.append(event, lambda: StaleRevision(event.stream))
        self._memory.documents[document.id] = document
        self._memory.keep(receipt)

    def answer(self, file: DocumentContext, receipt: Receipt) -> None:  # noqa: ARG002 - as the port
        self._memory.check(receipt)
        self._memory.keep(receipt)

    def get(self, policy_id: str, document_id: str) -> tuple[Stored[Policy], Document | None]:
        policy = self._policies.get(policy_id)
        document = self._memory.documents.get(document_id)
        if document is None or document.policy_id != policy_id:
            return policy, None
        return policy, document if policy.key else document.replace(sha256=None)

    def register(self, policy_id: str) -> tuple[Stored[Policy], StreamPosition]:
        events = self._memory.events.get(register_id_for(policy_id))
        return self._policies.get(policy_id), events[-1].head if events else StreamPosition()

    def made(
        self, policy_id: str, key: PartyKey | None, *, after: int, limit: int
    ) -> Sequence[Document]:
        stream = register_id_for(policy_id)
        events = self._memory.events.get(stream, [])[after : after + limit]
        return [
            Document.merge_personal(each.facts, key.unseal(each.sealed, stream) if key else {})
            for each in events
        ]
