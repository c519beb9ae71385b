"""Index an event or a quote: lists and searches find what it left."""

from collections.abc import Sequence

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.classification import Record
from insurance.domain.core.event import Event
from insurance.domain.core.identity import QuoteId, party_id_for
from insurance.domain.events.catalogue import CATALOGUE
from insurance.domain.party.party import Erasure
from insurance.domain.party.record import Party
from insurance.domain.quote.quote import Quote
from insurance.domain.search.entry import IndexedObject
from insurance.domain.search.objects import FIRST, is_searchable, sources_of
from insurance.operations.delivery.ports import IndexPorts, PartyLinks, StoredFacts


def index_event(event: Event, ports: IndexPorts) -> None:
    """Make the search index say what the event says. Safe to repeat, and in any order.

    Personal facts are opened where they are search keys, and only their keyed hashes are kept.
    What was sealed for a party that is erased by now gives no search key.

    Raises:
        Unavailable: Other events of the same aggregate were indexed at every attempt.
    """
    schema = CATALOGUE[event.type].schema
    if schema is Erasure:
        ports.index.forget(event.facts["party_id"])
    elif is_searchable(schema):
        _index(StoredFacts.of(event), schema, ports)


def index_quote(quote: StoredFacts, ports: IndexPorts) -> None:
    """Make the search index say what a stored quote says. Its first event stands in no stream yet.

    Raises:
        Unavailable: Other events of the same quote were indexed at every attempt.
    """
    _index(quote, Quote, ports)


def remove_quote(quote_id: QuoteId, ports: IndexPorts) -> None:
    """Remove a quote that came to nothing and was deleted, and the party that was known by it alone.

    Raises:
        Unavailable: Events of the same quote were indexed at every attempt.
    """
    ports.index.remove(quote_id)
    ports.index.remove(party_id_for(quote_id), through=FIRST)


def _index(stored: StoredFacts, schema: type[Record], ports: IndexPorts) -> None:
    def questions(product: ProductRef) -> Sequence[str]:
        return ports.products.version(product).searched_by

    opened = schema.merge_personal(stored.facts, {})
    personal = ports.sealed_facts.read(stored) if stored.sealed else None
    record = schema.merge_personal(stored.facts, personal) if personal else opened
    for source in sources_of(record, opened, stored.sequence, questions):
        indexed = [IndexedObject.of(each, ports.index_keys.token) for each in source.objects]
        ports.index.replace(source.id, source.sequence, indexed, party_id=source.party_id)
    if isinstance(opened, Party):
        links = PartyLinks(opened.merged_into, opened.members)
        ports.index.regroup(opened.id, stored.sequence, links)
