"""Notifications: what happened in a partner's own book, to be read from a feed and sent to webhooks."""

from http import HTTPStatus

from insurance import delivery_bundles, wiring
from insurance.api.paging import Page
from insurance.api.requests.notifications import (
    ReplayRequest,
    WebhookChangeRequest,
    WebhookRequest,
)
from insurance.api.router import Api
from insurance.api.views.notifications import (
    AttemptListView,
    EventListView,
    WebhookListView,
    WebhookSecretView,
    WebhookView,
)
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import EventsNoLongerKept, TooManyWebhooks, WrongState
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.webhook.webhook import Webhook
from insurance.operations.command import Command, Query
from insurance.operations.listing import ListPage
from insurance.operations.notifications.change_webhook import (
    BookPorts,
    WithSecret,
    add_secret,
    change_webhook,
    create_webhook,
    list_attempts,
    list_webhooks,
    read_webhook,
    replay_events,
    send_test,
)
from insurance.operations.notifications.read_feed import FeedPage, read_feed
from insurance.operations.notifications.webhook_ports import SendAttempt

feed, ports = delivery_bundles.feed_ports(), delivery_bundles.webhook_ports()
book = BookPorts(stored=wiring.stores().stored_events, feeds=feed.feeds)

api = Api(wiring.stores().staff_idempotency.find_replay, wiring.edge())
handler = api.entrypoint()

APPLICATIONS = {CallerKind.APPLICATION}
READ_BY = {CallerKind.APPLICATION, CallerKind.DEVELOPER}
"""Developers see those of all applications of their partner."""


@api.query(
    "/v1/events",
    operation_id="listEvents",
    summary="List the events of a partner's own book, and go on from where the last call ended",
    scope=Scope.EVENTS_READ,
    callers=APPLICATIONS,
    shows=EventListView,
    paged="events",
    raises=(EventsNoLongerKept,),
)
def get_events(page: Page, query: Query) -> FeedPage:
    return read_feed(page, query, feed)


@api.query(
    "/v1/webhooks",
    operation_id="listWebhooks",
    summary="List the webhooks of the application",
    scope=Scope.WEBHOOKS_READ,
    callers=READ_BY,
    shows=WebhookListView,
    paged="webhooks",
)
def get_webhooks(page: Page, query: Query) -> ListPage[Stored[Webhook]]:
    return list_webhooks(page, query, ports)


@api.command(
    "/v1/webhooks",
    operation_id="createWebhook",
    summary="Create a webhook, to which events are sent as they happen",
    scope=Scope.WEBHOOKS_WRITE,
    callers=APPLICATIONS,
    shows=WebhookSecretView,
    status=HTTPStatus.CREATED,
    raises=(TooManyWebhooks,),
)
def post_webhook(request: WebhookRequest, command: Command) -> WithSecret:
    return create_webhook(request.webhook(), command, ports)


@api.query(
    "/v1/webhooks/{webhook_id}",
    operation_id="getWebhook",
    summary="Get a webhook",
    scope=Scope.WEBHOOKS_READ,
    callers=READ_BY,
    shows=WebhookView,
    etag=True,
)
def get_webhook(webhook_id: str, query: Query) -> Stored[Webhook]:
    return read_webhook(webhook_id, query, ports)


@api.command(
    "/v1/webhooks/{webhook_id}",
    operation_id="changeWebhook",
    summary="Change where and what is sent; pause a webhook, make it active again, or close it",
    scope=Scope.WEBHOOKS_WRITE,
    callers=APPLICATIONS,
    shows=WebhookView,
    if_match=True,
    raises=(WrongState,),
)
def post_webhook_change(
    webhook_id: str, request: WebhookChangeRequest, command: Command
) -> Stored[Webhook]:
    return change_webhook(webhook_id, request.webhook(), command, ports)


@api.query(
    "/v1/webhooks/{webhook_id}/attempts",
    operation_id="listWebhookAttempts",
    summary="List the attempts to deliver to a webhook, the newest first",
    scope=Scope.WEBHOOKS_READ,
    callers=READ_BY,
    shows=AttemptListView,
    paged="attempts:{webhook_id}",
)
def get_attempts(webhook_id: str, page: Page, query: Query) -> ListPage[SendAttempt]:
    return list_attempts(webhook_id, page, query, ports)


@api.command(
    "/v1/webhooks/{webhook_id}/secrets",
    operation_id="addWebhookSecret",
    summary="Add a secret to a webhook; the one before signs beside it for a day",
    scope=Scope.WEBHOOKS_WRITE,
    callers=APPLICATIONS,
    shows=WebhookSecretView,
    status=HTTPStatus.CREATED,
    if_match=True,
    raises=(WrongState,),
)
def post_secret(webhook_id: str, command: Command) -> WithSecret:
    return add_secret(webhook_id, command, ports)


@api.command(
    "/v1/webhooks/{webhook_id}/tests",
    operation_id="testWebhook",
    summary="Test a webhook: an event is sent to it alone",
    scope=Scope.WEBHOOKS_WRITE,
    callers=READ_BY,
    shows=WebhookView,
    status=HTTPStatus.ACCEPTED,
    if_match=True,
    raises=(WrongState,),
)
def post_test(webhook_id: str, command: Command) -> Stored[Webhook]:
    return send_test(webhook_id, command, ports)


@api.command(
    "/v1/webhooks/{webhook_id}/replays",
    operation_id="replayWebhookEvents",
    summary="Replay an event to a webhook, and those that followed it in the history of its object or in the whole book",
    scope=Scope.WEBHOOKS_WRITE,
    callers=APPLICATIONS,
    shows=WebhookView,
    status=HTTPStatus.ACCEPTED,
    if_match=True,
    raises=(WrongState,),
)
def post_replay(webhook_id: str, request: ReplayRequest, command: Command) -> Stored[Webhook]:
    return replay_events(webhook_id, request.replay(), command, ports, book)
