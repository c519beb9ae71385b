"""What a person's demands stop, and what goes on."""

from itertools import product

import pytest
from insurance.domain.core.errors import ProcessingRestricted
from insurance.domain.party.demands import (
    NO_DEMANDS,
    STOPPED,
    RestrictionKind,
    Use,
    check_offer,
    stops,
)

PARTY = "pty_test_zzzzzzzzzzzzzzzz"
STOPS = {
    (RestrictionKind.RESTRICTION, Use.OFFER),
    (RestrictionKind.OBJECTION, Use.AUTOMATIC_DECISION),
}


@pytest.mark.parametrize(("kind", "use"), [*product(RestrictionKind, Use)])
def test_a_demand_stops_what_the_law_lets_it_stop_and_no_more(kind, use):
    assert stops(frozenset({kind}), use) is ((kind, use) in STOPS)
    assert stops(frozenset(RestrictionKind), use)
    assert not stops(NO_DEMANDS, use)


def test_every_kind_of_demand_stops_something():
    assert STOPPED.keys() == set(RestrictionKind)


def test_a_party_under_restriction_is_offered_nothing():
    check_offer(PARTY, frozenset({RestrictionKind.OBJECTION}))

    with pytest.raises(ProcessingRestricted):
        check_offer(PARTY, frozenset({RestrictionKind.RESTRICTION}))
