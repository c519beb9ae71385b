"""Register a party: a customer who may have no contract yet."""

from insurance.domain.core.errors import PartyNotFound
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode, new_party_id, referenced_party_id
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.origin import PartyOrigin
from insurance.domain.party.record import Party, PartyDetails
from insurance.operations.command import Command
from insurance.operations.parties.ports import IndexKeys, PartyPorts

REFERENCE = "reference"
"""The field of the index token of a partner's own reference."""


def register_party(details: PartyDetails, command: Command, ports: PartyPorts) -> Stored[Party]:
    """Store a new party with a key of its own.

    Raises:
        ReferenceTaken: The partner has a party of this reference.
        KeyReused: The caller's key has made another party.
    """
    party_id = new_party_id_of(details, command, ports.index_keys)
    partner = command.caller.partner
    party = Party.new(party_id, partner, details, at=command.now, by=command.actor)
    if (row := command.origin) is not None:
        origin = PartyOrigin(
            source=row.source, version=row.version, batch_id=row.batch_id, row=row.row
        )
        party = party.replace(origin=origin)
    key = ports.keys.new()
    event = registration(party, key, command)
    stored = Stored(party, event.head, key)
    ports.parties.register(event, party, key=key, command=command.with_answer(stored))
    return stored


def new_party_id_of(details: PartyDetails, command: Command, index_keys: IndexKeys) -> str:
    """The id that a new party gets: by its reference, or by the command's key."""
    if details.reference is not None:
        return party_id_of_reference(details.reference, command, index_keys)
    return new_party_id(command.caller.mode, command.actor, command.idempotency.key)


def registration(party: Party, key: PartyKey, command: Command) -> Event:
    """The first event of a party."""
    return Event.following(
        StreamPosition(),
        party,
        key,
        stream=party.id,
        type=PartyEventType.REGISTERED,
        actor=command.actor,
        now=command.now,
    )


def party_id_of_reference(reference: str, command: Command, index_keys: IndexKeys) -> str:
    """The id of the party that the caller's partner calls so. It follows from a keyed hash of the
    reference, so no list of references is stored."""
    caller = command.caller
    token = index_keys.token(caller.mode, REFERENCE, f"{caller.partner} {reference}")
    return referenced_party_id(caller.mode, caller.partner, token)


def known_party_id_of_reference(
    reference: str, partner: str, mode: Mode, index_keys: IndexKeys
) -> str:
    """The same of a partner's customer who must be known: no key of the index is made for it.

    Raises:
        PartyNotFound: There is no such key yet, and so no party with a reference.
    """
    token = index_keys.known_token(mode, REFERENCE, f"{partner} {reference}")
    if token is None:
        raise PartyNotFound("of this reference")
    return referenced_party_id(mode, partner, token)
