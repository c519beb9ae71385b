"""Event register: note the last event of every stream, apart from delivery.

It reads only keys, so what stops delivery (a key, an event that cannot be read, another service) does not
stop it: whatever a consumer lacks is known, found and caught up with, however long delivery was down.
"""

from datetime import UTC, datetime
from typing import Any

from insurance import telemetry, wiring
from insurance.operations.delivery.register_heads import LastEvent, register_heads

deliveries = wiring.stores().deliveries


@telemetry.metrics.log_metrics
def handler(batch: dict[str, Any], _context: object) -> dict[str, Any]:
    """Register the last events of the batch, and say how many streams wait for their delivery.

    If that fails, the stream gives the whole batch again.
    """
    heads: dict[str, LastEvent] = {}
    for record in batch["Records"]:
        change = record["dynamodb"]
        stream, sequence = change["Keys"]["stream"]["S"], int(change["Keys"]["sequence"]["N"])
        at = datetime.fromtimestamp(int(change["ApproximateCreationDateTime"]), UTC)
        known = heads.get(stream, LastEvent(0, at))
        heads[stream] = LastEvent(max(sequence, known.sequence), known.at)
    return {"waiting": register_heads(heads, deliveries)}
