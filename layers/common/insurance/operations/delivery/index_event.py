"""Index an event or a quote: lists and searches find what it left."""

from collections.abc import Sequence

from insurance.domain.claim import Claim
from insurance.domain.claim.payee_account import payees_with_accounts
from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.classification import Record
from insurance.domain.core.errors import WrittenByNewerRelease
from insurance.domain.core.event import Event
from insurance.domain.core.identity import QuoteId, mode_of, party_id_for
from insurance.domain.core.party_record import PartyRecord
from insurance.domain.events.catalogue import CATALOGUE
from insurance.domain.party.party import Erasure
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.quote.quote import Quote
from insurance.domain.search.entry import IndexedObject
from insurance.domain.search.objects import FIRST, is_searchable, sources_of
from insurance.operations.delivery.ports import IndexPorts, OpenedFacts, PartyLinks, StoredFacts


def index_event(event: Event, ports: IndexPorts) -> bool:
    """Make the search index say what the event says. Safe to repeat, and in any order.

    Personal facts are opened where they are search keys, and only their keyed hashes are kept.
    What was sealed for a party that is erased by now gives no search key. Neither do facts that are
    damaged: the answer is False then, and the rest of the event is indexed.

    Raises:
        Unavailable: Other events of the same aggregate were indexed at every attempt.
        WrittenByNewerRelease: It says more than this release knows, perhaps something to be found by.
    """
    schema = CATALOGUE[event.type].schema
    if schema is Erasure:
        ports.index.forget(event.facts["party_id"])
    elif is_searchable(schema):
        is_whole = _index(StoredFacts.of(event), schema, ports, known_whole=True)
        if event.type == PolicyEventType.TRANSFERRED and event.facts.get("former_partners"):
            _index_again(Policy.merge_personal(event.facts, {}), ports)
        return is_whole
    return True


def _index_again(policy: Policy, ports: IndexPorts) -> None:
    """Move what belongs to the policy into the lists of its present partner."""
    parties = (policy.party_id, *(former.party_id for former in policy.former_holders))
    sources = {each for party_id in parties for each in ports.index.sources_of(party_id)}
    for source, sequence in sorted(sources):
        related = party_id_for(source) == party_id_for(policy.id)
        event = ports.sealed_facts.event(source, sequence) if related else None
        if event is not None and moves_with_policy(schema := CATALOGUE[event.type].schema):
            _index(StoredFacts.of(event), schema, ports)


def moves_with_policy(schema: type[Record]) -> bool:
    """Whether records of this class are in the book in which their policy is."""
    return issubclass(schema, PartyRecord) and schema.FOLLOWS_POLICY


def index_quote(quote: StoredFacts, ports: IndexPorts) -> bool:
    """Make the search index say what a stored quote says. Its first event stands in no stream yet: what of it
    a newer release alone knows has no place to wait at, and is left out.

    The answer is False where its personal facts are damaged, as with an event.

    Raises:
        Unavailable: Other events of the same quote were indexed at every attempt.
    """
    return _index(quote, Quote, ports)


def remove_quote(quote_id: QuoteId, ports: IndexPorts) -> None:
    """Remove a quote that came to nothing and was deleted, and the party that was known by it alone.

    Raises:
        Unavailable: Events of the same quote were indexed at every attempt.
    """
    ports.index.remove(quote_id)
    ports.index.remove(party_id_for(quote_id), through=FIRST)


def _index(
    stored: StoredFacts, schema: type[Record], ports: IndexPorts, *, known_whole: bool = False
) -> bool:
    moves = moves_with_policy(schema)
    known = ports.sealed_facts.read(stored) if stored.sealed or moves else OpenedFacts()
    record, opened = _read(stored, schema, known, known_whole=known_whole)
    _enter(record, opened, stored.sequence, ports)
    # Its policy may have moved since, and the delivery of the move have missed what is entered only now.
    # A move that is recorded after this look finds it.
    while moves and (book := ports.sealed_facts.current_book(stored.id)) != known.book:
        known = known._replace(book=book)
        _enter(*_read(stored, schema, known, known_whole=known_whole), stored.sequence, ports)
    if isinstance(record, Claim):
        for payee, approved in payees_with_accounts(record):
            ports.payee_accounts.note(mode_of(record.id), payee, record.id, approved=approved)
    if isinstance(opened, Party):
        links = PartyLinks(opened.merged_into, opened.members)
        ports.index.regroup(opened.id, stored.sequence, links)
    return not known.is_damaged


def _read(
    stored: StoredFacts, schema: type[Record], known: OpenedFacts, *, known_whole: bool
) -> tuple[Record, Record]:
    """The record, in the book in which its contract is, with its personal facts and without them."""
    facts = stored.facts
    if moves_with_policy(schema) and known.book:
        facts = {**facts, "partner": known.book}
    opened, is_understood = schema.read(facts, {})
    record = opened
    if known.personal:
        record, is_understood = schema.read(facts, known.personal)
    if known_whole and not is_understood:
        raise WrittenByNewerRelease(schema.__name__.lower())
    return record, opened


def _enter(record: Record, opened: Record, sequence: int, ports: IndexPorts) -> None:
    def questions(product: ProductRef) -> Sequence[str]:
        return ports.products.version(product).searched_by

    for source in sources_of(record, opened, sequence, questions):
        indexed = [IndexedObject.of(each, ports.index_keys.token) for each in source.objects]
        ports.index.replace(source.id, source.sequence, indexed, party_id=source.party_id)
