"""How customers, an erasure and the access of persons are shown."""

from datetime import date, datetime
from typing import Any, Self

from insurance.api.etag import etag
from insurance.api.views.terms import Shown, View
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Access, Erasure
from insurance.domain.party.record import DatedAccount, Party
from insurance.operations.parties.read_party import Customer


class ErasureView(View):
    """The erasure of a party's personal data."""

    party_id: str
    reason: str
    erased_at: datetime

    @classmethod
    def of(cls, erasure: Erasure) -> Self:
        return cls(party_id=erasure.party_id, reason=erasure.reason, erased_at=erasure.erased_at)


class ContactView(Shown):
    kind: str
    value: str
    since: datetime


class DatedNameView(Shown):
    name: str
    since: datetime


class AddressView(Shown):
    lines: list[str]
    postcode: str | None
    country: str


class DatedAddressView(Shown):
    address: AddressView
    since: datetime


class AccountView(Shown):
    """A bank account; the number's last characters alone."""

    holder: str
    ending: str
    since: datetime

    @classmethod
    def of(cls, dated: DatedAccount) -> Self:
        number = dated.account.iban or dated.account.account_number or ""
        return cls(holder=dated.account.name, ending=number[-4:], since=dated.since)


class ConsentView(Shown):
    purpose: str
    given: bool
    at: datetime
    recorded_by: str


class RestrictionView(Shown):
    kind: str
    reason: str
    since: datetime
    lifted_at: datetime | None
    """Null: it stands."""
    lifted_because: str | None


class PartyView(View):
    """A customer: who they are, how to reach them, and what they said about their data."""

    id: str
    revision: int
    """0: no command has written the party, which is the policyholder of its first quote."""
    kind: str
    name: str
    names: list[DatedNameView]
    date_of_birth: date | None
    registration_number: str | None
    contacts: list[ContactView]
    addresses: list[DatedAddressView]
    accounts: list[AccountView]
    language: str | None
    reference: str | None
    consents: list[ConsentView]
    restrictions: list[RestrictionView]
    members: list[str]
    """The parties that were merged into this one."""
    created_at: datetime

    @classmethod
    def of_stored(cls, stored: Stored[Party]) -> Self:
        return cls(**_shown(stored))


class ContractView(View):
    """A quote, and the policy that it became."""

    quote_id: str
    policy_id: str | None


class CustomerView(PartyView):
    """A customer with their contracts."""

    contracts: list[ContractView]
    """The first hundred, in the order of their ids. A new one is listed a moment later."""

    @classmethod
    def of(cls, customer: Customer) -> Self:
        contracts = [ContractView(**each._asdict()) for each in customer.contracts]
        return cls(**_shown(customer.party), contracts=contracts)


def _shown(stored: Stored[Party]) -> dict[str, Any]:
    party = stored.record
    return {
        "etag": etag(stored.head.sequence, "party"),
        "id": party.id,
        "revision": stored.head.sequence,
        "kind": party.kind,
        "name": party.policyholder.name,
        "names": [DatedNameView.of(each) for each in party.names],
        "date_of_birth": party.date_of_birth,
        "registration_number": party.registration_number,
        "contacts": [ContactView.of(each) for each in party.contacts],
        "addresses": [DatedAddressView.of(each) for each in party.addresses],
        "accounts": [AccountView.of(each) for each in party.accounts],
        "language": party.language,
        "reference": party.reference,
        "consents": [ConsentView.of(each) for each in party.consents],
        "restrictions": [RestrictionView.of(each) for each in party.restrictions],
        "members": list(party.members),
        "created_at": party.created_at,
    }


class AccessView(View):
    """The parties whose policies a signed-in person sees."""

    person_id: str
    parties: list[str]

    @classmethod
    def of(cls, access: Access) -> Self:
        return cls(person_id=access.person_id, parties=list(access.parties))
