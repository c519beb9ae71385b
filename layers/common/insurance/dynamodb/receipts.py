"""Receipts in their table: written last in the command's own transaction, read before any refusal."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.errors import AlreadyErased, KeyReused
from insurance.domain.core.stored import PartyKey
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.transaction import Refusal, Write, load, put
from insurance.operations.command import Command
from insurance.operations.idempotency import AlreadyAnswered, Idempotency, RecordedAnswer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FREE = "attribute_not_exists(id) OR expires_at < :now"
"""No live receipt: TTL deletes late."""

type KeyOf = Callable[[str], PartyKey | None]
"""The key that sealed an answer, by the id of the party's object that carries it."""


class DynamoDBReceipts:
    """Keeps, finds and reads receipts."""

    def __init__(self, client: "DynamoDBClient", table: str, key_of: KeyOf) -> None:
        self._client = client
        self._table = table
        self._key_of = key_of

    def key(self, receipt: Idempotency) -> tuple[str, Item]:
        """Where the receipt would stand: for the command's own read."""
        return self._table, {"id": codec.text(receipt.id)}

    def find_replay(self, command: Command) -> None:
        """Raise AlreadyAnswered or KeyReused if this call was answered before; else do nothing."""
        self.look_up(command.idempotency)

    def look_up(self, receipt: Idempotency) -> None:
        """As `find_replay`, for a record without a command."""
        [item] = load(self._client, [self.key(receipt)])
        self.check(receipt, item)

    def check(self, receipt: Idempotency, item: Item | None, key: PartyKey | None = None) -> None:
        """As `look_up`, for an item that was read already."""
        if item is not None and int(item["expires_at"]["N"]) >= receipt.received_at.timestamp():
            raise self._earlier(receipt, item, key)

    def keep(self, receipt: Idempotency, *, about: str = "", key: PartyKey | None = None) -> Write:
        """The write that records the answer, sealed with the party's key if it has one."""
        item = self.key(receipt)[1] | {
            "v": codec.number(codec.SCHEMA_VERSION),
            "request": codec.binary(receipt.request_hash),
            "expires_at": codec.epoch_seconds(receipt.expires_at),
        }
        return put(
            self._table,
            item | self._answer_columns(receipt, about, key),
            self._refusal(receipt, key),
            condition=FREE,
            now=codec.epoch_seconds(receipt.received_at),
        )

    def _answer_columns(self, receipt: Idempotency, about: str, key: PartyKey | None) -> Item:
        if receipt.answer is None:
            raise ValueError("a receipt is kept with its answer")
        answer: JsonObject = {"body": receipt.answer.body}
        if receipt.answer.etag is not None:
            answer["etag"] = receipt.answer.etag
        if key is None:
            return {"body": codec.binary(codec.pack(answer))}
        return {
            "about": codec.text(about),
            "sealed": codec.binary(key.seal(answer, receipt.id)),
        }

    def _refusal(self, receipt: Idempotency, key: PartyKey | None) -> Refusal:
        def earlier(item: Item | None) -> Exception:
            if item is None:
                raise ValueError("the condition fails only where a receipt stands")
            return self._earlier(receipt, item, key)

        return earlier

    def _earlier(self, receipt: Idempotency, item: Item, key: PartyKey | None) -> Exception:
        if item["request"]["B"] != receipt.request_hash:
            return KeyReused()
        if "body" in item:
            return AlreadyAnswered(_read(codec.unpack(item["body"]["B"])))
        about = item["about"]["S"]
        key = key or self._key_of(about)
        if key is None:
            return AlreadyErased(about)
        return AlreadyAnswered(_read(key.unseal(item["sealed"]["B"], receipt.id)))


def _read(answer: JsonObject) -> RecordedAnswer:
    return RecordedAnswer(answer["body"], answer.get("etag"))
