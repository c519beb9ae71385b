"""Each broker's commission: by the time during which the policy was theirs, and read in the ledger."""

from datetime import UTC, datetime, timedelta

import pytest
from insurance.domain.core.money import Currency

from tests.support.driving.http import Json
from tests.support.ledger import Bookkeeper
from tests.support.platform import Platform, platform_in_memory

CLERK = "call-centre-test"
BUSINESS: Json = {
    "trade": "office",
    "turnover": {"amount": 40_000_000, "currency": "EUR"},
    "employees": 5,
    "claims_5y": 1,
    "premises": [
        {
            "name": "Main",
            "construction": "brick",
            "sprinklers": False,
            "building": {"amount": 50_000_000, "currency": "EUR"},
            "stock": {"amount": 5_000_000, "currency": "EUR"},
        }
    ],
}
ROUNDED = 5
"""The product rounds each change to five cents."""
START = datetime(2026, 12, 1, tzinfo=UTC)


def bought(platform: Platform) -> str:
    body = {"product": "business_combined", "territory": "IE", "start": "2026-12-01"}
    holder = {"policyholder": {"name": "Quay Traders"}, "answers": BUSINESS}
    quote = platform.post("/v1/quotes", body | holder)
    platform.post(f"/v1/quotes/{quote['id']}/acceptance")
    return f"/v1/policies/{platform.post('/v1/policies', {'quote_id': quote['id']})['id']}"


def appointed(platform: Platform, path: str, on: str, broker: str = "meadow") -> Json:
    body: Json = {"reason": "broker", "to_partner": broker, "effective_on": on, "evidence": "L-1"}
    body |= {"consents": ["holder"]}
    preview = platform.post(f"{path}/transfers/preview", body, by=CLERK)
    made = platform.post(f"{path}/transfers", body, by=CLERK)
    shares: Json = made["transaction"]["computation"]
    assert preview["transaction"]["computation"] == shares
    return shares


def commission(platform: Platform, path: str) -> dict[str, int]:
    policy = platform.stores.policies.get(path.rsplit("/", 1)[1]).record
    shares = policy.commission_of()
    assert sum(share.amount for share in shares.values()) == policy.commission.amount
    return {partner: share.amount for partner, share in shares.items()}


def test_the_commission_of_the_time_that_is_left_goes_to_the_new_broker(bookkeeper: Bookkeeper):
    with platform_in_memory() as (platform, _):
        path = bought(platform)
        whole = commission(platform, path)["harbour"]
        platform.now = START + timedelta(days=200)
        shares = appointed(platform, path, "2027-03-01")

        [former, new] = shares["commission_of"]
        moved = round(whole * (365 - 90) / 365)
        assert (former["partner"], former["amount"]["amount"]) == ("harbour", -moved)
        assert (new["partner"], new["amount"]["amount"]) == ("meadow", moved)
        assert commission(platform, path) == {"harbour": whole - moved, "meadow": moved}
        bookkeeper.take_in(platform)

        assert bookkeeper.commission_owed(Currency.EUR) == commission(platform, path)
        assert bookkeeper.wrong(Currency.EUR) == []


@pytest.mark.parametrize(
    ("ended_on", "left"),
    [("2027-06-01", "both"), ("2027-02-01", "former")],
)
def test_a_cancellation_takes_back_from_each_what_is_not_theirs(
    bookkeeper: Bookkeeper, ended_on: str, left: str
):
    with platform_in_memory() as (platform, _):
        path = bought(platform)
        whole = commission(platform, path)["harbour"]
        platform.now = START + timedelta(days=200)
        appointed(platform, path, "2027-03-01")

        body = {"effective_on": ended_on, "by": "policyholder", "reason": "sold"}
        platform.post(f"{path}/cancellations", body, by=CLERK)
        bookkeeper.take_in(platform)

        shares = commission(platform, path)
        days = {"2027-06-01": 182, "2027-02-01": 62}[ended_on]
        assert abs(sum(shares.values()) - whole * days / 365) <= ROUNDED
        if left == "former":
            assert shares.get("meadow", 0) == 0
        else:
            assert abs(shares["harbour"] - whole * 90 / 365) <= ROUNDED
        assert bookkeeper.commission_owed(Currency.EUR) == {
            name: amount for name, amount in shares.items() if amount
        }
        assert bookkeeper.wrong(Currency.EUR) == []


def test_a_change_after_the_appointment_is_the_new_broker_s_and_one_before_the_former_one_s(
    bookkeeper: Bookkeeper,
):
    with platform_in_memory() as (platform, _):
        path = bought(platform)
        platform.now = START + timedelta(days=200)
        appointed(platform, path, "2027-03-01")
        before = commission(platform, path)

        more = {"effective_on": "2027-05-01", "answers": {"employees": 20}}
        platform.post(f"{path}/endorsements", more, by=CLERK)
        after = commission(platform, path)
        assert after["harbour"] == before["harbour"]
        earlier = {"effective_on": "2027-02-01", "answers": {"claims_5y": 0}}
        platform.post(f"{path}/endorsements", earlier, by=CLERK)
        bookkeeper.take_in(platform)

        assert commission(platform, path)["harbour"] != before["harbour"]
        assert bookkeeper.commission_owed(Currency.EUR) == commission(platform, path)
        assert bookkeeper.wrong(Currency.EUR) == []


def test_a_second_appointment_leaves_each_broker_their_time(bookkeeper: Bookkeeper):
    with platform_in_memory() as (platform, _):
        path = bought(platform)
        whole = commission(platform, path)["harbour"]
        platform.now = START + timedelta(days=200)
        appointed(platform, path, "2027-03-01")
        appointed(platform, path, "2027-06-01", broker="pebble")
        bookkeeper.take_in(platform)

        shares = commission(platform, path)
        for partner, days in (("harbour", 90), ("meadow", 92), ("pebble", 183)):
            assert abs(shares[partner] - whole * days / 365) <= ROUNDED
        assert bookkeeper.commission_owed(Currency.EUR) == shares
        assert bookkeeper.wrong(Currency.EUR) == []
