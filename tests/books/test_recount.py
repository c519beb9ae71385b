"""The count of all books: every sub-ledger against its events, every total against its sub-ledgers."""

from collections.abc import Callable
from typing import Any

import pytest
from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.ledger.health import Recount
from insurance.dynamodb import codec
from insurance.dynamodb.ledger import balances
from insurance.dynamodb.ledger.reconciliation import DynamoDBCountedBooks
from insurance.operations.ledger import reconcile_books as recount_books
from insurance.operations.ledger.reconcile_books import Recounter

from tests.support.ledger import FAR, Keeper, earn, plain_house
from tests.support.policy_life import House

USD = Currency.USD


@pytest.fixture
def house(keeper: Keeper) -> House:
    """Three policies in the books, of which the last has earned something."""
    for number in range(3):
        house = plain_house(1200 + number, calls=10 * number)
        if number == 2:
            earn(house, "2026-01", "2026-02")
        keeper.take_in(house)
    return house


def never() -> bool:
    return False


def count(keeper: Keeper, house: House, time_is_up: Callable[[], bool] = never) -> Recount | None:
    books = DynamoDBCountedBooks(
        keeper.dynamodb,
        balances_table=keeper.tables["balances"],
        events_table=keeper.tables["events"],
    )
    return Recounter(books, house.products, FAR, time_is_up).run(Mode.TEST)


def test_sound_books_are_found_sound(keeper, house):
    found = count(keeper, house)

    assert found == Recount(FAR, 4, (), (), 0)
    assert keeper.health(USD).recount == found
    assert keeper.health(USD).healthy


def test_a_count_goes_on_where_time_ended_it(keeper, house, monkeypatch):
    monkeypatch.setattr(recount_books, "PAGE", 1)
    times = iter([False, True] * 100)

    runs = 0
    while (found := count(keeper, house, lambda: next(times))) is None:
        runs += 1

    assert runs > 4
    assert found == Recount(FAR, 4, (), (), 0)
    assert count(keeper, house) == found


def test_two_runs_at_once_do_not_count_twice(keeper, house, monkeypatch):
    page = recount_books.Recounter._page

    def overtaken(run, at):
        going = page(run, at)
        monkeypatch.setattr(recount_books.Recounter, "_page", page)
        count(keeper, house, iter([False, True]).__next__)
        return going

    monkeypatch.setattr(recount_books.Recounter, "_page", overtaken)

    with pytest.raises(StaleRevision):
        count(keeper, house)
    assert count(keeper, house) == Recount(FAR, 4, (), (), 0)


def whole(keeper: Keeper, house: House) -> Recount:
    found = count(keeper, house)
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
    shard = balances.shard_of(house.policy_id)
    key = balances.total_key(Mode.TEST, USD, shard)
    spoil(keeper, key, "posted_cash", codec.number(100))
    spoil(keeper, key, "source_cash", codec.number(100))

    found = whole(keeper, house)

    assert found.totals_differ == ("USD posted cash", "USD source cash")
    assert not keeper.health(USD).healthy


def test_a_sub_ledger_that_is_not_what_its_events_say_is_named(keeper, house):
    key = balances.ledger_key_of(house.policy_id)
    nothing = codec.pack({"posted": {}, "source": {}, "apart": False})
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
    shard = balances.shard_of(house.policy_id)
    spoil(keeper, balances.total_key(Mode.TEST, USD, shard), "events", codec.number(99))

    found = whole(keeper, house)

    assert (found.moving, found.totals_differ) == (1, ())
