"""The next term: invited in time, priced on what the last one was, issued at the price offered."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from insurance.domain.contract.terms import PastClaim
from insurance.domain.core.errors import TermsNotOffered, WrongState
from insurance.domain.quote.quote import QuoteStatus
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.policy import renew_policy
from insurance.products import product

from tests.cases.published import expected
from tests.support.platform import Platform
from tests.support.policy_life import WITH_A_TEENAGER, gbp

IN_TIME = datetime(2026, 12, 20, 9, tzinfo=UTC)


def test_the_version_is_that_of_the_day_on_which_the_term_ends_where_the_risk_is(monkeypatch):
    platform = Platform(now=datetime(2026, 6, 20, tzinfo=UTC))
    platform.issue(start=date(2026, 7, 1))
    platform.now = datetime(2027, 6, 20, tzinfo=UTC)
    asked: list[date] = []

    def for_renewal(_code: str, day: date, _mode: Any) -> Any:
        asked.append(day)
        return platform.product

    monkeypatch.setattr(platform.products, "for_renewal", for_renewal)
    platform.preview_renewal()

    assert asked == [date(2027, 7, 1)]  # by UTC the term ends on 30 June, at eleven at night


@pytest.fixture
def platform() -> Platform:
    platform = Platform()
    platform.issue()
    platform.now = IN_TIME
    return platform


def test_the_next_term_follows_the_last_without_a_gap(platform):
    quote = platform.offer_renewal()

    policy = platform.take_renewal(quote)

    assert policy.period.start == platform.policy.period.end
    assert policy.renews == platform.policy_id
    assert policy.premium == quote.premium
    assert policy.answers["no_claims_years"] == 6


def test_a_policy_is_offered_one_renewal(platform):
    platform.offer_renewal()

    with pytest.raises(AlreadyAnswered):
        platform.offer_renewal()


def test_it_goes_by_the_terms_of_the_last_moment(platform):
    platform.endorse(date(2026, 12, 31), **WITH_A_TEENAGER)

    assert platform.preview_renewal().priced.premium.net == gbp("322.00")


@pytest.mark.parametrize(("case", "faults"), [("MOT-N1", 1), ("MOT-N2", 2)])
def test_published_renewals_with_claims(platform, monkeypatch, case, faults):
    losses = (PastClaim(cover="accidental_damage", counts=True, paid=gbp("2500")),) * faults
    monkeypatch.setattr(renew_policy, "past_claims", lambda _claims, _contract: losses)

    quote = platform.offer_renewal()

    assert [str(quote.premium.total.major)] == expected(case)
    assert quote.premium is not None
    assert platform.take_renewal(quote).premium.total == quote.premium.total


def home_renewal() -> Platform:
    platform = Platform(product("home_contents"), now=datetime(2025, 12, 20, tzinfo=UTC))
    ring = {"description": "A ring", "value": {"amount": 300_000, "currency": "GBP"}}
    home = {
        "postcode": "AB1 1AA",
        "contents_sum": {"amount": 4_000_000, "currency": "GBP"},
        "property_type": "semi",
        "alarm": True,
        "occupied_by_day": True,
        "previous_claims": 0,
        "items": [ring],
    }
    platform.issue(all_answers=home)
    platform.now = IN_TIME
    return platform


def test_hom_n1_sums_follow_the_index():
    platform = home_renewal()

    quote = platform.offer_renewal()

    assert quote.premium is not None
    assert [str(quote.premium.total.major)] == expected("HOM-N1")
    assert platform.take_renewal(quote).premium == quote.premium


def test_a_price_that_is_capped_by_last_years_is_issued_as_offered(monkeypatch):
    losses = (PastClaim(cover="contents", counts=True, paid=gbp("900"), cause="fire"),) * 2
    monkeypatch.setattr(renew_policy, "past_claims", lambda _claims, _contract: losses)
    platform = home_renewal()

    quote = platform.offer_renewal()

    assert quote.premium is not None
    assert quote.premium.total.amount <= platform.policy.premium.total.amount * 12 // 10 + 1
    assert platform.take_renewal(quote).premium == quote.premium


def test_three_counting_claims_are_not_renewed(platform, monkeypatch):
    losses = (PastClaim(cover="accidental_damage", counts=True, paid=gbp("500")),) * 3
    monkeypatch.setattr(renew_policy, "past_claims", lambda _claims, _contract: losses)

    assert platform.offer_renewal().status is QuoteStatus.DECLINED


@pytest.mark.parametrize("days", [-22, 0, 30])
def test_a_renewal_is_offered_in_its_weeks_only(platform, days):
    platform.now = platform.policy.period.end + timedelta(days=days)

    with pytest.raises(TermsNotOffered):
        platform.preview_renewal()


def test_what_has_ended_is_not_renewed(platform):
    platform.cancel(date(2026, 12, 30))

    with pytest.raises(WrongState):
        platform.preview_renewal()
