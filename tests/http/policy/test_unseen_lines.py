"""Lines that the engine never met, written by somebody who had the docs alone: played over the handlers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

import pytest
from insurance.domain.product import InvalidProduct
from insurance.domain.product.publishing.checks import check, checked

from tests.support.platform import Platform
from tests.support.sales import TAKEN_ON, UNDERWRITER, Json, product, rules_of, selling
from tools.products.folder import read

LINES = Path(__file__).parent / "lines"
GBP, USD = "GBP", "USD"


def money(major: str, currency: str = GBP) -> Json:
    return {"amount": int(major) * 100, "currency": currency}


@contextmanager
def line(name: str) -> Iterator[Platform]:
    with selling(checked(read(LINES / name))) as platform:
        yield platform


def paid(claim: Json) -> list[int]:
    return [payment["amount"]["amount"] for payment in claim["payments"]]


@pytest.mark.parametrize("name", sorted(path.name for path in LINES.iterdir()))
def test_each_is_checked_within_a_second(name):
    began = process_time()

    report = check(read(LINES / name))

    assert process_time() - began < 1
    assert report.outcomes
    assert [outcome for outcome in report.outcomes if not outcome.passed] == []


CARGO: Json = {
    "origin": "asia",
    "destination": "europe",
    "goods": "general",
    "insured_value": money("100000", USD),
    "transit_days": 40,
    "vessel_age": 5,
}


def test_cargo_is_rated_by_route_and_paid_by_average():
    with line("cargo") as platform:
        elsewhere = platform.quote(**CARGO | {"origin": "africa"})
        assert elsewhere["premium"]["net"] == money("400", USD)  # the row for everywhere
        policy_id = platform.sell(**CARGO)
        changed = platform.endorse_from(policy_id, "2026-12-11", answers={"goods": "electronics"})
        assert changed["difference"]["amount"] == 10_313  # a quarter of 550.00, for 30 of 40 days

        told = {"cause": "fire", "sound_value": money("250000", USD), "bill_of_lading": True}
        claim = platform.claim(policy_id, "10000", "2026-12-20", "cargo", facts=told)

        assert paid(claim) == [450_000]  # half of it by average, less half a per cent


def test_cargo_on_an_old_vessel_is_quoted_and_a_large_one_surveyed_before_issue():
    with line("cargo") as platform:
        old = platform.quote(**CARGO | {"vessel_age": 31})
        assert old["status"] == "quoted"
        large = platform.quote(**CARGO | {"insured_value": money("2000000", USD)})
        platform.post(f"/v1/quotes/{large['id']}/acceptance")
        asked = {"quote_id": large["id"]}
        assert platform.refused("/v1/policies", asked) == "referral-open"
        path = f"/v1/quotes/{large['id']}/referral-decision"
        platform.post(path, TAKEN_ON, by=UNDERWRITER)
        assert platform.post("/v1/policies", asked)["premium"]["net"]["amount"] == 900_000


CYBER: Json = {
    "revenue": money("500000"),
    "records": 25_000,
    "mfa": False,
    "retro": "2024-01-01",
}


def test_cyber_is_claims_made_with_a_retention_of_the_year():
    with line("cyber") as platform:
        policy_id = platform.sell(covers=("interruption",), **CYBER)
        told = {"facts": {"records_lost": 10}}

        claims = []
        for month, claimed in enumerate(("20000", "25000", "300000"), 1):
            platform.noon_of(f"2027-0{month}-10")
            body = platform.loss(policy_id, claimed, f"2026-0{month}-10", "liability", **told)
            claim = platform.post("/v1/claims", body)
            claims.append(platform.post(f"/v1/claims/{claim['id']}/settlement"))

        # The retention is borne by the first 25,000; a tenth of the rest without strong sign-on.
        assert [paid(claim) for claim in claims] == [[], [1_800_000], [25_000_000]]
        assert claims[2]["payments"][0]["status"] == "awaiting_approval"
        early = {
            "policy_id": policy_id,
            "cover": "liability",
            "occurred_at": "2023-12-31T12:00:00Z",
            "claimed": money("9"),
            **told,
        }
        checked_early = platform.post("/v1/coverage-checks", early)
        assert rules_of(checked_early)["after_retroactive_date"] == "fail"


def test_cyber_interruption_waits_for_days_of_business():
    with line("cyber") as platform:
        policy_id = platform.sell(covers=("interruption",), **CYBER)

        early = platform.claim(policy_id, "900", "2026-12-07", "interruption", facts={"hours": 20})
        later = platform.claim(policy_id, "900", "2026-12-08", "interruption", facts={"hours": 14})

        assert rules_of(early)["waiting_period"] == "fail"
        assert paid(later) == [60_000]


PETS: Json = {"species": "dog", "excess": money("200"), "pets": [{"name": "Rex", "age": 4}]}


def test_pets_have_limits_by_condition_for_life_and_an_excess_that_was_chosen():
    with line("pet") as platform:
        policy_id = platform.sell(**PETS)

        def claim(policy: str, on: str, condition: str, claimed: str = "900") -> list[int]:
            told = {"item": {"name": "Rex"}, "facts": {"condition": condition}}
            return paid(platform.claim(policy, claimed, on, "vet", **told))

        assert claim(policy_id, "2027-01-05", "injury") == [56_000]
        assert claim(policy_id, "2027-02-05", "skin") == [24_000]
        assert claim(policy_id, "2027-03-05", "teeth", "400") == [16_000]
        second = platform.renewed(policy_id, "2027-11-20")
        assert claim(second, "2027-12-05", "teeth") == [14_000]
        renewal = platform.get(f"/v1/policies/{second}")
        assert renewal["premium"]["net"]["amount"] == 27_000  # five years old by now


INCOME: Json = {
    "age": 35,
    "salary": money("52000"),
    "occupation": "office",
    "deferred_weeks": "w4",
    "smoker": False,
}


def test_income_is_paid_after_its_deferred_weeks_until_two_years_of_benefit_are_used():
    with line("income") as platform:
        policy_id = platform.sell(**INCOME)

        def weeks_off(policy: str, first: str, last: str) -> Json:
            told = {"off_from": first, "off_until": last, "cause": "illness", "sick_note": True}
            return platform.claim(policy, "100000", first, "income", facts=told)

        early = weeks_off(policy_id, "2027-01-10", "2027-06-10")
        assert rules_of(early)["waiting_period"] == "fail"
        assert paid(weeks_off(policy_id, "2027-03-01", "2027-05-10")) == [360_000]
        second = platform.renewed(policy_id, "2027-11-20")
        assert paid(weeks_off(second, "2027-12-10", "2029-12-10")) == [5_880_000]


@pytest.mark.parametrize("name", ["excess", "limit"])
def test_a_question_may_be_called_as_claims_call_a_figure(name):
    made = product(
        questions=[{"code": name, "type": "money", "min": 10, "max": 500}],
        values={"twice": f"2 * {name}"},
        covers=[
            {
                "code": "main",
                "limit": "twice" if name == "limit" else 1000,
                name: name,
                "claim": {"payout": [{"up_to": "limit"}, {"less": "excess"}]},
            }
        ],
    )
    with selling(made) as platform:
        asked = platform.risk() | {"answers": {name: money("100")}}
        policy_id = platform.take(platform.post("/v1/quotes", asked))

        claim = platform.claim(policy_id, "300", "2026-12-20")

        assert paid(claim) == [20_000 if name == "excess" else 10_000]


def test_a_limit_that_names_itself_is_a_fault():
    with pytest.raises(InvalidProduct, match="/covers/0/limit"):
        product(covers=[{"code": "main", "limit": "limit"}])
