"""What was read ahead is as good as what is read now: nothing is lost that others write meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from insurance.dynamodb.read_ahead import Place, reading_ahead
from insurance.dynamodb.transaction import add, load, load_expected, put, transact, update

from tests.support.engine import make_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Item = dict[str, Any]


class Taken(Exception):
    """Somebody was first."""


class Table:
    """A table in which each item counts its versions, and who reads it how often."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self.client = client
        self.name: str = make_tables(client)["quotes"]
        self.reads = 0

    def place(self, id: str) -> Place:
        return self.name, {"id": {"S": id}}

    def read(self, *ids: str) -> list[int | None]:
        items = load_expected(self.client, [self.place(id) for id in ids])
        return [int(item["v"]["N"]) if item else None for item in items]

    def write(self, id: str, before: int | None) -> None:
        item = {"id": {"S": id}, "v": {"N": str((before or 0) + 1)}}
        if before is None:
            write = add(self.name, item, lambda _: Taken(), key="id")
        else:
            seen = {"N": str(before)}
            write = put(self.name, item, lambda _: Taken(), condition="v = :seen", seen=seen)
        transact(self.client, [write])

    def grow(self, id: str) -> None:
        """An update, which does not say what the whole item is then."""
        key, columns = {"id": {"S": id}}, {"v": {"N": "9"}}
        condition = "attribute_exists(id)"
        write = update(self.name, key, columns, lambda _: Taken(), condition=condition)
        transact(self.client, [write])

    @contextmanager
    def ahead(self, *ids: str, written: tuple[str, ...] = ()) -> Iterator[None]:
        def counted(places: Any) -> Any:
            self.reads += 1
            return load(self.client, places)

        places = [self.place(id) for id in ids]
        with reading_ahead(counted, places, written=[self.place(id) for id in written]):
            yield


@pytest.fixture
def table(dynamodb: "DynamoDBClient") -> Table:
    return Table(dynamodb)


@pytest.fixture
def behind(table: Table, dynamodb: "DynamoDBClient") -> Any:
    """Writes past everything that was read ahead, as another process does."""

    def write(id: str, version: int) -> None:
        item: Item = {"id": {"S": id}, "v": {"N": str(version)}}
        dynamodb.put_item(TableName=table.name, Item=item)

    return write


def test_what_was_read_ahead_is_not_read_again(table, behind):
    behind("a", 1)

    with table.ahead("a", "a", "b"):
        behind("a", 2)
        found = [table.read("a", "b"), table.read("a")]

    assert found == [[1, None], [1]]
    assert table.reads == 1


def test_what_is_asked_for_more_often_is_read_anew(table, behind):
    behind("a", 1)

    with table.ahead("a"):
        table.read("a")
        behind("a", 2)

        assert table.read("a") == [2]


def test_what_is_missing_is_read_beside_it(table, behind):
    behind("a", 1)
    behind("b", 5)

    with table.ahead("a"):
        assert table.read("b", "a", "c") == [5, 1, None]


def test_outside_everything_is_read_anew(table, behind):
    with table.ahead("a"):
        pass
    behind("a", 1)

    assert table.read("a") == [1]


def test_who_decides_on_an_old_item_loses_and_reads_the_new_one(table, behind):
    behind("a", 1)

    with table.ahead(written=("a",)):
        behind("a", 2)
        [seen] = table.read("a")
        with pytest.raises(Taken):
            table.write("a", seen)
        [again] = table.read("a")
        table.write("a", again)

        assert table.read("a") == [3]


def test_what_was_read_afresh_is_handed_out_to_the_others_who_expect_it(table, behind):
    behind("a", 1)
    behind("calendar", 1)

    with table.ahead(*["calendar", "a"] * 3):
        assert table.read("calendar", "a") == [1, 1]
        behind("calendar", 2)
        behind("a", 2)
        with pytest.raises(Taken):
            table.write("a", 1)
        load(table.client, [table.place("calendar"), table.place("a")])
        behind("calendar", 3)

        assert table.read("calendar", "a") == [2, 2]


def test_who_does_not_say_that_it_may_be_old_reads_anew(table, behind):
    behind("a", 1)

    with table.ahead("a"):
        behind("a", 2)
        [item] = load(table.client, [table.place("a")])

    assert item is not None
    assert item["v"]["N"] == "2"


def test_what_a_run_wrote_itself_it_reads_without_asking(table, behind):
    behind("a", 1)

    with table.ahead(written=("a", "new")):
        for id in ("a", "new"):
            [seen] = table.read(id)
            table.write(id, seen)
        behind("a", 7)
        behind("new", 7)

        assert table.read("a", "new") == [2, 1]
        assert table.read("a", "new") == [7, 7]


def test_an_item_that_was_updated_is_read_anew(table, behind):
    behind("a", 1)

    with table.ahead("a", "a", written=("b",)):
        table.grow("a")

        assert table.read("a") == [9]


def test_where_reading_ahead_fails_everybody_reads_for_themselves(table, behind):
    behind("a", 1)

    def fails(_: Any) -> Any:
        raise Taken

    with reading_ahead(fails, [table.place("a")]):
        assert table.read("a") == [1]


def test_more_than_one_call_takes_are_read_in_several(table, behind):
    ids = [f"id-{number}" for number in range(250)]
    behind("id-249", 1)

    with table.ahead(*ids):
        behind("id-249", 2)

        assert table.read("id-249") == [1]
    assert table.reads == 3


def test_one_run_inside_another_keeps_to_its_own(table, behind):
    behind("a", 1)

    with table.ahead("a"):
        behind("a", 2)
        with reading_ahead(partial(load, table.client), []):
            inner = table.read("a")

        assert (inner, table.read("a")) == ([2], [1])
