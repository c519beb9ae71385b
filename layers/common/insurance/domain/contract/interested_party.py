"""Interested parties: people and organisations with a role on a policy who do not hold it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.identity import PartyId, PolicyId
from insurance.domain.core.value import Value
from insurance.domain.party.names import is_same_name
from insurance.domain.party.party import Address, Email, EvidenceReference, Name

INTERESTED_PARTIES_MAX: Final = 20


class Interest(StrEnum):
    """Which interest somebody has."""

    INSURED = "insured"
    """Insured under the policy beside its holders."""
    DRIVER = "driver"
    BENEFICIARY = "beneficiary"
    """Is paid in the holder's place, with a share."""
    MORTGAGEE = "mortgagee"
    """Gave a loan on the insured thing, and is paid before the insured."""
    LOSS_PAYEE = "loss_payee"
    """Is paid before the insured for another reason, as a lessor is."""
    GUARDIAN = "guardian"
    """Acts for a holder who cannot."""
    EXECUTOR = "executor"
    """Administers the estate of a holder."""
    BROKER_CONTACT = "broker_contact"
    """Whom to ask at the broker."""


PAID_FIRST: Final = (Interest.MORTGAGEE, Interest.LOSS_PAYEE)
OF_THE_HOLDER: Final = frozenset({Interest.GUARDIAN, Interest.EXECUTOR})
"""They end with the holder whom they stand for."""
OWN_DETAILS: Final = frozenset({"name", "email", "phone", "address", "reference"})
"""What says who somebody is: sealed with their own key, where they are a customer."""


class InterestedParty(Value):
    """Somebody with a role on a policy.

    The details of a customer are sealed with the customer's own key (`domain/core/sealed_apart.py`), and
    those of somebody else with the policyholder's.
    """

    interest: Interest
    name: Name | None = None
    """None: they were erased."""
    email: Email | None = None
    phone: Annotated[str, Field(max_length=20)] | None = None
    address: Address | None = None
    reference: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    """Their own, such as the number of a loan."""
    share: Decimal | None = None
    """Of a beneficiary, above 0; those of all add up to 1."""
    irrevocable: bool = False
    """Of a beneficiary: nobody takes it from them without their consent."""
    party_id: PartyId | None = None
    """The customer that they are; None: nobody said so."""
    sealed: str | None = None
    """What is stored of a customer's details: the ciphertext."""
    sealed_in: PolicyId | None = None
    """The policy for which it was made: the next terms have it too."""

    @property
    def details(self) -> JsonObject:
        """What is sealed of a customer: all that says who they are."""
        return self.model_dump(mode="json", include={*OWN_DETAILS}, exclude_none=True)

    def told(self) -> Self:
        """Somebody who is nobody's customer from now on: what is known of them is the policyholder's to tell.
        One who was erased stays as they are."""
        if self.name is None:
            return self
        return self.replace(party_id=None, sealed=None, sealed_in=None)

    def unreadable(self) -> Self:
        """The interested party after the erasure of the customer that they are."""
        return self.replace(**dict.fromkeys(OWN_DETAILS))

    @model_serializer(mode="wrap")
    def _sealed_alone(self, dump: SerializerFunctionWrapHandler) -> JsonObject:
        """Details that are sealed are stored as ciphertext alone."""
        dumped: JsonObject = dump(self)
        if self.sealed is None:
            return dumped
        return {name: value for name, value in dumped.items() if name not in OWN_DETAILS}

    @property
    def goes_with_the_holder(self) -> bool:
        """Whether the holder's own choice made them what they are."""
        revocable = self.interest is Interest.BENEFICIARY and not self.irrevocable
        return revocable or self.interest in OF_THE_HOLDER

    @property
    def has_own_right(self) -> bool:
        """Whether the holder cannot take it from them alone."""
        return self.irrevocable or self.interest in PAID_FIRST

    def is_kept_by(self, entry: Self) -> bool:
        """Whether the entry is of the same person, who has at least as much by it."""
        return (
            entry.interest is self.interest
            and entry.irrevocable >= self.irrevocable
            and self._is_named_by(entry)
            and self.reference in {None, entry.reference}
            and (entry.share or 0) >= (self.share or 0)
        )

    def _is_named_by(self, entry: Self) -> bool:
        """Whether both are one customer or, where none was named, people of one name. An address or a
        reference that was recorded tells them apart: it stays."""
        if self.party_id is not None:
            return entry.party_id == self.party_id
        return is_same_name(self.name or "", entry.name or "") and self.address in {
            None,
            entry.address,
        }


class Interests(Value):
    """Everybody with a role on a policy, as it was recorded last."""

    parties: Annotated[tuple[InterestedParty, ...], Field(max_length=INTERESTED_PARTIES_MAX)]
    evidence: EvidenceReference | None = None
    """The document by which those with a right of their own agreed to have less."""
    reason: Annotated[str, Field(max_length=64)] | None = None
    """The code by which a member of staff let a mortgagee or loss payee have less."""

    def after_transfer(self) -> Self:
        """Those who stay when the policy passes to another holder."""
        left = tuple(each for each in self.parties if not each.goes_with_the_holder)
        return self.replace(parties=left)

    def without(self, interest: Interest) -> Self:
        return self.replace(parties=tuple(p for p in self.parties if p.interest is not interest))

    @property
    def paid_first(self) -> tuple[str, ...]:
        """Who is paid for a loss before the insured, each in their turn."""
        first = (each.name for each in self.parties if each.interest in PAID_FIRST)
        return tuple(name for name in first if name is not None)

    @property
    def customers(self) -> tuple[PartyId, ...]:
        """Those who are customers of their own, each once."""
        return tuple(dict.fromkeys(each.party_id for each in self.parties if each.party_id))

    def told(self) -> Self:
        """The same people, who are nobody's customers from now on."""
        return self.replace(parties=tuple(each.told() for each in self.parties))


def check_shares(parties: Sequence[InterestedParty]) -> None:
    """Check that beneficiaries, and nobody else, share the whole.

    Raises:
        InvalidFields: A share is missing, or none is asked for, or the shares are not the whole.
    """
    faults = []
    for place, party in enumerate(parties):
        at, benefits = f"/interested_parties/{place}", party.interest is Interest.BENEFICIARY
        if (party.share is not None) is not benefits:
            code = "required" if benefits else "not-asked"
            faults.append(
                FieldFault(f"{at}/share", code, "Beneficiaries have shares, each of them.")
            )
        elif party.share is not None and not 0 < party.share <= 1:
            faults.append(FieldFault(f"{at}/share", "out-of-range", "More than 0, and 1 at most."))
        if party.irrevocable and not benefits:
            detail = "Only a beneficiary is irrevocable."
            faults.append(FieldFault(f"{at}/irrevocable", "not-asked", detail))
    shares = [party.share for party in parties if party.share is not None]
    if not faults and shares and sum(shares) != 1:
        detail = f"The shares of the beneficiaries add up to {sum(shares)}, not to 1."
        faults.append(FieldFault("/interested_parties", "out-of-range", detail))
    if faults:
        raise InvalidFields(faults)


def curtailed(
    before: Sequence[InterestedParty], after: Sequence[InterestedParty]
) -> list[InterestedParty]:
    """Those with a right of their own who would have less than before.

    Each of them needs an entry of their own: two people of one name are two entries. Those who are paid
    before the insured keep their turn too, since the first of them is paid.
    """
    takers = dict[int, int]()

    def entries_for(place: int, party: InterestedParty) -> Iterator[int]:
        turn = _turn(before, place)
        for other, entry in enumerate(after):
            if party.is_kept_by(entry) and _turn(after, other) <= turn:
                yield other

    def finds_entry(place: int, tried: set[int]) -> bool:
        """Whether there is an entry left, where others who have one may take another."""
        for other in entries_for(place, before[place]):
            if other not in tried:
                tried.add(other)
                if other not in takers or finds_entry(takers[other], tried):
                    takers[other] = place
                    return True
        return False

    return [
        party
        for place, party in enumerate(before)
        if party.has_own_right and not finds_entry(place, set())
    ]


def _turn(parties: Sequence[InterestedParty], place: int) -> int:
    """How many are paid before this one; 0 for whom the order does not matter."""
    if parties[place].interest not in PAID_FIRST:
        return 0
    return sum(party.interest in PAID_FIRST for party in parties[:place])
