"""Bundles of ports as in `bundles`, for what follows from events: books, search, the feed, webhooks, the audit
and payees who were corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insurance import wiring

# A function loads the bundle that it asks for: every import below is inside its function.
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from insurance.domain.core.delivery import Consumer
    from insurance.operations.audit.ports import AuditPorts
    from insurance.operations.delivery.ports import BooksPorts, IndexPorts
    from insurance.operations.delivery.streams import Flush, StreamPorts, Take
    from insurance.operations.notifications.ports import FeedPorts
    from insurance.operations.notifications.webhook_ports import SendingPorts, WebhookPorts
    from insurance.operations.payments.ports import CorrectedPayeePorts


def books_ports() -> BooksPorts:
    from insurance.operations.delivery.ports import BooksPorts

    return BooksPorts(products=wiring.products(), control_accounts=wiring.stores().control_accounts)


def stream_ports(
    consumers: Mapping[Consumer, Take],
    collectors: Mapping[Consumer, Flush],
    late: Mapping[Consumer, Take],
) -> StreamPorts:
    from insurance.clients import is_outage
    from insurance.operations.delivery.streams import StreamPorts

    return StreamPorts(
        consumers=consumers,
        deliveries=wiring.stores().deliveries,
        stored=wiring.stores().stored_events,
        is_outage=is_outage,
        collectors=collectors,
        late=late,
        ahead=wiring.stores().expected_reads.of_events,
    )


def feed_ports() -> FeedPorts:
    from insurance.operations.notifications.ports import FeedPorts

    return FeedPorts(feeds=wiring.stores().feeds)


def webhook_ports() -> WebhookPorts:
    from insurance.operations.notifications.webhook_ports import WebhookPorts

    return WebhookPorts(
        webhooks=wiring.stores().webhooks,
        secrets=wiring.webhook_secrets(),
        receivers=wiring.receivers(),
        nudges=wiring.nudges(),
    )


def sending_ports(clock: Callable[[], datetime]) -> SendingPorts:
    from insurance.operations.notifications.webhook_ports import SendingPorts

    return SendingPorts(
        webhooks=wiring.stores().webhooks,
        queue=wiring.stores().webhook_queue,
        secrets=wiring.webhook_secrets(),
        receivers=wiring.receivers(),
        nudges=wiring.nudges(),
        feeds=wiring.stores().feeds,
        stored=wiring.stores().stored_events,
        clock=clock,
    )


def audit_ports() -> AuditPorts:
    from insurance.operations.audit.ports import AuditPorts
    from insurance.root_signatures import is_signed

    return AuditPorts(
        records=wiring.stores().audit_records,
        events=wiring.stores().recorded_events,
        locked=wiring.objects("roots"),
        signer=wiring.root_signer,
        is_signed=is_signed,
    )


def index_ports() -> IndexPorts:
    from insurance.operations.delivery.ports import IndexPorts

    return IndexPorts(
        products=wiring.products(),
        sealed_facts=wiring.stores().sealed_facts,
        index_keys=wiring.stores().index_keys,
        index=wiring.stores().search_index,
        payee_accounts=wiring.stores().payee_accounts,
    )


def corrected_payee_ports() -> CorrectedPayeePorts:
    from insurance.operations.billing.ports import BillingPorts
    from insurance.operations.payments.ports import CorrectedPayeePorts

    return CorrectedPayeePorts(
        parties=wiring.stores().parties,
        contracts=wiring.stores().party_contracts,
        unsent=wiring.stores().unsent_payments,
        claims=wiring.stores().claims,
        billing=BillingPorts(products=wiring.products(), billing=wiring.stores().billing),
        complaints=wiring.stores().complaints,
    )
