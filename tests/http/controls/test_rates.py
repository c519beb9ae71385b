"""Rules of access policies with a rate, over HTTP: so many calls of an application in each minute, hour or day."""

import re
from datetime import UTC, datetime
from typing import Any

from insurance.domain.core.caller import CallerKind

from tests.artefact.cases import all_cases
from tests.support.access_policies import policy_in_force
from tests.support.calls import COLLEAGUE, PARTNER, QUOTE, application, policyholder, staff
from tests.support.platform import Platform

type Json = dict[str, Any]

BEN = staff("ben", "compliance", "controls:read")
NEEDS_A_FILE = "documents/read_unknown"
"""Nothing is recorded of a document that there is."""
PREVIEW = "/v1/quotes/preview"


def slow(calls: int, per: str = "day", **changes: Any) -> Json:
    rate = {"calls": calls, "per": per}
    return {
        "code": "slow",
        "reason": "agreed",
        "rate": rate,
        "operations": ["previewQuote"],
    } | changes


def test_calls_of_an_application_beyond_the_rate_are_answered_429(handlers: Platform) -> None:
    policy_in_force(handlers, "rates", slow(2))

    answers = [handlers.call("POST", PREVIEW, QUOTE) for _ in range(3)]

    assert [(each.status, each.code) for each in answers] == [
        (200, ""),
        (200, ""),
        (429, "rate-exceeded"),
    ]
    said = [
        re.search('"rates/slow";r=([0-9]+);t=([0-9]+)', each.headers["RateLimit"])
        for each in answers
    ]
    assert [found and found[1] for found in said] == ["1", "0", "0"]
    assert all('"rates/slow";q=2;w=86400' in each.headers["RateLimit-Policy"] for each in answers)
    last = said[-1]
    assert last is not None
    assert answers[-1].headers["Retry-After"] == last[2]
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0)
    assert abs(86_400 - (datetime.now(UTC) - midnight).seconds - int(last[2])) < 60
    named = {name: answers[-1].body[name] for name in ("policy", "rule", "reason")}
    assert named == {"policy": "rates", "rule": "slow", "reason": "agreed"}


def test_limits_of_one_name_in_two_policies_are_told_apart(handlers: Platform) -> None:
    for policy in ("rates", "nights"):
        policy_in_force(handlers, policy, slow(2, code="month"))

    answer = handlers.call("POST", PREVIEW, QUOTE)

    names = re.findall('"([^"]+)";[rq]=', answer.headers["RateLimit"])
    assert len(set(names)) == len(names)
    assert {"rates/month", "nights/month"} <= set(names)


def test_another_application_other_operations_and_people_do_not_wait(handlers: Platform) -> None:
    everything = slow(1, operations=[], code="all", when="mode == 'test'")
    policy_in_force(handlers, "rates", slow(1), everything | {"operations": ["listOwnPolicies"]})
    handlers.call("POST", PREVIEW, QUOTE)
    assert handlers.call("POST", PREVIEW, QUOTE).code == "rate-exceeded"

    assert handlers.call("POST", PREVIEW, QUOTE, by=COLLEAGUE).status == 200
    handlers.post("/v1/quotes", QUOTE)
    person = policyholder("pol_test_1") | {"application": PARTNER["principal"]}
    assert [handlers.call("GET", "/v1/me/policies", by=person).status for _ in range(2)] == [
        200,
        200,
    ]


def test_a_check_names_the_rates_and_a_policy_counts_what_was_too_much(handlers: Platform) -> None:
    policy_in_force(handlers, "rates", slow(1))
    for _ in range(3):
        handlers.call("POST", PREVIEW, QUOTE)
    call = {"kind": "application", "principal": "app_test_one", "operation": "previewQuote"}

    said = handlers.post("/v1/policy-checks", call, by=BEN, clock=None)

    rate = {"policy": "rates", "rule": "slow", "calls": 1, "per": "day"}
    assert (said["decision"], said["rates"]) == ("not_refused", [rate])
    [hits] = handlers.get("/v1/access-policies/rates", by=BEN, clock=None)["hits"]
    assert (hits["rule"], hits["refused"]) == ("slow", 2)


def test_every_operation_that_applications_call_can_be_slowed_down(handlers: Platform) -> None:
    """A recorded call that is right in all else, of each operation, by an application that has used up its rate."""
    policy_in_force(handlers, "rates", slow(1, operations=[]))
    handlers.call("POST", PREVIEW, QUOTE)
    routes = {
        (folder, f"{route.method} {route.path}"): route
        for folder, app in handlers.apps.items()
        for route in app.api.routes
        if CallerKind.APPLICATION in route.callers
    }
    slowed = set()
    for played in all_cases():
        at = played.folder, f"{played.event.get('httpMethod')} {played.event.get('resource')}"
        is_taken = played.expected.get("status", 500) < 400 or played.path == NEEDS_A_FILE
        if at not in routes or at in slowed or not is_taken:
            continue
        caller = application(PARTNER["principal"], "harbour", scopes=routes[at].scope)
        context = played.event["requestContext"] | {"authorizer": caller}
        answer = handlers.send(played.folder, played.event | {"requestContext": context})
        assert (answer.status, answer.code) == (429, "rate-exceeded"), played.path
        slowed.add(at)

    assert routes.keys() - slowed == set()
