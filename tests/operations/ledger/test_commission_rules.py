"""Whose the commission is after a change of broker, by each rule that a product may have; figures by hand.

The year 2027 has 365 days and costs 1,000.00; the commission is 120.00. On 1 April, when 275 days are
left, the policy passes from harbour to meadow. Of twelve instalments those of January, February and March
have fallen due: 83.37 + 83.33 + 83.33 = 250.03.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from insurance.domain.core.money import Currency
from insurance.domain.product import InvalidProduct

from tests.support.driving.http import Json
from tests.support.ledger import Bookkeeper
from tests.support.plain import plain_product, price
from tests.support.platform import Platform, platform_in_memory

CLERK = "call-centre-test"
BY_TIME: Json = {"commission": "by_time"}
BY_PREMIUM: Json = {"commission": "premium_due"}
AGREED: Json = {"commission": "agreed", "share": "0.4"}
NOTHING: Json = {"commission": "agreed", "share": 0}
NEGOTIATED: Json = AGREED | {"share_min": "0.25", "share_max": "0.5"}
"""Each transfer may agree on a share between these."""
MONTHLY, ANNUAL = "monthly", "annual"
RULES = [
    (BY_TIME, MONTHLY),
    (BY_PREMIUM, MONTHLY),
    (BY_PREMIUM, ANNUAL),
    (AGREED, MONTHLY),
    (NOTHING, MONTHLY),
]

APPOINTED: Json = {
    "reason": "broker",
    "to_partner": "meadow",
    "effective_on": "2027-04-01",
    "evidence": "L-1",
    "consents": ["holder"],
}


class Sold:
    """A policy of harbour's under one rule, which meadow takes over on 1 April."""

    def __init__(self, platform: Platform, rule: Json, plan: str, **agreed: Any) -> None:
        self.platform = platform
        self.path = bought(platform, rule, plan)
        self.appointed = self.change("transfers", **APPOINTED, **agreed)

    def change(self, what: str, **body: Any) -> Json:
        preview = self.platform.post(f"{self.path}/{what}/preview", body, by=CLERK)
        made = self.platform.post(f"{self.path}/{what}", body, by=CLERK)["transaction"]
        assert preview["transaction"]["computation"] == made["computation"]
        computation: Json = made["computation"]
        return computation

    def of(self) -> tuple[int, int]:
        """What harbour and meadow have got of the commission, in cents."""
        policy = self.platform.stores.policies.get(self.path.rsplit("/", 1)[1]).record
        shares = {partner: share.amount for partner, share in policy.commission_of().items()}
        assert policy.commission is not None
        assert sum(shares.values()) == policy.commission.amount
        return shares.pop("harbour", 0), shares.pop("meadow", 0)


def bought(platform: Platform, rule: Json, plan: str = MONTHLY) -> str:
    """The path of a policy under the rule, looked at in August."""
    platform.offering(product_with(rule))
    body = {"product": "plain", "start": "2027-01-01", "answers": price(1000)}
    quote = platform.post("/v1/quotes", body | {"policyholder": {"name": "Ada"}})
    platform.post(f"/v1/quotes/{quote['id']}/acceptance")
    policy = platform.post("/v1/policies", {"quote_id": quote["id"]})
    path = f"/v1/policies/{policy['id']}"
    if plan == MONTHLY:
        platform.post(f"{path}/billing/plan", {"plan": plan})
    platform.now = datetime(2027, 8, 1, 12, tzinfo=UTC)
    return path


def product_with(rule: Json) -> Any:
    rating = {"steps": [{"step": "base", "base": "price"}], "charges": [], "commission": "0.12"}
    plans = [{"code": MONTHLY, "count": 12}]
    return plain_product(rating=rating, life={"broker_change": rule, "instalments": plans})


@pytest.fixture
def platform() -> Iterator[Platform]:
    with platform_in_memory() as (opened, _):
        yield opened


def ledger_agrees(bookkeeper: Bookkeeper, sold: Sold) -> None:
    """What the ledger owes each partner is what the policy says, and the books balance."""
    bookkeeper.take_in(sold.platform)
    owed = bookkeeper.commission_owed(Currency.USD)
    assert (owed.get("harbour", 0), owed.get("meadow", 0)) == sold.of()


@pytest.mark.parametrize(
    ("rule", "plan", "got"),
    [
        (BY_TIME, MONTHLY, (29_59, 90_41)),  # 120.00 x 275/365 = 90.4110
        (BY_PREMIUM, MONTHLY, (30_00, 90_00)),  # 120.00 x 749.97/1000.00 = 89.9964
        (BY_PREMIUM, ANNUAL, (120_00, 0)),  # all fell due on 1 January
        (AGREED, MONTHLY, (83_84, 36_16)),  # 90.4110 x 0.4 = 36.1644
        (NOTHING, MONTHLY, (120_00, 0)),
    ],
)
def test_what_moves_to_the_new_broker_is_as_the_product_says(
    bookkeeper: Bookkeeper, platform: Platform, rule: Json, plan: str, got: tuple[int, int]
):
    sold = Sold(platform, rule, plan)

    assert sold.of() == got
    ledger_agrees(bookkeeper, sold)


@pytest.mark.parametrize(
    ("rule", "plan", "got"),
    [
        # 184 of 365 days are left on 1 July: 120.00 x 184/365 = 60.4932 are given back, 60.49
        (BY_TIME, MONTHLY, (29_59, 29_92)),
        # harbour holds 60.4932 - 90.00 x 184/275 = 0.2750, meadow 60.2182: 0.27 and 60.22
        (BY_PREMIUM, MONTHLY, (29_73, 29_78)),
        (BY_PREMIUM, ANNUAL, (59_51, 0)),
        # harbour holds 60.4932 - 36.16 x 184/275 = 36.2988, meadow 24.1943: 36.30 and 24.19
        (AGREED, MONTHLY, (47_54, 11_97)),
        (NOTHING, MONTHLY, (59_51, 0)),
    ],
)
def test_who_holds_what_is_unearned_gives_it_back_at_a_cancellation(
    bookkeeper: Bookkeeper, platform: Platform, rule: Json, plan: str, got: tuple[int, int]
):
    sold = Sold(platform, rule, plan)

    sold.change("cancellations", effective_on="2027-07-01", by="policyholder")

    assert sold.of() == got
    ledger_agrees(bookkeeper, sold)


@pytest.mark.parametrize(("rule", "plan"), RULES)
def test_cover_that_comes_back_gives_each_what_they_gave_back_for_that_time(
    bookkeeper: Bookkeeper, platform: Platform, rule: Json, plan: str
):
    sold = Sold(platform, rule, plan)
    before = sold.of()
    ended = sold.change("cancellations", effective_on="2027-07-01", by="policyholder")
    gave = {each["partner"]: -each["amount"]["amount"] for each in ended["commission_of"]}

    # 153 of 365 days are left on 1 August: 120.00 x 153/365 = 50.3014
    again = sold.change("reinstatements", effective_on="2027-08-01", gap=True)

    got = {each["partner"]: each["amount"]["amount"] for each in again["commission_of"]}
    assert sum(got.values()) == 50_30
    for partner, amount in gave.items():
        assert abs(got.get(partner, 0) - amount * 50_30 / 60_49) < 1
    assert sum(sold.of()) == sum(before) - 60_49 + 50_30
    ledger_agrees(bookkeeper, sold)


@pytest.mark.parametrize(("rule", "plan"), RULES)
def test_more_premium_after_the_change_is_the_new_broker_s_business(
    bookkeeper: Bookkeeper, platform: Platform, rule: Json, plan: str
):
    sold = Sold(platform, rule, plan)
    harbour, meadow = sold.of()

    # 245 of 365 days are left on 1 May: 120.00 x 245/365 = 80.5479
    sold.change("endorsements", effective_on="2027-05-01", answers=price(2000))

    assert sold.of() == (harbour, meadow + 80_55)
    ledger_agrees(bookkeeper, sold)


@pytest.mark.parametrize(
    ("rule", "plan", "got"),
    [
        # 334 days are left on 1 February: 120.00 x 334/365 = 109.8082 more, 229.81 in all. From then on
        # the year costs 2,000.00, and 240.00 x 275/365 = 180.8219 are for the time left on 1 April.
        (BY_TIME, MONTHLY, (48_99, 180_82)),
        (BY_PREMIUM, MONTHLY, (57_46, 172_35)),  # 229.81 x 749.97/1000.00 = 172.3506
        (BY_PREMIUM, ANNUAL, (229_81, 0)),
        # for the time left harbour holds 90.4110 + 109.81 x 275/334 = 180.8241, of which 0.4 are 72.3296
        (AGREED, MONTHLY, (157_48, 72_33)),
    ],
)
def test_a_change_that_is_dated_back_is_divided_by_the_rule_as_if_it_had_been_known(
    bookkeeper: Bookkeeper, platform: Platform, rule: Json, plan: str, got: tuple[int, int]
):
    sold = Sold(platform, rule, plan)

    sold.change("endorsements", effective_on="2027-02-01", answers=price(2000))

    assert sold.of() == got
    ledger_agrees(bookkeeper, sold)


@pytest.mark.parametrize(
    ("share", "got", "given_back"),
    [
        # 90.4110 x 0.25 = 22.6027; on 1 July harbour holds 60.4932 - 22.60 x 184/275 = 45.3718
        ("0.25", (97_40, 22_60), (52_03, 7_48)),
        # 90.4110 x 0.5 = 45.2055; on 1 July harbour holds 60.4932 - 45.21 x 184/275 = 30.2435
        ("0.50", (74_79, 45_21), (44_55, 14_96)),
        (None, (83_84, 36_16), (47_54, 11_97)),  # what the product says
    ],
)
def test_a_transfer_may_agree_on_another_share(
    bookkeeper: Bookkeeper,
    platform: Platform,
    share: str | None,
    got: tuple[int, int],
    given_back: tuple[int, int],
):
    agreed = {} if share is None else {"commission_share": share}
    sold = Sold(platform, NEGOTIATED, MONTHLY, **agreed)
    assert sold.of() == got

    sold.change("cancellations", effective_on="2027-07-01", by="policyholder")

    assert sold.of() == given_back
    ledger_agrees(bookkeeper, sold)


@pytest.mark.parametrize(
    ("share", "got"),
    [
        # for the time left harbour holds 90.4110 + 109.81 x 275/334 = 180.8241, of which 0.25 are 45.2060
        ("0.25", (184_60, 45_21)),
        ("0.5", (139_40, 90_41)),
    ],
)
def test_what_was_agreed_holds_where_the_transfer_is_made_again(
    bookkeeper: Bookkeeper, platform: Platform, share: str, got: tuple[int, int]
):
    sold = Sold(platform, NEGOTIATED, MONTHLY, commission_share=share)

    sold.change("endorsements", effective_on="2027-02-01", answers=price(2000))

    assert sold.of() == got
    ledger_agrees(bookkeeper, sold)


@pytest.mark.parametrize(
    ("rule", "agreed", "code"),
    [
        (NEGOTIATED, {"commission_share": "0.24"}, "out-of-range"),
        (NEGOTIATED, {"commission_share": "0.500001"}, "out-of-range"),
        (AGREED, {"commission_share": "0.41"}, "out-of-range"),  # the product's share alone
        (BY_TIME, {"commission_share": "0.4"}, "not-asked"),
        (BY_PREMIUM, {"commission_share": "0.4"}, "not-asked"),
    ],
)
def test_a_share_that_the_product_does_not_leave_open_is_refused(
    platform: Platform, rule: Json, agreed: Json, code: str
):
    sold = bought(platform, rule)

    for route in ("transfers", "transfers/preview"):
        answered = platform.call("POST", f"{sold}/{route}", APPOINTED | agreed, by=CLERK)
        assert answered.code == "invalid-fields", answered.body
        [fault] = answered.body["errors"]
        assert (fault["pointer"], fault["code"]) == ("/commission_share", code)


def test_a_change_of_broker_changes_no_risk(platform: Platform):
    path = bought(platform, BY_TIME)
    changed = APPOINTED | {"answers": price(2000)}

    for route in ("transfers", "transfers/preview"):
        answered = platform.call("POST", f"{path}/{route}", changed, by=CLERK)
        assert answered.code == "invalid-fields", answered.body
        [fault] = answered.body["errors"]
        assert (fault["pointer"], fault["code"]) == ("/answers", "not-asked")


def test_a_computation_says_by_which_rule_it_was_made(platform: Platform):
    assert Sold(platform, AGREED, MONTHLY).appointed["method"] == "agreed"


@pytest.mark.parametrize(
    "rule",
    [{"commission": "agreed"}, {"share": "0.5"}, {"commission": "agreed", "share": "1.01"}],
)
def test_a_share_is_of_an_agreement_and_at_most_the_whole(rule: Json):
    assert faults_of(rule) == ["/life/broker_change/share"]


@pytest.mark.parametrize(
    ("bounds", "at"),
    [
        ({"share_min": "0.41"}, "share_min"),
        ({"share_min": "-0.1"}, "share_min"),
        ({"share_max": "0.39"}, "share_max"),
        ({"share_max": "1.1"}, "share_max"),
    ],
)
def test_the_share_of_an_agreement_is_within_what_may_be_agreed(bounds: Json, at: str):
    assert faults_of(AGREED | bounds) == [f"/life/broker_change/{at}"]


@pytest.mark.parametrize("at", ["share_min", "share_max"])
def test_only_an_agreement_has_bounds(at: str):
    assert faults_of({at: "0.5"}) == [f"/life/broker_change/{at}"]


def faults_of(rule: Json) -> list[str]:
    with pytest.raises(InvalidProduct) as refused:
        product_with(rule).compile()
    return [fault.path for fault in refused.value.faults]
