"""Remove what is left of an erased party's key: the copies that its contracts carry."""

from insurance.domain.core.event import Event
from insurance.domain.party.event_types import PartyEventType
from insurance.operations.parties.ports import KeyCopies


def remove_key_copies(event: Event, *, copies: KeyCopies) -> None:
    """Remove the copies, if the event is an erasure. The erasure itself removes those that fit into its
    transaction; this finds the rest, and those that were written at the same moment."""
    if event.type == PartyEventType.ERASED:
        copies.remove_copies(event.stream, event.processed_at)
