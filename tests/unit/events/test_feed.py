"""Who is told of an event: the partner of its object's book, and never of the insurer's own work."""

from datetime import UTC, datetime

import pytest
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.events.catalogue import CATALOGUE, Audience, CataloguedEvent
from insurance.domain.events.feed import (
    EventObject,
    EventSummary,
    Feed,
    feed_of,
    is_for_subscribers,
    is_told_to,
)

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
PREFIXES = {
    "quote": "quo",
    "policy": "pol",
    "billing": "bil",
    "claim": "clm",
    "complaint": "cmp",
    "document": "doc",
    "party": "pty",
    "webhook": "whk",
    "api_product": "apd",
    "partner": "app",
}
"""Of the area of partners those of applications: of a partner itself nothing is told."""


def event(type: str, stream: str, **facts: str) -> Event:
    return Event(
        stream=stream,
        sequence=4,
        type=type,
        actor="somebody",
        mode=Mode.LIVE,
        effective_at=NOW,
        processed_at=NOW,
        facts=facts,
        sealed=b"",
        postings=(),
        previous_hash=bytes(32),
        hash=bytes(32),
    )


@pytest.mark.parametrize("known", CATALOGUE.values(), ids=lambda known: known.event_type)
def test_every_event_of_a_partners_book_is_told_unless_it_is_the_insurers_own(
    known: CataloguedEvent,
):
    stream = f"{PREFIXES.get(known.area, 'xxx')}_0000000000000000"
    told = event(known.event_type, stream, partner="harbour")

    internal = known.audience is Audience.INTERNAL
    assert is_told_to(told, Feed(Mode.LIVE, "harbour")) is not internal
    of_ones_book = not internal and known.area != "api_product"
    assert feed_of(told) == (Feed(Mode.LIVE, "harbour") if of_ones_book else None)


def test_an_event_of_an_api_product_is_for_all_that_have_it_in_its_mode():
    ends = event("api_product.deprecated", "apd_quoting", code="quoting")

    assert is_for_subscribers(ends)
    assert is_told_to(ends, Feed(Mode.LIVE, "meadow"))
    assert not is_told_to(ends, Feed(Mode.TEST, "meadow"))
    assert not is_for_subscribers(event("api_product.approved", "apd_quoting", code="quoting"))


def test_what_is_in_nobodys_book_is_told_nobody():
    assert feed_of(event("party.registered", "pty_0000000000000000", partner="")) is None
    assert feed_of(event("access.given", "per_00", person_id="per_00")) is None


def test_what_is_told_is_where_to_look():
    summary = EventSummary.of(event("policy.issued", "pol_0000000000000000", partner="harbour"))

    assert summary == ("pol_0000000000000000", 4, "policy.issued", NOW)
    assert (summary.id, summary.object) == ("pol_0000000000000000-4", EventObject.POLICY)
