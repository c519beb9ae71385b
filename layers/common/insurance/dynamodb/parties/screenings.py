"""Screening cases in their table, and beside them the book: every policy that was issued, in shards."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from insurance.domain.core.errors import ScreeningNotFound, StaleRevision
from insurance.domain.core.event import Event
from insurance.domain.core.identity import (
    ALPHABET,
    Mode,
    mode_of,
    party_id_for,
    quote_id_for,
)
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.screening.screening import ScreeningCase, ScreeningStatus
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.receipts import DynamoDBReceipts
from insurance.dynamodb.transaction import Write, add, load, put, query, transact
from insurance.operations.idempotency import Idempotency
from insurance.operations.parties.ports import Keys
from insurance.operations.parties.screen_policyholder import Page

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LISTED = "listed"
"""The index: cases that wait, by mode; and the policies of the book, by mode and shard."""
POLICIES_PER_PAGE = 30
"""Three items each, read at once."""


class DynamoDBBook:
    """Enters policies into the book, from the stream of events."""

    def __init__(self, client: "DynamoDBClient", screening_table: str) -> None:
        self._client = client
        self._table = screening_table

    def enter(self, policy_id: str) -> None:
        """Once; a policy that is there already stays."""
        item = {
            "id": codec.text(policy_id),
            "v": codec.number(codec.SCHEMA_VERSION),
            LISTED: codec.text(_shard(mode_of(policy_id), policy_id[-1])),
        }
        try:
            transact(self._client, [add(self._table, item, lambda _item: _Known(), key="id")])
        except _Known:
            return


class _Known(Exception):
    """The policy is in the book already."""


class DynamoDBScreenings:
    """The ports `Screenings` and `Book` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        policies: PolicyReader,
        screening_table: str,
        quotes_table: str,
        parties_table: str,
        events_table: str,
        receipts: DynamoDBReceipts,
        keys: Keys,
    ) -> None:
        self._client = client
        self._policies = policies
        self._table = screening_table
        self._quotes_table = quotes_table
        self._parties_table = parties_table
        self._events_table = events_table
        self._receipts = receipts
        self._keys = keys

    def find(self, screening_id: str, key: PartyKey) -> Stored[ScreeningCase] | None:
        [item] = load(self._client, [(self._table, {"id": codec.text(screening_id)})])
        return aggregates.kept(ScreeningCase, item, key) if item else None

    def load(self, screening_id: str, receipt: Idempotency) -> Stored[ScreeningCase]:
        item, quote, party, earlier = load(
            self._client,
            [
                (self._table, {"id": codec.text(screening_id)}),
                (self._quotes_table, {"id": codec.text(quote_id_for(screening_id))}),
                (self._parties_table, {"id": codec.text(party_id_for(screening_id))}),
                self._receipts.key(receipt),
            ],
        )
        self._receipts.check(receipt, earlier)
        if item is None:
            raise ScreeningNotFound(screening_id)
        key = aggregates.read_key(self._keys, party) or aggregates.read_key(self._keys, quote)
        return aggregates.kept(ScreeningCase, item, key)

    def store(self, event: Event, *, before: Stored[ScreeningCase] | None) -> None:
        transact(self._client, self._writes(event, before))

    def decide(self, event: Event, *, before: Stored[ScreeningCase], receipt: Idempotency) -> None:
        transact(self._client, [*self._writes(event, before), self._receipts.keep(receipt)])

    def _writes(self, event: Event, before: Stored[ScreeningCase] | None) -> list[Write]:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(event.stream)

        item = {
            "id": codec.text(event.stream),
            **aggregates.head_columns(event.head),
            **aggregates.body_columns(event),
        }
        if event.facts.get("status", ScreeningStatus.OPEN) == ScreeningStatus.OPEN:
            item[LISTED] = codec.text(_open(event.mode))
        if before is None:
            write = add(self._table, item, stale, key="id")
        else:
            seen = codec.number(before.head.sequence)
            write = put(self._table, item, stale, condition=aggregates.AT_REVISION, seen=seen)
        return [write, aggregates.append(self._events_table, event, taken=stale)]

    def listed_open(self, mode: Mode, *, after: str, limit: int) -> Sequence[ScreeningCase]:
        ids = self._listed(_open(mode), after, limit)
        items = load(self._client, [(self._table, {"id": codec.text(id)}) for id in ids])
        return [aggregates.kept(ScreeningCase, item, None).record for item in items if item]

    def page(self, mode: Mode, after: str) -> Page:
        """`after` is a shard and the last policy read in it. A page ends where its shard ends."""
        letter, _, last = after.partition("#")
        letter = letter or ALPHABET[0]
        ids = self._listed(_shard(mode, letter), last, POLICIES_PER_PAGE)
        wanted = [key for id in ids for key in self._policies.wants(id)]
        items = load(self._client, wanted)
        policies = [
            self._policies.read(id, items[3 * place : 3 * place + 3])
            for place, id in enumerate(ids)
        ]
        if len(ids) == POLICIES_PER_PAGE:
            return Page(policies, f"{letter}#{ids[-1]}")
        following = ALPHABET[ALPHABET.index(letter) + 1 :][:1]
        return Page(policies, f"{following}#" if following else None)

    def _listed(self, value: str, after: str, limit: int) -> list[str]:
        found = query(
            self._client,
            consistent=False,
            TableName=self._table,
            IndexName=LISTED,
            KeyConditionExpression="listed = :listed AND id > :after",
            ExpressionAttributeValues={
                ":listed": codec.text(value),
                ":after": codec.text(after or "!"),
            },
            Limit=limit,
        )
        return [item["id"]["S"] for item in found]


def _open(mode: Mode) -> str:
    return f"{mode}#open"


def _shard(mode: Mode, letter: str) -> str:
    """A policy's shard is the last letter of its id: as good as any of 32."""
    return f"{mode}#{letter}"
