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

from tests.support.ledger import FAR, Keeper, earn, plain_house
from tests.support.policy_life import House

USD = Currency.USD


@pytest.fixture
def house(keeper: Keeper) -> House:
    """Three policies in the ledger, of which the last has earned something."""
    for number in range(3):
        house = plain_house(1200 + number, calls=10 * number)
        if number == 2:
            earn(house, "2026-01", "2026-02")
        keeper.take_in(house)
    return house


def never() -> bool:
    return False


def reconcile(
    keeper: Keeper, house: House, time_is_up: Callable[[], bool] = never
) -> Reconciliation | None:
    ports = replace(keeper.accounting, products=house.products)
    return reconcile_ledger(Mode.TEST, ports, now=FAR, time_is_up=time_is_up)


def test_a_sound_ledger_reconciles(keeper, house):
    found = reconcile(keeper, house)

    assert found == Reconciliation(FAR, 4, (), (), 0)
    assert keeper.health(USD).reconciliation == found
    assert keeper.health(USD).healthy


def test_a_reconciliation_continues_where_time_ended_it(keeper, house, monkeypatch):
    monkeypatch.setattr(operation, "PAGE", 1)
    times = iter([False, True] * 100)

    runs = 0
    while (found := reconcile(keeper, house, lambda: next(times))) is None:
        runs += 1

    assert runs > 4
    assert found == Reconciliation(FAR, 4, (), (), 0)
    assert reconcile(keeper, house) == found


def test_two_runs_at_once_do_not_reconcile_twice(keeper, house, monkeypatch):
    check_page = operation._check_page

    def overtaken(progress, ports):
        advanced = check_page(progress, ports)
        monkeypatch.setattr(operation, "_check_page", check_page)
        reconcile(keeper, house, iter([False, True]).__next__)
        return advanced

    monkeypatch.setattr(operation, "_check_page", overtaken)

    with pytest.raises(StaleRevision):
        reconcile(keeper, house)
    assert reconcile(keeper, house) == Reconciliation(FAR, 4, (), (), 0)


def whole(keeper: Keeper, house: House) -> Reconciliation:
    found = reconcile(keeper, house)
    assert found is not None
    return found


def spoil(keeper: Keeper, key: codec.Item, name: str, value: dict[str, Any]) -> None:
    keeper.dynamodb.update_item(
        TableName=keeper.tables["balances"],
        Key=key,
        UpdateExpression="SET #name = :value",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":value": value},
    )


def test_a_total_that_somebody_touched_is_found_and_turns_the_health_red(keeper, house):
    shard = control_accounts.shard_of(house.policy_id)
    key = control_accounts.total_key(Mode.TEST, USD, shard)
    spoil(keeper, key, "posted_cash", codec.number(100))
    spoil(keeper, key, "source_cash", codec.number(100))

    found = whole(keeper, house)

    assert found.totals_differ == ("USD posted cash", "USD source cash")
    assert not keeper.health(USD).healthy


def test_a_sub_ledger_that_is_not_what_its_events_say_is_named(keeper, house):
    key = control_accounts.sub_ledger_key(house.policy_id)
    nothing = codec.pack({"posted": {}, "source": {}, "mismatched": False})
    spoil(keeper, key, "body", codec.binary(nothing))

    assert house.policy_id in whole(keeper, house).wrong


def test_an_event_that_was_changed_is_found(keeper, house):
    [issued] = [each for each in house.memory.events[house.policy_id] if each.sequence == 1]
    keeper.append([issued.replace(actor="somebody-else")])

    assert whole(keeper, house).wrong == (house.policy_id,)


def test_a_ledger_without_its_policy_is_an_orphan(keeper, house):
    key = {"stream": codec.text(house.policy_id), "sequence": codec.number(1)}
    keeper.dynamodb.delete_item(TableName=keeper.tables["events"], Key=key)

    assert set(whole(keeper, house).wrong) == {
        house.policy_id,
        house.policy_id.replace("pol", "ear"),
    }


def test_a_shard_that_moves_meanwhile_says_nothing(keeper, house):
    shard = control_accounts.shard_of(house.policy_id)
    spoil(keeper, control_accounts.total_key(Mode.TEST, USD, shard), "events", codec.number(99))

    found = whole(keeper, house)

    assert (found.moving, found.totals_differ) == (1, ())
