"""Every event reaches the bus and is posted once, however often the stream delivers it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from insurance import wiring
from insurance.domain.core.errors import Unavailable
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.policy.event_types import PolicyEventType
from insurance.dynamodb.ledger.control_accounts import DynamoDBControlAccounts
from insurance.dynamodb.stores import Stores
from insurance.operations.delivery.deliver_event import (
    BrokenEvent,
    PostedAmounts,
    deliver_event,
)
from insurance.operations.delivery.ports import DeliveryPorts

from tests.fakes.keys import MemoryKey, PlainKeys
from tests.support.builders import NOW, PREMIUM, make_policy
from tests.support.engine import make_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass
class Bus:
    """Takes events, but for the first few that it fails to."""

    failures: int = 0
    taken: list[Event] = field(default_factory=list)

    def publish(self, event: Event) -> None:
        if self.failures:
            self.failures -= 1
            raise Unavailable("The event bus")
        self.taken.append(event)


@pytest.fixture
def control_accounts(dynamodb: "DynamoDBClient") -> DynamoDBControlAccounts:
    tables = make_tables(dynamodb)
    return Stores(lambda: dynamodb, tables.__getitem__, PlainKeys).control_accounts


def deliver(
    event: Event, control_accounts: DynamoDBControlAccounts, bus: Bus
) -> list[PostedAmounts]:
    return deliver_event(event, NOW, DeliveryPorts(wiring.products(), control_accounts, bus))


@pytest.fixture
def issued() -> Event:
    policy = make_policy()
    return Event.following(
        StreamPosition(),
        policy,
        MemoryKey(b"key"),
        stream=policy.id,
        type=PolicyEventType.ISSUED,
        actor="app_one",
        now=NOW,
        postings=PREMIUM.written(),
    )


def test_an_event_is_published_and_what_it_moved_is_reported(control_accounts, issued):
    bus = Bus()

    [moved] = deliver(issued, control_accounts, bus)

    assert bus.taken == [issued]
    assert (moved.mode, moved.currency) == (Mode.TEST, Currency.GBP)
    assert moved.premium_bound == PREMIUM.net.amount
    assert control_accounts.imbalance(Mode.TEST, Currency.GBP) == 0


def test_an_event_delivered_twice_is_posted_and_counted_once(control_accounts, issued):
    bus = Bus()
    deliver(issued, control_accounts, bus)

    assert deliver(issued, control_accounts, bus) == []
    assert len(bus.taken) == 2


def test_an_event_that_the_bus_refused_is_counted_when_it_comes_again(control_accounts, issued):
    bus = Bus(failures=1)
    with pytest.raises(Unavailable):
        deliver(issued, control_accounts, bus)

    [moved] = deliver(issued, control_accounts, bus)

    assert moved.premium_bound == PREMIUM.net.amount


def test_an_event_that_was_changed_goes_nowhere(control_accounts, issued):
    bus = Bus()

    with pytest.raises(BrokenEvent):
        deliver(issued.replace(actor="somebody-else"), control_accounts, bus)

    assert bus.taken == []
