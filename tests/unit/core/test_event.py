"""Events cannot be changed, dropped, moved or forked without a trace."""

from datetime import timedelta

import pytest
from insurance.domain.core.classification import JsonObject
from insurance.domain.core.event import Event, StreamPosition, first_broken_link
from insurance.domain.core.money import Currency, Money
from insurance.domain.quote.event_types import QuoteEventType

from tests.support.builders import NOW, make_quote


class PlainSeal:
    """Seals nothing: good enough to see what is sealed, and about whom."""

    def seal(self, personal: JsonObject, about: str) -> bytes:
        return f"{about}:{sorted(personal)}".encode()


def chain(length: int = 4) -> list[Event]:
    events: list[Event] = []
    head = StreamPosition()
    for number in range(length):
        event = Event.following(
            head,
            make_quote(),
            PlainSeal(),
            stream=make_quote().id,
            type=list(QuoteEventType)[number],
            actor="app_one",
            now=NOW + timedelta(minutes=number),
        )
        events.append(event)
        head = event.head
    return events


def test_a_chain_that_nobody_touched_holds():
    assert first_broken_link(chain()) is None


@pytest.mark.parametrize(
    "change",
    [
        {"type": "quote.other"},
        {"actor": "somebody else"},
        {"effective_at": NOW + timedelta(days=1)},
        {"facts": {"premium": 1}},
        {"sealed": b"other"},
    ],
)
def test_a_changed_event_is_found(change):
    events = chain()
    events[2] = events[2].replace(**change)

    assert first_broken_link(events) == 3


def test_an_event_changed_together_with_its_hash_breaks_the_next_link():
    events = chain()
    forged = events[1].replace(type="quote.other")
    events[1] = forged.replace(hash=forged.digest())

    assert first_broken_link(events) == 3


def test_a_dropped_event_is_found():
    events = chain()
    del events[1]

    assert first_broken_link(events) == 2


def test_events_in_another_order_are_found():
    events = chain()
    events[1], events[2] = events[2], events[1]

    assert first_broken_link(events) == 2


def test_a_forked_stream_is_found():
    events, other = chain(), chain()
    fork = Event.following(
        events[1].head,
        make_quote(producer="another"),
        PlainSeal(),
        stream=make_quote().id,
        type=QuoteEventType.EXPIRED,
        actor="app_one",
        now=NOW,
    )

    assert first_broken_link([*other[:2], fork, other[3]]) == 4


def test_a_page_that_starts_later_is_checked_from_there():
    assert first_broken_link(chain()[2:], after=2) is None
    assert first_broken_link(chain()[3:], after=2) == 3


def test_times_in_a_stream_never_run_backwards():
    first = chain(1)[0]
    second = Event.following(
        first.head,
        make_quote(),
        PlainSeal(),
        stream=first.stream,
        type=QuoteEventType.ACCEPTED,
        actor="app_one",
        now=NOW - timedelta(hours=1),
    )

    assert second.processed_at == first.processed_at


def test_personal_facts_are_in_the_sealed_part_only():
    event = chain(1)[0]

    assert "policyholder" not in event.facts
    assert "answers" not in event.facts
    assert b"policyholder" in event.sealed


def test_the_hash_does_not_depend_on_who_wrote_the_json():
    facts = chain(1)[0].facts
    again = dict(reversed(facts.items()))

    assert chain(1)[0].replace(facts=again).digest() == chain(1)[0].hash


def test_the_amounts_in_an_event_are_whole_numbers():
    premium = chain(1)[0].facts["premium"]["total"]

    assert (
        Money.model_validate(premium | {"currency": Currency(premium["currency"])}).amount == 16926
    )
