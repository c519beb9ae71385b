"""Access policies over HTTP, with the rights that template.yaml gives each function: they narrow, and never grant."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from insurance import wiring
from insurance.domain.core.errors import Unavailable

from local.aws.cloudformation import STACK_NAME
from local.aws.rights import NotAllowed
from tests.artefact.cases import Case, all_cases
from tests.support.calls import LIVE, QUOTE, SOON, STRANGER, policyholder, staff
from tests.support.platform import Platform
from tests.support.rights import rights

type Json = dict[str, Any]

SCOPES = "controls:write coverwright/controls:read"
ANN, BEN = staff("ann", "operator", SCOPES), staff("ben", "compliance", SCOPES)
HOURS = "/v1/access-policies/hours"
NO_MOTOR: Json = {
    "zone": "Europe/London",
    "rules": [
        {
            "code": "no_motor",
            "reason": "not_agreed",
            "operations": ["createQuote", "previewQuote"],
            "when": "partner == 'harbour' and given(product) and product == 'personal_motor'",
        }
    ],
}
BRITAIN = "given(territory) and territory == 'GB'"
CALL: Json = {
    "kind": "application",
    "principal": "app_test_one",
    "partner": "harbour",
    "operation": "createQuote",
    "product": "personal_motor",
}


class Office:
    """Ann writes, Ben approves. A minute passes whenever rules were changed."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._keys = iter(range(100))

    def write(self, policy: Json = NO_MOTOR, path: str = HOURS) -> Json:
        return self.platform.post(f"{path}/draft", policy, by=ANN, clock=None)

    def step(self, step: str, by: Json = ANN) -> Any:
        wanted = {"step": step, "reason": "agreed"}
        key = f"step-{next(self._keys)}"
        answer = self.platform.call("POST", f"{HOURS}/steps", wanted, by=by, clock=None, key=key)
        self.a_minute_passes()
        return answer

    def a_minute_passes(self) -> None:
        with self.platform.surroundings():
            wiring.stores().access_rules._known.clear()

    def check(self, **changes: str) -> Json:
        return self.platform.post("/v1/policy-checks", CALL | changes, by=BEN, clock=None)


@pytest.fixture
def office(handlers: Platform) -> Office:
    return Office(handlers)


def test_the_tag_that_was_read_is_the_one_that_the_next_step_takes(
    office: Office, handlers: Platform
) -> None:
    office.write()
    tag = handlers.call("GET", HOURS, by=ANN, clock=None).headers["ETag"]
    wanted = {"step": "submit", "reason": "agreed"}
    call = partial(
        handlers.call, "POST", f"{HOURS}/steps", wanted, clock=None, headers={"If-Match": tag}
    )

    assert call(by=ANN, key="first").status == 200
    late = call(by=BEN, key="second")
    assert (late.status, late.code) == (412, "stale-revision")


def test_what_another_person_approved_refuses_the_call_that_it_is_about(
    office: Office, handlers: Platform
) -> None:
    office.write()
    assert office.step("submit").status == 200
    assert office.step("approve").code == "same-person"
    handlers.post("/v1/quotes", QUOTE)
    assert office.step("approve", BEN).body["in_force"]["version"] == 1

    refused = handlers.call("POST", "/v1/quotes", QUOTE)

    assert (refused.status, refused.code) == (403, "refused-by-policy")
    assert {name: refused.body[name] for name in ("policy", "rule", "reason")} == {
        "policy": "hours",
        "rule": "no_motor",
        "reason": "not_agreed",
    }
    handlers.post("/v1/quotes", QUOTE, by=STRANGER)
    handlers.get("/v1/products")
    handlers.post("/v1/quotes", QUOTE | {"start": SOON}, by=LIVE, clock=None)
    assert office.step("withdraw").status == 200
    handlers.post("/v1/quotes", QUOTE)


@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/quotes/preview"])
def test_who_leaves_the_territory_out_is_refused_as_who_names_it(
    office: Office, handlers: Platform, path: str
) -> None:
    residency = {
        "code": "stays_at_home",
        "reason": "data_would_leave",
        "when": "given(territory) and territory == 'GB' and region != 'eu-central-1'",
    }
    office.write(NO_MOTOR | {"rules": [residency]})
    office.step("submit")
    office.step("approve", BEN)

    left_out = handlers.call("POST", path, QUOTE)
    named = handlers.call("POST", path, QUOTE | {"territory": "GB"}, key="named")
    unknown = handlers.call("POST", path, QUOTE | {"product": "airships"}, key="unknown")

    assert [each.code for each in (left_out, named)] == ["refused-by-policy"] * 2
    assert unknown.code == "product-not-found"
    handlers.get("/v1/products/personal_motor")


def test_what_is_in_force_is_withdrawn_while_another_version_is_written(
    office: Office, handlers: Platform
) -> None:
    office.write()
    office.step("submit")
    assert office.step("withdraw").code == "wrong-state"
    changed = handlers.call("POST", f"{HOURS}/draft", NO_MOTOR, by=ANN, clock=None, key="late")
    assert changed.code == "wrong-state"  # it waits for approval
    office.step("approve", BEN)
    handlers.post(f"{HOURS}/draft", NO_MOTOR, by=ANN, clock=None, key="second")

    withdrawn = office.step("withdraw").body

    assert (withdrawn["status"], "in_force" in withdrawn) == ("draft", False)
    handlers.post("/v1/quotes", QUOTE)
    assert office.step("withdraw").code == "wrong-state"


def test_the_record_of_the_call_names_the_rule(
    office: Office, handlers: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    office.write()
    office.step("submit")
    office.step("approve", BEN)
    capsys.readouterr()

    handlers.call("POST", "/v1/quotes", QUOTE)

    assert '"rule":"hours/no_motor"' in capsys.readouterr().out


def test_a_policy_shows_how_often_each_rule_refused_and_when_last(
    office: Office, handlers: Platform
) -> None:
    office.write()
    office.step("submit")
    office.step("approve", BEN)
    before = handlers.call("GET", HOURS, by=ANN, clock=None)
    assert before.body["hits"] == []

    for key in ("one", "two"):
        handlers.call("POST", "/v1/quotes", QUOTE, key=key)
    handlers.call("POST", "/v1/quotes/preview", QUOTE)
    handlers.post("/v1/quotes", QUOTE, by=STRANGER)

    held = {"If-None-Match": before.headers["ETag"]}
    after = handlers.call("GET", HOURS, by=ANN, clock=None, headers=held)
    [hits] = after.body["hits"]
    assert (hits["rule"], hits["refused"]) == ("no_motor", 3)
    assert datetime.now(UTC) - datetime.fromisoformat(hits["last_at"]) < timedelta(hours=1)
    tag = after.headers["ETag"]
    wanted = {"step": "withdraw", "reason": "agreed"}
    done = handlers.call(
        "POST", f"{HOURS}/steps", wanted, by=ANN, clock=None, headers={"If-Match": tag}
    )
    assert (done.status, "hits" in done.body) == (200, False)


def test_who_counts_refusals_cannot_change_a_rule_or_a_stop() -> None:
    def counted(id: str) -> Json:
        return {"TableName": f"{STACK_NAME}-ControlsTable", "Key": {"id": {"S": id}}}

    name = f"{STACK_NAME}-QuotingFunction"
    rights().dynamodb(name, "UpdateItem", counted("hits_test_hours"))
    for id in ("rules_test", "stp_test", "acp_test_hours"):
        with pytest.raises(NotAllowed):
            rights().dynamodb(name, "UpdateItem", counted(id))


def test_a_refusal_that_cannot_be_counted_is_one_all_the_same(
    office: Office, handlers: Platform
) -> None:
    office.write()
    office.step("submit")
    office.step("approve", BEN)

    def unavailable(*_: Any) -> None:
        raise Unavailable("The count of refusals")

    with (
        handlers.surroundings(),
        patch.object(wiring.stores().access_rules, "note_refusal", unavailable),
    ):
        refused = handlers.call("POST", "/v1/quotes", QUOTE)

    assert refused.code == "refused-by-policy"


def test_a_check_says_what_the_edge_would_and_names_the_rule(office: Office) -> None:
    assert office.check()["decision"] == "not_refused"
    office.write()
    office.step("submit")
    office.step("approve", BEN)

    found = office.check()

    assert (found["decision"], found["policy"], found["rule"], found["version"]) == (
        "refused",
        "hours",
        "no_motor",
        1,
    )
    others = ({"partner": "meadow"}, {"product": "travel"}, {"operation": "getQuote"})
    assert [office.check(**other)["decision"] for other in others] == ["not_refused"] * 3


def test_a_check_fills_in_the_territory_as_the_edge_does(office: Office) -> None:
    abroad = {"code": "abroad", "reason": "data_would_leave", "when": BRITAIN}
    office.write(NO_MOTOR | {"rules": [abroad]})
    office.step("submit")
    office.step("approve", BEN)

    said = [
        office.check()["decision"],
        office.check(territory="US-CA")["decision"],
        office.check(operation="getQuote")["decision"],
        office.check(product="airships")["decision"],
    ]

    assert said == ["refused", "not_refused", "not_refused", "not_refused"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"zone": "Europe/Atlantis"}, "/zone"),
        ({"rules": []}, "/rules"),
        ({"rules": [NO_MOTOR["rules"][0] | {"when": "premium > 3"}]}, "/rules/0/when"),
        ({"rules": [NO_MOTOR["rules"][0] | {"scope": "application"}]}, "/rules/0/name"),
        ({"rules": [NO_MOTOR["rules"][0] | {"name": "quoting"}]}, "/rules/0/name"),
        ({"rules": NO_MOTOR["rules"] * 2}, "/rules/1/code"),
        (
            {"rules": [NO_MOTOR["rules"][0] | {"operations": ["createQuote", "createQoute"]}]},
            "/rules/0/operations/1",
        ),
        (
            {"rules": [NO_MOTOR["rules"][0] | {"when": "given(product) and product == 'moter'"}]},
            "/rules/0/when",
        ),
        (
            {"rules": [NO_MOTOR["rules"][0] | {"when": "given(territory) and territory != 'UK'"}]},
            "/rules/0/when",
        ),
        (
            {"rules": [NO_MOTOR["rules"][0] | {"scope": "api_product", "name": "quotting"}]},
            "/rules/0/name",
        ),
    ],
)
def test_what_is_no_policy_is_refused_where_it_stands(
    office: Office, handlers: Platform, changes: Json, pointer: str
) -> None:
    answer = handlers.call("POST", f"{HOURS}/draft", NO_MOTOR | changes, by=ANN, clock=None)

    assert (answer.status, answer.code) == (422, "invalid-fields"), answer.text
    assert pointer in [fault["pointer"] for fault in answer.body["errors"]]


def test_a_policy_that_nobody_wrote_is_not_found(handlers: Platform) -> None:
    step = {"step": "submit", "reason": "agreed"}
    read = handlers.call("GET", HOURS, by=ANN, clock=None)
    taken = handlers.call("POST", f"{HOURS}/steps", step, by=ANN, clock=None)
    badly = handlers.call("POST", "/v1/access-policies/NO/draft", NO_MOTOR, by=ANN, clock=None)

    assert [each.code for each in (read, taken)] == ["access-policy-not-found"] * 2
    assert badly.code == "invalid-fields"
    assert handlers.get("/v1/access-policies", by=ANN, clock=None)["items"] == []


def test_a_rule_of_an_application_reaches_the_policyholders_of_its_portal(
    office: Office, handlers: Platform
) -> None:
    portal = {"code": "closed", "reason": "suspected", "scope": "application", "name": "app_test_p"}
    office.write(NO_MOTOR | {"rules": [portal]})
    office.step("submit")
    office.step("approve", BEN)
    through = [
        policyholder("pol_test_1") | {"application": name} for name in ("app_test_p", "app_test_q")
    ]

    said = [handlers.call("GET", "/v1/me/policies", by=by).code for by in through]
    checked = [
        office.check(kind="policyholder", principal="per_test_1", application=name)["decision"]
        for name in ("app_test_p", "app_test_q")
    ]

    assert said == ["refused-by-policy", ""]
    assert checked == ["refused", "not_refused"]


def test_an_operation_that_there_is_not_cannot_be_checked(handlers: Platform) -> None:
    asked = CALL | {"operation": "createQuotes"}

    answer = handlers.call("POST", "/v1/policy-checks", asked, by=ANN, clock=None)

    assert [fault["pointer"] for fault in answer.body["errors"]] == ["/operation"]


def test_every_function_with_routes_asks_the_policies_but_the_one_that_withdraws_them(
    handlers: Platform,
) -> None:
    asks = {name: app.api.edge.access is not None for name, app in handlers.apps.items()}

    assert [name for name, asked in asks.items() if not asked] == ["controls"]


def test_every_operation_that_rules_narrow_refuses_what_they_refuse(
    office: Office, handlers: Platform
) -> None:
    """A recorded call that is right in all else, of each operation: the rules are asked behind the request."""
    refused = set[str]()
    office.write(NO_MOTOR | {"rules": [{"code": "closed", "reason": "not_now", "when": "true"}]})
    office.step("submit")
    office.step("approve", BEN)
    for played in all_cases():
        app = handlers.apps.get(played.folder)
        if app is None or app.api.edge.access is None or not _is_taken(played):
            continue
        answer = handlers.send(played.folder, played.event)
        assert (answer.status, answer.code) == (403, "refused-by-policy"), played.path
        refused.add(f"{played.event['httpMethod']} {played.event['resource']}")

    narrowed = {
        f"{route.method} {route.path}"
        for app in handlers.apps.values()
        for route in app.api.routes
        if app.api.edge.access is not None
    }
    assert narrowed - refused == set()


def _is_taken(played: Case) -> bool:
    """Whether the command or query was reached: what it does not find, it looked for."""
    status = played.expected.get("status", 500)
    return "httpMethod" in played.event and (
        status < 400 or played.path == "documents/read_unknown"
    )
