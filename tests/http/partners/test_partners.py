"""Partners and their applications over HTTP: on a real engine, with the calls of Cognito and API Gateway on disk."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.calls import CONTEXT, Answer, application, staff
from tests.support.platform import Platform
from tests.support.rights import acting

type Json = dict[str, Any]

SCOPES = "partners:write coverwright/partners:read"
ANN, BEN = staff("ann", "operator", SCOPES), staff("ben", "operator", SCOPES)
LIVE = staff("ann", "operator", SCOPES, mode="live")
OAK = {"code": "oak", "name": "Oak Insurance Brokers"}
WEB: Json = {
    "code": "oak-web",
    "name": "Oak web",
    "team": "Oak digital",
    "plan": "bronze",
    "products": ["quoting"],
    "scopes": ["quotes:read", "quotes:write"],
    "reason": "new_partner",
}
YES = {"decision": "approve", "reason": "checked"}


class Office:
    """Two operators at work."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._keys = iter(range(1000))
        self.send("/v1/partners", OAK)
        self.id = self.send("/v1/partners/oak/applications", WEB).body["id"]

    def send(self, path: str, body: Json | None = None, by: Json = ANN, key: str = "") -> Answer:
        key = key or f"key-{next(self._keys)}"
        return self._platform.call("POST", path, body, by=by, key=key, clock=None)

    def get(self, path: str, by: Json = ANN) -> Answer:
        return self._platform.call("GET", path, by=by, clock=None)

    def step(self, name: str, body: Json | None = None, by: Json = ANN, key: str = "") -> Answer:
        return self.send(f"/v1/applications/{self.id}/{name}", body, by, key)

    def activated(self) -> Json:
        assert self.step("decision", YES, BEN).status == 200
        answer = self.step("provisioning")
        assert answer.status == 200, answer.text
        body: Json = answer.body
        return body


@pytest.fixture
def office(handlers: Platform) -> Office:
    return Office(handlers)


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def test_a_repeated_call_is_answered_without_the_secret_and_says_so(office: Office) -> None:
    office.step("decision", YES, BEN)

    first, again = (office.step("provisioning", key="the-same") for _ in range(2))

    assert len(first.body["client_secret"]) >= 40
    assert first.body["secret_state"] == "shown"
    assert "client_secret" not in again.body
    assert again.body["secret_state"] == "shown_before"
    assert again.headers["Idempotent-Replayed"] == "true"


def test_codes_are_given_once(office: Office) -> None:
    assert refused(office.send("/v1/partners", OAK)) == (409, "code-taken")
    again = office.send("/v1/partners/oak/applications", WEB)
    assert refused(again) == (409, "code-taken")


def test_what_is_not_there_is_not_found(office: Office) -> None:
    missing = (404, "partner-not-found")
    assert refused(office.send("/v1/partners/elm/applications", WEB)) == missing
    assert refused(office.get("/v1/partners/elm")) == missing
    assert refused(office.get("/v1/partners/oak", by=LIVE)) == missing
    assert refused(office.get("/v1/partners/nobody/applications")) == missing
    assert refused(office.get("/v1/partners/oak/applications", by=LIVE)) == missing
    answer = office.get(f"/v1/applications/{office.id}", by=LIVE)
    assert refused(answer) == (404, "application-not-found")


def test_who_requested_does_not_approve_and_nothing_is_decided_twice(office: Office) -> None:
    assert refused(office.step("decision", YES)) == (409, "same-person")
    assert office.step("decision", YES, BEN).status == 200
    assert refused(office.step("decision", YES, BEN)) == (409, "wrong-state")


def test_steps_that_do_not_follow_are_refused(office: Office) -> None:
    for name, body in (("provisioning", None), ("secrets", None), ("secrets/withdrawal", {})):
        assert refused(office.step(name, body)) == (409, "wrong-state"), name
    suspend = {"step": "suspend", "reason": "late"}
    assert refused(office.step("steps", suspend)) == (409, "wrong-state")


def test_an_active_application_is_moved_to_another_plan_by_two_people(office: Office) -> None:
    to: Json = {"plan": "gold", "products": ["issuance", "quoting"], "scopes": ["quotes:read"]}
    change: Json = {"step": "change", "to": to, "reason": "grown"}
    assert refused(office.step("steps", change)) == (409, "wrong-state")
    office.activated()
    about: Json = {"about": "change", "reason": "checked"}

    for body in ({"step": "change", "reason": "grown"}, change | {"step": "suspend"}):
        answer = office.step("steps", body)
        assert [each["pointer"] for each in answer.body["errors"]] == ["/to"]
    unknown = office.step("steps", change | {"to": to | {"scopes": ["claims:settle"]}})
    assert unknown.body["errors"][0]["pointer"] == "/to/scopes"
    asked = office.step("steps", change).body
    assert (asked["plan"], asked["change"]["plan"]) == ("bronze", "gold")
    assert refused(office.step("decision", YES | about)) == (409, "same-person")
    assert office.step("decision", about | {"decision": "reject"}).body["plan"] == "bronze"
    assert refused(office.step("decision", YES | about, BEN)) == (409, "wrong-state")

    office.step("steps", change)
    changed = office.step("decision", YES | about, BEN).body

    assert {name: changed[name] for name in to} == to
    assert "change" not in changed
    assert changed["status"] == "active"


@pytest.mark.parametrize("which", [{}, {"secret": "older"}, {"secret": "newer"}])
def test_two_secrets_live_until_one_is_withdrawn(office: Office, which: Json) -> None:
    made = office.activated()

    second = office.step("secrets").body
    withdrawn = office.step("secrets/withdrawal", which).body

    assert second["client_secret"] != made["client_secret"]
    assert (made["secrets"], second["secrets"], withdrawn["secrets"]) == (1, 2, 1)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"scopes": ["quotes:underwrite"]}, "/scopes"),
        ({"scopes": []}, "/scopes"),
        ({"products": ["everything"]}, "/products/0"),
        ({"plan": "internal"}, "/plan"),
        ({"code": "Oak Web"}, "/code"),
        ({"issuer": "http://login.oak.example"}, "/issuer"),
        ({"proof": {"method": "dpop", "thumbprints": ["short"]}}, "/proof/thumbprints/0"),
        ({"mode": "live"}, "/mode"),
    ],
)
def test_a_request_that_nobody_can_mean_is_pointed_at(
    office: Office, change: Json, pointer: str
) -> None:
    answer = office.send("/v1/partners/oak/applications", WEB | {"code": "oak-b"} | change)

    assert refused(answer) == (422, "invalid-fields")
    assert [fault["pointer"] for fault in answer.body["errors"]] == [pointer]


def test_an_application_with_claims_names_what_its_sender_proves_in_live_mode(
    office: Office,
) -> None:
    office.send("/v1/partners", OAK, by=LIVE)
    claims = WEB | {"products": ["claims"], "scopes": ["claims:read"]}

    answer = office.send("/v1/partners/oak/applications", claims, by=LIVE)
    proof = {"method": "dpop", "thumbprints": ["A" * 43]}
    bound = office.send("/v1/partners/oak/applications", claims | {"proof": proof}, by=LIVE)

    assert [fault["pointer"] for fault in answer.body["errors"]] == ["/proof"]
    assert bound.body["proof"] == proof


def test_lists_go_on_from_page_to_page(office: Office) -> None:
    for code in ("elm", "ash"):
        office.send("/v1/partners", {"code": code, "name": code.title()})

    first = office.get("/v1/partners?limit=2").body
    rest = office.get(f"/v1/partners?limit=2&after={first['next']}").body
    applications = office.get("/v1/partners/oak/applications").body

    assert [each["code"] for each in first["items"] + rest["items"]] == ["ash", "elm", "oak"]
    assert [each["id"] for each in applications["items"]] == [office.id]


def test_a_suspended_application_is_cancelled_and_ends_with_its_client(office: Office) -> None:
    made = office.activated()
    for step in ("suspend", "cancel"):
        answer = office.step("steps", {"step": step, "reason": "over"})
        assert answer.status == 200, answer.text

    read = office.get(f"/v1/applications/{office.id}").body
    assert (read["status"], read["client_id"]) == ("cancelled", made["client_id"])


TOLD = "Ada Merton, 07700 900123"


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/partners", {"code": "elm", "name": TOLD}, "/name"),
        ("/v1/partners/oak/applications", WEB | {"code": "oak-app", "name": TOLD}, "/name"),
        ("/v1/partners/oak/applications", WEB | {"code": "oak-app", "team": TOLD}, "/team"),
    ],
)
def test_a_name_that_stands_in_clear_takes_no_telephone_number(
    path: str, body: Json, pointer: str, office: Office
) -> None:
    answer = office.send(path, body)

    assert refused(answer) == (422, "invalid-fields")
    assert [(each["pointer"], each["code"]) for each in answer.body["errors"]] == [
        (pointer, "wrong-form")
    ]
    assert office.send("/v1/partners", {"code": "ash", "name": "Vans (24/7)"}).status == 200


def reached(application_id: str, percent: int) -> Json:
    """What the stream of quotas hands on, as far as it is read."""
    month = f"{datetime.now(UTC):%Y-%m}"
    image = {"id": {"S": f"{application_id}#{month}"}, "reached": {"S": str(percent)}}
    return {"Records": [{"eventName": "MODIFY", "dynamodb": {"NewImage": image}}]}


def test_what_an_application_has_used_is_read_by_staff_and_told_by_events(
    office: Office, handlers: Platform
) -> None:
    office.activated()
    caller = application(office.id, "oak", scopes="products:read") | {"plan": "bronze"}
    for _ in range(3):
        handlers.call("GET", "/v1/products", by=caller, clock=None)

    quota = office.get(f"/v1/applications/{office.id}/quota").body
    assert (quota["limit"], quota["used"]) == (100_000, 3)
    assert quota["month"] == f"{datetime.now(UTC):%Y-%m}"
    assert refused(office.get(f"/v1/applications/app_test_{'0' * 20}/quota")) == (
        404,
        "application-not-found",
    )

    nobody = reached("app_test_" + "0" * 20, 80)
    for batch in (*(reached(office.id, percent) for percent in (80, 100, 100)), nobody):
        with handlers.surroundings(), acting("partners"):
            handlers.apps["partners"].handler(batch, CONTEXT)
    stream = [each for each in handlers.backend.items("events") if "app_" in each["stream"]["S"]]
    told = [each["type"]["S"] for each in sorted(stream, key=lambda e: int(e["sequence"]["N"]))]
    assert told[-2:] == ["application.quota_nearly_used", "application.quota_used_up"]
    assert len([each for each in told if ".quota_" in each]) == 2


def test_a_figure_of_its_own_stands_in_place_of_the_plans(office: Office) -> None:
    asked = WEB | {"code": "oak-small", "per_month": 25}
    small = office.send("/v1/partners/oak/applications", asked).body

    assert small["per_month"] == 25
    assert office.get(f"/v1/applications/{small['id']}/quota").body["limit"] == 25
    assert office.get(f"/v1/applications/{office.id}").body["per_month"] == 100_000
    for figure in (0, -1, 10**10, "25"):
        answer = office.send("/v1/partners/oak/applications", asked | {"per_month": figure})
        assert (answer.code, answer.body["errors"][0]["pointer"]) == (
            "invalid-fields",
            "/per_month",
        )
