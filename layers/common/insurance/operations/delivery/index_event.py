"""Index an event: lists and searches find what it left."""

from collections.abc import Sequence

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.classification import Record
from insurance.domain.core.event import Event
from insurance.domain.events.catalogue import CATALOGUE
from insurance.domain.party.party import Erasure
from insurance.domain.search.entry import IndexedObject
from insurance.domain.search.objects import is_searchable, sources_of
from insurance.operations.delivery.ports import IndexPorts


def index_event(event: Event, ports: IndexPorts) -> None:
    """Make the search index say what the event says. Safe to repeat, and in any order.

    Personal facts are opened where they are search keys, and only their keyed hashes are kept.
    What was sealed for a party that is erased by now gives no search key.

    Raises:
        Unavailable: Other events of the same aggregate were indexed at every attempt.
    """

    def questions(product: ProductRef) -> Sequence[str]:
        return ports.products.version(product).searched_by

    schema = CATALOGUE[event.type].schema
    if schema is Erasure:
        ports.index.forget(event.facts["party_id"])
    elif is_searchable(schema):
        opened, record = _read(event, schema, ports)
        for source in sources_of(record, opened, event.sequence, questions):
            indexed = [IndexedObject.of(each, ports.index_keys.token) for each in source.objects]
            ports.index.replace(source.id, source.sequence, indexed, party_id=source.party_id)


def _read(event: Event, schema: type[Record], ports: IndexPorts) -> tuple[Record, Record]:
    """The record of an event without its personal facts, and with them as far as they can be opened."""
    opened = schema.merge_personal(event.facts, {})
    personal = ports.sealed_facts.read(event) if event.sealed else None
    return opened, schema.merge_personal(event.facts, personal) if personal else opened
