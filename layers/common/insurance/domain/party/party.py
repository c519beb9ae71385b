"""Parties: the people and organisations that insurance is about. All their data are personal."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, StringConstraints

from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.errors import AccessFull
from insurance.domain.core.identity import PartyId, PersonId
from insurance.domain.core.value import Value
from insurance.domain.party.birth import BirthDate

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Email = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
EvidenceReference = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z./_-]{0,63}$")]
"""The reference of a document that was seen: a grant of probate, a register extract, a court's order."""


class Address(Value):
    """A postal address."""

    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=5)]
    postcode: Annotated[str, StringConstraints(min_length=1, max_length=12)] | None = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    """ISO 3166-1 alpha-2."""


class Policyholder(Value):
    """The person or organisation that takes out the policy."""

    name: Name
    email: Email | None = None
    date_of_birth: BirthDate | None = None
    address: Address | None = None


class Claimant(Value):
    """The person who says that they suffered the loss."""

    name: Name
    is_policyholder: bool = False
    """Whether it is the policyholder, as the caller states it: then it is theirs to read."""


class Payee(Value):
    """The person or company that a payment goes to."""

    is_policyholder: bool = False
    """Whether it is the policyholder, as a person states it. A claim's payment has overdue premium set
    off then, and the account is theirs to read."""
    name: Name
    iban: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$")] | None = (
        None
    )
    sort_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] | None = None
    account_number: Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")] | None = None

    @property
    def has_account(self) -> bool:
        return self.iban is not None or self.account_number is not None

    @property
    def account(self) -> str | None:
        """One text for the account, however it is written; None: the payee has named none.

        A British IBAN ends with the sort code and the account number.
        """
        if self.iban is None:
            return f"{self.sort_code}{self.account_number}" if self.account_number else None
        return self.iban[8:] if self.iban.startswith("GB") else self.iban

    @property
    def ending(self) -> str | None:
        """The account's last four characters, for who need not pay; None without an account."""
        account = self.iban or self.account_number
        return account and account[-4:]


class ErasureReason(StrEnum):
    """Why a person's data are erased (GDPR, article 17(1)). It is a code, because the erasure is what
    stays: words about the person would stay with it."""

    REQUESTED = "requested"
    NO_LONGER_NEEDED = "no_longer_needed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OBJECTION = "objection"
    UNLAWFUL = "unlawful"
    """They should never have been processed."""
    LEGAL_OBLIGATION = "legal_obligation"


class Erasure(Record):
    """The erasure of a party's personal data: when and why."""

    party_id: Internal[PartyId]
    partner: Internal[str] = ""
    reason: Internal[str]
    """A member of `ErasureReason`; erasures of old have words."""
    erased_at: Internal[AwareDatetime]


ACCESS_MAX = 50
"""How many parties one person may have: the authorizer passes all of them on with every call."""


class Access(Record):
    """The parties whose policies a signed-in person sees."""

    person_id: Internal[PersonId]
    parties: Internal[Annotated[tuple[PartyId, ...], Field(max_length=ACCESS_MAX)]] = ()

    def granted(self, party_id: PartyId) -> Self:
        """The access with this party too; a party that is granted twice is listed once.

        Raises:
            AccessFull: The person has access to as many parties as one can have.
        """
        parties = tuple(dict.fromkeys((*self.parties, party_id)))
        if len(parties) > ACCESS_MAX:
            raise AccessFull(ACCESS_MAX)
        return self.replace(parties=parties)

    def withdrawn(self, party_id: PartyId) -> Self:
        """The access without this party."""
        return self.replace(parties=tuple(other for other in self.parties if other != party_id))
