"""People of a partner's team: who they are comes from their row, and what they may do is little."""

from dataclasses import replace

from insurance.access.grants import Application
from insurance.access.people import developer_id

from local.aws.gateway.policy import grant_of
from tests.unit.authorizer.house import (
    CLAIMS,
    OWN,
    PARTNERS_OWN,
    STAGE,
    House,
    Json,
    published,
    signed,
)

SUBJECT = "6f1e2a52-0f5b-4f5e-9d3b-0a7d5f6e8c22"
ID = developer_id(SUBJECT)
WANTED = (
    "quotes:write quotes:read partners:read policies:write claims:read webhooks:read partners:write"
)
TOKEN: Json = {
    **CLAIMS,
    "sub": SUBJECT,
    "username": "dora",
    "client_id": "developer-portal",
    "scope": " ".join(f"coverwright/{scope}" for scope in WANTED.split()),
}


def row(mode: str = "test", **changes: object) -> Application:
    of_team: Json = {
        "id": ID,
        "partner": "meadow",
        "is_active": True,
        "mode": mode,
        "plan": "bronze",
        "products": frozenset(),
        "scopes": frozenset(),
        "issuer": None,
        "is_developer": True,
    }
    return Application(**of_team | changes)


def with_row(house: House, row: Application, id: str = ID) -> House:
    house.applications[id] = row
    return house


def test_a_person_of_a_team_acts_for_their_partner_and_is_counted_alone(house: House) -> None:
    answer = with_row(house, row()).answer(signed(TOKEN))

    context = answer["context"]
    assert (context["kind"], context["partner"], context["mode"]) == ("developer", "meadow", "test")
    assert context["principal"] == answer["principalId"] == ID
    assert context["roles"] == ""
    harbour = house.answer(signed())
    assert answer["usageIdentifierKey"] != harbour["usageIdentifierKey"]


def test_they_read_and_quote_in_test_mode_and_only_read_in_live_mode(house: House) -> None:
    test = with_row(house, row()).answer(signed(TOKEN))["context"]["scopes"].split()
    live = with_row(house, row("live")).answer(signed(TOKEN))["context"]["scopes"].split()

    assert sorted(test) == ["partners:read", "quotes:read", "quotes:write", "webhooks:read"]
    assert sorted(live) == ["partners:read", "webhooks:read"]


def test_a_role_in_the_team_gives_and_takes_scopes(house: House) -> None:
    token = {
        **TOKEN,
        "scope": f"{TOKEN['scope']} coverwright/partners:write coverwright/usage:read",
    }

    def scopes(role: str) -> list[str]:
        answer = with_row(house, replace(row(), role=role)).answer(signed(token))
        return sorted(answer["context"]["scopes"].split())

    developers = ["partners:read", "quotes:read", "quotes:write", "usage:read", "webhooks:read"]
    assert scopes("developer") == scopes("of_a_later_release") == developers
    assert scopes("administrator") == sorted([*developers, "partners:write"])
    assert scopes("billing_viewer") == ["partners:read", "usage:read"]


def test_they_reach_what_the_portal_calls_and_nothing_else(house: House) -> None:
    kept = grant_of(with_row(house, row()).answer(signed(TOKEN)))

    for path in ("partners", "applications/app_test_x", "products", "quotes", "webhooks"):
        assert kept.verdict(f"{STAGE}/GET/v1/{path}") == "allow", path
    for path in ("policies", "claims", "payments", "parties", "events", "complaints", "ledger"):
        assert kept.verdict(f"{STAGE}/GET/v1/{path}") == "silent", path


def test_who_was_removed_or_never_added_is_denied(house: House) -> None:
    unknown = house.answer(signed(TOKEN))
    removed = with_row(house, row(is_active=False)).answer(signed(TOKEN))

    for answer in (unknown, removed):
        assert answer["policyDocument"]["Statement"][0]["Effect"] == "Deny"


def test_another_issuer_cannot_name_a_person_of_a_team(house: House) -> None:
    house.documents[PARTNERS_OWN] = published()
    token = signed({**TOKEN, "iss": PARTNERS_OWN, "aud": "coverwright-api"})
    answer = with_row(house, row()).answer(token)

    assert answer["policyDocument"]["Statement"][0]["Effect"] == "Deny"


def test_a_persons_row_is_no_application(house: House) -> None:
    claims = {**CLAIMS, "sub": ID, "client_id": ID, "iss": OWN}
    answer = with_row(house, row()).answer(signed(claims))

    assert answer["policyDocument"]["Statement"][0]["Effect"] == "Deny"


def test_an_applications_row_is_no_person(house: House) -> None:
    answer = with_row(house, row(is_developer=False)).answer(signed(TOKEN))

    assert answer["policyDocument"]["Statement"][0]["Effect"] == "Deny"
