"""Event delivery: publish, post and index every event of the Events table's stream, and schedule jobs.

It indexes new quotes too, by the stream of their own table: a quote's first event stands in its item alone
until the quote changes.
"""

from datetime import UTC, datetime
from typing import Any

from insurance import bundles, telemetry, wiring
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.codec import from_stream
from insurance.dynamodb.search.stored_quotes import read_stored_quote
from insurance.metrics import Metric
from insurance.operations.delivery.deliver_event import deliver_event
from insurance.operations.delivery.index_event import index_event, index_quote, remove_quote
from insurance.operations.parties.mark_contracts import mark_contracts
from insurance.operations.parties.remove_key_copies import remove_key_copies
from insurance.operations.payments.queue_payments import queue_payments
from insurance.operations.policy.register_in_force import register_in_force
from insurance.operations.scheduler.schedule_jobs import schedule_jobs

stores, ports, index_ports = wiring.stores(), bundles.delivery_ports(), bundles.index_ports()
schedule = stores.scheduled_jobs
instructions, policies_in_force = stores.instructions, stores.policies_in_force
key_copies = stores.key_copies

QUOTE_KEY = "id"
"""The key of the Quotes table: the Events table has others."""


@telemetry.metrics.log_metrics
def handler(batch: dict[str, Any], _context: object) -> dict[str, Any]:
    """Deliver the records in order; from the first that fails, the stream delivers again.

    Given items of either table to index (`tools/reindex.py`), it indexes them and does no more.
    """
    if "Index" in batch:
        return _index_again(batch["Index"])
    moved: set[tuple[Mode, Currency]] = set()
    failures = []
    for record in batch["Records"]:
        try:
            moved |= _deliver(record)
        except Exception as error:
            telemetry.logger.error("not delivered", error=type(error).__name__)
            telemetry.count(Metric.DELIVERY_FAILURES)
            failures = [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]
            break
    for mode, currency in moved:
        imbalance = ports.control_accounts.imbalance(mode, currency)
        telemetry.business(Metric.LEDGER_IMBALANCE, abs(imbalance), mode=mode, currency=currency)
    return {"batchItemFailures": failures}


def _deliver(record: dict[str, Any]) -> set[tuple[Mode, Currency]]:
    """Deliver one record; the totals that it moved."""
    if QUOTE_KEY in record["dynamodb"]["Keys"]:
        _index_quote(record)
        return set()
    if record["eventName"] != "INSERT":
        # IAM cannot forbid a Put over an event, so the stream reports it.
        telemetry.count(Metric.EVENTS_TAMPERED)
        keys = from_stream(record["dynamodb"]["Keys"])
        telemetry.logger.error(
            "an event was changed or removed",
            stream=keys["stream"]["S"],
            sequence=keys["sequence"]["N"],
        )
        return set()
    event = read_event(from_stream(record["dynamodb"]["NewImage"]))
    # Before it is posted: what was posted is counted only the first time.
    schedule_jobs(event, products=ports.products, schedule=schedule)
    queue_payments(event, instructions=instructions)
    register_in_force(event, policies=policies_in_force)
    remove_key_copies(event, copies=key_copies)
    mark_contracts(event, demands=stores.contract_demands)
    posted = deliver_event(event, _appended_at(record["dynamodb"]), ports)
    for amounts in posted:
        total = {"mode": amounts.mode, "currency": amounts.currency}
        telemetry.business(Metric.PREMIUM_BOUND, amounts.premium_bound, **total)
        telemetry.business(Metric.CLAIMS_PAID, amounts.claims_paid, **total)
    # Last: whatever keeps an event out of the search index keeps it out of nothing else.
    _say_whether_whole(index_event(event, index_ports), event.stream, event.sequence)
    telemetry.count(Metric.EVENTS_DELIVERED)
    return {(amounts.mode, amounts.currency) for amounts in posted}


def _index_quote(record: dict[str, Any]) -> None:
    """A quote that was made is found from now on, and one that was deleted no longer.

    Its changes are events.
    """
    change = record["dynamodb"]
    if record["eventName"] == "INSERT":
        quote = read_stored_quote(from_stream(change["NewImage"]))
        if quote is not None:
            _say_whether_whole(index_quote(quote, index_ports), quote.id, quote.sequence)
    elif record["eventName"] == "REMOVE":
        remove_quote(change["Keys"][QUOTE_KEY]["S"], index_ports)


def _index_again(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Make the search index say what these events and quotes say."""
    for item in map(from_stream, items):
        if QUOTE_KEY not in item:
            event = read_event(item)
            _say_whether_whole(index_event(event, index_ports), event.stream, event.sequence)
        elif (quote := read_stored_quote(item)) is not None:
            _say_whether_whole(index_quote(quote, index_ports), quote.id, quote.sequence)
    return {"indexed": len(items)}


def _say_whether_whole(is_whole: bool, stream: str, sequence: int) -> None:  # noqa: FBT001 - a result
    """Count and log an event whose personal facts are damaged. It is set aside: the rest is indexed, and a
    delivery again would find it no better."""
    if not is_whole:
        telemetry.count(Metric.FACTS_DAMAGED)
        telemetry.logger.error("personal facts are damaged", stream=stream, sequence=sequence)


def _appended_at(change: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(change["ApproximateCreationDateTime"]), UTC)
