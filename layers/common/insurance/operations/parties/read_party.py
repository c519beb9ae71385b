"""Read a party, with its contracts."""

from collections.abc import Sequence
from dataclasses import dataclass

from insurance.domain.core.identity import PartyId
from insurance.domain.core.stored import Stored
from insurance.domain.party.record import Party
from insurance.operations.command import Query
from insurance.operations.parties.change_party import check_sees_party, standing_party
from insurance.operations.parties.ports import Contract, Parties


@dataclass(frozen=True, slots=True)
class Customer:
    """A party and its contracts, those of the parties that were merged into it among them."""

    party: Stored[Party]
    contracts: Sequence[Contract]


def read_party(party_id: PartyId, query: Query, parties: Parties) -> Customer:
    """The party, or the one that it was merged into.

    Raises:
        PartyNotFound: There is no such party, or the caller may not see it.
        AlreadyErased: The party was erased.
    """
    stored = standing_party(party_id, parties)
    check_sees_party(stored.record, query.caller)
    return Customer(stored, parties.contracts(stored.record))
