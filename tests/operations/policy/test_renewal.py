"""The next term: invited in time, priced on what the last one was, issued at the price offered."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from insurance.domain.contract.terms import PastClaim
from insurance.domain.core.errors import TermsNotOffered, WrongState
from insurance.domain.policy import Policy
from insurance.domain.policy.renewal import RenewalOffer
from insurance.domain.quote.quote import QuoteStatus
from insurance.operations.command import Query
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.policy import renew_policy
from insurance.operations.policy.issue_policy import issue_policy
from insurance.operations.policy.renew_policy import (
    offer_renewal,
    preview_renewal,
)
from insurance.operations.quoting.accept_quote import accept_quote
from insurance.products import product

from tests.cases.published import expected
from tests.fakes.policy_ports import issuing_ports, renewal_ports
from tests.fakes.quoting import MemoryQuotes, quoting_ports
from tests.support.policy_life import PARTNER, WITH_A_TEENAGER, House, gbp

IN_TIME = datetime(2026, 12, 20, 9, tzinfo=UTC)


class Renewal:
    """A house whose policy is about to end."""

    def __init__(self, house: House, losses: tuple[PastClaim, ...] = ()) -> None:
        self.house, self.losses = house, losses
        self.quotes = MemoryQuotes(house.memory)
        self.ports = renewal_ports(house.products, house.memory)

    def preview(self) -> RenewalOffer:
        query = Query(PARTNER, self.house.now, self.house.now)
        return preview_renewal(self.house.policy_id, query, self.ports)

    def offer(self) -> Any:
        command = self.house.command("renewal")
        return offer_renewal(self.house.policy_id, command, self.ports).record

    def take(self, quote: Any) -> Policy:
        ports = quoting_ports(self.house.products, self.quotes)
        accept_quote(quote.id, self.house.command("accept"), ports)
        issuing = issuing_ports(self.house.products, self.house.memory)
        return issue_policy(quote.id, self.house.command("issue"), issuing).record


def test_the_version_is_that_of_the_day_on_which_the_term_ends_where_the_risk_is(monkeypatch):
    house = House(now=datetime(2026, 6, 20, tzinfo=UTC))
    house.issue(start=date(2026, 7, 1))
    house.now = datetime(2027, 6, 20, tzinfo=UTC)
    asked: list[date] = []

    def for_renewal(_code: str, day: date, _mode: Any) -> Any:
        asked.append(day)
        return house.product

    monkeypatch.setattr(house.products, "for_renewal", for_renewal)
    Renewal(house).preview()

    assert asked == [date(2027, 7, 1)]  # by UTC the term ends on 30 June, at eleven at night


@pytest.fixture
def renewal() -> Renewal:
    house = House()
    house.issue()
    house.now = IN_TIME
    return Renewal(house)


def test_the_next_term_follows_the_last_without_a_gap(renewal):
    quote = renewal.offer()

    policy = renewal.take(quote)

    assert policy.period.start == renewal.house.policy.period.end
    assert policy.renews == renewal.house.policy_id
    assert policy.premium == quote.premium
    assert policy.answers["no_claims_years"] == 6


def test_a_policy_is_offered_one_renewal(renewal):
    renewal.offer()

    with pytest.raises(AlreadyAnswered):
        renewal.offer()


def test_it_goes_by_the_terms_of_the_last_moment(renewal):
    renewal.house.endorse(date(2026, 12, 31), **WITH_A_TEENAGER)

    assert renewal.preview().priced.premium.net == gbp("322.00")


@pytest.mark.parametrize(("case", "faults"), [("MOT-N1", 1), ("MOT-N2", 2)])
def test_published_renewals_with_claims(renewal, monkeypatch, case, faults):
    losses = (PastClaim(cover="accidental_damage", counts=True, paid=gbp("2500")),) * faults
    monkeypatch.setattr(renew_policy, "past_claims", lambda _claims, _contract: losses)

    quote = renewal.offer()

    assert [str(quote.premium.total.major)] == expected(case)
    assert renewal.take(quote).premium.total == quote.premium.total


def home_renewal() -> Renewal:
    house = House(product("home_contents"), now=datetime(2025, 12, 20, tzinfo=UTC))
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
    house.issue(all_answers=home)
    house.now = IN_TIME
    return Renewal(house)


def test_hom_n1_sums_follow_the_index():
    renewal = home_renewal()

    quote = renewal.offer()

    assert [str(quote.premium.total.major)] == expected("HOM-N1")
    assert renewal.take(quote).premium == quote.premium


def test_a_price_that_is_capped_by_last_years_is_issued_as_offered(monkeypatch):
    losses = (PastClaim(cover="contents", counts=True, paid=gbp("900"), cause="fire"),) * 2
    monkeypatch.setattr(renew_policy, "past_claims", lambda _claims, _contract: losses)
    renewal = home_renewal()

    quote = renewal.offer()

    assert quote.premium.total.amount <= renewal.house.policy.premium.total.amount * 12 // 10 + 1
    assert renewal.take(quote).premium == quote.premium


def test_three_counting_claims_are_not_renewed(renewal, monkeypatch):
    losses = (PastClaim(cover="accidental_damage", counts=True, paid=gbp("500")),) * 3
    monkeypatch.setattr(renew_policy, "past_claims", lambda _claims, _contract: losses)

    assert renewal.offer().status is QuoteStatus.DECLINED


@pytest.mark.parametrize("days", [-22, 0, 30])
def test_a_renewal_is_offered_in_its_weeks_only(renewal, days):
    renewal.house.now = renewal.house.policy.period.end + timedelta(days=days)

    with pytest.raises(TermsNotOffered):
        renewal.preview()


def test_what_has_ended_is_not_renewed(renewal):
    renewal.house.cancel(date(2026, 12, 30))

    with pytest.raises(WrongState):
        renewal.preview()
