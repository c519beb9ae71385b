"""Products that nobody has seen, as data: terms that answers make, claims made, several territories, authority."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from insurance.api.views.quotes import ExplanationView
from insurance.domain.claim.verdict import LossNotice
from insurance.domain.claim.verification import verify_notice
from insurance.domain.contract.terms import ImposedTerms
from insurance.domain.core.errors import InvalidFields, NoAuthority, RiskNotAccepted
from insurance.domain.core.money import Currency, Money
from insurance.domain.party.party import Policyholder
from insurance.domain.product import InvalidProduct, Product, ProductSource
from insurance.operations.command import Query
from insurance.operations.policy.issue_policy import issue_policy
from insurance.operations.policy.renew_policy import offer_renewal, preview_renewal
from insurance.operations.quoting.accept_quote import accept_quote
from insurance.operations.quoting.decide_referral import AcceptanceInput, accept_referral
from insurance.operations.quoting.explain_quote import explain_quote
from insurance.operations.quoting.make_quote import RiskInput, make_quote
from insurance.operations.quoting.quoted_party import PartyInput

from tests.fakes.quoting import MemoryQuotes, quoting_ports
from tests.support.platform import Platform
from tests.support.policy_life import PARTNER, UNDERWRITER

BASE = {
    "code": "unseen",
    "version": "1",
    "name": "Unseen",
    "status": "active",
    "territories": ["GB"],
    "currency": "GBP",
    "time_zone": "Europe/London",
    "covers": [{"code": "main", "limit": 1000}],
}


def product(**parts):
    tables = parts.pop("with_tables", {})
    document = json.loads(json.dumps({**BASE, **parts}), parse_float=Decimal)
    made = Product(ProductSource(document, tables))
    made.compile()
    return made


def money(amount):
    return Money.of(str(amount), Currency.GBP)


def trip(days="days(start, back_on)"):
    return product(
        term={"days": days},
        questions=[
            {"code": "back_on", "type": "date"},
            {"code": "party", "type": "integer", "min": 1, "max": 9, "default": 1},
        ],
        rating={"steps": [{"step": "base", "base": "rate(days(start, end)) * party"}]},
        with_tables={"rate": "days>=,days<=,rate\n,3,10\n4,10,25\n11,,60\n"},
    )


def test_a_term_is_as_long_as_the_answers_make_it():
    platform = Platform(product=trip(), now=datetime(2026, 6, 1, tzinfo=UTC))

    policy = platform.issue(date(2026, 7, 1), all_answers={"back_on": "2026-07-09"})

    assert policy.period.end - policy.period.start == timedelta(days=8)
    assert policy.premium.total == money(25)


@pytest.mark.parametrize("back_on", ["2026-07-01", "2026-06-20", "2046-07-01"])
def test_a_term_that_cannot_be_is_refused(back_on):
    platform = Platform(product=trip(), now=datetime(2026, 6, 1, tzinfo=UTC))

    with pytest.raises(InvalidFields) as caught:
        platform.issue(date(2026, 7, 1), all_answers={"back_on": back_on})

    assert [fault.code for fault in caught.value.faults] == ["no-term"]


def test_a_change_of_answers_does_not_move_the_end_of_a_term_or_its_claims():
    platform = Platform(product=trip(), now=datetime(2026, 6, 1, tzinfo=UTC))
    policy = platform.issue(date(2026, 7, 1), all_answers={"back_on": "2026-07-09"})
    platform.now = datetime(2026, 7, 2, tzinfo=UTC)

    platform.endorse(date(2026, 7, 3), party=2, back_on="2026-07-04")

    changed = platform.policy
    assert changed.period == policy.period
    verdict = verified(platform, occurred=datetime(2026, 7, 8, tzinfo=UTC))
    assert {rule.code: rule.outcome for rule in verdict.rules}["within_period"] == "pass"


@pytest.mark.parametrize("days", ["days(start, end)", 0, 2.5, "start", 5000])
def test_days_that_are_no_days_are_a_fault_of_the_definition(days):
    with pytest.raises(InvalidProduct) as caught:
        trip(days)

    assert caught.value.faults[0].path.startswith("/term/days")


def verified(
    platform, *, occurred, reported=None, claimed=100, facts=None, used=None, cover="main"
):
    notice = LossNotice(
        cover=cover,
        occurred_at=occurred,
        reported_at=reported or occurred + timedelta(hours=1),
        claimed=money(claimed),
        facts=facts or {},
    )
    return verify_notice(notice, platform.policy, platform.product, used or {})


def indemnity():
    return product(
        questions=[
            {"code": "turnover", "type": "money", "min": 1, "max": 10_000_000},
            {"code": "retro", "type": "date"},
        ],
        covers=[
            {
                "code": "main",
                "limit": "turnover",
                "trigger": "claims_made",
                "retroactive_date": "retro",
                "extended_reporting_days": 30,
            }
        ],
        rating={"steps": [{"step": "base", "base": "0.01 * turnover"}]},
    )


def pi_platform():
    platform = Platform(product=indemnity(), now=datetime(2026, 1, 10, tzinfo=UTC))
    turnover = {"amount": 10_000_000, "currency": "GBP"}
    platform.issue(date(2026, 2, 1), all_answers={"turnover": turnover, "retro": "2024-01-01"})
    platform.now = datetime(2026, 3, 1, tzinfo=UTC)
    platform.endorse(date(2026, 4, 1), turnover={"amount": 20_000_000, "currency": "GBP"})
    return platform


def outcomes(verdict):
    return {rule.code: str(rule.outcome) for rule in verdict.rules}


def test_a_claim_made_in_the_term_is_covered_though_it_happened_before_and_the_policy_was_changed():
    verdict = verified(
        pi_platform(),
        occurred=datetime(2025, 5, 5, tzinfo=UTC),
        reported=datetime(2026, 6, 1, tzinfo=UTC),
        claimed=150_000,
    )

    found = outcomes(verdict)
    assert (found["within_period"], found["after_retroactive_date"]) == ("pass", "pass")
    assert found["in_force"] == "pass"
    assert verdict.payable == money(150_000)  # by the terms of the day it was made


@pytest.mark.parametrize(
    ("occurred", "reported", "code"),
    [
        ("2023-12-31", "2026-06-01", "after_retroactive_date"),
        ("2026-06-01", "2027-03-10", "within_period"),
        ("2027-02-02", "2027-02-10", "within_period"),
    ],
)
def test_a_claim_made_before_the_retroactive_date_or_too_late_is_not(occurred, reported, code):
    moments = [datetime.fromisoformat(f"{day}T12:00:00+00:00") for day in (occurred, reported)]

    verdict = verified(pi_platform(), occurred=moments[0], reported=moments[1])

    assert outcomes(verdict)[code] == "fail"
    assert not verdict.payable


def test_a_claim_made_in_the_extended_reporting_period_is_covered():
    verdict = verified(
        pi_platform(),
        occurred=datetime(2027, 1, 20, tzinfo=UTC),
        reported=datetime(2027, 2, 20, tzinfo=UTC),
    )

    assert set(outcomes(verdict).values()) == {"pass"}


def abroad():
    return product(
        territories=["GB", "IE"],
        questions=[{"code": "n", "type": "integer", "min": 0, "max": 9}],
        rating={
            "steps": [{"step": "base", "base": 100}],
            "charges": [
                {"code": "tax", "kind": "tax", "rate": "0.12 if territory == 'GB' else 0.05"}
            ],
        },
    )


@pytest.mark.parametrize(("territory", "total"), [("", 112), ("GB", 112), ("IE", 105)])
def test_taxes_go_by_the_territory_that_a_quote_names_and_stay_with_the_policy(territory, total):
    platform = Platform(product=abroad(), now=datetime(2026, 1, 10, tzinfo=UTC))

    policy = platform.issue(date(2026, 2, 1), all_answers={"n": 1}, territory=territory)

    assert (policy.territory, policy.premium.total) == (territory, money(total))


def test_a_territory_in_which_the_product_is_not_sold_is_refused():
    platform = Platform(product=abroad(), now=datetime(2026, 1, 10, tzinfo=UTC))

    with pytest.raises(InvalidFields) as caught:
        platform.issue(date(2026, 2, 1), all_answers={"n": 1}, territory="FR")

    assert [fault.pointer for fault in caught.value.faults] == ["/territory"]


def referring():
    return product(
        questions=[{"code": "n", "type": "integer", "min": 0, "max": 9}],
        rating={"steps": [{"step": "base", "base": 100}]},
        underwriting=[
            {
                "code": "big",
                "outcome": "refer",
                "when": "n > 5",
                "reason": "Big",
                "authority": "chief_underwriter",
                "expires_days": 3,
            }
        ],
    )


def referred(platform):
    quotes = MemoryQuotes(platform.memory)
    risk_input = RiskInput(
        product="unseen",
        start=date(2026, 2, 1),
        party=PartyInput(Policyholder(name="Ada")),
        answers={"n": 6},
        options=(),
        territory="",
        producer=None,
    )
    made = make_quote(
        risk_input, platform.command("POST /v1/quotes"), quoting_ports(platform.products, quotes)
    )
    return made.record.id, quotes


def decide_open_referral(platform, quote_id, quotes, caller):
    return accept_referral(
        quote_id,
        AcceptanceInput(reason="seen", imposed=ImposedTerms(), looked_up={}),
        platform.command("decide", caller=caller),
        quoting_ports(platform.products, quotes),
    )


def test_a_referral_is_taken_on_by_the_role_that_its_rule_names_and_stands_as_long_as_it_says():
    platform = Platform(product=referring(), now=datetime(2026, 1, 10, tzinfo=UTC))
    quote_id, quotes = referred(platform)
    chief = UNDERWRITER.replace(roles=frozenset({"chief_underwriter"}))

    with pytest.raises(NoAuthority):
        decide_open_referral(platform, quote_id, quotes, UNDERWRITER)
    taken = decide_open_referral(platform, quote_id, quotes, chief)

    assert taken.record.valid_until == platform.now + timedelta(days=3)


def test_a_change_that_refers_needs_that_role_too():
    platform = Platform(product=referring(), now=datetime(2026, 1, 10, tzinfo=UTC))
    platform.issue(date(2026, 2, 1), all_answers={"n": 1})

    with pytest.raises(RiskNotAccepted):
        platform.change("endorsement", date(2026, 3, 1), answers={"n": 7}, caller=UNDERWRITER)


def test_a_renewal_under_a_version_that_asks_other_things_keeps_what_it_asks():
    old = product(
        questions=[
            {"code": "n", "type": "integer", "min": 0, "max": 9},
            {"code": "gone", "type": "integer"},
        ],
        rating={"steps": [{"step": "base", "base": "100 + money(n)"}]},
    )
    new = product(
        version="2",
        questions=[
            {"code": "n", "type": "integer", "min": 0, "max": 9},
            {"code": "fresh", "type": "integer", "default": 5},
        ],
        rating={"steps": [{"step": "base", "base": "200 + money(n + fresh)"}]},
    )
    platform = Platform(product=old, now=datetime(2026, 1, 10, tzinfo=UTC))
    policy = platform.issue(date(2026, 2, 1), all_answers={"n": 3, "gone": 1})
    platform.products.of = new
    later = datetime(2027, 1, 20, tzinfo=UTC)

    offered = preview_renewal(
        policy.id,
        Query(PARTNER, later, later),
        platform.renewal_ports,
    )

    assert offered.priced.premium is not None
    assert offered.priced.premium.total == money(208)
    assert offered.priced.product.version == "2"


def bundle(**cover):
    return product(
        questions=[
            {
                "code": "flats",
                "type": "list",
                "min": 1,
                "max": 5,
                "fields": [
                    {"code": "rent", "type": "money", "min": 0, "max": 9000},
                    {"code": "let", "type": "boolean", "default": True},
                    {"code": "new", "type": "boolean", "default": False},
                ],
            }
        ],
        covers=[{"code": "main", "limit": 100_000, "excess": 0, **cover}],
        rating={
            "steps": [{"step": "base", "base": "money(10 * count(f for f in flats if f.let))"}]
        },
    )


def owner(made):
    platform = Platform(product=made, now=datetime(2026, 1, 10, tzinfo=UTC))
    rent = {"amount": 50_000, "currency": "GBP"}
    flats = [{"rent": rent}, {"rent": rent, "let": False}, {"rent": rent, "new": True}]
    platform.issue(date(2026, 2, 1), all_answers={"flats": flats})
    return platform


SUMMER = datetime(2026, 7, 1, tzinfo=UTC)


def test_items_are_counted_by_themselves_or_by_a_condition():
    assert owner(bundle()).policy.premium.total == money(20)
    both = "money(count(f.rent > 100 for f in flats if f.let or f.new))"
    made = product(
        questions=[dict(one) for one in bundle().source.document["questions"]],
        rating={"steps": [{"step": "base", "base": both}]},
    )
    assert owner(made).policy.premium.total == money(2)


@pytest.mark.parametrize(
    ("facts", "outcome", "payable"),
    [
        ({"cause": "flood"}, "pass", 90),
        ({"cause": "fire"}, "pass", 100),
        ({"cause": "war"}, "fail", 0),
        ({}, "incomplete", 0),
    ],
)
def test_a_cover_that_lists_causes_is_told_one_among_the_facts(facts, outcome, payable):
    platform = owner(
        bundle(
            claim={
                "causes": ["fire", "flood"],
                "payout": [{"less": 10, "when": "cause == 'flood'"}, {"up_to": "limit"}],
            }
        )
    )

    verdict = verified(platform, occurred=SUMMER, facts=facts)

    found = set(outcomes(verdict).values()) - {"pass", "info"}
    assert (found or {"pass"}, verdict.payable) == ({outcome}, money(payable))


@pytest.mark.parametrize("cause", [7, "x" * 101])
def test_a_cause_that_is_no_word_is_refused(cause):
    with pytest.raises(InvalidFields):
        verified(owner(bundle(claim={"causes": ["fire"]})), occurred=SUMMER, facts={"cause": cause})


@pytest.mark.parametrize(
    ("claimed", "used", "payable"), [(90, 0, 50), (90, 60, 40), (90, 100, 0), (30, 0, 30)]
)
def test_a_limit_is_reinstated_but_never_paid_twice_for_one_loss(claimed, used, payable):
    reinstated = {"code": "pool", "kind": "limit", "amount": 50, "reinstatements": {"count": 1}}
    platform = owner(
        bundle(aggregates=[reinstated], claim={"payout": [{"up_to_aggregate": "pool"}]})
    )

    verdict = verified(platform, occurred=SUMMER, claimed=claimed, used={"pool": used * 100})

    assert verdict.payable == money(payable)


@pytest.mark.parametrize(("claimed", "used", "payable"), [(30, 0, 0), (80, 30, 60), (80, 50, 80)])
def test_a_deductible_of_the_year_is_borne_once(claimed, used, payable):
    borne = {"code": "own", "kind": "deductible", "amount": 50}
    platform = owner(bundle(aggregates=[borne], claim={"payout": [{"less_aggregate": "own"}]}))

    verdict = verified(platform, occurred=SUMMER, claimed=claimed, used={"own": used * 100})

    assert verdict.payable == money(payable)


@pytest.mark.parametrize(("renews", "outcome"), [(None, "fail"), ("pol_test_" + "0" * 16, "pass")])
def test_a_waiting_period_is_waited_for_once(renews, outcome):
    platform = owner(bundle(waiting_days=30))
    policy = platform.policy.replace(renews=renews)
    notice = LossNotice(
        cover="main",
        occurred_at=datetime(2026, 2, 10, tzinfo=UTC),
        reported_at=datetime(2026, 2, 11, tzinfo=UTC),
        claimed=money(10),
        facts={},
    )

    verdict = verify_notice(notice, policy, platform.product, {})

    assert outcomes(verdict)["waiting_period"] == outcome


def fair():
    return product(
        questions=[{"code": "n", "type": "integer", "min": 0, "max": 9}],
        rating={
            "steps": [
                {"step": "base", "base": 100},
                {"step": "walked", "factor": 1.5, "when": "renewal"},
                {"step": "losses", "add": "money(10 * size(claims))"},
            ]
        },
        renewal={"fair": True},
    )


def test_a_fair_renewal_is_offered_explained_and_issued_at_a_newcomers_price():
    platform = Platform(product=fair(), now=datetime(2026, 1, 10, tzinfo=UTC))
    policy = platform.issue(date(2026, 2, 1), all_answers={"n": 1})
    platform.now = datetime(2027, 1, 20, tzinfo=UTC)
    quotes = MemoryQuotes(platform.memory)
    renewed = offer_renewal(policy.id, platform.command("renew"), platform.renewal_ports).record

    ports = quoting_ports(platform.products, quotes)
    explained = explain_quote(renewed.id, Query(PARTNER, platform.now, platform.now), ports)
    shown = ExplanationView.of(explained)

    assert renewed.premium is not None
    assert renewed.premium.total == money(100)
    assert shown.agrees
    assert [step.running.amount for step in shown.steps] == [10_000, 15_000, 15_000]
    assert shown.new_business_steps is not None
    assert [step.running.amount for step in shown.new_business_steps] == [10_000, 10_000, 10_000]
    assert shown.new_business_premium is not None
    accept_quote(renewed.id, platform.command("accept renewal"), ports)
    issued = issue_policy(
        renewed.id,
        platform.command("issue renewal"),
        platform.issuing_ports,
    )
    assert issued.record.premium.total == money(100)
