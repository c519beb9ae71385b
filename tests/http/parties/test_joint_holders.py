"""A joint holder sees the policy in the portal, the other holders by name alone, and does nothing to it."""

from datetime import timedelta

import pytest

from tests.support.calls import Json, application, policyholder
from tests.support.claims import MOTOR
from tests.support.lists import listed
from tests.support.platform import Platform
from tests.support.search import ADA

SHARING = application("app_test_one", "harbour", scopes="policies:share")
BEN = {"issuer": "https://login.example/", "subject": "ben"}
OWN = "/v1/me/policies"
JOINT: Json = {"reason": "joint_holder_in", "consents": ["holder", "new_holder"]}


class Household:
    """A policy of Ada's that Ben, a customer of the same broker, holds with her."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        body = {"product": "personal_motor", "start": "2026-12-01", "answers": MOTOR}
        quote = platform.post("/v1/quotes", body | {"policyholder": ADA})
        platform.post(f"/v1/quotes/{quote['id']}/acceptance")
        self.policy = platform.post("/v1/policies", {"quote_id": quote["id"]})
        self.path = f"/v1/policies/{self.policy['id']}"
        ben = {"kind": "person", "name": "Ben Okri", "email": "ben@okri.example"}
        self.ben = platform.post("/v1/parties", ben)["id"]
        platform.now += timedelta(days=30)
        holder = {"party_id": self.ben, "holder": {"name": "Ben Okri"}}
        platform.post(f"{self.path}/transfers", JOINT | holder)

    @property
    def signed_in(self) -> Json:
        """Ben, as the authorizer knows him once he was given access."""
        return policyholder() | {"parties": self.ben}


@pytest.fixture
def home(platform: Platform) -> Household:
    return Household(platform)


def test_their_partner_gives_them_access_to_their_own_party(platform: Platform, home: Household):
    given = platform.post(f"{home.path}/access", BEN | {"joint_holder": 1}, by=SHARING)
    assert given["parties"] == [home.ben]

    taken = platform.post(f"{home.path}/access/withdrawal", BEN | {"joint_holder": 1}, by=SHARING)
    assert taken["parties"] == []


def test_they_list_and_read_the_policy_and_of_others_the_names(platform: Platform, home: Household):
    platform.deliver()

    assert listed(platform, OWN, home.signed_in) == [home.policy["id"]]
    assert listed(platform, OWN, policyholder(home.policy["id"])) == [home.policy["id"]]
    seen = platform.get(home.path, by=home.signed_in)
    assert seen["covers"] == platform.get(home.path)["covers"]
    assert seen["charged"] == platform.get(home.path)["charged"]
    assert seen["policyholder"] == {"name": ADA["name"]}
    assert seen["joint_holders"][0]["email"] == "ben@okri.example"
    whole = platform.get(home.path, by=policyholder(home.policy["id"]))
    assert whole["policyholder"]["email"] == ADA["email"]


def test_the_rest_is_the_policyholder_s(platform: Platform, home: Household):
    for path in (f"{home.path}/billing", f"{home.path}/claims"):
        assert platform.call("GET", path, by=home.signed_in).status == 404
    other = f"/v1/me/parties/{home.policy['party_id']}/corrections"
    email = {"email": "x@example.org", "reason": "It is new."}
    assert platform.refused(other, email, by=home.signed_in) == "party-not-found"
    own = f"/v1/me/parties/{home.ben}/corrections"
    assert platform.post(own, email, by=home.signed_in)["policies"] == []
    assert platform.get(home.path)["policyholder"]["email"] == ADA["email"]


def test_who_went_out_sees_it_as_it_was_known_then_alone(platform: Platform, home: Household):
    known_at = platform.now.isoformat()
    platform.now += timedelta(days=1)
    out = {"reason": "joint_holder_out", "joint_holder": 1, "consents": ["holder"]}
    platform.post(f"{home.path}/transfers", out)
    platform.deliver()

    assert platform.call("GET", home.path, by=home.signed_in).status == 404
    assert listed(platform, OWN, home.signed_in) == []
    query = {"known_at": known_at}
    assert platform.get(home.path, by=home.signed_in, query=query)["id"] == home.policy["id"]


def test_access_is_for_a_joint_holder_who_is_a_known_customer(platform: Platform, home: Household):
    platform.post(f"{home.path}/transfers", JOINT | {"holder": {"name": "Cleo Adler"}})

    for number, code in ((2, "no-customer"), (3, "unknown")):
        for step in ("access", "access/withdrawal"):
            body = BEN | {"joint_holder": number}
            refused = platform.call("POST", f"{home.path}/{step}", body, by=SHARING)
            assert refused.status == 422
            [fault] = refused.body["errors"]
            assert (fault["pointer"], fault["code"]) == ("/joint_holder", code)
