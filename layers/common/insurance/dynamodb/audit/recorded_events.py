"""Events as they were stored and hashed, for who checks them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Final

from insurance.domain.audit.verification import DamagedEvent
from insurance.domain.core.errors import WrittenByNewerRelease
from insurance.domain.core.event import Event
from insurance.dynamodb import codec
from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.codec import Item
from insurance.dynamodb.streams import stream_items
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import load

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS_MAX: Final = 100
"""Of one read."""


class DynamoDBRecordedEvents:
    """The port `RecordedEvents` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.events

    def page(self, stream: str, *, after: int, limit: int) -> Sequence[Event | DamagedEvent]:
        found: list[Event | DamagedEvent] = []
        while len(found) < limit:
            reached = found[-1].sequence if found else after
            items = stream_items(
                self._client, self._table, stream, after=reached, limit=limit - len(found)
            )
            if not items:
                break
            found += map(_read, items)
        return found

    def each(
        self, wanted: Iterable[tuple[str, range]]
    ) -> Iterator[tuple[str, Event | DamagedEvent]]:
        keys = ((stream, number) for stream, numbers in wanted for number in numbers)
        for some in batched(keys, KEYS_MAX, strict=False):
            items = load(self._client, [(self._table, _key(*key)) for key in some])
            for (stream, _), item in zip(some, items, strict=True):
                if item is not None:
                    yield stream, _read(item)


def _key(stream: str, number: int) -> Item:
    return {"stream": codec.text(stream), "sequence": codec.number(number)}


def _read(item: Item) -> Event | DamagedEvent:
    try:
        return read_event(item, as_stored=True)
    except WrittenByNewerRelease:
        raise  # it is not damaged: this release cannot tell
    except Exception:
        return DamagedEvent(int(item["sequence"]["N"]))
