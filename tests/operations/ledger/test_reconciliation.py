"""Reconciliation: every sub-ledger against its events, every total against its sub-ledgers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.ledger.reconciliation import Reconciliation
from insurance.dynamodb import codec
from insurance.dynamodb.ledger import control_accounts
from insurance.operations.ledger import reconcile_ledger as operation
from insurance.operations.ledger.reconcile_ledger import reconcile_ledger

from tests.support.ledger import FAR, Bookkeeper, earn, plain_policy
from tests.support.platform import Platform

USD = Currency.USD


@pytest.fixture
def platform(bookkeeper: Bookkeeper) -> Platform:
    """Three policies in the ledger, of which the last has earned something."""
    for number in range(3):
        platform = plain_policy(1200 + number, calls=10 * number)
        if number == 2:
            earn(platform, "2026-01", "2026-02")
        bookkeeper.take_in(platform)
    return platform


def never() -> bool:
    return False


def reconcile(
    bookkeeper: Bookkeeper, platform: Platform, time_is_up: Callable[[], bool] = never
) -> Reconciliation | None:
    ports = replace(bookkeeper.accounting, products=platform.products)
    return reconcile_ledger(Mode.TEST, ports, now=FAR, time_is_up=time_is_up)


def test_a_sound_ledger_reconciles(bookkeeper, platform):
    found = reconcile(bookkeeper, platform)

    assert found == Reconciliation(FAR, 4, (), (), 0)
    assert bookkeeper.health(USD).reconciliation == found
    assert bookkeeper.health(USD).healthy


def test_a_reconciliation_continues_where_time_ended_it(bookkeeper, platform, monkeypatch):
    monkeypatch.setattr(operation, "PAGE", 1)
    times = iter([False, True] * 100)

    runs = 0
    while (found := reconcile(bookkeeper, platform, lambda: next(times))) is None:
        runs += 1

    assert runs > 4
    assert found == Reconciliation(FAR, 4, (), (), 0)
    assert reconcile(bookkeeper, platform) == found


def test_two_runs_at_once_do_not_reconcile_twice(bookkeeper, platform, monkeypatch):
    check_page = operation._check_page

    def overtaken(progress, ports):
        advanced = check_page(progress, ports)
        monkeypatch.setattr(operation, "_check_page", check_page)
        reconcile(bookkeeper, platform, iter([False, True]).__next__)
        return advanced

    monkeypatch.setattr(operation, "_check_page", overtaken)

    with pytest.raises(StaleRevision):
        reconcile(bookkeeper, platform)
    assert reconcile(bookkeeper, platform) == Reconciliation(FAR, 4, (), (), 0)


def whole(bookkeeper: Bookkeeper, platform: Platform) -> Reconciliation:
    found = reconcile(bookkeeper, platform)
    assert found is not None
    return found


def spoil(bookkeeper: Bookkeeper, key: codec.Item, name: str, value: dict[str, Any]) -> None:
    bookkeeper.dynamodb.update_item(
        TableName=bookkeeper.tables["balances"],
        Key=key,
        UpdateExpression="SET #name = :value",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":value": value},
    )


def test_a_total_that_somebody_touched_is_found_and_turns_the_health_red(bookkeeper, platform):
    shard = control_accounts.shard_of(platform.policy_id)
    key = control_accounts.total_key(Mode.TEST, USD, shard)
    spoil(bookkeeper, key, "posted_cash", codec.number(100))
    spoil(bookkeeper, key, "source_cash", codec.number(100))

    found = whole(bookkeeper, platform)

    assert found.totals_differ == ("USD posted cash", "USD source cash")
    assert not bookkeeper.health(USD).healthy


def test_a_sub_ledger_that_is_not_what_its_events_say_is_named(bookkeeper, platform):
    key = control_accounts.sub_ledger_key(platform.policy_id)
    nothing = codec.pack({"posted": {}, "source": {}, "mismatched": False})
    spoil(bookkeeper, key, "body", codec.binary(nothing))

    assert platform.policy_id in whole(bookkeeper, platform).wrong


def test_an_event_that_was_changed_is_found(bookkeeper, platform):
    [issued] = [each for each in platform.memory.events[platform.policy_id] if each.sequence == 1]
    bookkeeper.append([issued.replace(actor="somebody-else")])

    assert whole(bookkeeper, platform).wrong == (platform.policy_id,)


def test_a_ledger_without_its_policy_is_an_orphan(bookkeeper, platform):
    key = {"stream": codec.text(platform.policy_id), "sequence": codec.number(1)}
    bookkeeper.dynamodb.delete_item(TableName=bookkeeper.tables["events"], Key=key)

    assert set(whole(bookkeeper, platform).wrong) == {
        platform.policy_id,
        platform.policy_id.replace("pol", "ear"),
    }


def test_a_shard_that_moves_meanwhile_says_nothing(bookkeeper, platform):
    shard = control_accounts.shard_of(platform.policy_id)
    spoil(bookkeeper, control_accounts.total_key(Mode.TEST, USD, shard), "events", codec.number(99))

    found = whole(bookkeeper, platform)

    assert (found.moving, found.totals_differ) == (1, ())
