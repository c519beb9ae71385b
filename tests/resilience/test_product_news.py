"""Who has an API product that is deprecated is told in the feed and by webhook; who has it not, or not any more, is not."""

import json

import pytest
from insurance.api_products import ApiProduct
from insurance.domain.core.identity import Mode
from insurance.domain.core.scopes import Scope
from insurance.domain.partner.api_product import ApiVersionInput, ApiVersionStep
from insurance.domain.partner.application import ApplicationStep
from insurance.operations.notifications.feed_events import FeedWriter
from insurance.operations.notifications.note_events import WebhookNotes
from insurance.operations.partners.advance_api_product import advance_api_product
from insurance.operations.partners.change_application import (
    decide_application,
    request_application,
)
from insurance.operations.partners.issue_credentials import provision_application
from insurance.operations.partners.ports import CataloguePorts, PartnerPorts
from insurance.operations.partners.register_partner import register_partner

from tests.fakes.partners import MemoryClients, MemoryUsageKeys, Outside
from tests.support.builders import NOW
from tests.support.partners_at_work import ASKED, LATER_THAN_A_CLAIM, command
from tests.support.platform import Platform
from tests.support.receiver import Receiver, receiving
from tests.support.webhooks import Sending

pytestmark = pytest.mark.xdist_group("resilience")

QUOTING = ApiProduct("quoting")


def office(platform: Platform) -> PartnerPorts:
    stores, outside = platform.stores, Outside()
    return PartnerPorts(
        stores.partners, MemoryClients(outside), MemoryUsageKeys(outside), stores.api_products
    )


def subscribed(ports: PartnerPorts, partner: str, product: ApiProduct) -> None:
    """An active application of the partner, with this API product."""
    register_partner(partner, "A broker", command(f"register {partner}"), ports)

    asked = ASKED.replace(code=f"{partner}-web", products=(product,), scopes=(Scope.EVENTS_READ,))
    id = request_application(partner, asked, command(f"ask {partner}"), ports).record.id
    yes = command(f"approve {partner}", by="ben")
    decide_application(id, ApplicationStep.APPROVE, "fine", yes, ports)
    provision_application(id, command(f"make {partner}"), ports)


def deprecated(platform: Platform) -> None:
    step = ApiVersionInput(
        version=QUOTING.offer.released,
        step=ApiVersionStep.DEPRECATE,
        reason="old",
        sunset_at=NOW + 9 * LATER_THAN_A_CLAIM,
    )
    catalogue = CataloguePorts(platform.stores.api_products, dict.fromkeys(ApiProduct, ""))
    advance_api_product(QUOTING, step, command("deprecate"), catalogue)


def test_subscribers_are_told_of_a_deprecation_by_feed_and_webhook_and_nobody_else_is(
    platform: Platform, sending: Sending, receiver: Receiver
):
    ports = office(platform)
    subscribed(ports, "harbour", QUOTING)
    subscribed(ports, "meadow", ApiProduct("claims"))
    with receiving() as other:
        types = ["api_product.deprecated"]
        for url, by in ((receiver.url, "harbour-test"), (other.url, "meadow-test")):
            platform.post("/v1/webhooks", {"url": url, "event_types": types}, by=by)
        deprecated(platform)
        having = platform.stores.api_products.partners_with
        feeds = FeedWriter(platform.stores.feeds, having, lambda: sending.now)
        notes = WebhookNotes(sending.ports.queue, sending.nudges, having, lambda: sending.now)
        for event in platform.events():
            feeds.take(event)
            notes.take(event, sending.now)
        assert (feeds.flush(), notes.flush()) == ({}, {})
        sending.send()

        [message] = receiver.taken
        told = json.loads(message.body)
        assert told["type"] == "api_product.deprecated"
        assert told["data"]["object"]["kind"] == "api_product"
        assert other.received == []
    ids = {
        by: [each["id"] for each in platform.get("/v1/events", by=by)["items"]]
        for by in ("harbour-test", "meadow-test")
    }
    assert told["data"]["id"] in ids["harbour-test"]
    assert told["data"]["id"] not in ids["meadow-test"]
    assert list(having(Mode.TEST, QUOTING)) == ["harbour"]
