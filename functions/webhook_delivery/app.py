"""Webhook delivery: send what waits for a webhook, when the queue says so and once a minute.

The events stand in the Events table; a message only says that something waits. A lost message costs a minute.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from insurance import delivery_bundles, telemetry
from insurance.metrics import Metric
from insurance.operations.notifications.send_waiting import send_waiting

type Json = dict[str, Any]

RESERVE_MS: Final = 30_000
"""What is begun with less time left may not end: a receiver may take ten seconds, and its name some before."""


ports = delivery_bundles.sending_ports(lambda: datetime.now(UTC))


@telemetry.metrics.log_metrics
def handler(given: Json, context: Any) -> Json:
    """Send what waits for the webhooks that messages name; or look for those that are due (`LookForDue`), and
    have a message sent for each."""
    if "LookForDue" in given:
        now = ports.clock()
        due = ports.queue.due(now)
        behind = max(((now - each.since).total_seconds() for each in due), default=0)
        telemetry.seconds(Metric.WEBHOOKS_BEHIND, round(behind))
        if due:
            ports.nudges.nudge([each.id for each in due])
        return {"due": len(due)}
    for record in given["Records"]:
        _send(json.loads(record["body"])["webhook"], _time_is_up(context))
    return {"batchItemFailures": []}


def _send(webhook_id: str, time_is_up: Callable[[], bool]) -> None:
    report = send_waiting(webhook_id, ports, time_is_up=time_is_up)
    telemetry.count(Metric.WEBHOOKS_SENT, report.delivered)
    telemetry.count(Metric.WEBHOOKS_FAILED, report.failed)
    telemetry.count(Metric.WEBHOOKS_OFF, int(report.switched_off))
    if report.failed:
        telemetry.logger.warning("not delivered", webhook=webhook_id, attempts=report.failed)
    for stream, sequence, reason in report.set_aside:
        telemetry.count(Metric.EVENTS_SET_ASIDE)
        telemetry.logger.error(
            "set aside", webhook=webhook_id, stream=stream, sequence=sequence, reason=reason
        )
    if report.switched_off:
        telemetry.logger.warning("switched off", webhook=webhook_id)


def _time_is_up(context: Any) -> Callable[[], bool]:
    return lambda: context.get_remaining_time_in_millis() < RESERVE_MS
