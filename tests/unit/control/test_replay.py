"""What a version of a policy would have refused of calls that were made."""

from datetime import UTC, datetime
from typing import Any

import pytest
from insurance.domain.control.access_policy import (
    AccessRule,
    MaskedClass,
    PolicyText,
    Rate,
    RatePeriod,
)
from insurance.domain.control.replay import EXAMPLES_MAX, CallGroup, Replayed, replayed
from insurance.domain.control.vocabulary import CallFacts, clock_minutes

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def group(calls: int = 1, *, was_refused: bool = False, **changes: Any) -> CallGroup:
    given: dict[str, Any] = {
        "kind": "application",
        "application": "app_test_one",
        "partner": "harbour",
        "mode": "test",
        "operation": "createQuote",
        "api_products": ("quoting",),
        "at": NOON,
        "region": "eu-west-2",
        "product": "personal_motor",
        "territory": "GB",
    }
    return CallGroup(CallFacts(**given | changes), calls, was_refused)


def tried(*groups: CallGroup, **rules: str) -> Replayed:
    written = tuple(
        AccessRule(code=code, reason="not_agreed", when=when) for code, when in rules.items()
    )
    return replayed(
        "house", PolicyText(version=3, zone="Europe/London", rules=written), list(groups)
    )


def test_each_call_counts_for_the_first_rule_that_refuses_it():
    found = tried(
        group(5),
        group(2, partner="meadow"),
        group(1, product="travel"),
        motor="given(product) and product == 'personal_motor' and partner == 'harbour'",
        harbour="partner == 'harbour'",
        nobody="kind == 'staff'",
    )

    assert (found.calls, found.refused) == (8, 6)
    counted = [(count.rule.code, count.calls) for count in found.by_rule]
    assert counted == [("motor", 5), ("harbour", 1), ("nobody", 0)]


def test_hours_are_those_of_each_call_on_the_clock_of_the_policy():
    at = [datetime(2026, 7, 1, hour, tzinfo=UTC) for hour in (5, 6)]  # 6 and 7 in London

    found = tried(*(group(at=each) for each in at), night="hour < 7")

    assert found.refused == 1


def test_what_was_refused_then_is_told_apart():
    found = tried(group(4), group(3, was_refused=True), closed="true")

    assert (found.refused, found.refused_before) == (7, 3)


def test_examples_name_no_person_and_the_largest_kinds_first():
    calls = [group(2, application=f"app_test_{n}", kind="policyholder") for n in range(3)]
    others = [group(n + 10, product=f"product_{n}") for n in range(EXAMPLES_MAX)]

    found = tried(*calls, *others, closed="true")

    assert len(found.examples) == EXAMPLES_MAX
    assert found.examples[0].calls == EXAMPLES_MAX + 9
    assert (
        tried(*calls, closed="true").examples[0].calls == 6
    )  # through three portals, one kind of call


@pytest.mark.parametrize(
    ("zone", "minutes"),
    [("Europe/London", 60), ("Asia/Kolkata", 30), ("Asia/Kathmandu", 15)],
)
def test_calls_are_put_together_within_an_hour_of_the_zone(zone: str, minutes: int):
    assert clock_minutes(zone, NOON) == minutes


def test_what_would_have_been_masked_is_told_apart_from_what_would_have_been_refused():
    masks = AccessRule(code="masks", reason="least", mask=MaskedClass.PERSONAL)
    text = PolicyText(version=1, zone="Europe/London", rules=(masks,))

    found = replayed("house", text, [group(3), group(2, operation="getDocument")])

    assert (found.masked, found.refused, found.by_rule[0].calls) == (3, 2, 5)


def test_a_rate_is_tried_by_application_and_span_of_time():
    few = Rate(calls=3, per=RatePeriod.HOUR)
    rule = AccessRule(code="slow", reason="agreed", rate=few)
    text = PolicyText(version=1, zone="Europe/London", rules=(rule,))
    later = NOON.replace(hour=13)
    calls = [group(2), group(2, operation="getQuote"), group(3, at=later), group(9, kind="staff")]

    found = replayed("house", text, [*calls, group(3, application="app_test_two")])

    assert (found.by_rule[0].calls, found.refused) == (1, 0)
