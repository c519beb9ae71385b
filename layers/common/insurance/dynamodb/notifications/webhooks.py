"""Webhooks in their table: each is its last event, with its secrets beside it."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from insurance.domain.core.errors import (
    StaleRevision,
    TooManyWebhooks,
    WebhookNotFound,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import mode_of
from insurance.domain.core.stored import Stored
from insurance.domain.events.feed import Feed
from insurance.domain.partner.application import ApplicationStatus, PartnerApplication
from insurance.domain.webhook.webhook import WEBHOOKS_MAX, Webhook, WebhookStatus
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.kinds import WEBHOOK, WEBHOOK_ATTEMPT, WEBHOOK_WAITING
from insurance.dynamodb.notifications import webhook_items as items
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, add, load, put, query, read, transact
from insurance.operations.command import Command
from insurance.operations.listing import ListEntry
from insurance.operations.notifications.webhook_ports import (
    FullWebhook,
    Outcome,
    Part,
    SealedSecret,
    SendAttempt,
    Taker,
    WebhookChange,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBWebhooks:
    """The port `Webhooks` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        idempotency: Callable[[], IdempotencyRecords],
    ) -> None:
        self._client = client
        self._table = tables.webhooks
        self._tables = tables
        self._idempotency = idempotency

    def listed(self, feed: Feed, command: Command) -> Mapping[str, Taker]:
        places = [
            self._idempotency().key(command.idempotency),
            items.list_place(self._table, feed),
        ]
        earlier, listed = load(self._client, places)
        self._idempotency().check(command.idempotency, earlier)
        return items.read_list(listed)

    def load(self, webhook_id: str, command: Command) -> FullWebhook:
        places = [self._idempotency().key(command.idempotency), self._place(webhook_id)]
        earlier, item = load(self._client, places)
        self._idempotency().check(command.idempotency, earlier)
        return _full(webhook_id, item)

    def get(self, webhook_id: str) -> Stored[Webhook]:
        return self.full(webhook_id).stored

    def full(self, webhook_id: str) -> FullWebhook:
        return _full(webhook_id, read(self._client, *self._place(webhook_id)))

    def standing(self, webhook: Webhook) -> ApplicationStatus | None:
        about = webhook.application
        item = read(self._client, self._tables.partners, {"id": codec.text(about)})
        if item is None:
            return None
        return aggregates.read_record(PartnerApplication, item, None, about).status

    def of(self, feed: Feed) -> Sequence[Stored[Webhook]]:
        [listed] = load(self._client, [items.list_place(self._table, feed)])
        found = load(self._client, [self._place(each) for each in items.read_list(listed)])
        return [aggregates.read_stored(Webhook, item, None) for item in found if item]

    def create(
        self, event: Event, webhook: Webhook, secret: SealedSecret, *, command: Command
    ) -> None:
        self._write(event, webhook, None, WebhookChange(secrets=[secret]), command)

    def change(
        self,
        event: Event,
        webhook: Webhook,
        *,
        before: FullWebhook,
        change: WebhookChange,
        command: Command | None,
    ) -> None:
        secrets = before.secrets if change.secrets is None else change.secrets
        self._write(event, webhook, before.stored, change._replace(secrets=secrets), command)

    def attempts(
        self, webhook_id: str, *, before: str, limit: int
    ) -> Sequence[ListEntry[SendAttempt]]:
        found = query(
            self._client,
            TableName=self._table,
            KeyConditionExpression="id = :id AND place BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":id": codec.text(webhook_id),
                ":first": codec.text(items.TRIED),
                ":last": codec.text(items.TRIED + (before or "~")),
            },
            ScanIndexForward=False,
            Limit=limit + 1,
        )
        entries = [_attempt(item) for item in found]
        return [each for each in entries if each.position != before][:limit]

    def _write(
        self,
        event: Event,
        webhook: Webhook,
        before: Stored[Webhook] | None,
        change: WebhookChange,
        command: Command | None,
    ) -> None:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(webhook.id)

        columns: Item = {
            "v": WEBHOOK.mark,
            "place": codec.text(items.RECORD),
            "secrets": items.write_secrets(change.secrets or ()),
        }
        writes = aggregates.moved(self._table, self._tables.events, event, before, stale, columns)
        if (
            before is None
            or before.record.event_types != webhook.event_types
            or webhook.status is WebhookStatus.CLOSED
        ):
            writes.append(self._listing(webhook, stale))
        if change.again is not None:
            writes.append(self._again(webhook.id, change.again, event, stale))
        sender = items.changed_sender(webhook, change, event)
        if sender is not None:
            writes.append(Write("Update", {"TableName": self._table, **sender}, stale))
        if command is not None:
            writes.append(self._idempotency().keep(command.idempotency))
        transact(self._client, writes)

    def _listing(self, webhook: Webhook, stale: Any) -> Write:
        feed = Feed(mode_of(webhook.id), webhook.partner)
        item = read(self._client, *items.list_place(self._table, feed))
        listed = {**items.read_list(item)}
        listed.pop(webhook.id, None)
        if webhook.status is not WebhookStatus.CLOSED:
            listed[webhook.id] = Taker(webhook.event_types, webhook.created_at)
        if len(listed) > WEBHOOKS_MAX:
            raise TooManyWebhooks(WEBHOOKS_MAX)
        number = int(item["number"]["N"]) if item else 0
        after = items.list_key(feed) | items.list_columns(listed)
        after["number"] = codec.number(number + 1)
        if item is None:
            return add(self._table, after, stale, key="id")
        write = put(
            self._table, after, stale, condition="#number = :seen", seen=codec.number(number)
        )
        write.request["ExpressionAttributeNames"] = {"#number": "number"}
        return write

    def _again(self, webhook_id: str, part: Part, event: Event, stale: Any) -> Write:
        """In a place of its own: what waits of the object, or is noted just now, is not touched."""
        place = items.replay_place(part.stream, event.sequence)
        item = items.key(webhook_id, place) | {
            "v": WEBHOOK_WAITING.mark,
            "about": codec.text(part.stream),
            "first": codec.number(part.first),
            "last": codec.number(part.last),
            "again": {"BOOL": True},
        }
        return add(self._table, item, stale, key="id")

    def _place(self, webhook_id: str) -> tuple[str, Item]:
        return self._table, items.key(webhook_id, items.RECORD)


def _full(webhook_id: str, item: Item | None) -> FullWebhook:
    if item is None:
        raise WebhookNotFound(webhook_id)
    stored = aggregates.read_stored(Webhook, item, None)
    return FullWebhook(stored, items.read_secrets(item["secrets"]))


def _attempt(item: Item) -> ListEntry[SendAttempt]:
    item = WEBHOOK_ATTEMPT.current(item)
    attempt = SendAttempt(
        event_id=item["event"]["S"],
        type=item["type"]["S"],
        outcome=codec.member(Outcome, item["outcome"]["S"]),
        status=int(item["status"]["N"]) if "status" in item else None,
        at=codec.read_instant(item["at"]),
        milliseconds=int(item["took"]["N"]),
    )
    return ListEntry(item["place"]["S"].removeprefix(items.TRIED), attempt)
