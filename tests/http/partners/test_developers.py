"""A partner's team over HTTP: who is in it, and what its people see."""

from collections.abc import Mapping
from typing import Any

import pytest
from insurance.access.people import developer_id
from insurance.domain.partner.partner import DEVELOPERS_MAX
from insurance.operations.partners import change_developers

from tests.support.calls import CLOCK, QUOTE, Answer, application, staff
from tests.support.platform import Platform

type Json = dict[str, Any]

SCOPES = "partners:write coverwright/partners:read"
ANN, LIVE = (staff("ann", "operator", SCOPES, mode=mode) for mode in ("test", "live"))
DORA, EVE = "dora-0001", "eve-0002"
WEB: Json = {
    "code": "oak-web",
    "name": "Oak web",
    "team": "Oak digital",
    "plan": "bronze",
    "products": ["quoting"],
    "scopes": ["quotes:read", "quotes:write"],
    "reason": "new_partner",
}


def developer(partner: str, *, mode: str = "test") -> Json:
    """The authorizer's context for a person of a partner's team."""
    scopes = "partners:read products:read webhooks:read webhooks:write quotes:read quotes:write"
    one = application(developer_id(DORA), partner, mode=mode, scopes=scopes)
    return one | {"kind": "developer", "plan": "bronze"}


class Teams:
    """Two partners, with an application each."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._keys = iter(range(1000))
        self.applications = {}
        for code in ("oak", "elm"):
            self.send("/v1/partners", {"code": code, "name": code.title()})
            asked = self.send(f"/v1/partners/{code}/applications", WEB | {"code": f"{code}-web"})
            self.applications[code] = asked.body["id"]

    def send(
        self, path: str, body: Any, by: Json = ANN, headers: Mapping[str, str] | None = None
    ) -> Answer:
        key = f"key-{next(self._keys)}"
        return self._platform.call("POST", path, body, by=by, key=key, clock=None, headers=headers)

    def get(self, path: str, by: Json = ANN) -> Answer:
        return self._platform.call("GET", path, by=by, clock=None)

    def change(
        self, step: str, subject: str, partner: str = "oak", by: Json = ANN, role: str = ""
    ) -> Answer:
        body = {"step": step, "subject": subject} | ({"role": role} if role else {})
        return self.send(f"/v1/partners/{partner}/developers", body, by)


@pytest.fixture
def teams(handlers: Platform) -> Teams:
    return Teams(handlers)


def fault(answer: Answer) -> tuple[int, str, str, str]:
    [one] = answer.body["errors"]
    return answer.status, answer.code, one["pointer"], one["code"]


def test_people_join_and_leave_a_team(teams: Teams) -> None:
    teams.change("add", DORA)
    both = teams.change("add", EVE)
    left = teams.change("remove", DORA)

    assert (both.status, both.body["developers"]) == (200, [DORA, EVE])
    assert left.body["developers"] == teams.get("/v1/partners/oak").body["developers"] == [EVE]


def test_a_person_is_in_one_team_at_a_time(teams: Teams) -> None:
    teams.send("/v1/partners", {"code": "oak", "name": "Oak"}, by=LIVE)
    teams.change("add", DORA)

    assert fault(teams.change("add", DORA)) == (422, "invalid-fields", "/subject", "the-same")
    for elsewhere in (teams.change("add", DORA, "elm"), teams.change("add", DORA, by=LIVE)):
        assert fault(elsewhere) == (422, "invalid-fields", "/subject", "in-another-team")
    assert fault(teams.change("remove", DORA, "elm")) == (
        422,
        "invalid-fields",
        "/subject",
        "unknown",
    )

    teams.change("remove", DORA)
    assert teams.change("add", DORA, "elm").body["developers"] == [DORA]


def test_a_team_has_an_end(teams: Teams) -> None:
    for number in range(DEVELOPERS_MAX):
        assert teams.change("add", f"person-{number}").status == 200

    assert fault(teams.change("add", DORA)) == (422, "invalid-fields", "/subject", "too-many")


def test_a_team_of_nobody_is_not_found_and_a_name_is_no_subject(teams: Teams) -> None:
    missing = teams.change("add", DORA, "yew")
    name = teams.change("add", "dora@oak.example")

    assert (missing.status, missing.code) == (404, "partner-not-found")
    assert (name.status, name.body["errors"][0]["pointer"]) == (422, "/subject")


def test_a_change_on_a_revision_that_has_passed_is_refused(teams: Teams) -> None:
    etag = teams.get("/v1/partners/oak").headers["ETag"]
    teams.change("add", DORA)

    body = {"step": "add", "subject": EVE}
    stale = teams.send("/v1/partners/oak/developers", body, headers={"If-Match": etag})
    assert (stale.status, stale.code) == (412, "stale-revision")


def test_a_developer_sees_their_own_partner_and_a_foreign_one_as_none(teams: Teams) -> None:
    dora = developer("oak")
    own = teams.get("/v1/partners", dora).body["items"]
    listed = teams.get("/v1/partners/oak/applications", dora).body["items"]
    application = teams.get(f"/v1/applications/{teams.applications['oak']}", dora)

    assert [each["code"] for each in own] == ["oak"]
    assert "next" not in teams.get("/v1/partners?limit=1", dora).body
    assert [each["code"] for each in listed] == ["oak-web"]
    assert application.body["code"] == "oak-web"

    foreign, unknown = f"/v1/applications/{teams.applications['elm']}", "app_test_" + "0" * 20
    pairs = [
        ("/v1/partners/elm", "/v1/partners/yew"),
        ("/v1/partners/elm/applications", "/v1/partners/yew/applications"),
        (foreign, f"/v1/applications/{unknown}"),
    ]
    for theirs, nobodys in pairs:
        found, missing = teams.get(theirs, dora), teams.get(nobodys, dora)
        assert found.status == missing.status == 404, theirs
        assert found.code == missing.code


def test_a_developer_makes_a_first_quote(teams: Teams) -> None:
    dora = developer("oak")
    made = teams.send("/v1/quotes", QUOTE, dora, {"Coverwright-Clock": CLOCK})

    assert made.status == 201, made.text
    assert teams.get(f"/v1/quotes/{made.body['id']}", dora).status == 200
    other = teams.get(f"/v1/quotes/{made.body['id']}", developer("elm"))
    assert (other.status, other.code) == (404, "quote-not-found")


def administrator(subject: str, partner: str = "oak") -> Json:
    """The authorizer's context for somebody who is, or was, an administrator of the team."""
    one = application(developer_id(subject), partner, scopes="partners:read partners:write")
    return one | {"kind": "developer", "plan": "bronze"}


def team(answer: Answer) -> Json:
    return {each["subject"]: each["role"] for each in answer.body["team"]}


def test_an_administrator_says_who_is_in_the_team_and_as_what(teams: Teams) -> None:
    teams.change("add", DORA, role="administrator")
    dora = administrator(DORA)

    added = teams.change("add", EVE, by=dora, role="billing_viewer")
    raised = teams.change("change_role", EVE, by=dora, role="administrator")
    gone = teams.change("remove", DORA, by=administrator(EVE))

    assert team(added) == {DORA: "administrator", EVE: "billing_viewer"}
    assert team(raised) == {DORA: "administrator", EVE: "administrator"}
    assert team(gone) == {EVE: "administrator"}
    late = teams.change("add", "mia", by=dora)  # the gateway may admit her for a minute more
    assert (late.status, late.code) == (403, "no-authority")


def test_nobody_says_what_they_are_themselves(teams: Teams) -> None:
    teams.change("add", DORA, role="administrator")
    teams.change("add", EVE)

    for tried in (
        teams.change("change_role", EVE, by=administrator(EVE), role="administrator"),
        teams.change("add", "mia", by=administrator(EVE)),
        teams.change("change_role", DORA, by=administrator(DORA), role="developer"),
        teams.change("add", "ann", role="administrator"),  # an operator, as one of the partner's
    ):
        assert (tried.status, tried.code) == (403, "no-authority")

    assert team(teams.get("/v1/partners/oak")) == {DORA: "administrator", EVE: "developer"}


def test_a_team_that_has_changed_very_often_is_added_to_by_an_operator(
    teams: Teams, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else an administrator could use up the account's keys with people who are not there."""
    monkeypatch.setattr(change_developers, "TEAM_CHANGES_MAX", 3)
    teams.change("add", DORA, role="administrator")
    dora = administrator(DORA)
    assert teams.change("add", "nobody-1", by=dora).status == 200
    assert teams.change("remove", "nobody-1", by=dora).status == 200

    refused = teams.change("add", "nobody-2", by=dora)

    assert fault(refused)[2:] == ("/subject", "too-many")
    assert teams.change("add", EVE).status == 200
    assert teams.change("remove", EVE, by=dora).status == 200


def test_the_last_administrator_stays(teams: Teams) -> None:
    teams.change("add", DORA, role="administrator")
    alone = teams.change("remove", DORA, by=administrator(DORA))
    teams.change("add", EVE)

    for tried in (
        alone,
        teams.change("remove", DORA),
        teams.change("remove", DORA, by=administrator(DORA)),
        teams.change("change_role", DORA, role="developer"),
    ):
        assert fault(tried) == (422, "invalid-fields", "/subject", "last-administrator")

    teams.change("remove", EVE)
    assert teams.change("remove", DORA).body["team"] == []  # by an operator: the partner leaves


def test_the_team_of_another_partner_is_as_unknown_as_none(teams: Teams) -> None:
    teams.change("add", DORA, role="administrator")

    foreign, missing = (
        teams.change("add", "mia", partner, by=administrator(DORA)) for partner in ("elm", "yew")
    )

    assert (
        (foreign.status, foreign.code)
        == (missing.status, missing.code)
        == (404, "partner-not-found")
    )
    assert foreign.body["detail"].replace("elm", "yew") == missing.body["detail"]


def test_a_role_that_is_not_said_or_is_theirs_already_or_not_asked_for_is_refused_where_it_stands(
    teams: Teams,
) -> None:
    teams.change("add", DORA)

    unsaid = teams.change("change_role", DORA)
    same = teams.change("change_role", DORA, role="developer")
    nobody = teams.change("change_role", EVE, role="administrator")
    gone = teams.change("remove", DORA, role="developer")

    assert fault(gone)[2:] == ("/role", "not-asked")
    assert fault(unsaid)[2:] == ("/role", "required")
    assert fault(same)[2:] == ("/role", "the-same")
    assert fault(nobody)[2:] == ("/subject", "unknown")
