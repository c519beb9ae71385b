"""Event delivery: hand every event of the Events table's stream on to each consumer, and catch up.

It indexes new quotes too, by the stream of their own table: a quote's first event stands in its item alone
until the quote changes.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, Final

from insurance import clients, delivery_bundles, telemetry, wiring
from insurance.domain.core.delivery import GRACE, Consumer, Delivery
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.codec import from_stream
from insurance.dynamodb.search.stored_quotes import read_stored_quote
from insurance.metrics import Metric
from insurance.operations.audit.mark_moved import MovedStreams
from insurance.operations.delivery.catch_up import Wanted, catch_up
from insurance.operations.delivery.deliver_streams import DeliveryReport, deliver_streams
from insurance.operations.delivery.index_event import index_event, index_quote, remove_quote
from insurance.operations.delivery.post_event import post_event
from insurance.operations.delivery.register_heads import LastEvent, register_heads, take_back
from insurance.operations.delivery.streams import StreamedEvent, Take
from insurance.operations.notifications.feed_events import FeedWriter
from insurance.operations.notifications.note_events import WebhookNotes
from insurance.operations.parties.mark_contracts import mark_contracts
from insurance.operations.parties.remove_key_copies import remove_key_copies
from insurance.operations.payments.queue_payments import queue_payments
from insurance.operations.policy.register_in_force import register_in_force
from insurance.operations.scheduler.schedule_jobs import schedule_jobs

type Json = dict[str, Any]
type Total = tuple[Mode, Currency]

stores, bus = wiring.stores(), wiring.event_bus()


def _partners_with(mode: Mode, product: str) -> Iterator[str]:
    return stores.subscribers.partners_with(mode, product)


feeds = FeedWriter(stores.feeds, _partners_with, lambda: datetime.now(UTC))
webhooks = WebhookNotes(
    stores.webhook_queue, wiring.nudges(), _partners_with, lambda: datetime.now(UTC)
)
audit = MovedStreams(stores.audit_records)
COLLECTORS: Final = {
    Consumer.BUS: bus.flush,
    Consumer.FEED: feeds.flush,
    Consumer.WEBHOOKS: webhooks.flush,
    Consumer.AUDIT: audit.flush,
}
LATE: Final = {Consumer.WEBHOOKS: webhooks.take_late}
books, index_ports = delivery_bundles.books_ports(), delivery_bundles.index_ports()

QUOTE_KEY: Final = "id"
"""The key of the Quotes table: the Events table has others."""
RESERVE_MS: Final = 20_000
"""What is begun with less time left may not end: a consumer out of reach takes up to nine seconds."""


def consumers(moved: set[Total]) -> dict[Consumer, Take]:
    """Every consumer, and how it takes an event, whatever became of it at the others. `moved` is told
    which totals the books moved."""
    return {
        Consumer.SCHEDULE: lambda event, _: schedule_jobs(
            event, products=books.products, schedule=stores.scheduled_jobs
        ),
        Consumer.PAYMENTS: lambda event, _: queue_payments(event, instructions=stores.instructions),
        Consumer.IN_FORCE: lambda event, _: register_in_force(
            event, policies=stores.policies_in_force
        ),
        Consumer.KEY_COPIES: lambda event, _: remove_key_copies(event, copies=stores.key_copies),
        Consumer.DEMANDS: lambda event, _: mark_contracts(event, demands=stores.contract_demands),
        Consumer.BOOKS: partial(_post, moved),
        Consumer.BUS: lambda event, _: bus.publish(event),
        Consumer.FEED: lambda event, _: feeds.take(event),
        Consumer.WEBHOOKS: webhooks.take,
        Consumer.AUDIT: lambda event, _: audit.take(event),
        Consumer.SEARCH: lambda event, _: _index(event),
    }


@telemetry.metrics.log_metrics
def handler(given: Json, context: Any) -> Json:
    """Deliver a batch of a table's stream.

    Or do what else it is asked for: `Index` items of either table (`tools/reindex.py`); `CatchUp` with
    what waits (every minute); `Register` the heads of streams, or `TakeBack` what consumers have of them
    (`tools/redeliver.py`).
    """
    match given:
        case {"Index": items}:
            return _index_again(items)
        case {"CatchUp": options}:
            return _catch_up(options, context)
        case {"Register": heads}:
            return {"waiting": register_heads(_heads(heads), stores.deliveries)}
        case {"TakeBack": names, "To": heads}:
            back = [Consumer(name) for name in names]
            return {"waiting": take_back(back, _heads(heads), stores.deliveries)}
    return {"batchItemFailures": _deliver(given["Records"], _time_is_up(context))}


def _deliver(records: list[Json], time_is_up: Callable[[], bool]) -> list[Json]:
    """Deliver records of a stream. From the first that is reported, the stream delivers again."""
    quotes = [
        each["dynamodb"]["Keys"][QUOTE_KEY]["S"]
        for each in records
        if _is_of_quotes(each) and each["eventName"] == "INSERT"
    ]
    with stores.expected_reads.of_quotes(quotes):
        return _deliver_all(records, time_is_up)


def _is_of_quotes(record: Json) -> bool:
    return QUOTE_KEY in record["dynamodb"]["Keys"]


def _deliver_all(records: list[Json], time_is_up: Callable[[], bool]) -> list[Json]:
    arrived: list[StreamedEvent] = []
    again: set[str] = set()
    for record in records:
        if _is_of_quotes(record):
            if not _follow_quote(record):
                again.add(record["dynamodb"]["SequenceNumber"])
                break
        elif record["eventName"] == "INSERT":
            arrived.append(_streamed(record["dynamodb"]))
        else:
            keys = record["dynamodb"]["Keys"]
            telemetry.tampered(keys["stream"]["S"], keys["sequence"]["N"])
    if arrived:
        moved: set[Total] = set()
        ports = delivery_bundles.stream_ports(consumers(moved), COLLECTORS, LATE)
        report = deliver_streams(arrived, ports, time_is_up=time_is_up)
        _tell(report, moved)
        left = {stream for stream, _ in report.left}
        again |= {
            record["dynamodb"]["SequenceNumber"]
            for record in records
            if record["dynamodb"]["Keys"]["stream"]["S"] in left
        }
    numbers = (record["dynamodb"]["SequenceNumber"] for record in records)
    return [{"itemIdentifier": number} for number in numbers if number in again][:1]


def _catch_up(options: Json, context: Any) -> Json:
    """Bring what waits to those that lack it: what is older than what may be under way just now, or,
    `immediately`, all of it."""
    now = datetime.now(UTC)
    wanted = Wanted(
        by=now if options.get("immediately") else now - GRACE,
        now=now,
        looks_only=options.get("looks_only", False),
        tries_set_aside=options.get("tries_set_aside", False),
    )
    moved: set[Total] = set()
    ports = delivery_bundles.stream_ports(consumers(moved), COLLECTORS, LATE)
    report = catch_up(wanted, ports, time_is_up=_time_is_up(context))
    if not wanted.looks_only:
        telemetry.count(Metric.STREAMS_BEHIND, report.behind)
        _tell(report.delivery, moved)
    return {
        "behind": report.behind,
        "set_aside": report.set_aside,
        "streams": [_named(each) for each in report.named],
        "delivered": report.delivery.delivered,
        "finished": report.finished,
    }


def _tell(report: DeliveryReport, moved: set[Total]) -> None:
    """Count what was delivered, and say what was not: the stream and the number, never what it says."""
    if report.delivered:
        telemetry.count(Metric.EVENTS_DELIVERED, report.delivered)
    telemetry.count(Metric.DELIVERY_FAILURES, report.failed.total() + len(report.left))
    for stream, entry in report.set_aside:
        telemetry.count(Metric.EVENTS_SET_ASIDE)
        telemetry.logger.error("set aside", stream=stream, **entry._asdict())
    for consumer, error in report.failed:
        telemetry.logger.error("out of reach", consumer=consumer, error=error)
    for stream, error in report.left:
        telemetry.logger.error("not delivered", stream=stream, error=error)
    for mode, currency in moved:
        imbalance = books.control_accounts.imbalance(mode, currency)
        telemetry.business(Metric.LEDGER_IMBALANCE, abs(imbalance), mode=mode, currency=currency)


def _post(moved: set[Total], event: Event, appended_at: datetime) -> None:
    for amounts in post_event(event, appended_at, books):
        moved.add((amounts.mode, amounts.currency))
        total = {"mode": amounts.mode, "currency": amounts.currency}
        telemetry.business(Metric.PREMIUM_BOUND, amounts.premium_bound, **total)
        telemetry.business(Metric.CLAIMS_PAID, amounts.claims_paid, **total)


def _index(event: Event) -> None:
    _say_whether_whole(index_event(event, index_ports), event.stream, event.sequence)


def _follow_quote(record: Json) -> bool:
    """A quote that was made is found from now on, and one that was deleted no longer; its changes are
    events. False: the index is out of reach. One that cannot be read is set aside at once."""
    try:
        _index_quote(record["eventName"], record["dynamodb"])
    except Exception as error:
        quote_id, name = record["dynamodb"]["Keys"][QUOTE_KEY]["S"], type(error).__name__
        if clients.is_outage(error):
            telemetry.count(Metric.DELIVERY_FAILURES)
            telemetry.logger.error("out of reach", consumer=Consumer.SEARCH, error=name)
            return False
        telemetry.count(Metric.EVENTS_SET_ASIDE)
        telemetry.logger.error("set aside", stream=quote_id, reason=name, consumer=Consumer.SEARCH)
    return True


def _index_quote(change_name: str, change: Json) -> None:
    if change_name == "INSERT":
        quote = read_stored_quote(from_stream(change["NewImage"]))
        if quote is not None:
            _say_whether_whole(index_quote(quote, index_ports), quote.id, quote.sequence)
    elif change_name == "REMOVE":
        remove_quote(change["Keys"][QUOTE_KEY]["S"], index_ports)


def _index_again(items: list[Json]) -> Json:
    """Make the search index say what these events and quotes say."""
    for item in map(from_stream, items):
        if QUOTE_KEY not in item:
            _index(read_event(item))
        elif (quote := read_stored_quote(item)) is not None:
            _say_whether_whole(index_quote(quote, index_ports), quote.id, quote.sequence)
    return {"indexed": len(items)}


def _say_whether_whole(is_whole: bool, stream: str, sequence: int) -> None:  # noqa: FBT001 - a result
    """Count and log an event whose personal facts are damaged. It is set aside: the rest is indexed, and a
    delivery again would find it no better."""
    if not is_whole:
        telemetry.count(Metric.FACTS_DAMAGED)
        telemetry.logger.error("personal facts are damaged", stream=stream, sequence=sequence)


def _streamed(change: Json) -> StreamedEvent:
    return StreamedEvent(
        change["Keys"]["stream"]["S"],
        int(change["Keys"]["sequence"]["N"]),
        datetime.fromtimestamp(int(change["ApproximateCreationDateTime"]), UTC),
        cache(lambda: read_event(from_stream(change["NewImage"]))),
    )


def _heads(given: Json) -> dict[str, LastEvent]:
    """Events by a test clock that is ahead were appended by now, too."""
    now = datetime.now(UTC)
    return {
        stream: LastEvent(sequence, min(datetime.fromisoformat(at), now))
        for stream, (sequence, at) in given.items()
    }


def _named(found: Delivery) -> Json:
    return {
        "stream": found.stream,
        "head": found.head,
        "lacking": dict(found.lacking),
        "set_aside": [list(each) for each in found.set_aside],
    }


def _time_is_up(context: Any) -> Callable[[], bool]:
    return lambda: context.get_remaining_time_in_millis() < RESERVE_MS
