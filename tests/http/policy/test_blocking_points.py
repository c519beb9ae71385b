"""A referral holds up the step that its rule blocks, and none before it, until it is accepted."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.platform import Platform
from tests.support.sales import TAKEN_ON, UNDERWRITER, Json, product, selling

STATUS = {"quote": "referred", "bind": "quoted", "issue": "bindable"}


def rule(blocks: str, when: str = "n == 1", **more: Any) -> Json:
    return {
        "code": f"at_{blocks}",
        "outcome": "refer",
        "when": when,
        "reason": "Seldom seen.",
        "blocks": blocks,
        **more,
    }


@pytest.fixture
def platform() -> Iterator[Platform]:
    """1, 2 and 3 are referred at one step each; 4 at all of them; 5 and 6 declined."""
    rules = [rule(step, f"n == {place} or n == 4") for place, step in enumerate(STATUS, 1)]
    rules += [
        {
            "code": f"never_{step}",
            "outcome": "decline",
            "when": f"n == {n}",
            "reason": "Not ours.",
            "blocks": step,
        }
        for n, step in ((5, "quote"), (6, "bind"))
    ]
    with selling(product(underwriting=rules)) as platform:
        yield platform


def decided(platform: Platform, quote: Json, **terms: Any) -> Json:
    path = f"/v1/quotes/{quote['id']}/referral-decision"
    return platform.post(path, TAKEN_ON | terms, by=UNDERWRITER)


def accept(quote: Json) -> str:
    return f"/v1/quotes/{quote['id']}/acceptance"


def issue(quote: Json) -> tuple[str, Json]:
    return "/v1/policies", {"quote_id": quote["id"]}


@pytest.mark.parametrize(("n", "step"), list(enumerate(STATUS, 1)))
def test_a_quote_stands_at_the_step_that_is_blocked_and_shows_its_price(platform, n, step):
    quote = platform.quote(n=n)

    assert quote["status"] == STATUS[step]
    assert quote["premium"]["total"]["amount"] == 10_000
    assert [(one["code"], one["blocks"]) for one in quote["findings"]] == [(f"at_{step}", step)]


@pytest.mark.parametrize(("n", "step"), [(1, "quote"), (2, "bind")])
def test_what_blocks_quote_or_bind_is_not_accepted_before_it_is_decided(platform, n, step):
    quote = platform.quote(n=n)

    assert platform.refused(accept(quote)) == "referral-open"
    assert platform.refused(*issue(quote)) == "wrong-state"
    taken = decided(platform, quote)
    assert taken["status"] == "bindable"
    assert "blocks" not in taken["findings"][0]
    assert platform.take(quote)


def test_what_blocks_issue_is_accepted_but_not_issued_before_it_is_decided(platform):
    quote = platform.quote(n=3)

    assert platform.post(accept(quote))["status"] == "accepted"
    assert platform.refused(*issue(quote)) == "referral-open"
    assert decided(platform, quote)["status"] == "accepted"
    assert platform.post(*issue(quote))["premium"] == quote["premium"]


def test_what_blocks_issue_may_be_decided_before_the_customer_accepts(platform):
    quote = platform.quote(n=3)

    assert decided(platform, quote)["status"] == "bindable"
    assert platform.take(quote)


@pytest.mark.parametrize(
    "terms", [{"load": "0.5"}, {"load": "0", "exclusions": ["extra"]}, {"excess": None}]
)
def test_terms_imposed_after_the_acceptance_are_an_offer_anew_only_if_they_change_it(terms):
    made = product(
        covers=[{"code": "main", "limit": 1000}, {"code": "extra", "limit": 10}],
        underwriting=[rule("issue")],
    )
    with selling(made) as platform:
        quote = platform.quote(n=1)
        platform.post(accept(quote))

        taken = decided(platform, quote, **terms)

        changed = terms != {"excess": None}
        assert taken["status"] == ("bindable" if changed else "accepted")
        if changed:
            assert platform.refused(*issue(quote)) == "wrong-state"
            platform.post(accept(quote))
        policy = platform.post(*issue(quote))
        assert policy["premium"]["total"] == taken["premium"]["total"]


def test_each_step_is_decided_by_itself_and_terms_add_up(platform):
    quote = platform.quote(n=4)

    assert quote["status"] == "referred"
    assert decided(platform, quote, load="0.1")["status"] == "quoted"
    assert platform.refused(accept(quote)) == "referral-open"
    taken = decided(platform, quote, excess={"amount": 5_000, "currency": "GBP"})
    assert taken["status"] == "bindable"
    assert taken["imposed"]["load"] == "0.1"
    assert taken["premium"]["total"]["amount"] == 11_000
    platform.post(accept(quote))
    assert platform.refused(*issue(quote)) == "referral-open"
    assert decided(platform, quote)["status"] == "accepted"
    assert platform.post(*issue(quote))["premium"]["total"]["amount"] == 11_000


def test_a_referral_at_issue_is_turned_down_though_the_customer_had_accepted(platform):
    quote = platform.quote(n=3)
    platform.post(accept(quote))
    body = {"decision": "decline", "reason": "No report came."}

    turned = platform.post(f"/v1/quotes/{quote['id']}/referral-decision", body, by=UNDERWRITER)

    assert turned["status"] == "declined"
    assert platform.refused(*issue(quote)) == "wrong-state"


def test_what_waits_for_nobody_is_not_decided(platform):
    quote = platform.quote(n=0)
    path = f"/v1/quotes/{quote['id']}/referral-decision"

    assert platform.refused(path, TAKEN_ON, by=UNDERWRITER) == "wrong-state"


def test_each_step_wants_the_authority_of_its_own_rules():
    made = product(underwriting=[rule("quote"), rule("issue", authority="claims_handler")])
    with selling(made) as platform:
        quote = platform.quote(n=1)

        assert decided(platform, quote)["status"] == "bindable"
        path = f"/v1/quotes/{quote['id']}/referral-decision"
        for answer in (TAKEN_ON, {"decision": "decline", "reason": "Not for us."}):
            assert platform.refused(path, answer, by=UNDERWRITER) == "no-authority"


@pytest.mark.parametrize(("n", "price"), [(5, None), (6, 10_000)])
def test_a_decline_at_a_later_step_lets_the_price_be_seen_and_nothing_else(platform, n, price):
    quote = platform.quote(n=n)

    assert quote["status"] == "declined"
    assert (quote["premium"]["total"]["amount"] if price else quote.get("premium")) == price
    assert platform.refused(accept(quote)) == "wrong-state"


def test_the_work_of_each_role_is_what_waits_for_it(platform):
    waiting = [platform.quote(n=n) for n in (1, 2, 3)]
    platform.quote(n=0)
    platform.post(accept(waiting[2]))

    def listed() -> set[str]:
        work = platform.get("/v1/work-items?role=underwriter", by=UNDERWRITER)
        return {one["id"] for one in work["items"]}

    assert listed() == {quote["id"] for quote in waiting}
    for quote in waiting:
        decided(platform, quote)
    assert listed() == set()


@pytest.mark.parametrize("step", STATUS)
def test_a_change_of_a_policy_that_refers_anew_is_blocked_at_every_step(step):
    with selling(product(underwriting=[rule(step)])) as platform:
        policy_id = platform.sell(n=0)
        change = {"effective_on": "2027-02-01", "answers": {"n": 1}}

        refused = platform.refused(f"/v1/policies/{policy_id}/endorsements", change)

        assert refused == "risk-not-accepted"


@pytest.mark.parametrize("step", STATUS)
def test_a_renewal_stands_at_the_step_that_is_blocked(step):
    aged = {"changes": [{"answer": "n", "to": "n + 1"}]}
    with selling(product(underwriting=[rule(step)], renewal=aged)) as platform:
        policy_id = platform.sell(n=0)
        platform.noon_of("2027-11-20")

        assert platform.renew(policy_id)["status"] == STATUS[step]


def test_a_renewal_is_referred_for_what_nobody_has_accepted_yet_whatever_was_accepted_before():
    rules = [rule("quote", "n >= 1"), rule("quote", "n == 2") | {"code": "new"}]
    aged = {"changes": [{"answer": "n", "to": "n + 1"}]}
    with selling(product(underwriting=rules, renewal=aged)) as platform:
        first = platform.quote(n=1)
        decided(platform, first)
        policy_id = platform.take(first)
        platform.noon_of("2027-11-20")

        renewal = platform.renew(policy_id)

        assert renewal["status"] == "referred"
        open_ones = [one["code"] for one in renewal["findings"] if "blocks" in one]
        assert open_ones == ["new"]
        assert decided(platform, renewal)["status"] == "bindable"
        assert platform.take(renewal)
