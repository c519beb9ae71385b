"""Every event reaches the bus and is booked once, however often the stream delivers it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from insurance.domain.errors import Unavailable
from insurance.domain.event import Event, Head
from insurance.domain.identity import Mode
from insurance.domain.ledger import Account
from insurance.domain.money import Currency
from insurance.dynamodb.balances import SHARDS, DynamoDBBalances
from insurance.operations.deliver_event import BrokenEvent, deliver_event

from tests.builders import NOW, PREMIUM, make_policy
from tests.database import make_tables
from tests.memory import MemoryKey

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH_GET_KEYS_MAX = 100


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
def balances(dynamodb: "DynamoDBClient") -> DynamoDBBalances:
    return DynamoDBBalances(dynamodb, make_tables(dynamodb)["balances"])


@pytest.fixture
def issued() -> Event:
    policy = make_policy()
    return Event.following(
        Head(),
        policy,
        MemoryKey(b"key"),
        stream=policy.id,
        type="policy.issued",
        actor="app_one",
        now=NOW,
        postings=PREMIUM.written(),
    )


def test_an_event_is_published_and_what_it_moved_is_told(balances, issued):
    bus = Bus()

    [moved] = deliver_event(issued, balances=balances, bus=bus)

    assert bus.taken == [issued]
    assert (moved.mode, moved.currency) == (Mode.TEST, Currency.GBP)
    assert moved.premium_bound == PREMIUM.net.amount
    assert balances.imbalance(Mode.TEST, Currency.GBP) == 0


def test_an_event_delivered_twice_is_booked_and_counted_once(balances, issued):
    bus = Bus()
    deliver_event(issued, balances=balances, bus=bus)

    assert deliver_event(issued, balances=balances, bus=bus) == []
    assert len(bus.taken) == 2


def test_an_event_that_the_bus_refused_is_counted_when_it_comes_again(balances, issued):
    bus = Bus(failures=1)
    with pytest.raises(Unavailable):
        deliver_event(issued, balances=balances, bus=bus)

    [moved] = deliver_event(issued, balances=balances, bus=bus)

    assert moved.premium_bound == PREMIUM.net.amount


def test_an_event_that_was_changed_goes_nowhere(balances, issued):
    bus = Bus()

    with pytest.raises(BrokenEvent):
        deliver_event(issued.replace(actor="somebody-else"), balances=balances, bus=bus)

    assert bus.taken == []


def test_all_control_accounts_of_a_currency_fit_into_one_read():
    assert len(Account) * SHARDS <= BATCH_GET_KEYS_MAX
