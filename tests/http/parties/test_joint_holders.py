"""A joint holder sees the policy in the portal, the other holders by name alone, and does nothing to it."""

from datetime import UTC, datetime, timedelta

import pytest
from insurance.domain.core.identity import party_id_for

from tests.support.calls import PRIVACY, Answer, Json, application, policyholder, staff
from tests.support.claims import MOTOR
from tests.support.lists import listed, searched
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


LONG_AFTER = datetime(2045, 1, 1, tzinfo=UTC)
"""When no rule of retention keeps anything of the policy."""


def erasure(platform: Platform, party_id: str) -> Answer:
    path = f"/v1/parties/{party_id}/erasure"
    return platform.call("POST", path, {"reason": "requested"}, by=PRIVACY)


def erased(platform: Platform, party_id: str) -> None:
    platform.now = LONG_AFTER
    answer = erasure(platform, party_id)
    assert answer.status == 200, answer.text
    platform.deliver()


def names(policy: Json) -> list[str | None]:
    """Of the policyholder, and of who holds the policy with them."""
    people = [policy.get("policyholder", {}), *policy["joint_holders"]]
    return [person.get("name") for person in people]


def test_while_the_policy_is_held_a_joint_holder_is_not_erased(platform: Platform, home: Household):
    refused = erasure(platform, home.ben)

    assert (refused.status, refused.code) == (409, "legal-hold")
    held = {each["code"]: each["about"] for each in refused.body["holds"]}
    assert held["on_risk"] == held["policy_records"] == home.policy["id"]


def test_who_went_out_is_held_by_the_records_of_the_policy_as_a_former_holder_is(
    platform: Platform, home: Household
):
    out = {"reason": "joint_holder_out", "joint_holder": 1, "consents": ["holder"]}
    platform.post(f"{home.path}/transfers", out)

    assert erasure(platform, home.ben).code == "legal-hold"


def test_a_joint_holder_is_erased_alone_and_the_rest_of_the_policy_stays(
    platform: Platform, home: Household
):
    known_at = {"known_at": platform.now.isoformat()}
    assert names(platform.get(home.path)) == [ADA["name"], "Ben Okri"]

    erased(platform, home.ben)

    for query in ({}, known_at):
        seen = platform.get(home.path, query=query)
        assert names(seen) == [ADA["name"], None]
        assert seen["joint_holders"] == [{"party_id": home.ben}]


def test_nobody_finds_a_policy_by_a_joint_holder_who_was_erased(
    platform: Platform, home: Household
):
    def found(**marks: str) -> list[str]:
        return searched(platform, "/v1/policies/search", "call-centre-test", marks)

    platform.deliver()
    assert found(email="ben@okri.example") == [home.policy["id"]]

    erased(platform, home.ben)

    assert found(email="ben@okri.example") == []
    assert found(registration=MOTOR["registration"]) == [home.policy["id"]]


def test_after_an_erasure_of_the_policyholder_a_joint_holder_s_own_record_stays(
    platform: Platform, home: Household
):
    erased(platform, home.policy["party_id"])

    assert names(platform.get(home.path)) == [None]
    assert platform.get(f"/v1/parties/{home.ben}")["names"][-1]["name"] == "Ben Okri"


def test_a_later_change_of_the_policy_leaves_the_joint_holder_sealed_as_they_are(
    platform: Platform, home: Household
):
    platform.now += timedelta(days=1)
    platform.post(f"{home.path}/transfers", JOINT | {"holder": {"name": "Cleo Adler"}})
    assert names(platform.get(home.path)) == [ADA["name"], "Ben Okri", "Cleo Adler"]

    erased(platform, home.ben)

    assert names(platform.get(home.path)) == [ADA["name"], None, "Cleo Adler"]


def test_the_look_at_the_sanctions_list_is_sealed_with_the_key_of_whom_it_is_about(
    platform: Platform, home: Household
):
    listed_name = "Drago, Viktor MALENKOV"
    viktor = platform.post("/v1/parties", {"kind": "person", "name": listed_name})["id"]
    joining = JOINT | {"party_id": viktor, "holder": {"name": listed_name}}
    assert platform.refused(f"{home.path}/transfers", joining) == "screening-open"
    officer = staff("staff-ursula", "underwriter", "quotes:underwrite")
    [case] = platform.get("/v1/screenings", by=officer)["items"]
    assert party_id_for(case["id"]) == viktor

    decision = {"decision": "clear", "reason": "Another person."}
    platform.post(f"/v1/screenings/{case['id']}/decision", decision, by=officer)
    platform.post(f"{home.path}/transfers", joining)
    assert names(platform.get(home.path)) == [ADA["name"], "Ben Okri", listed_name]


def test_a_customer_who_was_erased_joins_nobody(platform: Platform, home: Household):
    cleo = platform.post("/v1/parties", {"kind": "person", "name": "Cleo Adler"})["id"]
    assert erasure(platform, cleo).status == 200

    holder = JOINT | {"party_id": cleo, "holder": {"name": "Cleo Adler"}}
    assert platform.refused(f"{home.path}/transfers", holder) == "already-erased"


def renewed(platform: Platform, path: str) -> Json:
    """The policy of the next term."""
    platform.now += timedelta(days=330)
    offered = platform.post(f"{path}/renewals")
    platform.post(f"/v1/quotes/{offered['id']}/acceptance")
    return platform.post("/v1/policies", {"quote_id": offered["id"]})


def test_the_next_term_has_its_joint_holders_too(platform: Platform, home: Household):
    platform.post(f"{home.path}/transfers", JOINT | {"holder": {"name": "Cleo Adler"}})

    next_term = renewed(platform, home.path)
    platform.deliver()

    assert names(next_term) == [ADA["name"], "Ben Okri", "Cleo Adler"]
    assert [joint.get("party_id") for joint in next_term["joint_holders"]] == [home.ben, None]
    path = f"/v1/policies/{next_term['id']}"
    assert names(platform.get(path)) == names(next_term)
    own = listed(platform, OWN, home.signed_in)
    assert sorted(own) == sorted([home.policy["id"], next_term["id"]])
    assert platform.get(path, by=home.signed_in)["joint_holders"][0]["email"] == "ben@okri.example"
    assert erasure(platform, home.ben).code == "legal-hold"

    erased(platform, home.ben)

    assert names(platform.get(path)) == names(platform.get(home.path))
    assert names(platform.get(path)) == [ADA["name"], None, "Cleo Adler"]


def test_the_term_after_the_next_has_them_too(platform: Platform, home: Household):
    second = renewed(platform, home.path)
    platform.now += timedelta(days=35)

    third = renewed(platform, f"/v1/policies/{second['id']}")

    assert names(third) == names(platform.get(f"/v1/policies/{third['id']}"))
    assert names(third) == [ADA["name"], "Ben Okri"]
    platform.now += timedelta(days=60)
    platform.post(f"/v1/policies/{third['id']}/endorsements", {"covers": []})
    assert names(platform.get(f"/v1/policies/{third['id']}")) == names(third)


def test_an_estate_holds_the_next_term_as_an_estate(platform: Platform, home: Household):
    body = {
        "reason": "death",
        "consents": ["representative"],
        "evidence": "GRANT-1",
        "holder": {"name": "Estate of Zoë Merton"},
    }
    platform.post(f"{home.path}/transfers", body)

    assert renewed(platform, home.path)["holding"] == "estate"


def test_a_correction_of_a_joint_holder_follows_on_the_policy(platform: Platform, home: Household):
    known_at = platform.now.isoformat()
    path, body = f"/v1/parties/{home.ben}/corrections", {"name": "Ben Smith", "reason": "Married."}
    previewed = platform.post(f"{path}/preview", body)
    assert names(platform.get(home.path)) == [ADA["name"], "Ben Okri"]
    platform.now += timedelta(days=1)

    corrected = platform.post(path, body)

    shown = [(each["policies"], each["other_policies"]) for each in (previewed, corrected)]
    assert shown == [([], [home.policy["id"]])] * 2
    policy = platform.get(home.path)
    assert names(policy) == [ADA["name"], "Ben Smith"]
    assert policy["joint_holders"][0]["email"] == "ben@okri.example"
    assert names(platform.get(home.path, query={"known_at": known_at})) == [ADA["name"], "Ben Okri"]
    assert platform.get(f"{home.path}/events")["items"][-1]["type"] == "policy.holder_corrected"
    erased(platform, home.ben)
    assert names(platform.get(home.path)) == [ADA["name"], None]


def test_a_corrected_name_of_a_joint_holder_is_screened(platform: Platform, home: Household):
    body = {"name": "Drago, Viktor MALENKOV", "reason": "It was told wrong."}

    refused = platform.call("POST", f"/v1/parties/{home.ben}/corrections", body)

    assert refused.code == "screening-open"
    assert names(platform.get(home.path)) == [ADA["name"], "Ben Okri"]
