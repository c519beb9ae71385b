"""The event bus on Amazon EventBridge: every event, unordered, without personal data in the clear."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from botocore.exceptions import ClientError

from insurance.domain.core.errors import Unavailable
from insurance.domain.core.event import Event
from insurance.domain.core.versions import without_version

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SOURCE = "coverwright"
ENTRIES_MAX: Final = 10
BYTES_MAX: Final = 240_000
"""Of one call; EventBridge takes ten entries and 256 KB."""
CALLS_THAT_FAIL: Final = 2
"""After so many nothing more is sent: each takes up to nine seconds."""


class EventBridgeBus:
    """EventBridge as a consumer of events: it collects them, and sends them together."""

    def __init__(self, client: "EventBridgeClient", bus: str) -> None:
        self._client = client
        self._bus = bus
        self._waiting: list[_Waiting] = []

    def publish(self, event: Event) -> None:
        """Put the event on the bus with the next `flush`, without its personal facts.

        Raises:
            ValueError: Nothing can be sent of the event as it is.
        """
        self._waiting.append(_Waiting((event.stream, event.sequence), self._entry(event)))

    def flush(self) -> Mapping[tuple[str, int], Exception]:
        """Send what waits; stream and number of what the bus did not take, and why."""
        waiting, self._waiting = self._waiting, []
        refused: dict[tuple[str, int], Exception] = {}
        failed: list[Exception] = []
        for some in _calls(waiting):
            errors: Sequence[Exception | None] = ()
            if len(failed) < CALLS_THAT_FAIL:
                try:
                    errors = self._send([each.entry for each in some])
                except Exception as error:  # what it means is for others to say
                    failed.append(error)
            errors = errors or [failed[-1]] * len(some)
            found = zip(some, errors, strict=True)
            refused |= {each.place: error for each, error in found if error}
        return refused

    def _send(self, entries: Sequence[Any]) -> Sequence[Exception | None]:
        """Of each entry why it was not taken."""
        try:
            answer = self._client.put_events(Entries=entries)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationException":
                raise
            if len(entries) == 1:
                return [error]
            # One of them is at fault, and the others are not.
            return [each for entry in entries for each in self._send([entry])]
        return [
            Unavailable("The event bus") if "ErrorCode" in each else None
            for each in answer["Entries"]
        ]

    def _entry(self, event: Event) -> dict[str, Any]:
        detail = event.model_dump(mode="json", exclude={"sealed", "hash", "previous_hash"})
        detail["hash"] = event.hash.hex()
        detail["facts"] = without_version(event.facts)
        return {
            "Source": SOURCE,
            "DetailType": event.type,
            "Detail": json.dumps(detail),
            "EventBusName": self._bus,
            "Time": event.processed_at,
            "Resources": [event.stream],
        }


class _Waiting(NamedTuple):
    """An event that is to be sent."""

    place: tuple[str, int]
    entry: dict[str, Any]


def _calls(entries: Sequence[_Waiting]) -> Iterator[list[_Waiting]]:
    """What goes into one call each."""
    some: list[_Waiting] = []
    size = 0
    for each in entries:
        length = len(each.entry["Detail"].encode())
        if some and (len(some) == ENTRIES_MAX or size + length > BYTES_MAX):
            yield some
            some, size = [], 0
        some.append(each)
        size += length
    if some:
        yield some
