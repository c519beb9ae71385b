"""What operations are given: promises that a store, a key ring or a look-up keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

# Only for those who check types: a function that takes a port need not load every aggregate.
if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from insurance.domain.billing import BillingAccount, BookedOn, SuspendedPayment
    from insurance.domain.books.calendar import Calendar
    from insurance.domain.books.earnings import EarnedPremium
    from insurance.domain.claim import Claim, NoticedClaim
    from insurance.domain.classification import JsonObject
    from insurance.domain.complaint import Complaint
    from insurance.domain.document import Content, Document, Wording
    from insurance.domain.event import Event, Head
    from insurance.domain.identity import Mode
    from insurance.domain.party import Access
    from insurance.domain.policy import Policy
    from insurance.domain.product import Product
    from insurance.domain.product.release import ProductVersion
    from insurance.domain.product.source import Files
    from insurance.domain.quote import Quote
    from insurance.domain.screening import Resemblance
    from insurance.domain.terms import ProductRef
    from insurance.operations.receipt import Receipt


class PartyKey(Protocol):
    """One party's key: what it seals about a subject opens for that subject only."""

    @property
    def wrapped(self) -> bytes: ...
    def seal(self, personal: JsonObject, about: str) -> bytes: ...
    def unseal(self, sealed: bytes, about: str) -> JsonObject: ...


class Keys(Protocol):
    def new(self) -> PartyKey:
        """A key for a party that has none yet."""

    def open(self, wrapped: bytes) -> PartyKey:
        """The key that a stored item carries, wrapped."""


@dataclass(frozen=True, slots=True)
class Kept[R]:
    """A stored aggregate: its value, where its stream stands, and its party's key.

    Without a key the party's data were erased: personal fields then read as None.
    """

    record: R
    head: Head
    key: PartyKey | None


class Products(Protocol):
    def on_sale(self, code: str, day: date, mode: Mode) -> Product:
        """The version that new business is written on that day, or ProductNotFound."""

    def for_renewal(self, code: str, day: date, mode: Mode) -> Product:
        """The version that renewals are written on that day, or ProductNotFound."""

    def version(self, ref: ProductRef) -> Product:
        """The version that a quote or policy was made on, on sale or not."""

    def all_on_sale(self, day: date, mode: Mode) -> Sequence[Product]: ...

    def sells(self, ref: ProductRef, day: date, mode: Mode, *, renewal: bool) -> bool:
        """Whether a quote on this version may still become a policy."""


class KnownVersions(Protocol):
    def known(self, mode: Mode, code: str | None = None) -> Sequence[Kept[ProductVersion]]:
        """Every stored version, or those of one product."""


class ProductVersions(KnownVersions, Protocol):
    """Where the versions of products stand in their lives; what they say is in `Contents`."""

    def get(self, mode: Mode, code: str, version: str) -> Kept[ProductVersion]:
        """Raise VersionNotFound when there is none."""

    def load(
        self, mode: Mode, code: str, version: str, receipt: Receipt
    ) -> Kept[ProductVersion] | None:
        """In one read with the receipt; raise AlreadyAnswered or KeyReused if that is there."""

    def store(
        self,
        event: Event,
        version: ProductVersion,
        *,
        was: Kept[ProductVersion] | None,
        receipt: Receipt,
    ) -> None:
        """Store the version as the event left it; raise StaleRevision when it has moved on."""


class Seeds(Protocol):
    """The versions that ship with the code."""

    def known(self, mode: Mode, code: str | None = None) -> Sequence[ProductVersion]: ...
    def files(self, code: str, version: str) -> Files: ...


class LookUps(Protocol):
    def find(self, source: str, key: str) -> Mapping[str, Any] | None:
        """The facts that a source holds under a key; None when it does not know or does not answer."""


class Quotes(Protocol):
    def add(self, event: Event, quote: Quote, *, key: PartyKey, receipt: Receipt) -> None:
        """Store a new quote; raise AlreadyAnswered or KeyReused when this call was made before."""

    def get(self, quote_id: str) -> Kept[Quote]:
        """Raise QuoteNotFound when there is none."""

    def load(self, quote_id: str, receipt: Receipt) -> Kept[Quote]:
        """As `get`, in one read with the receipt: raise AlreadyAnswered or KeyReused if it is there."""

    def change(self, event: Event, quote: Quote, *, was: Kept[Quote], receipt: Receipt) -> None:
        """Store the quote as the event left it; raise StaleRevision when it has moved on."""


class PolicyReads(Protocol):
    def get(self, policy_id: str) -> Kept[Policy]:
        """Raise PolicyNotFound when there is none."""

    def as_known(self, policy_id: str, known_at: datetime) -> Kept[Policy]:
        """The policy as its last event up to then left it; PolicyNotFound when there was none."""


class Policies(PolicyReads, Protocol):
    def load_quote(self, quote_id: str, receipt: Receipt) -> Kept[Quote]:
        """The quote to issue, in one read with the receipt (see `Quotes.load`)."""

    def issue(
        self,
        event: Event,
        policy: Policy,
        *,
        bound: Event,
        bound_quote: Quote,
        was: Kept[Quote],
        receipt: Receipt,
    ) -> None:
        """Store the policy and the bound quote, or neither.

        Raise QuoteAlreadyIssued when the policy exists, StaleRevision when the quote has moved on.
        """

    def events(self, policy_id: str, *, after: int, limit: int) -> Sequence[Event]:
        """The policy's events in order, from the one that follows number `after`."""


class PolicyChanges(PolicyReads, Protocol):
    """Policies for those who change them: without what issuing one needs."""

    def load(self, policy_id: str, receipt: Receipt) -> Kept[Policy]:
        """As `get`, in one read with the receipt: raise AlreadyAnswered or KeyReused if it is there."""

    def change(
        self, event: Event, policy: Kept[Policy], *, was: Kept[Policy], receipt: Receipt
    ) -> None:
        """Store the policy as the event left it; raise StaleRevision when it has moved on."""


class Renewals(Protocol):
    def expiring(self, policy_id: str) -> tuple[Kept[Policy], Sequence[Claim]]:
        """The policy and its claims; raise PolicyNotFound when there is none."""


@dataclass(frozen=True, slots=True)
class BillingFile:
    """A policy and how it is paid; no account yet: nobody chose a plan and nothing came in."""

    policy: Kept[Policy]
    account: Kept[BillingAccount] | None


class Billing(Protocol):
    def get(self, policy_id: str) -> BillingFile:
        """Raise PolicyNotFound when there is no such policy."""

    def load(self, policy_id: str, receipt: Receipt) -> BillingFile:
        """As `get`, in one read with the receipt: raise AlreadyAnswered or KeyReused if it is there."""

    def store(
        self, event: Event, account: BillingAccount, *, file: BillingFile, receipt: Receipt
    ) -> None:
        """Store the account as the event left it; raise StaleRevision when it has moved on."""

    def book(
        self,
        event: Event,
        account: BillingAccount,
        *,
        suspense_id: str,
        file: BillingFile,
        receipt: Receipt,
    ) -> None:
        """As `store`, with a payment whose outside reference is used up by it: no other policy's, and
        not suspense's. Raise StaleRevision when another was first with it."""

    def recall(self, receipt: Receipt) -> None:
        """Raise AlreadyAnswered or KeyReused if this call was answered before."""

    def answer(self, receipt: Receipt) -> None:
        """Keep the answer of a call whose parts are all stored."""

    def suspended(
        self, suspense_id: str, receipt: Receipt
    ) -> Kept[SuspendedPayment] | BookedOn | None:
        """A payment in suspense, or where it was booked at once, in one read with the receipt."""

    def get_suspended(self, suspense_id: str) -> Kept[SuspendedPayment]:
        """Raise SuspenseNotFound when there is none."""

    def load_suspended(
        self, suspense_id: str, policy_id: str, receipt: Receipt
    ) -> tuple[Kept[SuspendedPayment] | BookedOn | None, BillingFile]:
        """As `suspended`, and the policy's; raise PolicyNotFound when there is no such policy."""

    def keep_suspended(
        self, event: Event, *, was: Kept[SuspendedPayment], receipt: Receipt
    ) -> None:
        """Store the payment as the event left it; raise StaleRevision when it has moved on."""

    def allocate(
        self,
        event: Event,
        account: BillingAccount,
        *,
        file: BillingFile,
        moved: Event,
        was: Kept[SuspendedPayment],
        receipt: Receipt,
    ) -> None:
        """Store the account and the payment that came to it from suspense, or neither; raise
        StaleRevision when one of them has moved on."""

    def suspend(self, event: Event, payment: SuspendedPayment, *, receipt: Receipt) -> None:
        """Keep a payment in suspense; raise StaleRevision when its reference is there already."""


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """All that a step of a claim is decided on."""

    claim: Kept[Claim]
    policy: Policy
    used: Mapping[str, int] = field(default_factory=dict)
    """What the policy's claims have taken of the limits they share, in minor units, by code."""
    seen: Mapping[str, str] = field(default_factory=dict)
    """Files received on the policy's claims, by mark: on which claim first. See `load_evidence`."""
    account: Kept[BillingAccount] | None = None
    """How the policy is paid; None where nobody chose a plan and nothing came in, and for evidence."""


@dataclass(frozen=True, slots=True)
class NoticeFile:
    """All that a first notice of loss is decided on."""

    policy: Kept[Policy]
    noticed: Sequence[NoticedClaim]
    """Claims noticed on the policy so far."""
    register_revision: int
    used: Mapping[str, int] = field(default_factory=dict)
    """See `ClaimFile.used`."""
    account: Kept[BillingAccount] | None = None
    """See `ClaimFile.account`."""


@dataclass(frozen=True, slots=True)
class AccountMove:
    """What a claim's payment does to its policy's account, in the claim's own transaction."""

    event: Event
    account: BillingAccount
    was: Kept[BillingAccount] | None


class Claims(Protocol):
    def load_policy(self, policy_id: str, receipt: Receipt | None) -> NoticeFile:
        """The policy and its register of claims, in one read with the receipt."""

    def notify(
        self,
        event: Event,
        claim: Claim,
        *,
        file: NoticeFile,
        receipt: Receipt,
        moved: AccountMove | None = None,
    ) -> None:
        """Store a new claim and enter it in the policy's register; raise StaleRevision when another
        claim was entered meanwhile. What it takes of shared limits and does to the policy's account
        moves as in `change`."""

    def get(self, claim_id: str) -> Kept[Claim]:
        """Raise ClaimNotFound when there is none."""

    def get_all(self, claim_ids: Sequence[str]) -> Sequence[Kept[Claim]]:
        """As `get`, many of one policy at once and in their order; at most 90."""

    def get_each(self, claim_ids: Sequence[str]) -> Sequence[Kept[Claim]]:
        """As `get`, of whichever policies, in their order."""

    def load(self, claim_id: str, receipt: Receipt) -> ClaimFile:
        """The claim and its policy, in one read with the receipt."""

    def load_evidence(self, claim_id: str, receipt: Receipt) -> ClaimFile:
        """As `load`, and in the same read which files came to the policy's claims before."""

    def change(
        self,
        event: Event,
        claim: Claim,
        *,
        was: Kept[Claim],
        receipt: Receipt,
        moved: AccountMove | None = None,
    ) -> None:
        """Store the claim as the event left it; raise StaleRevision when it has moved on.

        What it takes of shared limits moves in the same transaction; raise LimitMoved when other
        claims have left too little. Files that came to it first are marked as its own; raise
        StaleRevision when one has come to another claim meanwhile. The policy's account is stored
        with it as `moved` says; raise AccountMoved when somebody else has changed it meanwhile.
        """


@dataclass(frozen=True, slots=True)
class Cause:
    """What a complaint is about, as far as opening one needs it."""

    partner: str
    product: ProductRef
    territory: str
    """Where the risk is; empty: in the product's first."""
    key: PartyKey | None


class Complaints(Protocol):
    def load_cause(self, about: str, receipt: Receipt) -> Cause | None:
        """The quote, policy or claim, in one read with the receipt; None when there is none."""

    def add(self, event: Event, complaint: Complaint, *, key: PartyKey, receipt: Receipt) -> None:
        """Store a new complaint; raise StaleRevision when it is there already."""

    def get(self, complaint_id: str) -> Kept[Complaint]:
        """Raise ComplaintNotFound when there is none."""

    def load(self, complaint_id: str, receipt: Receipt) -> Kept[Complaint]:
        """As `get`, in one read with the receipt: raise AlreadyAnswered or KeyReused if it is there."""

    def change(
        self, event: Event, complaint: Complaint, *, was: Kept[Complaint], receipt: Receipt
    ) -> None:
        """Store the complaint as the event left it; raise StaleRevision when it has moved on."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A place in a list; without what stood there, if it has moved on since the list was written."""

    position: str
    record: Claim | Quote | Complaint | None


class Lists(Protocol):
    """Lists over many policies, read in order from the place behind `after`.

    Only what is not personal is read. An entry may come moments late; none comes that has moved on.
    """

    def waiting(
        self, mode: Mode, role: str, *, until: datetime, after: str, limit: int
    ) -> Sequence[Listed]:
        """What waits for a role by then, the longest first."""

    def claims_in(self, mode: Mode, handling: str, *, after: str, limit: int) -> Sequence[Listed]:
        """Claims whose handling has come so far, in the order in which they were reported."""

    def complaints_in(self, mode: Mode, month: str, *, after: str, limit: int) -> Sequence[Listed]:
        """Complaints received in a month ("2027-01"), in the order in which they came."""

    def claims_of(self, mode: Mode, handler: str, *, after: str, limit: int) -> Sequence[Listed]:
        """Claims that are not closed and that this person has in hand, in the same order."""


class Screening(Protocol):
    version: str
    """Of the list."""

    def resembling(self, name: str) -> Sequence[Resemblance]:
        """Entries of the sanctions list that a name resembles, the closest first."""


@dataclass(frozen=True, slots=True)
class AccessFile:
    """A policy, and what a person has access to so far."""

    policy: Kept[Policy]
    access: Kept[Access] | None


class Accesses(Protocol):
    def load(self, policy_id: str, person_id: str, receipt: Receipt) -> AccessFile:
        """Both in one read with the receipt; raise PolicyNotFound when there is no such policy."""

    def store(
        self, event: Event, access: Access, *, was: Kept[Access] | None, receipt: Receipt
    ) -> None:
        """Store the access as the event left it; raise StaleRevision when it has moved on."""


class Parties(Protocol):
    def load(self, party_id: str, receipt: Receipt) -> Head:
        """Where the party's own stream stands; raise PartyNotFound or AlreadyErased."""

    def erase(self, event: Event, *, party_id: str, receipt: Receipt) -> None:
        """Destroy the party's key everywhere, for ever; raise AlreadyErased when it is gone."""


class Calendars(Protocol):
    def load(self, mode: Mode, receipt: Receipt) -> Kept[Calendar]:
        """The calendar of a mode's books, in one read with the receipt."""

    def store(
        self, event: Event, calendar: Calendar, *, was: Kept[Calendar], receipt: Receipt
    ) -> None:
        """Store the calendar as the event left it; raise StaleRevision when it has moved on.

        From then on nothing is booked into what it closes, whatever is under way.
        """


@dataclass(frozen=True, slots=True)
class EarningsFile:
    """A policy, and what of its premium was posted as earned so far."""

    policy: Kept[Policy]
    earned: Kept[EarnedPremium] | None


class Earnings(Protocol):
    def load(self, policy_id: str) -> EarningsFile:
        """Raise PolicyNotFound when there is no such policy."""

    def store(self, event: Event, *, file: EarningsFile) -> None:
        """Store what the event posts; raise StaleRevision when somebody else posted meanwhile."""


@dataclass(frozen=True, slots=True)
class UploadForm:
    """Where and with which form fields one file may be sent, as `multipart/form-data`, file last."""

    url: str
    fields: Mapping[str, str]


class Objects(Protocol):
    """Files of one kind; a key never changes what it holds. Keys and links name no person."""

    def put(self, key: str, body: bytes, *, media_type: str) -> bool:
        """Store a new object; False, and nothing done, when the key is there already."""

    def get(self, key: str) -> bytes | None: ...

    def delete(self, key: str) -> None:
        """Nothing is under the key afterwards, whether there was something or not."""

    def link(self, key: str, *, seconds: int, name: str | None = None) -> str:
        """A URL under which anybody may read the object until then; saved under `name`, if given."""

    def upload_form(
        self, key: str, *, media_type: str, sha256: str, largest: int, seconds: int
    ) -> UploadForm:
        """A form that stores exactly this content (SHA-256 in base64), of at most `largest` bytes."""


class Scanner(Protocol):
    def found_in(self, file: bytes) -> str | None:
        """The name of the malware in a file; None when there is none. Unavailable: nobody looked."""


class Wordings(Protocol):
    def of(self, language: str, region: str, zone: ZoneInfo) -> Wording:
        """A language as a territory writes it."""


class Typesetter(Protocol):
    @property
    def edition(self) -> str:
        """Changes whenever the same content would give another file."""

    def set(self, content: Content) -> bytes:
        """A PDF, the same bytes for the same content; raise NotPrintable when it cannot show it."""


class DocumentAlreadyMade(Exception):
    """The register has the document."""

    def __init__(self, document: Document) -> None:
        super().__init__(document.id)
        self.document = document


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """All that a document is made of, and where the policy's register of documents stands."""

    policy: Kept[Policy]
    renewal: Quote | None
    """The offer of the next term, without what is personal in it."""
    register: Head


class Documents(Protocol):
    def load(self, policy_id: str, receipt: Receipt) -> DocumentFile:
        """In one read with the receipt: raise AlreadyAnswered or KeyReused if it is there, and
        PolicyNotFound when there is no such policy."""

    def as_known(self, policy_id: str, known_at: datetime) -> Kept[Policy]:
        """The policy as its last event up to then left it; PolicyNotFound when there was none."""

    def add(
        self, event: Event, document: Document, *, file: DocumentFile, receipt: Receipt
    ) -> None:
        """Enter a document in the register; raise DocumentAlreadyMade when it is there, StaleRevision
        when another was entered meanwhile, AlreadyErased when the party was erased meanwhile."""

    def answer(self, file: DocumentFile, receipt: Receipt) -> None:
        """Keep only the answer: the document was there."""

    def get(self, policy_id: str, document_id: str) -> tuple[Kept[Policy], Document | None]:
        """A document of the policy, None when there is none; raise PolicyNotFound."""

    def register(self, policy_id: str) -> tuple[Kept[Policy], Head]:
        """The policy and where its register stands; raise PolicyNotFound."""

    def made(
        self, policy_id: str, key: PartyKey | None, *, after: int, limit: int
    ) -> Sequence[Document]:
        """The documents in order, from the one that follows number `after`."""
