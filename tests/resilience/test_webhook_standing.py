"""An application that is suspended or cancelled is sent nothing; what waited is sent when it is resumed."""

from datetime import timedelta
from typing import Any

import pytest
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.core.identity import Mode
from insurance.domain.partner.application import ApplicationStatus
from insurance.domain.partner.event_types import ApplicationEventType
from insurance.dynamodb import aggregates

from demo.samples import PARTNERS
from local.onboarding import requested
from tests.support.claims import issued
from tests.support.platform import Platform
from tests.support.receiver import Receiver
from tests.support.webhooks import Sending

pytestmark = pytest.mark.xdist_group("resilience")

[HARBOUR] = [each for each in PARTNERS if each.client_id == "harbour-test"]


def stands(platform: Platform, dynamodb: Any, sending: Sending, status: ApplicationStatus) -> None:
    """Have the application stand so, as its last event left it."""
    asked = requested(HARBOUR).of("harbour", Mode.TEST, by="tests", now=sending.now)
    application = asked.replace(status=status)
    event = Event.following(
        StreamPosition(),
        application,
        NothingToSeal(),
        stream=application.id,
        type=ApplicationEventType.REQUESTED,
        actor="tests",
        now=sending.now,
    )
    item = {"id": {"S": application.id}, **aggregates.head_columns(event.head)}
    item |= aggregates.body_columns(event)
    dynamodb.put_item(TableName=platform.tables["partners"], Item=item)


@pytest.mark.parametrize("status", [ApplicationStatus.SUSPENDED, ApplicationStatus.CANCELLED])
def test_an_application_that_is_not_active_is_sent_nothing(
    platform: Platform,
    dynamodb: Any,
    sending: Sending,
    receiver: Receiver,
    status: ApplicationStatus,
):
    webhook_id = platform.post("/v1/webhooks", {"url": receiver.url})["id"]
    issued(platform)
    stands(platform, dynamodb, sending, status)

    sending.deliver()
    platform.post(f"/v1/webhooks/{webhook_id}", {"status": "active"})
    sending.play(timedelta(hours=2))

    assert receiver.received == []


def test_what_waited_is_sent_when_the_application_is_resumed(
    platform: Platform, dynamodb: Any, sending: Sending, receiver: Receiver
):
    platform.post("/v1/webhooks", {"url": receiver.url, "event_types": ["policy.issued"]})
    policy_id = issued(platform)
    stands(platform, dynamodb, sending, ApplicationStatus.SUSPENDED)
    sending.deliver()
    sending.play(timedelta(days=4), timedelta(hours=1))

    stands(platform, dynamodb, sending, ApplicationStatus.ACTIVE)
    sending.play(timedelta(minutes=11))

    assert receiver.ids() == [f"{policy_id}-1"]
