"""Screening cases in their table, and beside them every policy that was issued, in shards."""

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
from insurance.domain.screening.screening import ScreeningCase, ScreeningStatus, ScreeningSubject
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import ContractKeys, OnePartyKey
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.kinds import POLICY_IN_FORCE
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, add, load, query, transact
from insurance.operations.command import Command
from insurance.operations.listing import ListEntry, ListRange
from insurance.operations.parties.ports import Keys, PolicyRange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LISTED = "listed"
"""The index: open cases by mode, and the issued policies by mode and shard."""
POLICIES_PER_PAGE = 30
"""Three items each, read at once."""


class DynamoDBPoliciesInForce:
    """The list of all issued policies, written from the stream of events."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
    ) -> None:
        self._client = client
        self._table = tables.screening

    def register(self, policy_id: str) -> None:
        """Add the policy, once; one that is listed already stays as it is."""
        item = {
            "id": codec.text(policy_id),
            "v": POLICY_IN_FORCE.mark,
            LISTED: codec.text(_shard(mode_of(policy_id), policy_id[-1])),
        }
        try:
            transact(
                self._client, [add(self._table, item, lambda _item: _AlreadyListed(), key="id")]
            )
        except _AlreadyListed:
            return


class _AlreadyListed(Exception):
    """The policy is listed already."""


class DynamoDBScreenings:
    """The ports `Screenings` and `PoliciesInForce` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        policies: PolicyReader,
        idempotency: IdempotencyRecords,
        keys: Keys,
    ) -> None:
        self._client = client
        self._policies = policies
        self._table = tables.screening
        self._quotes_table = tables.quotes
        self._parties_table = tables.parties
        self._events_table = tables.events
        self._idempotency = idempotency
        self._keys = keys

    def find(self, subject: ScreeningSubject, key: PartyKey) -> Stored[ScreeningCase] | None:
        [item] = load(self._client, [(self._table, {"id": codec.text(subject.case_id)})])
        if item is None:
            return None
        stored = aggregates.read_stored(ScreeningCase, item, OnePartyKey(subject.party_id, key))
        return Stored(stored.record, stored.head, key)

    def load(self, screening_id: str, command: Command) -> Stored[ScreeningCase]:
        """The case, opened with the key of the party or of the quote.

        Raises:
            ScreeningNotFound: There is no such case.
        """
        item, quote, party, earlier = load(
            self._client,
            [
                (self._table, {"id": codec.text(screening_id)}),
                (self._quotes_table, {"id": codec.text(quote_id_for(screening_id))}),
                (self._parties_table, {"id": codec.text(party_id_for(screening_id))}),
                self._idempotency.key(command.idempotency),
            ],
        )
        self._idempotency.check(command.idempotency, earlier)
        if item is None:
            raise ScreeningNotFound(screening_id)
        keys = ContractKeys(self._keys, screening_id, party, quote)
        return aggregates.read_stored(ScreeningCase, item, keys)

    def store(self, event: Event, *, before: Stored[ScreeningCase] | None) -> None:
        transact(self._client, self._writes(event, before))

    def decide(self, event: Event, *, before: Stored[ScreeningCase], command: Command) -> None:
        transact(
            self._client,
            [*self._writes(event, before), self._idempotency.keep(command.idempotency)],
        )

    def _writes(self, event: Event, before: Stored[ScreeningCase] | None) -> list[Write]:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(event.stream)

        is_open = event.facts.get("status", ScreeningStatus.OPEN) == ScreeningStatus.OPEN
        columns = {LISTED: codec.text(_open(event.mode))} if is_open else {}
        return aggregates.moved(self._table, self._events_table, event, before, stale, columns)

    def list_open(self, mode: Mode, part: ListRange) -> Sequence[ListEntry[ScreeningCase]]:
        ids = self._listed(_open(mode), part.after, part.limit)
        items = load(self._client, [(self._table, {"id": codec.text(id)}) for id in ids])
        return [
            ListEntry(
                id, aggregates.read_stored(ScreeningCase, item, None).record if item else None
            )
            for id, item in zip(ids, items, strict=True)
        ]

    def read(self, mode: Mode, after: str) -> PolicyRange:
        """`after` is a shard and the last policy read in it. A range ends where its shard ends."""
        letter, _, last = after.partition("#")
        letter = letter or ALPHABET[0]
        ids = self._listed(_shard(mode, letter), last, POLICIES_PER_PAGE)
        keys = [key for id in ids for key in self._policies.wants(id)]
        items = load(self._client, keys)
        policies = [
            self._policies.read(id, items[3 * place : 3 * place + 3])
            for place, id in enumerate(ids)
        ]
        if len(ids) == POLICIES_PER_PAGE:
            return PolicyRange(policies, f"{letter}#{ids[-1]}")
        following = ALPHABET[ALPHABET.index(letter) + 1 :][:1]
        return PolicyRange(policies, f"{following}#" if following else None)

    def _listed(self, value: str, after: str, limit: int) -> list[str]:
        items = query(
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
        return [item["id"]["S"] for item in items]


def _open(mode: Mode) -> str:
    return f"{mode}#open"


def _shard(mode: Mode, letter: str) -> str:
    """A policy's shard is the last letter of its id: as good as any of 32."""
    return f"{mode}#{letter}"
