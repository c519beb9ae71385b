"""Who is told of an event: the partner of its object's book, and never of the insurer's own work."""

from datetime import UTC, datetime

import pytest
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.events.catalogue import CATALOGUE, Audience, CataloguedEvent
from insurance.domain.events.feed import EventObject, EventSummary, Feed, feed_of

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
}


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
    feed = feed_of(event(known.event_type, stream, partner="harbour"))

    internal = known.audience is Audience.INTERNAL
    assert feed == (None if internal else Feed(Mode.LIVE, "harbour"))


def test_what_is_in_nobodys_book_is_told_nobody():
    assert feed_of(event("party.registered", "pty_0000000000000000", partner="")) is None
    assert feed_of(event("access.given", "per_00", person_id="per_00")) is None


def test_what_is_told_is_where_to_look():
    summary = EventSummary.of(event("policy.issued", "pol_0000000000000000", partner="harbour"))

    assert summary == ("pol_0000000000000000", 4, "policy.issued", NOW)
    assert (summary.id, summary.object) == ("pol_0000000000000000-4", EventObject.POLICY)
