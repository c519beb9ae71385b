"""Find the legal hold on a party: why its data may not be erased yet, and until when."""

from insurance.domain.core.identity import PartyId
from insurance.domain.privacy.legal_hold import LegalHold, legal_hold
from insurance.operations.command import Query
from insurance.operations.parties.change_party import check_sees_party, standing_party
from insurance.operations.parties.ports import ErasurePorts


def find_legal_hold(party_id: PartyId, query: Query, ports: ErasurePorts) -> LegalHold:
    """The holds that all contracts of the party and of its members put on its data now.

    Raises:
        PartyNotFound: There is no such party, or the caller may not see it.
        AlreadyErased: The party was erased.
    """
    stored = standing_party(party_id, ports.parties)
    check_sees_party(stored.record, query.caller)
    return legal_hold(ports.contracts.read(stored.record.ids), ports.products.version, query.now)
