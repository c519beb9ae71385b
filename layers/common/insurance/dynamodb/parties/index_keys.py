"""The key of each mode that hashes values for indexes: made once, and stored with the parties' keys."""

from typing import TYPE_CHECKING

from insurance.domain.core.identity import Mode, index_key_id_for, index_token
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import INDEX_KEY
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import add, load, transact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from insurance.operations.parties.ports import Keys


class DynamoDBIndexKeys:
    """The port `IndexKeys` on DynamoDB. The key is read once a process, in its wrapped form."""

    def __init__(self, client: "DynamoDBClient", tables: Tables, *, keys: "Keys") -> None:
        self._client = client
        self._parties_table = tables.parties
        self._keys = keys
        self._wrapped: dict[Mode, bytes] = {}

    def is_known(self, mode: Mode) -> bool:
        """Whether this process holds the mode's key: then a token needs no read."""
        return mode in self._wrapped

    def learn(self, mode: Mode, item: Item) -> None:
        """Hold the mode's key, of which this is the item."""
        self._wrapped[mode] = _wrapped(item)

    def token(self, mode: Mode, field: str, value: str) -> str:
        if mode not in self._wrapped and not self._read(mode):
            self._wrapped[mode] = self._made(mode)
        return self._token(mode, field, value)

    def known_token(self, mode: Mode, field: str, value: str) -> str | None:
        is_known = mode in self._wrapped or self._read(mode)
        return self._token(mode, field, value) if is_known else None

    def _token(self, mode: Mode, field: str, value: str) -> str:
        key = self._keys.open(self._wrapped[mode])
        return index_token(field, key.seal({"v": value}, field))

    def _read(self, mode: Mode) -> bool:
        """Hold the mode's key; whether there is one."""
        [item] = load(self._client, [(self._parties_table, _key(mode))])
        if item is None:
            return False
        self.learn(mode, item)
        return True

    def _made(self, mode: Mode) -> bytes:
        """A new key, or the one that another process made first."""
        wrapped = self._keys.new().wrapped
        item = _key(mode) | {"v": INDEX_KEY.mark, "key": codec.binary(wrapped)}
        try:
            transact(self._client, [add(self._parties_table, item, _AlreadyMade, key="id")])
        except _AlreadyMade as earlier:
            return earlier.wrapped
        return wrapped


def _key(mode: Mode) -> Item:
    return {"id": codec.text(index_key_id_for(mode))}


def _wrapped(item: Item) -> bytes:
    wrapped: bytes = INDEX_KEY.current(item)["key"]["B"]
    return wrapped


class _AlreadyMade(Exception):
    """The mode has its key already."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("index key")
        if item is None:
            raise ValueError("the condition fails only where a key is")
        self.wrapped: bytes = _wrapped(item)
