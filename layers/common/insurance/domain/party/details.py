"""The details of a party, as the policyholder of a quote or a policy gives them."""

from insurance.domain.party.party import Policyholder
from insurance.domain.party.record import ContactKind, PartyDetails, PartyKind


def details_of(policyholder: Policyholder, reference: str | None = None) -> PartyDetails:
    """The details that a policyholder gives of a party, which is taken for a person."""
    return PartyDetails(
        kind=PartyKind.PERSON,
        name=policyholder.name,
        date_of_birth=policyholder.date_of_birth,
        contacts=[(ContactKind.EMAIL, policyholder.email)] if policyholder.email else (),
        address=policyholder.address,
        reference=reference,
    )
