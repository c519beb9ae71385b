"""What a receiver is sent, by Standard Webhooks 1.0: a thin body, an id, a time and signatures."""

import base64
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, NamedTuple

from insurance.domain.core.packing import canonical
from insurance.domain.events.feed import EventSummary

PREFIX: Final = "whsec_"


class Message(NamedTuple):
    """One event as it is sent."""

    id: str
    """The same, however often it is sent."""
    body: bytes

    @classmethod
    def of(cls, summary: EventSummary) -> "Message":
        """Where to look, and nothing that is personal."""
        content = {
            "type": summary.type,
            "timestamp": summary.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "data": {
                "id": summary.id,
                "object": {"kind": str(summary.object), "id": summary.stream},
                "sequence": summary.sequence,
            },
        }
        return cls(summary.id, canonical(content))

    def headers(self, secrets: Sequence[str], now: datetime) -> dict[str, str]:
        """What stands beside the body: a signature by each secret that is live."""
        timestamp = str(int(now.timestamp()))
        return {
            "content-type": "application/json",
            "webhook-id": self.id,
            "webhook-timestamp": timestamp,
            "webhook-signature": " ".join(self._signature(each, timestamp) for each in secrets),
        }

    def _signature(self, secret: str, timestamp: str) -> str:
        content = b".".join([self.id.encode(), timestamp.encode(), self.body])
        key = base64.b64decode(secret.removeprefix(PREFIX))
        return "v1," + base64.b64encode(hmac.new(key, content, sha256).digest()).decode()
