"""What the consumers of events will read, so that it is read for a whole batch together.

A guess: what is missing here is read when it is needed, and what nobody asks for was read in vain.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from insurance.domain.core.event import Event
from insurance.domain.core.identity import party_id_for, policy_id_for
from insurance.domain.events.catalogue import CATALOGUE
from insurance.domain.events.feed import feed_of
from insurance.domain.ledger.sources import READERS
from insurance.domain.quote.quote import Quote
from insurance.domain.search.objects import is_searchable
from insurance.dynamodb import codec
from insurance.dynamodb.ledger.control_accounts import calendar_key_for, sub_ledger_key
from insurance.dynamodb.notifications.feeds import head_key_of
from insurance.dynamodb.notifications.webhook_items import list_place
from insurance.dynamodb.read_ahead import Place, reading_ahead
from insurance.dynamodb.search.book import book_key
from insurance.dynamodb.search.party_marks import mark_key
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import load
from insurance.operations.delivery.streams import StreamedEvent

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONTRACTS: Final = frozenset({"quo", "pol", "clm", "cmp", "doc"})
"""Streams whose personal facts are opened with a key that stands with the contract."""


class ExpectedReads:
    """Reads ahead for the consumers of events: the ledger, the feeds, and the search index."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def of_events(self, arrived: Sequence[StreamedEvent]) -> AbstractContextManager[None]:
        """While it lasts, what these events make their consumers read is there already."""
        places, written = list[Place](), list[Place]()
        for each in arrived:
            with suppress(Exception):  # it is set aside where it is delivered
                self._add(each.read(), places, written)
        return reading_ahead(partial(load, self._client), places, written=written)

    def of_quotes(self, quote_ids: Sequence[str]) -> AbstractContextManager[None]:
        """The same of quotes that were made."""
        places, written = list[Place](), list[Place]()
        for id in quote_ids:
            with suppress(Exception):  # as above
                party_id = party_id_for(id)
                places += self._of_keys(id) + [self._mark(party_id)] * 2
                written += [self._book(id), self._book(party_id)]
        return reading_ahead(partial(load, self._client), places, written=written)

    def _add(self, event: Event, places: list[Place], written: list[Place]) -> None:
        area = event.stream.partition("_")[0]
        if feed := feed_of(event):
            written.append((self._tables.feeds, head_key_of(feed)))
            written.append(list_place(self._tables.webhooks, feed))
        if area in READERS:
            places += self._of_ledger(event)
            written.append((self._tables.balances, sub_ledger_key(event.stream)))
        if area in CONTRACTS:
            self._add_index(event, places, written)

    def _of_ledger(self, event: Event) -> list[Place]:
        calendar = (self._tables.balances, calendar_key_for(event.mode))
        if event.stream.startswith(("pol_", "sus_")):
            return [calendar]
        stream = codec.text(policy_id_for(event.stream))
        return [calendar, (self._tables.events, {"stream": stream, "sequence": codec.number(1)})]

    def _add_index(self, event: Event, places: list[Place], written: list[Place]) -> None:
        schema = CATALOGUE[event.type].schema
        if not is_searchable(schema):
            return
        party_id = event.facts.get("party_id") or party_id_for(event.stream)
        places.append(self._mark(party_id))
        if schema is Quote:
            places += self._of_keys(event.stream)
        written.append(self._book(event.stream))
        if schema is Quote and "party_id" not in event.facts:  # it makes its party known, too
            places.append(self._mark(party_id))
            written.append(self._book(party_id))

    def _of_keys(self, quote_id: str) -> list[Place]:
        return [
            (self._tables.quotes, {"id": codec.text(quote_id)}),
            (self._tables.parties, {"id": codec.text(party_id_for(quote_id))}),
        ]

    def _mark(self, party_id: str) -> Place:
        return self._tables.search, mark_key(party_id)

    def _book(self, source: str) -> Place:
        return self._tables.search, book_key(source)
