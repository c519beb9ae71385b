"""Idempotency records in their table: written last in the command's transaction, read before any refusal."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.errors import AlreadyErased, KeyReused
from insurance.domain.core.identity import PartyId, party_id_for, quote_id_for
from insurance.domain.core.stored import PartyKey
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import ContractKeys, OnePartyKey, RecordKeys
from insurance.dynamodb.kinds import IDEMPOTENCY_RECORD
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Refusal, Write, load, put
from insurance.operations.command import Command
from insurance.operations.idempotency import AlreadyAnswered, Idempotency, RecordedAnswer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from insurance.operations.parties.ports import Keys

FREE = "attribute_not_exists(id) OR expires_at < :now"
"""No live idempotency: TTL deletes late."""

type KeyOf = Callable[[str], PartyKey | None]
"""The key that sealed an answer, by the party's id."""


class KeysInTables:
    """Finds the key that sealed an answer where it stands: with the party, or with the quote too."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        keys: "Callable[[], Keys]",
        holders: Sequence[str],
    ) -> None:
        self._client = client
        self._tables = tables
        self._make_keys = keys
        self._holders = holders

    def of(self, party_id: str) -> PartyKey | None:
        ids = {"quotes": quote_id_for(party_id), "parties": party_id}
        places: list[tuple[str, Item]] = [
            (self._tables.name_of(name), {"id": codec.text(ids[name])}) for name in self._holders
        ]
        items = load(self._client, places)
        return ContractKeys(self._make_keys(), party_id, *items).of(party_id)


class IdempotencyRecords:
    """The idempotency records of a group of commands: finds, reads and writes them."""

    def __init__(self, client: "DynamoDBClient", tables: Tables, key_of: KeyOf) -> None:
        self._client = client
        self._table = tables.idempotency
        self._key_of = key_of

    def key(self, idempotency: Idempotency) -> tuple[str, Item]:
        """Where the record would be: for the command's own read."""
        return self._table, {"id": codec.text(idempotency.id)}

    def find_replay(self, command: Command) -> None:
        """Look for an earlier answer of this call.

        Raises:
            AlreadyAnswered: There is one.
            KeyReused: The caller's key was used for another request.
            AlreadyErased: The answer was sealed with a key that is destroyed.
        """
        self.look_up(command.idempotency)

    def look_up(self, idempotency: Idempotency) -> None:
        """As `find_replay`, for a record without a command."""
        [item] = load(self._client, [self.key(idempotency)])
        self.check(idempotency, item)

    def check(
        self, idempotency: Idempotency, item: Item | None, keys: RecordKeys | None = None
    ) -> None:
        """As `look_up`, for an item that was read already."""
        if item is not None and int(item["expires_at"]["N"]) >= idempotency.received_at.timestamp():
            raise self._earlier(idempotency, item, keys)

    def keep(
        self,
        idempotency: Idempotency,
        *,
        about: PartyId = "",
        key: PartyKey | None = None,
        key_is_new: bool = False,
    ) -> Write:
        """The write that records the answer, sealed with the party's key if it has one.

        Args:
            idempotency: The record, with its answer.
            about: The party.
            key: The party's key.
            key_is_new: Whether this command makes the key: an earlier answer was sealed with another.
        """
        item = self.key(idempotency)[1] | {
            "v": IDEMPOTENCY_RECORD.mark,
            "request": codec.binary(idempotency.request_hash),
            "expires_at": codec.epoch_seconds(idempotency.expires_at),
        }
        return put(
            self._table,
            item | self._answer_columns(idempotency, about, key),
            self._refusal(idempotency, OnePartyKey(about, None if key_is_new else key)),
            condition=FREE,
            now=codec.epoch_seconds(idempotency.received_at),
        )

    def _answer_columns(self, idempotency: Idempotency, about: str, key: PartyKey | None) -> Item:
        if idempotency.answer is None:
            raise ValueError("an idempotency record is written with its answer")
        answer: JsonObject = {"body": idempotency.answer.body}
        if idempotency.answer.etag is not None:
            answer["etag"] = idempotency.answer.etag
        if key is None:
            return {"body": codec.binary(codec.pack(answer))}
        return {
            "about": codec.text(about),
            "sealed": codec.binary(key.seal(answer, idempotency.id)),
        }

    def _refusal(self, idempotency: Idempotency, keys: RecordKeys) -> Refusal:
        def earlier(item: Item | None) -> Exception:
            if item is None:
                raise ValueError("the condition fails only where a record is")
            return self._earlier(idempotency, item, keys)

        return earlier

    def _earlier(self, idempotency: Idempotency, item: Item, keys: RecordKeys | None) -> Exception:
        item = IDEMPOTENCY_RECORD.current(item)
        if item["request"]["B"] != idempotency.request_hash:
            return KeyReused()
        if "body" in item:
            return AlreadyAnswered(_read(codec.unpack(item["body"]["B"])))
        about = party_id_for(item["about"]["S"])
        key = (keys.of(about) if keys else None) or self._key_of(about)
        if key is None:
            return AlreadyErased(about)
        return AlreadyAnswered(_read(key.unseal(item["sealed"]["B"], idempotency.id)), about)


def _read(answer: JsonObject) -> RecordedAnswer:
    return RecordedAnswer(answer["body"], answer.get("etag"))
