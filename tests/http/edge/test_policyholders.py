"""Policyholders see what is theirs through a portal: their policies, their claims, and no more."""

import json
from typing import Any

import pytest
from insurance.api.route import Route
from insurance.api.views.claims import POLICYHOLDER_FIELDS
from insurance.domain.core.caller import CallerKind
from insurance.domain.party import party

from tests.support.calls import (
    ADA,
    CLAIM,
    LOSS_CLOCK,
    PARTNER,
    PERSON,
    STRANGER,
    UNDERWRITER,
    Answer,
    Json,
    application,
    policyholder,
    staff,
)
from tests.support.platform import Platform

SHARING = application("app_test_one", "harbour", scopes="policies:share")


FILE: Json = {
    "code": "other",
    "media_type": "application/pdf",
    "size_bytes": 9,
    "sha256": "0" * 64,
}


def evidence_of(handlers: Platform, claim: Json) -> str:
    """A file that their partner announced."""
    made = handlers.call("POST", f"/v1/claims/{claim['id']}/evidence", FILE, clock=LOSS_CLOCK)
    assert made.status == 201, made.text
    id: str = made.body["evidence"]["id"]
    return id


def give(handlers: Platform, policy_id: str, **options: Any) -> Answer:
    options = {"by": SHARING} | options
    return handlers.call("POST", f"/v1/policies/{policy_id}/access", ADA, **options)


def test_a_policyholder_sends_evidence_and_sees_what_they_sent_and_no_more(handlers: Platform):
    claim = handlers.notified()
    path, me = f"/v1/claims/{claim['id']}/evidence", policyholder(claim["policy_id"])
    theirs, mine = (
        handlers.call("POST", path, FILE | {"sha256": digit * 64}, by=caller, clock=LOSS_CLOCK)
        for digit, caller in (("1", PARTNER), ("2", me))
    )
    assert (theirs.status, mine.status) == (201, 201), mine.text
    partners, own = theirs.body["evidence"], mine.body["evidence"]

    assert handlers.call("GET", path, by=me).body["items"] == [own]
    assert handlers.call("GET", path).body["items"] == [partners, own]
    hidden = handlers.call("GET", f"{path}/{partners['id']}", by=me)
    taken = handlers.call("POST", f"{path}/{partners['id']}/receipt", {}, by=me, clock=LOSS_CLOCK)
    assert (hidden.code, taken.code) == ("evidence-not-found", "evidence-not-found")
    nobodys = policyholder("pol_test_0000000000000000")
    assert handlers.call("GET", path, by=nobodys).code == "claim-not-found"


@pytest.fixture
def own(handlers: Platform) -> Json:
    return handlers.settled()


def test_what_a_partner_gives_is_what_the_authorizer_reads(handlers: Platform):
    policy = handlers.issued()

    answer = give(handlers, policy["id"])

    assert answer.status == 200, answer.text
    assert answer.body == {"person_id": PERSON, "parties": [policy["party_id"]]}
    [item] = handlers.backend.items("access")
    assert item["parties"] == {"SS": [policy["party_id"]]}
    assert "login.example" not in str(handlers.backend.everything())

    taken = handlers.call("POST", f"/v1/policies/{policy['id']}/access/withdrawal", ADA, by=SHARING)
    assert taken.body["parties"] == []
    [item] = handlers.backend.items("access")
    assert "parties" not in item


def test_a_person_is_given_so_many_policies(handlers: Platform, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(party, "ACCESS_MAX", 1)
    assert give(handlers, handlers.issued()["id"]).status == 200

    answer = give(handlers, handlers.issued()["id"])

    assert (answer.status, answer.code) == (409, "access-full")


def test_only_the_partner_whose_policy_it_is_gives_access(handlers: Platform):
    policy_id = handlers.issued()["id"]
    theirs = STRANGER | {"scopes": "policies:share"}

    assert give(handlers, policy_id, by=theirs).status == 404
    assert give(handlers, policy_id, by=PARTNER).code == "missing-scope"
    me = policyholder(policy_id) | {"scopes": "policies:share"}
    assert give(handlers, policy_id, by=me).status == 403
    underwriter = {
        **UNDERWRITER,
        "claims": UNDERWRITER["claims"] | {"scope": "coverwright/policies:share"},
    }
    assert give(handlers, policy_id, by=underwriter).code == "no-authority"
    assert handlers.backend.items("access") == []


def test_a_policyholder_reads_their_policy_what_is_due_and_their_claims(
    handlers: Platform, own: Json
):
    me = policyholder(own["policy_id"])

    policy = handlers.call("GET", f"/v1/policies/{own['policy_id']}", by=me)
    claims = handlers.call("GET", f"/v1/policies/{own['policy_id']}/claims", by=me)
    claim = handlers.call("GET", f"/v1/claims/{own['id']}", by=me)

    assert (policy.status, claims.status, claim.status) == (200, 200, 200)
    assert handlers.call("GET", f"/v1/policies/{own['policy_id']}/billing", by=me).status == 200
    assert policy.body["policyholder"]["name"]
    assert claims.body["items"][0]["id"] == claim.body["id"] == own["id"]
    assert claim.body["payments"] == own["payments"]


def test_what_the_insurer_thinks_to_itself_is_not_the_policyholders_to_see(
    handlers: Platform, own: Json
):
    me, path = policyholder(own["policy_id"]), f"/v1/claims/{own['id']}"
    adjuster = {"amount": {"amount": 12_345, "currency": "GBP"}, "reason": "the adjuster's bill"}
    payee = {"payee": {"name": "Adjusters Ltd", "iban": CLAIM["payee"]["iban"]}}
    handler = staff("staff-henry", "claims_handler", "claims:assess coverwright/claims:settle")
    for step, body in (
        (
            "reserves",
            {
                "cost_type": "expense",
                "outstanding": adjuster["amount"],
                "reason": "new_information",
            },
        ),
        ("payments", adjuster | payee),
        ("hold", {"reason": "We think that this one is a fraud."}),
    ):
        answer = handlers.call("POST", f"{path}/{step}", body, by=handler, clock=LOSS_CLOCK)
        assert answer.status == 200, answer.text

    whole = handlers.call("GET", path)
    seen = handlers.call("GET", path, by=me)
    listed = handlers.call("GET", f"/v1/policies/{own['policy_id']}/claims", by=me)

    assert len(whole.body["payments"]) == 2
    assert whole.body["on_hold"]
    assert (
        seen.body.keys() - POLICYHOLDER_FIELDS
        == {name for name in seen.body if seen.body[name] == []} - POLICYHOLDER_FIELDS
    )
    assert [each["cost_type"] for each in seen.body["payments"]] == ["indemnity"]
    assert not seen.body.keys() & {"reserve", "task", "on_hold"}
    assert not listed.body["items"][0].keys() & {"reserve", "task"}
    assert "fraud" not in seen.text + listed.text
    assert seen.headers["ETag"] != whole.headers["ETag"]


def test_a_policyholder_gives_notice_of_their_own_loss_and_tells_what_was_missing(
    handlers: Platform,
):
    policy_id = handlers.issued()["id"]
    me = policyholder(policy_id)
    told = {name: CLAIM[name] for name in CLAIM if name != "payee"} | {"policy_id": policy_id}

    noticed = handlers.call("POST", "/v1/claims", told, by=me, clock=LOSS_CLOCK)
    more = {"payee": CLAIM["payee"]}
    path = f"/v1/claims/{noticed.body['id']}/facts"
    completed = handlers.call("POST", path, more, by=me, clock=LOSS_CLOCK)

    assert noticed.status == 201, noticed.text
    assert "reserve" not in noticed.body
    assert completed.status == 200, completed.text
    assert completed.body["payee"]["name"] == CLAIM["payee"]["name"]
    settle = told | {"settle": True}
    assert (
        handlers.call("POST", "/v1/claims", settle, by=me, clock=LOSS_CLOCK).code == "missing-scope"
    )


def asking(
    policy_id: str, claim_id: str, complaint_id: str, evidence_id: str, party_id: str
) -> list[tuple[str, str, Json | None]]:
    """Every operation that is open to policyholders, on these objects."""
    complaint = {"about": policy_id, "category": "delay", "complainant": "Ada", "text": "Late."}
    corrections = f"/v1/me/parties/{party_id}/corrections"
    email = {"email": "ada@example.org", "reason": "It is new."}
    return [
        ("GET", f"/v1/policies/{policy_id}", None),
        ("GET", f"/v1/policies/{policy_id}/billing", None),
        ("GET", f"/v1/policies/{policy_id}/claims", None),
        ("GET", f"/v1/claims/{claim_id}", None),
        ("POST", "/v1/claims", CLAIM | {"policy_id": policy_id}),
        ("POST", f"/v1/claims/{claim_id}/facts", {"narrative": "It was dark."}),
        ("POST", f"/v1/claims/{claim_id}/evidence", FILE),
        ("GET", f"/v1/claims/{claim_id}/evidence", None),
        ("GET", f"/v1/claims/{claim_id}/evidence/{evidence_id}", None),
        ("POST", f"/v1/claims/{claim_id}/evidence/{evidence_id}/receipt", {}),
        ("GET", f"/v1/complaints/{complaint_id}", None),
        ("POST", "/v1/complaints", complaint),
        ("POST", corrections, email),
        ("POST", f"{corrections}/preview", email),
    ]


def operations(handlers: Platform, *, policyholders: bool) -> list[Route]:
    return [
        operation
        for module in handlers.apps.values()
        for operation in module.api.routes
        if (CallerKind.POLICYHOLDER in operation.callers) is policyholders
    ]


def without(suffix: str, text: str) -> str:
    """The same of objects that were never made: related ids share a suffix."""
    return text.replace(suffix, "0" * len(suffix))


@pytest.mark.parametrize("partner", ["harbour", "meadow"])
def test_anybody_elses_object_answers_as_one_that_never_was(
    handlers: Platform, own: Json, partner: str
):
    """Another's policy is not theirs; nor is their own through another partner's portal."""
    mine = handlers.issued()["id"] if partner == "harbour" else own["policy_id"]
    me = policyholder(mine, partner=partner)
    complaint = {"about": own["id"], "category": "delay", "complainant": "Ada", "text": "Late."}
    broker = PARTNER | {"scopes": "complaints:write"}
    complained = handlers.call("POST", "/v1/complaints", complaint, by=broker, clock=LOSS_CLOCK)
    evidence_id = evidence_of(handlers, own)
    left = handlers.backend.everything()

    party_id = own["policy_id"].replace("pol_", "pty_")
    for method, path, body in asking(
        own["policy_id"], own["id"], complained.body["id"], evidence_id, party_id
    ):
        key = "key" if method == "POST" else None
        answer = handlers.call(method, path, body, by=me, key=key, clock=LOSS_CLOCK)
        gone = without(own["policy_id"][-16:], path)
        sent = json.loads(without(own["policy_id"][-16:], json.dumps(body)))
        missing = handlers.call(method, gone, sent, by=me, key=key, clock=LOSS_CLOCK)

        assert answer.status == missing.status == 404, (path, answer.text)
        assert answer.code == missing.code
    assert handlers.backend.everything() == left


def test_every_operation_that_is_open_to_them_is_tried_above(handlers: Platform):
    asked = {
        (method, path)
        for method, path, _ in asking(
            "{policy_id}", "{claim_id}", "{complaint_id}", "{evidence_id}", "{party_id}"
        )
    }

    own_list = ("GET", "/v1/me/policies")  # names no object; see tests/http/search
    is_open = {(o.method, o.path) for o in operations(handlers, policyholders=True)}
    assert is_open == asked | {own_list}


def test_what_is_not_open_to_policyholders_is_forbidden_whatever_the_scope(
    handlers: Platform, own: Json
):
    me = policyholder(own["policy_id"])
    suffix = own["policy_id"][-16:]
    known = {
        "quote_id": f"quo_test_{suffix}",
        "policy_id": own["policy_id"],
        "claim_id": own["id"],
        "payment_id": own["payments"][0]["id"],
        "party_id": f"pty_test_{suffix}",
    }
    closed = operations(handlers, policyholders=False)
    assert len(closed) > len(known)

    for operation in closed:
        path = operation.path
        for name, value in known.items():
            path = path.replace(f"{{{name}}}", value)
        caller = me | {"scopes": operation.scope}
        key = "key" if operation.method == "POST" else None
        answer = handlers.call(operation.method, path, {}, by=caller, key=key)
        assert answer.code == "no-authority", (operation.path, answer.text)
