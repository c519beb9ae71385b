"""Event register: note the last event of every stream, apart from delivery.

It reads only keys, so what stops delivery (a key, an event that cannot be read, another service) does not
stop it: whatever a consumer lacks is known, found and caught up with, however long delivery was down. So is
who changes or removes an event: delivery gives such a record up in time, and no catching up sees it.
"""

from datetime import UTC, datetime
from typing import Any

from insurance import telemetry, wiring
from insurance.operations.delivery.register_heads import LastEvent, register_heads

deliveries = wiring.stores().deliveries


@telemetry.metrics.log_metrics
def handler(batch: dict[str, Any], _context: object) -> dict[str, Any]:
    """Register the last events of the batch, report those that were changed or removed, and say how many
    streams wait for their delivery.

    If that fails, the stream gives the whole batch again.
    """
    heads: dict[str, LastEvent] = {}
    for record in batch["Records"]:
        change = record["dynamodb"]
        stream, number = change["Keys"]["stream"]["S"], change["Keys"]["sequence"]["N"]
        if record["eventName"] != "INSERT":
            telemetry.tampered(stream, number)
            continue
        at = datetime.fromtimestamp(int(change["ApproximateCreationDateTime"]), UTC)
        known = heads.get(stream, LastEvent(0, at))
        heads[stream] = LastEvent(max(int(number), known.sequence), known.at)
    return {"waiting": register_heads(heads, deliveries)}
