"""Counts what calls of a boto3 client cost: capacity units as the engine bills them, round trips, keys."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

type Json = dict[str, Any]

METERED = (
    "BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan",
    "TransactGetItems", "TransactWriteItems", "UpdateItem",
)  # fmt: skip
WRITES = frozenset({"BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"})
IDEMPOTENCY_TABLES = frozenset({"idempotency"})

COUNTS_CALLS = frozenset({"quotas"})
"""Few calls take from an application's quota, whatever they do else: `bench/quota.py` measures how few."""


@dataclass
class Tally:
    """What one command cost."""

    read_units: Decimal = Decimal(0)
    write_units: Decimal = Decimal(0)
    round_trips: int = 0
    idempotency_round_trips: int = 0
    """Those that carry nothing but idempotency."""
    written: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each item was written, by table and key."""

    @property
    def cost(self) -> tuple[Decimal, Decimal, int]:
        return self.read_units, self.write_units, self.round_trips


class Meter:
    """Listens to DynamoDB clients; `measuring` hands out a fresh tally.

    Counts at the client's last step before the network, so a retry counts too.
    """

    def __init__(
        self, keys: dict[str, tuple[str, ...]], *, apart: frozenset[str] = COUNTS_CALLS
    ) -> None:
        self._keys = keys
        self._apart = apart
        self._now = Tally()
        self._request: Json = {}

    def listen(self, client: Any) -> None:
        for event, heard in self._heard():
            client.meta.events.register(event, heard)

    def leave(self, client: Any) -> None:
        """Stop listening: a timed run must not pay for the counting."""
        for event, heard in self._heard():
            client.meta.events.unregister(event, heard)

    @contextmanager
    def measuring(self) -> Iterator[Tally]:
        self._now = tally = Tally()
        yield tally
        self._now = Tally()

    def _is_apart(self, tables: set[str]) -> bool:
        """Whether the request is about tables that are measured by themselves."""
        return bool(tables) and all(
            any(kind in table.lower() for kind in self._apart) for table in tables
        )

    def _heard(self) -> Iterator[tuple[str, Callable[..., Any]]]:
        for operation in METERED:
            yield f"provide-client-params.dynamodb.{operation}", self._ask
            yield f"before-send.dynamodb.{operation}", self._sent
            yield f"after-call.dynamodb.{operation}", self._answered

    def _ask(self, params: Json, **_: Any) -> Json:
        self._request = params
        return {**params, "ReturnConsumedCapacity": "INDEXES"}

    def _sent(self, **_: Any) -> None:
        tables = {table for table, _ in _touched(self._request, {})}
        if self._is_apart(tables):
            return
        self._now.round_trips += 1
        if tables and all(_kind(table) in IDEMPOTENCY_TABLES for table in tables):
            self._now.idempotency_round_trips += 1

    def _answered(self, model: Any, parsed: Json, **_: Any) -> None:
        if self._is_apart({table for table, _ in _touched(self._request, {})}):
            return
        consumed = parsed.get("ConsumedCapacity", [])
        writes = model.name in WRITES
        for each in consumed if isinstance(consumed, list) else [consumed]:
            units = Decimal(str(each["CapacityUnits"]))
            if writes:
                self._now.write_units += units
            else:
                self._now.read_units += units
        if writes and "Error" not in parsed:
            self._now.written.update(_touched(self._request, self._keys))


def _kind(table: str) -> str:
    """`coverwright-local-Idempotency` and the like, as the word that says what it holds."""
    return next((kind for kind in IDEMPOTENCY_TABLES if kind in table.lower()), table)


def _touched(request: Json, keys: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """The (table, key) pairs that a request names."""
    if "TransactItems" in request:
        for each in request["TransactItems"]:
            [inner] = each.values()
            yield from _touched(inner, keys)
    elif "RequestItems" in request:
        for table, asked in request["RequestItems"].items():
            for key in asked["Keys"] if isinstance(asked, dict) else asked:
                yield table, str(key)
    else:
        table = request["TableName"]
        item = request.get("Key") or request.get("Item") or {}
        names = keys.get(table, tuple(item))
        yield table, str(sorted((name, str(item.get(name))) for name in names))
