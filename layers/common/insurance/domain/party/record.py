"""A party's record: who a customer is, how to reach them, and what they said about their data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, StringConstraints

from insurance.domain.core.classification import Classification, Internal, Record
from insurance.domain.core.errors import AlreadyErased, PartyDiffers, PartyFull, WrongState
from insurance.domain.core.identity import PartyId, mode_of
from insurance.domain.core.value import Value
from insurance.domain.party.correction_record import CorrectionRecord
from insurance.domain.party.data_request import (
    DataExport,
    DataRequest,
    DataRequestKind,
    DataRequestOutcome,
    RequestedErasure,
    first_due,
    request_numbered,
)
from insurance.domain.party.demands import Demands, RestrictionKind, check_offer
from insurance.domain.party.origin import PartyOrigin
from insurance.domain.party.party import Address, Name, Payee, Policyholder

HISTORY_MAX = 50
"""How many names, addresses, contacts, accounts or consents a party's record holds."""
MEMBERS_MAX = 20
"""How many parties may be merged into one."""


class PartyKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"


class ContactKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"


class DatedName(Value):
    """A name, and since when it is theirs."""

    name: Name
    since: AwareDatetime


class DatedAddress(Value):
    """An address, and since when it is theirs."""

    address: Address
    since: AwareDatetime


class Contact(Value):
    """How to reach the party, and since when."""

    kind: ContactKind
    value: Annotated[str, StringConstraints(min_length=3, max_length=254)]
    since: AwareDatetime


class DatedAccount(Value):
    """A bank account, and since when it is theirs."""

    account: Payee
    since: AwareDatetime


class Consent(Value):
    """What the party allowed or forbade: the last one for a purpose counts."""

    purpose: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    given: bool
    at: AwareDatetime
    recorded_by: str


class Restriction(Value):
    """A demand of the party, and when and why it was lifted. One of a kind stands at a time."""

    kind: RestrictionKind
    reason: str = ""
    since: AwareDatetime
    lifted_at: AwareDatetime | None = None
    lifted_because: str | None = None

    def stands(self, kind: RestrictionKind) -> bool:
        """Whether it is of this kind, and was not lifted."""
        return self.kind is kind and self.lifted_at is None


@dataclass(frozen=True, slots=True)
class PartyDetails:
    """Who the party is, as a caller says it."""

    kind: PartyKind
    name: str
    date_of_birth: date | None = None
    registration_number: str | None = None
    contacts: Sequence[tuple[ContactKind, str]] = ()
    address: Address | None = None
    account: Payee | None = None
    language: str | None = None
    reference: str | None = None
    """What the partner calls its customer."""


type _History[V] = Annotated[tuple[V, ...], Field(max_length=HISTORY_MAX)]


class Party(Record):
    """One customer, over all their contracts. What changed is kept with the time from which it holds."""

    SEALED_TEXTS = (
        "restrictions/*/reason",
        "restrictions/*/lifted_because",
        "erasure/reason",
        "requests/*/text",
        "requests/*/reason",
    )

    id: Internal[PartyId]
    partner: Internal[str]
    """The partner whose customer it is. Empty: the insurer's own."""
    kind: Internal[PartyKind]
    names: Annotated[_History[DatedName], Classification.PERSONAL] = ()
    """In order of time; the last one counts."""
    date_of_birth: Annotated[date | None, Classification.PERSONAL] = None
    registration_number: Annotated[str | None, Classification.PERSONAL] = None
    """Of an organisation, in its public register."""
    contacts: Annotated[_History[Contact], Classification.PERSONAL] = ()
    """In order of time; the last one of a kind counts."""
    addresses: Annotated[_History[DatedAddress], Classification.PERSONAL] = ()
    accounts: Annotated[_History[DatedAccount], Classification.PERSONAL] = ()
    language: Annotated[str | None, Classification.PERSONAL] = None
    """As BCP 47 has it: `en-GB`."""
    reference: Annotated[str | None, Classification.PERSONAL] = None
    """What the partner calls its customer."""
    consents: Annotated[_History[Consent], Classification.PERSONAL] = ()
    restrictions: Internal[_History[Restriction]] = ()
    requests: Internal[_History[DataRequest]] = ()
    """What they asked for about their data."""
    last_correction: Annotated[CorrectionRecord | None, Classification.PERSONAL] = None
    """Those before it are in the events of the party."""
    payee_corrected_in: Internal[int | None] = None
    """The revision that last corrected their name, address or account: who pays them looks at it again."""
    exports: Annotated[_History[DataExport], Classification.PERSONAL] = ()
    """The exports of their data that were made for them."""
    erasure: Internal[RequestedErasure | None] = None
    """Waits for the end of the legal hold."""
    merged_into: Internal[PartyId | None] = None
    """The party that stands for this one since they were found to be the same."""
    members: Internal[Annotated[tuple[PartyId, ...], Field(max_length=MEMBERS_MAX)]] = ()
    """The parties that were merged into this one."""
    created_at: Internal[AwareDatetime]
    created_by: Internal[str]
    origin: Internal[PartyOrigin | None] = None
    """None: somebody called."""

    @classmethod
    def new(
        cls, id: PartyId, partner: str, details: PartyDetails, *, at: datetime, by: str
    ) -> Self:
        """A party as a caller describes it."""
        return cls(
            id=id,
            partner=partner,
            kind=details.kind,
            names=(DatedName(name=details.name, since=at),),
            date_of_birth=details.date_of_birth,
            registration_number=details.registration_number,
            contacts=tuple(
                Contact(kind=kind, value=value, since=at) for kind, value in details.contacts
            ),
            addresses=(DatedAddress(address=details.address, since=at),) if details.address else (),
            accounts=(DatedAccount(account=details.account, since=at),) if details.account else (),
            language=details.language,
            reference=details.reference,
            created_at=at,
            created_by=by,
        )

    # Who it is

    @property
    def ids(self) -> tuple[PartyId, ...]:
        """The party and those that were merged into it."""
        return (self.id, *self.members)

    @property
    def policyholder(self) -> Policyholder:
        """The party as the policyholder of a contract that is made now.

        Raises:
            AlreadyErased: The party was erased.
        """
        if not self.names:
            raise AlreadyErased(f"party {self.id}")
        return Policyholder(
            name=self.names[-1].name,
            email=self.contact(ContactKind.EMAIL),
            date_of_birth=self.date_of_birth,
            address=self.addresses[-1].address if self.addresses else None,
        )

    def contact(self, kind: ContactKind) -> str | None:
        """The contact of this kind that counts."""
        return next((each.value for each in reversed(self.contacts) if each.kind is kind), None)

    def quoted_as(self, stated: Policyholder | None) -> Policyholder:
        """The policyholder of a new quote. What the caller states must be what is stored.

        Raises:
            AlreadyErased: The party was erased.
            ProcessingRestricted: The party demanded that their data are used for nothing new.
            PartyDiffers: Something else is stored: the party must be corrected first.
        """
        check_offer(self.id, self.demands)
        return self.as_stated(stated)

    def as_stated(self, stated: Policyholder | None) -> Policyholder:
        """The details that a contract has of them. What the caller states must be what is stored.

        Raises:
            AlreadyErased: The party was erased.
            PartyDiffers: Something else is stored: the party must be corrected first.
        """
        stored = self.policyholder
        if stated is not None:
            differing = [
                name
                for name, value in stated
                if value is not None and value != getattr(stored, name)
            ]
            if differing:
                raise PartyDiffers(self.id, differing)
        return stored

    # What they said about their data

    def with_consent(self, purpose: str, *, given: bool, at: datetime, by: str) -> Self:
        """The party with one more consent, or refusal.

        Raises:
            PartyFull: The record holds as many as it can.
        """
        if len(self.consents) >= HISTORY_MAX:
            raise PartyFull(self.id, "consents", HISTORY_MAX)
        consent = Consent(purpose=purpose, given=given, at=at, recorded_by=by)
        return self.replace(consents=(*self.consents, consent))

    def restricted(self, kind: RestrictionKind, reason: str, *, at: datetime) -> Self:
        """The party with a demand that stands from now on.

        Raises:
            WrongState: It stands already.
            PartyFull: The record holds as many as it can.
        """
        if self.has_restriction(kind):
            raise WrongState(f"Party {self.id}", f"under {kind}", f"be put under {kind}")
        if len(self.restrictions) >= HISTORY_MAX:
            raise PartyFull(self.id, "restrictions", HISTORY_MAX)
        restriction = Restriction(kind=kind, reason=reason, since=at)
        return self.replace(restrictions=(*self.restrictions, restriction))

    def released(self, kind: RestrictionKind, reason: str, *, at: datetime) -> Self:
        """The party with a demand lifted.

        Raises:
            WrongState: It does not stand.
        """
        if not self.has_restriction(kind):
            raise WrongState(f"Party {self.id}", f"not under {kind}", f"be released from {kind}")
        restrictions = tuple(
            each.replace(lifted_at=at, lifted_because=reason) if each.stands(kind) else each
            for each in self.restrictions
        )
        return self.replace(restrictions=restrictions)

    @property
    def demands(self) -> Demands:
        """Their demands that stand."""
        return frozenset(each.kind for each in self.restrictions if each.stands(each.kind))

    def has_restriction(self, kind: RestrictionKind) -> bool:
        """Whether a demand of this kind stands."""
        return any(each.stands(kind) for each in self.restrictions)

    @property
    def request_due(self) -> DataRequest | None:
        """The open request about their data that must be answered first."""
        return first_due(self.requests)

    def with_request(self, request: DataRequest) -> Self:
        """The party with one more request about its data.

        Raises:
            PartyFull: The record holds as many as it can.
        """
        if len(self.requests) >= HISTORY_MAX:
            raise PartyFull(self.id, "data requests", HISTORY_MAX)
        return self.replace(requests=(*self.requests, request))

    def with_answer(
        self, number: int, outcome: DataRequestOutcome, *, at: datetime, by: str, reason: str = ""
    ) -> Self:
        """The party with a request of its own answered.

        Raises:
            InvalidFields: The party has no request of this number.
            WrongState: It was answered before.
        """
        request = request_numbered(self.requests, number)
        answered = request.answered(outcome, at=at, by=by, reason=reason)
        others = (answered if each is request else each for each in self.requests)
        return self.replace(requests=tuple(others))

    def with_answers(
        self, kind: DataRequestKind, outcome: DataRequestOutcome, *, at: datetime, by: str
    ) -> Self:
        """The party with every open request of this kind answered: what it asks for was done."""
        answered = (
            each.answered(outcome, at=at, by=by) if each.kind is kind and each.is_open else each
            for each in self.requests
        )
        return self.replace(requests=tuple(answered))

    def with_export(self, export: DataExport) -> Self:
        """The party with one more export of its data.

        Raises:
            PartyFull: The record holds as many as it can.
        """
        if len(self.exports) >= HISTORY_MAX:
            raise PartyFull(self.id, "data exports", HISTORY_MAX)
        return self.replace(exports=(*self.exports, export))

    def with_erasure(self, requested: RequestedErasure) -> Self:
        """The party with an erasure that waits.

        Raises:
            WrongState: One waits already.
        """
        if self.erasure is not None:
            raise WrongState(f"Party {self.id}", "waiting for its erasure", "wait for another")
        return self.replace(erasure=requested)

    def without_erasure(self) -> Self:
        """The party without the erasure that waited: they want to stay.

        Raises:
            WrongState: None waits.
        """
        if self.erasure is None:
            raise WrongState(f"Party {self.id}", "not waiting for its erasure", "be kept from it")
        return self.replace(erasure=None)

    # Merging

    def joined_by(self, other: "Party") -> tuple[Self, "Party"]:
        """This party and the other one, after the other was merged into it.

        Raises:
            WrongState: The other one stands for others, one of them is merged already, or they are of two modes.
            PartyFull: As many parties are merged into this one as can be.
        """
        if mode_of(other.id) is not mode_of(self.id):
            raise WrongState(f"Party {other.id}", "of the other mode", "be merged into another")
        if other.request_due is not None:
            state = "waiting for an answer about its data"
            raise WrongState(f"Party {other.id}", state, "be merged into another")
        for party in (self, other):
            if party.merged_into is not None:
                raise WrongState(f"Party {party.id}", "merged into another", "be merged")
        if other.members or other.id == self.id:
            state = "the same party" if other.id == self.id else "standing for others"
            raise WrongState(f"Party {other.id}", state, "be merged into another")
        if len(self.members) >= MEMBERS_MAX:
            raise PartyFull(self.id, "merged parties", MEMBERS_MAX)
        joined = self.replace(members=(*self.members, other.id))
        return joined, other.replace(merged_into=self.id)

    def parted_from(self, other: "Party") -> tuple[Self, "Party"]:
        """This party and the other one, as two customers again.

        Raises:
            WrongState: The other one is not merged into this one.
        """
        if other.merged_into != self.id:
            raise WrongState(f"Party {other.id}", f"not merged into {self.id}", "be parted from it")
        left = tuple(each for each in self.members if each != other.id)
        return self.replace(members=left), other.replace(merged_into=None)
