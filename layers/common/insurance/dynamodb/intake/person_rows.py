"""Rows that name a person: an entry of the index for each mark of each row, and word of those who were erased."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING, Final

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, PartyId, mode_of
from insurance.domain.intake.batch import DataBatch
from insurance.domain.intake.quarantined_row import QuarantinedRow, RowStatus
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import ERASED_AT, FORMER, KEY, PARTY
from insurance.dynamodb.intake.items import (
    PERSONS,
    batch_columns,
    persons_in,
    read_batch,
    read_row,
    row_columns,
)
from insurance.dynamodb.kinds import ERASED_PERSON, PERSON_ROW
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, add, load, put, query, transact
from insurance.operations.intake.ports import PersonRow
from insurance.operations.parties.ports import ErasedPerson

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from insurance.operations.parties.ports import Keys

LISTED_AT_ONCE: Final = 50
NOTED_FOR: Final = timedelta(days=90)
"""Longer than any file of rows is kept."""


class DynamoDBPersonRows:
    """The ports `PersonRows` and `ErasedPersons` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables, *, keys: "Keys") -> None:
        self._client = client
        self._tables = tables
        self._keys = keys

    def find(self, mode: Mode, tokens: Collection[str]) -> Iterator[PersonRow]:
        seen = set[str]()
        for token in sorted(tokens):
            for page in batched(self._listed(mode, token), LISTED_AT_ONCE, strict=False):
                ids = [(row, batch) for row, batch in page if row not in seen]
                seen.update(row for row, _batch in ids)
                yield from self._read(ids)

    def of_batch(self, batch_id: str) -> Iterator[PersonRow]:
        for status in RowStatus:
            after = " "
            while items := self._query(f"{batch_id}#{status}", after):
                yield from self._read([(item["id"]["S"], batch_id) for item in items])
                after = items[-1]["place"]["S"]

    def erase(self, events: Sequence[Event], before: PersonRow) -> None:
        on_row, *on_batch = events
        row_id, tables = on_row.stream, self._tables
        batch = before.batch

        def stale(_item: Item | None) -> Exception:
            return StaleRevision(row_id)

        after = codec.read_value(QuarantinedRow, on_row.facts)
        writes = aggregates.moved(
            tables.intake, tables.events, on_row, before.row, stale, row_columns(after)
        )
        for event in on_batch:
            writes += aggregates.moved(
                tables.intake,
                tables.events,
                event,
                batch,
                stale,
                batch_columns(codec.read_value(DataBatch, event.facts), batch.key),
            )
        writes += [_removed(tables.intake, row_id, token) for token in before.persons]
        transact(self._client, writes)

    def note(self, erased: ErasedPerson) -> None:
        mode = mode_of(erased.party_id)
        item = {
            "id": codec.text(_note_id(erased.party_id)),
            "v": ERASED_PERSON.mark,
            "list": codec.text(f"{mode}#erased#{erased.partner}"),
            "place": codec.instant(erased.erased_at),
            "partner": codec.text(erased.partner),
            PERSONS: {"SS": sorted(erased.tokens)},
            "expires_at": codec.number(int((erased.erased_at + NOTED_FOR).timestamp())),
        }
        same = "attribute_not_exists(id) OR place <= :at"
        write = put(
            self._tables.intake,
            item,
            lambda _item: StaleRevision(erased.party_id),
            condition=same,
            at=item["place"],
        )
        transact(self._client, [write])

    def noted(self, party_id: PartyId) -> ErasedPerson | None:
        [item] = load(self._client, [self._place(_note_id(party_id))])
        return next(self._erased([item] if item else []), None)

    def erased_since(self, mode: Mode, partner: str, since: datetime) -> list[ErasedPerson]:
        found, after = list[ErasedPerson](), codec.instant(since - timedelta(microseconds=1))["S"]
        name = f"{mode}#erased#{partner}"
        while items := self._query(name, after):
            found += self._erased(items)
            after = items[-1]["place"]["S"]
        return found

    def _erased(self, items: Sequence[Item]) -> Iterator[ErasedPerson]:
        """Of those of whom word was left, who was erased: else the erasure died on its way."""
        notes = [read_note(item) for item in items]
        places = [(self._tables.parties, {"id": codec.text(each.party_id)}) for each in notes]
        for note, party in zip(notes, load(self._client, places), strict=True):
            if party is not None and _is_erased(party, note.party_id):
                yield note

    def _listed(self, mode: Mode, token: str) -> Iterator[tuple[str, str]]:
        """The ids of rows and of their batches, page by page."""
        after = " "
        while items := self._query(f"{mode}#person#{token}", after):
            for item in items:
                current = PERSON_ROW.current(item)
                yield current["place"]["S"], current["batch"]["S"]
            after = items[-1]["place"]["S"]

    def _query(self, name: str, after: str) -> Sequence[Item]:
        return query(
            self._client,
            consistent=False,
            TableName=self._tables.intake,
            IndexName="list",
            KeyConditionExpression="#list = :list AND place > :after",
            ExpressionAttributeNames={"#list": "list"},
            ExpressionAttributeValues={":list": codec.text(name), ":after": codec.text(after)},
            Limit=LISTED_AT_ONCE,
        )

    def _read(self, ids: Sequence[tuple[str, str]]) -> Iterator[PersonRow]:
        batch_ids = sorted({batch for _row, batch in ids})
        places = [self._place(id) for id in (*batch_ids, *(row for row, _batch in ids))]
        items = load(self._client, places)
        batches = dict(zip(batch_ids, items, strict=False))
        for (_row, batch_id), item in zip(ids, items[len(batch_ids) :], strict=True):
            batch = batches[batch_id]
            if item is None or batch is None or KEY not in item:
                continue
            yield PersonRow(
                read_row(item, self._keys), read_batch(batch, self._keys), persons_in(item)
            )

    def _place(self, id: str) -> tuple[str, Item]:
        return self._tables.intake, {"id": codec.text(id)}


def person_entries(table: str, row_id: str, batch_id: str, tokens: Collection[str]) -> list[Write]:
    """The entries by which a row is found."""
    return [
        add(
            table,
            {
                "id": codec.text(_entry_id(row_id, token)),
                "v": PERSON_ROW.mark,
                "list": codec.text(f"{mode_of(batch_id)}#person#{token}"),
                "place": codec.text(row_id),
                "batch": codec.text(batch_id),
            },
            lambda _item: StaleRevision(row_id),
            key="id",
        )
        for token in sorted(tokens)
    ]


def read_note(item: Item) -> ErasedPerson:
    """Word of a person who was erased."""
    item = ERASED_PERSON.current(item)
    return ErasedPerson(
        item["id"]["S"].removeprefix(NOTE),
        item["partner"]["S"],
        persons_in(item),
        codec.read_instant(item["place"]),
    )


def _is_erased(item: Item, party_id: PartyId) -> bool:
    """Whether the party of this item has no key any more, here or with a contract that another holds by now."""
    if PARTY in item:
        return party_id not in item.get(FORMER, {"M": {}})["M"]
    return ERASED_AT in item


NOTE: Final = "erased#"


def _note_id(party_id: PartyId) -> str:
    return f"{NOTE}{party_id}"


def _entry_id(row_id: str, token: str) -> str:
    return f"person#{row_id}#{token}"


def _removed(table: str, row_id: str, token: str) -> Write:
    """The removal of an entry, whether it is there or not: the row, which is written beside it, says so."""
    request = {"TableName": table, "Key": {"id": codec.text(_entry_id(row_id, token))}}
    return Write("Delete", request, lambda _item: StaleRevision(row_id))
