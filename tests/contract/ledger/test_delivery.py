"""Every event is posted to the ledger once, however often the stream delivers it."""

from typing import TYPE_CHECKING

import pytest
from insurance import wiring
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.policy.event_types import PolicyEventType
from insurance.dynamodb.ledger.control_accounts import DynamoDBControlAccounts
from insurance.dynamodb.stores import Stores
from insurance.operations.delivery.ports import BooksPorts
from insurance.operations.delivery.post_event import PostedAmounts, post_event

from tests.fakes.keys import MemoryKey, PlainKeys
from tests.support.builders import NOW, PREMIUM, make_policy
from tests.support.engine import make_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def control_accounts(dynamodb: "DynamoDBClient") -> DynamoDBControlAccounts:
    tables = make_tables(dynamodb)
    return Stores(lambda: dynamodb, tables.__getitem__, PlainKeys, PlainKeys).control_accounts


def post(event: Event, control_accounts: DynamoDBControlAccounts) -> list[PostedAmounts]:
    return post_event(event, NOW, BooksPorts(wiring.products(), control_accounts))


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


def test_what_an_event_moved_is_reported(control_accounts, issued):
    [moved] = post(issued, control_accounts)

    assert (moved.mode, moved.currency) == (Mode.TEST, Currency.GBP)
    assert moved.premium_bound == PREMIUM.net.amount
    assert control_accounts.imbalance(Mode.TEST, Currency.GBP) == 0


def test_an_event_delivered_twice_is_posted_and_counted_once(control_accounts, issued):
    post(issued, control_accounts)

    assert post(issued, control_accounts) == []
