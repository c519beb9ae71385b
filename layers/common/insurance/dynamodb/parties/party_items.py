"""How a party's record is written beside its key, and read: also one that no command has written yet."""

from collections.abc import Sequence
from dataclasses import replace

from insurance.domain.core.errors import AlreadyErased, PartyNotFound, StaleRevision
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import PartyId, quote_id_for
from insurance.domain.core.roles import Role
from insurance.domain.core.stored import Naming, PartyKey, Stored
from insurance.domain.party.details import details_of
from insurance.domain.party.record import Party
from insurance.domain.quote.quote import Quote
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import (
    ERASED_AT,
    ERASING,
    KEY,
    ContractKeys,
    holder_in,
    named_as_seen,
    naming_in,
)
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, update, where_absent
from insurance.dynamodb.work_queue_index import QUEUE, WAITS, waiting_columns
from insurance.operations.parties.ports import Keys

FIRST = f"attribute_not_exists(revision) AND attribute_not_exists({ERASED_AT})"


def party_places(tables: Tables, party_id: PartyId) -> list[tuple[str, Item]]:
    """Where a party stands: its own item, and the quote that it may have come of."""
    return [
        (tables.parties, {"id": codec.text(party_id)}),
        (tables.quotes, {"id": codec.text(quote_id_for(party_id))}),
    ]


def read_party(keys: Keys, party_id: PartyId, items: Sequence[Item | None]) -> Stored[Party]:
    """The party from the items that `party_places` names.

    A party that no command has written yet is its first quote's policyholder, and its stream is empty.

    Raises:
        PartyNotFound: There is no such party.
        AlreadyErased: The party was erased.
    """
    own, quote = items
    # Its own record stays readable while it is being erased, so that the erasure can go on.
    readable = [_without_fence(item) for item in items]
    contract = ContractKeys(keys, party_id, *readable)
    key = contract.of(party_id)
    if key is None:
        written = own is not None and "revision" in own
        if written or any(item is not None and _erased(item, party_id) for item in items):
            raise AlreadyErased(f"party {party_id}")
        raise PartyNotFound(party_id)
    if own is not None and "body" in own:
        return replace(aggregates.read_stored(Party, own, contract), naming=naming_in(own))
    if quote is None:
        raise PartyNotFound(party_id)
    first = aggregates.read_stored(Quote, quote, contract).record
    if first.policyholder is None:
        raise PartyNotFound(party_id)
    party = Party.new(
        party_id,
        first.partner,
        details_of(first.policyholder),
        at=first.created_at,
        by=first.created_by,
    )
    return Stored(party, StreamPosition(), key, naming=naming_in(own))


def party_write(
    tables: Tables,
    event: Event,
    *,
    before: StreamPosition,
    key: PartyKey,
    naming: Naming | None = None,
) -> Write:
    """The write of the party as the event leaves it, beside whatever key stands in its item. With `naming`
    it is refused where a contract has named the party since."""

    def stale(_item: Item | None) -> Exception:
        return StaleRevision(event.stream)

    key_of_item: Item = {"id": codec.text(event.stream)}
    waiting = _waiting_columns(event)
    columns = aggregates.head_columns(event.head) | aggregates.body_columns(event) | waiting
    left = [] if waiting else [QUEUE, WAITS]
    named, values = named_as_seen(naming) if naming else ("", {})
    unnamed = f" AND {named}" if named else ""
    if before.sequence > 0:
        at, seen = aggregates.AT_REVISION + unnamed, codec.number(before.sequence)
        return update(
            tables.parties,
            key_of_item,
            columns,
            stale,
            condition=at,
            removed=left,
            seen=seen,
            **values,
        )
    first = update(
        tables.parties,
        key_of_item,
        columns,
        stale,
        condition=FIRST + unnamed,
        removed=left,
        **values,
    )
    return where_absent(first, {KEY: codec.binary(key.wrapped)})


def _waiting_columns(event: Event) -> Item:
    """Where the party stands in the privacy officer's queue; nothing where no request waits."""
    party = Party.merge_personal(event.facts, {})
    request = party.request_due
    since = request.deadline.started_at if request else None
    return waiting_columns(party.id, Role.PRIVACY_OFFICER, since)


def _without_fence(item: Item | None) -> Item | None:
    return item and {name: value for name, value in item.items() if name != ERASING}


def _erased(item: Item, party_id: PartyId) -> bool:
    return ERASED_AT in item and holder_in(item, party_id) == party_id
