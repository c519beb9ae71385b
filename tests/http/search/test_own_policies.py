"""A policyholder lists the policies of the parties that they have access to, and no others."""

from datetime import timedelta

from tests.support.calls import policyholder
from tests.support.claims import issued
from tests.support.lists import listed

OWN = "/v1/me/policies"


def test_a_policyholder_lists_their_own_policies_page_by_page(platform):
    policies = []
    for _ in range(4):
        policies.append(issued(platform))
        platform.now += timedelta(hours=1)
    platform.deliver()
    mine = policies[:3]

    for limit in ("1", "2", "3", "100"):
        assert sorted(listed(platform, OWN, policyholder(*mine), limit=limit)) == sorted(mine)
    assert listed(platform, OWN, policyholder(policies[3])) == [policies[3]]


def test_another_partners_portal_shows_nothing_of_it(platform):
    policy = issued(platform)
    platform.deliver()

    assert listed(platform, OWN, policyholder(policy, partner="meadow")) == []


def test_other_lists_are_not_for_policyholders(platform):
    for path in ("/v1/policies", "/v1/claims", "/v1/complaints"):
        answered = platform.call("GET", path, by=policyholder("pol_test_0000000000000000"))

        assert answered.body["code"] == "no-authority"
    assert platform.call("GET", OWN).body["code"] == "no-authority"
