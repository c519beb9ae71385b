"""Nobody learns of what is not theirs: another's object answers as one that never was."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from insurance.api.headers import IF_MATCH, IF_NONE_MATCH, TAGS_LENGTH_MAX
from insurance.domain.core.caller import CallerKind

from tests.support.calls import (
    APPROVER,
    CLAIM,
    COLLEAGUE,
    LIVE,
    LOSS_CLOCK,
    PRIVACY,
    STRANGER,
    UNDERWRITER,
    Answer,
    application,
    machine,
    staff,
)
from tests.support.platform import Platform

type Json = dict[str, Any]

NOBODY = application("app_test_none", "")
"""An application without a partner: it has no book, so it sees nothing."""


def as_text(answer: Answer, *ids: str) -> str:
    """The answer, but for the ids that the question itself named and the request's own."""
    text = answer.text.replace(answer.body["request_id"], "(request)")
    for each in sorted(ids, key=len, reverse=True):
        text = text.replace(each, "(id)")
    own = {"X-Request-Id", "RateLimit"}  # of each call: which it is, and how many are left after it
    headers = {name: value for name, value in answer.headers.items() if name not in own}
    return f"{answer.status} {sorted(headers.items())} {text}"


def never_given(id: str) -> str:
    """An id of the same form that nobody was ever given."""
    prefix, rest = id.rsplit("_", 1)
    return f"{prefix}_{'0' * len(rest)}"


def asking(claim: Json) -> dict[str, Callable[[Platform, Json, Callable[[str], str]], Answer]]:
    """Every way to ask after the objects of one book; `named` names the object that is asked for."""
    claim_id, policy_id = claim["id"], claim["policy_id"]
    quote_id = policy_id.replace("pol_", "quo_")

    def get(id: str, form: str) -> Any:
        return lambda h, caller, named: h.call("GET", form.format(named(id)), by=caller)

    def post(id: str, form: str, body: Callable[[str], Json]) -> Any:
        return lambda h, caller, named: h.call(
            "POST", form.format(named(id)), body(named(id)), by=caller, clock=LOSS_CLOCK
        )

    check = {name: CLAIM[name] for name in ("cover", "occurred_at", "claimed", "facts")}
    return {
        "quote": get(quote_id, "/v1/quotes/{}"),
        "explanation": get(quote_id, "/v1/quotes/{}/explanation"),
        "policy": get(policy_id, "/v1/policies/{}"),
        "events": get(policy_id, "/v1/policies/{}/events"),
        "claim": get(claim_id, "/v1/claims/{}"),
        "accept": post(quote_id, "/v1/quotes/{}/acceptance", lambda _: {}),
        "issue": post(quote_id, "/v1/policies", lambda named: {"quote_id": named}),
        "check": post(policy_id, "/v1/coverage-checks", lambda named: check | {"policy_id": named}),
        "notify": post(policy_id, "/v1/claims", lambda named: CLAIM | {"policy_id": named}),
        "settle": post(claim_id, "/v1/claims/{}/settlement", lambda _: {}),
    }


@pytest.mark.parametrize("caller", [STRANGER, NOBODY], ids=["another partner", "no partner"])
def test_what_is_another_partners_answers_as_what_never_was(caller: Json, handlers: Platform):
    claim = handlers.notified()
    suffixes = [claim["id"].split("_")[-1], claim["policy_id"].split("_")[-1]]
    nothing = ["0" * len(suffix) for suffix in suffixes]
    left = handlers.backend.everything()

    for name, ask in asking(claim).items():
        theirs = ask(handlers, caller, str)
        missing = ask(handlers, caller, never_given)

        assert theirs.status == missing.status == 404, (name, theirs.text)
        assert as_text(theirs, *suffixes) == as_text(missing, *nothing), name
    assert handlers.backend.everything() == left


def test_a_claim_that_was_settled_and_a_quote_that_was_issued_hide_as_well(handlers: Platform):
    """No state of an object lets another caller tell that it is there."""
    claim = handlers.settled()
    for name, ask in asking(claim).items():
        assert ask(handlers, STRANGER, str).status == 404, name


def test_a_colleagues_application_of_the_same_partner_sees_the_book(handlers: Platform):
    claim = handlers.notified()
    for name, ask in asking(claim).items():
        if name in {"quote", "explanation", "policy", "events", "claim", "check"}:
            assert ask(handlers, COLLEAGUE, str).status == 200, name


def live_quote(handlers: Platform) -> Json:
    start = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    quote = handlers.quoted(by=LIVE, start=start)
    assert quote["id"].startswith("quo_")
    assert not quote["id"].startswith("quo_test_")
    return quote


def test_a_test_caller_of_the_same_partner_sees_nothing_live(handlers: Platform):
    quote_id = live_quote(handlers)["id"]
    handlers.call("POST", f"/v1/quotes/{quote_id}/acceptance", {}, by=LIVE, clock=None)
    policy = handlers.call("POST", "/v1/policies", {"quote_id": quote_id}, by=LIVE, clock=None).body
    assert policy["id"].startswith("pol_")

    for path in (
        f"/v1/quotes/{quote_id}",
        f"/v1/quotes/{quote_id}/explanation",
        f"/v1/policies/{policy['id']}",
        f"/v1/policies/{policy['id']}/events",
    ):
        assert handlers.call("GET", path, by=LIVE, clock=None).status == 200
        assert handlers.call("GET", path).status == 404
    assert handlers.call("POST", "/v1/policies", {"quote_id": quote_id}).status == 404
    assert handlers.call("POST", "/v1/claims", CLAIM | {"policy_id": policy["id"]}).status == 404


def test_a_live_caller_of_the_same_partner_sees_nothing_of_test(handlers: Platform):
    claim = handlers.notified()
    policy_id = claim["policy_id"]
    quote_id = policy_id.replace("pol_", "quo_")

    for path in (
        f"/v1/quotes/{quote_id}",
        f"/v1/policies/{policy_id}",
        f"/v1/policies/{policy_id}/events",
        f"/v1/claims/{claim['id']}",
    ):
        assert handlers.call("GET", path, by=LIVE, clock=None).status == 404
    body = CLAIM | {"policy_id": policy_id}
    assert handlers.call("POST", "/v1/claims", body, by=LIVE, clock=None).status == 404


def test_staff_work_on_one_mode_only(handlers: Platform):
    live_underwriter = staff("staff-l", "underwriter", "quotes:underwrite", mode="live")
    live_privacy = staff("staff-p", "privacy_officer", "parties:erase", mode="live")
    live_approver = staff("staff-a", "claims_handler", "claims:approve", mode="live")
    decision = {"decision": "decline", "reason": "x"}
    claim = handlers.settled(claimed={"amount": 900_000, "currency": "GBP"})
    approval = f"/v1/claims/{claim['id']}/payments/{claim['payments'][0]['id']}/approval"
    test_quote = handlers.quoted()["id"]
    live = live_quote(handlers)["id"]

    for path, body, wrong, right in (
        (f"/v1/quotes/{test_quote}/referral-decision", decision, live_underwriter, UNDERWRITER),
        (f"/v1/quotes/{live}/referral-decision", decision, UNDERWRITER, live_underwriter),
        (approval, {"decision": "approve", "reason": "x"}, live_approver, APPROVER),
    ):
        test = right is UNDERWRITER or right is APPROVER
        hidden = handlers.call("POST", path, body, by=wrong, clock=None if test else LOSS_CLOCK)
        seen = handlers.call("POST", path, body, by=right, clock=LOSS_CLOCK if test else None)

        assert hidden.status == 404, path
        assert seen.status != 404, path
    party = test_quote.replace("quo_", "pty_")
    path = f"/v1/parties/{party}/erasure"
    assert (
        handlers.call("POST", path, {"reason": "requested"}, by=live_privacy, clock=None).status
        == 404
    )
    path = f"/v1/parties/{live.replace('quo_', 'pty_')}/erasure"
    assert handlers.call("POST", path, {"reason": "requested"}, by=PRIVACY).status == 404


def test_the_bank_of_one_mode_reports_on_that_mode_only(handlers: Platform):
    claim = handlers.settled()
    live_bank = machine("payments:report", mode="live")
    report = {
        "instruction_id": claim["payments"][0]["id"],
        "outcome": "paid",
        "bank_reference": "BK-1",
        "executed_at": "2027-01-11T10:00:00Z",
    }

    refused = handlers.call("POST", "/v1/bank-reports", report, by=live_bank, clock=None)

    assert (refused.status, refused.code) == (404, "claim-not-found")


@pytest.mark.parametrize(
    "weird",
    [
        "x",
        "quo_test_UPPERCASE0000000",
        "quo_test_iiiiiiiiiiiiiiii",
        "pol_test_0000000000000000",
        "quo_test_0000000000000000%0a",
        "quo_test_0000000000000000\n",
        "%2e%2e",
        "null",
        "-1",
        "q" * 8000,
        "'; DROP TABLE quotes; --",
        "é",
        "\u202e",
        "{}",
        "<script>",
    ],
)
def test_an_id_that_is_none_is_unknown_and_nothing_more(weird: str, handlers: Platform):
    for method, path, body in (
        ("GET", "/v1/quotes/{}", None),
        ("GET", "/v1/quotes/{}/explanation", None),
        ("GET", "/v1/policies/{}", None),
        ("GET", "/v1/policies/{}/events", None),
        ("GET", "/v1/claims/{}", None),
        ("POST", "/v1/quotes/{}/acceptance", {}),
        ("POST", "/v1/claims/{}/settlement", {}),
    ):
        if weird.startswith("pol_") and "policies" in path:
            continue
        target = path.format(weird)
        answer = (
            handlers.call("GET", target) if method == "GET" else handlers.call("POST", target, body)
        )
        assert answer.status == 404, (path, answer.text)
        assert len(answer.text) < 1000


def test_no_application_gets_in_where_staff_do_whatever_its_scopes(handlers: Platform):
    """The user pool signs for applications too: its authorizer sees a scope, and lets them through."""
    claim = handlers.notified()
    suffix = claim["policy_id"][-16:]
    known = {
        "quote_id": f"quo_test_{suffix}",
        "policy_id": claim["policy_id"],
        "claim_id": claim["id"],
        "party_id": f"pty_test_{suffix}",
    }
    tried = 0
    for operation in (each for module in handlers.apps.values() for each in module.api.routes):
        if operation.callers != {CallerKind.STAFF}:
            continue
        for client in ("harbour", "coverwright-local-BankTestClient"):
            word = f"coverwright/{operation.scope}"
            caller = {"claims": {"sub": client, "client_id": client, "scope": word}}
            path = operation.path
            for name, value in known.items():
                path = path.replace(f"{{{name}}}", value)
            key = "key" if operation.method == "POST" else None
            answer = handlers.call(operation.method, path, {}, by=caller, key=key)
            assert (answer.status, answer.code) == (403, "no-authority"), (operation.path, answer)
            tried += 1
    assert tried > 40


def test_a_held_tag_is_as_long_as_the_definition_says(handlers: Platform):
    quote_id, most = handlers.quoted()["id"], TAGS_LENGTH_MAX[IF_NONE_MATCH]

    def asked(length: int) -> Answer:
        tag = f'"{"0" * (length - 2)}"'
        return handlers.call("GET", f"/v1/quotes/{quote_id}", headers={IF_NONE_MATCH: tag})

    assert asked(most).status == 200
    assert (asked(most + 1).status, asked(most + 1).code) == (400, "bad-header")


def test_an_expected_tag_is_as_long_as_the_definition_says(handlers: Platform):
    quote_id, most = handlers.quoted()["id"], TAGS_LENGTH_MAX[IF_MATCH]

    def asked(length: int) -> Answer:
        tag = f'"1-{"q" * (length - 4)}"'
        path = f"/v1/quotes/{quote_id}/acceptance"
        return handlers.call("POST", path, None, headers={IF_MATCH: tag})

    assert (asked(most + 1).status, asked(most + 1).code) == (400, "bad-header")
    assert asked(most).status == 200
