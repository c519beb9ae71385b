"""A cover is waited for once, from when it was added, in days of the calendar or of business."""

import json
from typing import Any

import pytest
from insurance.domain.product import InvalidProduct
from insurance.domain.product.definition.files import read_source
from insurance.domain.product.publishing.checks import check

from tests.support.platform import Platform
from tests.support.sales import BASE, product, rules_of, selling

MAIN = {"code": "main", "limit": 1000}


def waiting(days: Any, **more: Any) -> dict[str, Any]:
    return {**MAIN, "waiting_days": days, **more}


def judged(platform: Platform, policy_id: str, at: str, cover: str = "main") -> str:
    """What a coverage check says of the waiting period for a loss at this time."""
    told = {"policy_id": policy_id, "cover": cover, "occurred_at": at}
    checked = platform.post(
        "/v1/coverage-checks", told | {"claimed": {"amount": 10_000, "currency": "GBP"}}
    )
    return rules_of(checked)["waiting_period"]


@pytest.mark.parametrize(
    ("count", "days", "start", "last", "first"),
    [
        ("calendar", 3, "2026-12-03", "2026-12-05T23:59:59Z", "2026-12-06T00:00:00Z"),
        # Thursday and Friday, then Monday: the weekend is not counted.
        ("business", 3, "2026-12-03", "2026-12-07T23:59:59Z", "2026-12-08T00:00:00Z"),
        # Begun on a Saturday: Monday is the first day that is waited.
        ("business", 1, "2026-12-05", "2026-12-07T23:59:59Z", "2026-12-08T00:00:00Z"),
        # Christmas Eve, then Tuesday: Christmas, the weekend and Monday's bank holiday between.
        ("business", 2, "2026-12-24", "2026-12-29T23:59:59Z", "2026-12-30T00:00:00Z"),
    ],
)
def test_it_is_over_after_the_last_of_its_days(count, days, start, last, first):
    with selling(product(covers=[waiting(days, waiting_count=count)])) as platform:
        policy_id = platform.sell(start)
        platform.noon_of("2027-01-20")

        assert judged(platform, policy_id, last) == "fail"
        assert judged(platform, policy_id, first) == "pass"


def test_holidays_are_those_of_where_the_risk_is():
    made = product(covers=[waiting(1, waiting_count="business")], territories=["GB", "IE"])
    with selling(made) as platform:
        risk = platform.risk("2027-02-01")  # Saint Brigid's day is kept in Ireland alone
        policies = [
            platform.take(platform.post("/v1/quotes", risk | {"territory": where}))
            for where in ("GB", "IE")
        ]
        platform.noon_of("2027-03-01")

        found = [judged(platform, each, "2027-02-02T09:00:00Z") for each in policies]

        assert found == ["pass", "fail"]


def test_it_ends_at_the_hour_at_which_cover_began_also_over_a_change_of_the_clock():
    made = product(covers=[waiting(2)], term={"months": 12, "inception_time": "12:00"})
    with selling(made) as platform:
        policy_id = platform.sell("2027-03-27")
        platform.noon_of("2027-04-01")

        assert judged(platform, policy_id, "2027-03-29T10:59:59Z") == "fail"
        assert judged(platform, policy_id, "2027-03-29T11:00:00Z") == "pass"


def test_its_days_may_hang_on_the_answers():
    with selling(product(covers=[waiting("n * 7")])) as platform:
        platform.noon_of("2026-11-20")
        three_weeks, none = platform.sell(n=3), platform.sell(n=0)
        platform.noon_of("2027-01-20")

        assert judged(platform, three_weeks, "2026-12-21T23:00:00Z") == "fail"
        assert judged(platform, three_weeks, "2026-12-22T00:00:00Z") == "pass"
        checked = platform.claim(none, "10", "2026-12-01")
        assert "waiting_period" not in rules_of(checked)


EXTRA = waiting(30, code="extra", optional=True)


def test_a_cover_added_by_a_change_is_waited_for_from_then_and_the_others_are_not_again():
    with selling(product(covers=[waiting(30), EXTRA])) as platform:
        policy_id = platform.sell()
        platform.noon_of("2027-03-01")
        platform.endorse_from(policy_id, "2027-03-01", covers=["extra"])
        platform.noon_of("2027-05-01")

        assert judged(platform, policy_id, "2027-03-30T12:00:00Z", "extra") == "fail"
        assert judged(platform, policy_id, "2027-03-31T12:00:00Z", "extra") == "pass"
        assert judged(platform, policy_id, "2027-03-05T12:00:00Z") == "pass"


def test_a_cover_that_was_dropped_and_comes_back_is_waited_for_again():
    with selling(product(covers=[waiting(30), EXTRA])) as platform:
        policy_id = platform.sell(covers=("extra",))
        for on, covers in (("2027-03-01", []), ("2027-04-01", ["extra"])):
            platform.noon_of(on)
            platform.endorse_from(policy_id, on, covers=covers)
        platform.noon_of("2027-06-01")

        assert judged(platform, policy_id, "2027-02-01T12:00:00Z", "extra") == "pass"
        assert judged(platform, policy_id, "2027-04-10T12:00:00Z", "extra") == "fail"
        assert judged(platform, policy_id, "2027-05-02T12:00:00Z", "extra") == "pass"


def test_what_was_waited_for_is_not_waited_for_again_after_renewals():
    with selling(product(covers=[waiting(30), EXTRA])) as platform:
        policy_id = platform.sell()
        for on in ("2027-11-20", "2028-11-20"):
            policy_id = platform.renewed(policy_id, on)
        platform.noon_of("2029-01-01")

        assert judged(platform, policy_id, "2028-12-02T12:00:00Z") == "pass"


def test_a_waiting_period_that_runs_at_the_renewal_runs_on():
    with selling(product(covers=[MAIN, EXTRA])) as platform:
        policy_id = platform.sell()
        platform.noon_of("2027-11-20")
        platform.endorse_from(policy_id, "2027-11-20", covers=["extra"])
        second = platform.renewed(policy_id, "2027-11-21")
        platform.noon_of("2028-02-01")

        assert judged(platform, second, "2027-12-19T12:00:00Z", "extra") == "fail"
        assert judged(platform, second, "2027-12-20T12:00:00Z", "extra") == "pass"


def test_a_cover_that_a_renewal_brings_is_waited_for_from_then():
    grown = {"changes": [{"answer": "n", "to": "n + 1"}]}
    extra = waiting(30, code="extra", when="n >= 1")
    with selling(product(covers=[waiting(30), extra], renewal=grown)) as platform:
        second = platform.renewed(platform.sell(), "2027-11-20")
        platform.noon_of("2028-02-01")

        assert judged(platform, second, "2027-12-10T12:00:00Z", "extra") == "fail"
        assert judged(platform, second, "2027-12-31T12:00:00Z", "extra") == "pass"
        assert judged(platform, second, "2027-12-10T12:00:00Z") == "pass"


def test_it_may_run_from_the_first_term_whenever_the_cover_was_added():
    extra = EXTRA | {"waiting_from": "policy"}
    with selling(product(covers=[MAIN, extra])) as platform:
        policy_id = platform.sell()
        platform.noon_of("2027-03-01")
        platform.endorse_from(policy_id, "2027-03-01", covers=["extra"])
        second = platform.renewed(policy_id, "2027-11-20")
        platform.noon_of("2028-01-01")

        assert judged(platform, policy_id, "2027-03-02T12:00:00Z", "extra") == "pass"
        assert judged(platform, second, "2027-12-02T12:00:00Z", "extra") == "pass"


def test_a_gap_in_cover_is_waited_after_again():
    made = product(
        covers=[waiting(30)],
        life={
            "reinstatement_days": 60,
            "cancellation": [{"by": "policyholder", "method": "pro_rata"}],
        },
    )
    with selling(made) as platform:
        policy_id = platform.sell()
        path = f"/v1/policies/{policy_id}"
        platform.noon_of("2027-03-01")
        platform.post(f"{path}/cancellations", {"effective_on": "2027-03-01"})
        platform.noon_of("2027-03-20")
        platform.post(f"{path}/reinstatements", {"effective_on": "2027-03-20", "gap": True})
        platform.noon_of("2027-06-01")

        assert judged(platform, policy_id, "2027-02-20T12:00:00Z") == "pass"
        assert judged(platform, policy_id, "2027-04-10T12:00:00Z") == "fail"
        assert judged(platform, policy_id, "2027-04-20T12:00:00Z") == "pass"


@pytest.mark.parametrize(
    ("cover", "path", "told"),
    [
        (waiting(3, waiting_count="busines"), "/covers/0/waiting_count", "business"),
        (waiting(3, waiting_from="policys"), "/covers/0/waiting_from", "policy"),
        ({**MAIN, "waiting_count": "business"}, "/covers/0/waiting_count", "waiting_days"),
        (waiting(-1), "/covers/0/waiting_days", "0 to 3660"),
        (waiting(4000), "/covers/0/waiting_days", "0 to 3660"),
        (waiting("n / 2"), "/covers/0/waiting_days", "whole days"),
        (waiting("m"), "/covers/0/waiting_days", "n"),
    ],
)
def test_what_cannot_be_waited_is_a_fault_with_its_place(cover, path, told):
    with pytest.raises(InvalidProduct) as caught:
        product(covers=[cover])

    [fault] = caught.value.faults
    assert fault.path.startswith(path)
    assert told in str(fault)


def test_scenarios_say_since_when_a_cover_is_held():
    def claim(occurred: str, outcome: str, **since: str) -> dict[str, Any]:
        told = {"cover": "main", "claimed": 10, "occurred": occurred, **since}
        return {"name": f"{occurred} {since}", "claim": told, "expect": {"outcome": outcome}}

    scenarios = {
        "risks": {"baseline": {"start": "2026-12-24", "answers": {}}},
        "scenarios": [
            claim("2026-12-29", "fail"),
            claim("2026-12-30", "pass"),
            claim("2026-12-24", "pass", covered_since="2026-12-01"),
        ],
    }
    document = json.dumps({**BASE, "covers": [waiting(2, waiting_count="business")]})

    report = check(read_source(document, {}, json.dumps(scenarios)))

    assert [outcome.differences for outcome in report.outcomes] == [(), (), ()]
