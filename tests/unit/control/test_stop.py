"""What a stop holds, from when on, and who lets it go."""

from datetime import timedelta

import pytest
from insurance.domain.control.stop import STOPS_MAX, Activity, Reach, Stop, Stops
from insurance.domain.core.errors import SamePerson, StopNotFound, Stopped, TooManyStops
from insurance.domain.core.identity import Mode, new_stop_id

from tests.support.builders import NOW

MOTOR = Reach("personal_motor", "GB", "harbour")


def stop(number: int = 1, **changes: object) -> Stop:
    set_by_ann = Stop(
        id=new_stop_id(Mode.TEST, "ann", f"key-{number}"),
        activities=(Activity.BIND,),
        cause="rate_error",
        set_by="ann",
        set_at=NOW,
    )
    return set_by_ann.replace(**changes)


def stops(*some: Stop) -> Stops:
    return Stops.of(Mode.TEST).replace(stops=some)


@pytest.mark.parametrize(
    ("named", "reach", "holds"),
    [
        ({}, MOTOR, True),
        ({"product": "personal_motor"}, MOTOR, True),
        ({"product": "travel"}, MOTOR, False),
        ({"territory": "GB"}, MOTOR, True),
        ({"territory": "FR"}, MOTOR, False),
        ({"partner": "harbour"}, MOTOR, True),
        ({"partner": "meadow"}, MOTOR, False),
        ({"product": "personal_motor", "partner": "meadow"}, MOTOR, False),
        ({"product": "travel"}, Reach(None, None, None), True),
        ({"partner": "harbour"}, MOTOR._replace(partner=""), False),
    ],
)
def test_a_stop_holds_what_it_names_and_what_nobody_knows(named, reach, holds):
    assert stop(**named).holds(Activity.BIND, reach, NOW) is holds


def test_it_holds_its_activities_alone():
    both = stop(activities=(Activity.QUOTE, Activity.PAY))

    assert [each for each in Activity if both.holds(each, MOTOR, NOW)] == ["quote", "pay"]


def test_it_holds_from_its_instant_on():
    later = stop(starts_at=NOW + timedelta(hours=1))

    assert not later.holds(Activity.BIND, MOTOR, NOW + timedelta(minutes=59))
    assert later.holds(Activity.BIND, MOTOR, NOW + timedelta(hours=1))


def test_the_refusal_names_stop_activity_and_cause():
    held = stop()

    with pytest.raises(Stopped) as refused:
        stops(held).check(Activity.BIND, MOTOR, NOW)

    found = refused.value
    assert (found.stop_id, found.activity, found.cause) == (held.id, "bind", "rate_error")


def test_two_people_lift_it():
    held = stop()

    asked = stops(held).lift_asked(held.id, by="ben", reason="mended")
    assert asked.stop(held.id).holds(Activity.BIND, MOTOR, NOW)
    lifted = asked.lifted(held.id, by="cleo", now=NOW)

    assert lifted.stops == ()
    assert lifted.last_lifted == asked.stop(held.id).replace(lifted_by="cleo", lifted_at=NOW)
    with pytest.raises(StopNotFound):
        lifted.stop(held.id)


@pytest.mark.parametrize(("asks", "lifts"), [("ben", "ben"), ("ann", "ann"), ("ben", "ann")])
def test_nobody_lifts_it_alone_and_who_set_it_does_not_have_the_last_word(asks, lifts):
    asked = stops(stop()).lift_asked(stop().id, by=asks, reason="mended")

    with pytest.raises(SamePerson):
        asked.lifted(stop().id, by=lifts, now=NOW)


def test_who_set_it_may_ask_that_it_is_lifted():
    asked = stops(stop()).lift_asked(stop().id, by="ann", reason="mistake")

    assert asked.lifted(stop().id, by="ben", now=NOW).stops == ()


def test_there_is_a_limit():
    full = stops(*map(stop, range(STOPS_MAX)))

    with pytest.raises(TooManyStops):
        full.with_stop(stop(STOPS_MAX))
