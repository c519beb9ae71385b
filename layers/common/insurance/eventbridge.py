"""The event bus on Amazon EventBridge: every event, unordered, without personal data in the clear."""

import json
from typing import TYPE_CHECKING

from insurance.domain.core.errors import Unavailable
from insurance.domain.core.event import Event

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SOURCE = "coverwright"


class EventBridgeBus:
    """The port `EventBus` on EventBridge."""

    def __init__(self, client: "EventBridgeClient", bus: str) -> None:
        self._client = client
        self._bus = bus

    def publish(self, event: Event) -> None:
        """Put the event on the bus, without its personal facts.

        Raises:
            Unavailable: The bus did not take it.
        """
        detail = event.model_dump(mode="json", exclude={"sealed", "hash", "previous_hash"})
        detail["hash"] = event.hash.hex()
        answer = self._client.put_events(
            Entries=[
                {
                    "Source": SOURCE,
                    "DetailType": event.type,
                    "Detail": json.dumps(detail),
                    "EventBusName": self._bus,
                    "Time": event.processed_at,
                    "Resources": [event.stream],
                }
            ]
        )
        if answer["FailedEntryCount"]:
            raise Unavailable("The event bus")
