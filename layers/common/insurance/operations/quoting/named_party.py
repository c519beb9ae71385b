"""A party that a quote names: by its id, or by what the partner calls its customer."""

from insurance.domain.core.errors import PartyNotFound
from insurance.domain.core.stored import Stored
from insurance.domain.party.details import details_of
from insurance.domain.party.record import Party
from insurance.operations.command import Command
from insurance.operations.parties.change_party import check_sees_party, standing_party
from insurance.operations.parties.register_party import party_id_of_reference, registration
from insurance.operations.quoting.ports import QuotingPorts
from insurance.operations.quoting.quoted_party import PartyInput, QuotedParty


def find_named_party(named: PartyInput, command: Command, ports: QuotingPorts) -> QuotedParty:
    """The party that the input names.

    Raises:
        PartyNotFound: There is no such party, or the caller may not see it; or the reference is new
            and the policyholder's details are missing.
        AlreadyErased: The party was erased.
        PartyDiffers: The caller states other details than are stored.
        ProcessingRestricted: The party demanded that their data are used for nothing new.
    """
    if named.party_id is not None:
        return _known(standing_party(named.party_id, ports.parties), named, command)
    if named.reference is not None:
        return _referenced(named.reference, named, command, ports)
    raise ValueError("the input names no party")


def _referenced(
    reference: str, named: PartyInput, command: Command, ports: QuotingPorts
) -> QuotedParty:
    party_id = party_id_of_reference(reference, command, ports.index_keys)
    try:
        return _known(standing_party(party_id, ports.parties), named, command)
    except PartyNotFound:
        if named.policyholder is None:
            raise
    details = details_of(named.policyholder, reference)
    partner, key = command.caller.partner, ports.keys.new()
    party = Party.new(party_id, partner, details, at=command.now, by=command.actor)
    event = registration(party, key, command)
    return QuotedParty(named.policyholder, key, party_id, registered=event)


def _known(stored: Stored[Party], named: PartyInput, command: Command) -> QuotedParty:
    party, key = stored.record, stored.key
    check_sees_party(party, command.caller)
    policyholder = party.quoted_as(named.policyholder)
    if key is None:
        raise ValueError("a party that was erased is not read")
    if stored.head.sequence == 0:
        registered = registration(party, key, command)
        return QuotedParty(policyholder, key, party.id, party.demands, registered)
    return QuotedParty(policyholder, key, party.id, party.demands, stored=stored)
