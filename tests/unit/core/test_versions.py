"""Versions of stored bodies: an old one is brought up to date, a newer one is never half understood."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

import pytest
from insurance.domain.core.classification import Classification, Internal, Record
from insurance.domain.core.errors import Unavailable, WrittenByNewerRelease
from insurance.domain.core.event import Event, EventType, StreamPosition
from insurance.domain.core.value import Value
from insurance.domain.core.versions import Versions

from tests.fakes.keys import MemoryKey

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
KEY = MemoryKey(b"key of a reader")


class Colour(StrEnum):
    RED = "red"


class Wheel(Value):
    size: int


class Cart(Record):
    """What the older release stores."""

    id: Internal[str] = "bil_test_1"
    wheels: Internal[tuple[Wheel, ...]] = ()
    colour: Internal[Colour | None] = None
    owner: Annotated[str | None, Classification.PERSONAL] = None


def _with_paint(body: dict[str, Any]) -> dict[str, Any]:
    """The step from version 1: `colour` became `paint`, and `owner` became `keeper`."""
    renamed = {"colour": "paint", "owner": "keeper"}
    return {renamed.get(name, name): value for name, value in body.items()}


class PaintedCart(Record):
    """What the newer release stores."""

    VERSIONS: ClassVar[Versions] = Versions(steps=(_with_paint,))

    id: Internal[str] = "bil_test_1"
    wheels: Internal[tuple[Wheel, ...]] = ()
    paint: Internal[Colour | None] = None
    keeper: Annotated[str | None, Classification.PERSONAL] = None


class _CartEventType(EventType):
    MOVED = "cart.moved"


OLD = Cart(colour=Colour.RED, owner="Ada").split_personal()


def test_version_1_is_stored_without_a_number() -> None:
    assert OLD == ({"colour": "red"}, {"owner": "Ada"})


def test_an_old_body_is_read_as_the_new_record_in_both_of_its_parts() -> None:
    value, is_understood = PaintedCart.read(*OLD)

    assert value == PaintedCart(paint=Colour.RED, keeper="Ada")
    assert is_understood


def test_an_old_body_is_read_where_the_party_was_erased() -> None:
    assert PaintedCart.merge_personal(OLD[0], {}) == PaintedCart(paint=Colour.RED)


def test_a_new_body_says_its_version_in_each_part_and_is_read_again_as_it_was() -> None:
    new = PaintedCart(paint=Colour.RED, keeper="Ada")

    opened, personal = new.split_personal()

    assert (opened["v"], personal["v"]) == (2, 2)
    assert PaintedCart.read(opened, personal) == (new, True)


def test_a_body_that_is_up_to_date_is_brought_up_to_date_once_only() -> None:
    once = PaintedCart.VERSIONS.current(OLD[0], "cart")

    assert once == {"paint": "red", "v": 2}
    assert PaintedCart.VERSIONS.current(once, "cart") == once
    assert OLD[0] == {"colour": "red"}


def test_a_newer_version_is_refused_as_a_fault_that_passes() -> None:
    new = PaintedCart(paint=Colour.RED).split_personal()

    with pytest.raises(WrittenByNewerRelease, match="newer release") as refused:
        Cart.merge_personal(*new)

    assert isinstance(refused.value, Unavailable)


def test_a_release_can_know_a_version_before_it_writes_it() -> None:
    class Between(Record):
        VERSIONS: ClassVar[Versions] = Versions(steps=(_with_paint,), written=1)

        paint: Internal[Colour | None] = None
        colour: Internal[Colour | None] = None

    written = Between(paint=Colour.RED, colour=Colour.RED).split_personal()[0]

    assert "v" not in written
    assert Cart.merge_personal({"colour": written["colour"]}, {}).colour is Colour.RED
    assert Between.merge_personal({"paint": "red", "v": 2}, {}).paint is Colour.RED


@pytest.mark.parametrize("written", [-1, 1, 4])
def test_no_release_writes_what_the_one_before_it_cannot_read(written: int) -> None:
    with pytest.raises(ValueError, match="or the one before"):
        Versions(steps=(_with_paint, _with_paint), written=written)


@pytest.mark.parametrize(
    "body",
    [
        {"colour": "red", "bells": 2},
        {"colour": "red", "wheels": [{"size": 3, "spokes": 12}]},
    ],
)
def test_fields_that_a_newer_release_added_are_left_out_and_said(body: dict[str, Any]) -> None:
    value, is_understood = Cart.read(body, {})

    assert value.colour is Colour.RED
    assert not is_understood


def test_a_personal_field_that_a_newer_release_added_is_left_out_too() -> None:
    value, is_understood = Cart.read({"colour": "red"}, {"owner": "Ada", "lender": "Bob"})

    assert value == Cart(colour=Colour.RED, owner="Ada")
    assert not is_understood


def test_a_value_that_a_newer_release_added_is_refused_as_a_fault_that_passes() -> None:
    with pytest.raises(WrittenByNewerRelease):
        Cart.merge_personal({"colour": "ultraviolet"}, {})


@pytest.mark.parametrize("body", [{"wheels": "many"}, {"wheels": [{}]}, {"id": None}])
def test_what_no_release_writes_stays_a_fault(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Cart.merge_personal(body, {})


def _moved(head: StreamPosition, record: Record) -> Event:
    return Event.following(
        head, record, KEY, stream="bil_test_1", type=_CartEventType.MOVED, actor="app", now=NOW
    )


def test_nothing_is_written_after_an_event_that_is_not_understood_whole() -> None:
    head = _moved(StreamPosition(), Cart()).head.replace(is_understood=False)

    with pytest.raises(WrittenByNewerRelease):
        _moved(head, Cart())


def test_a_hash_is_of_the_facts_as_they_were_stored() -> None:
    event = _moved(StreamPosition(), Cart(colour=Colour.RED, owner="Ada"))
    current = PaintedCart.VERSIONS.current(event.facts, "cart")

    read = event.replace(facts=current, stored_facts=event.facts)

    assert read.facts["paint"] == "red"
    assert read.digest() == event.hash


def test_a_hash_is_of_no_more_than_it_was_of_at_first() -> None:
    event = _moved(StreamPosition(), Cart(colour=Colour.RED, owner="Ada"))

    assert event.hash.hex() == PINNED


PINNED = "d580d7b65309c5b850f88ff80ca7a5ed511bbac60c0a3471437c902b5fd39446"
"""Made by the first release: the same event has it for ever."""
