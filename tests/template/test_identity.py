"""Who may do what is the same here and deployed: roles, scopes, clients and the callers of the samples."""

from collections.abc import Iterator
from typing import Any

import pytest
from insurance.access.grants import DEVELOPERS_SCOPES, PEOPLES_SCOPES, team_scopes
from insurance.api.route import Route
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.identity import Mode
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope

from demo.samples import BANKS, DEVELOPERS, PARTNERS, PEOPLE, STAFF
from tools.openapi.handlers import handlers

type Json = dict[str, Any]

PREFIX = "coverwright/"


def properties(written: Json, kind: str) -> Iterator[tuple[str, Json]]:
    for name, resource in written["Resources"].items():
        if resource["Type"] == f"AWS::Cognito::{kind}":
            yield name, resource["Properties"]


def scopes_of(written: Json, client: str) -> set[str]:
    """What the client of this name may ask for."""
    allowed = dict(properties(written, "UserPoolClient"))[client]["AllowedOAuthScopes"]
    return {scope.removeprefix(PREFIX) for scope in allowed}


@pytest.fixture(scope="module")
def routes() -> list[Route]:
    return [route for handler in handlers() for route in handler.routes]


def test_every_role_is_a_group_of_the_staff_pool_and_no_group_is_without_a_role(written: Json):
    groups = [group["GroupName"] for _, group in properties(written, "UserPoolGroup")]

    assert sorted(groups) == sorted([*Role, *Mode])


def test_the_resource_server_has_every_scope_and_no_other(written: Json):
    [(_, server)] = properties(written, "UserPoolResourceServer")

    assert {scope["ScopeName"] for scope in server["Scopes"]} == {*Scope}


def test_the_staff_client_may_ask_for_what_staff_are_welcome_to_do(
    written: Json, routes: list[Route]
):
    allowed = scopes_of(written, "StaffClient")
    for route in routes:
        if route.callers & {CallerKind.STAFF} and CallerKind.MACHINE not in route.callers:
            # What is the partner's own to do is refused to staff by the operation.
            assert route.scope in allowed or route.scope is Scope.POLICIES_SHARE, route.path


def test_every_route_is_open_to_a_caller_that_can_have_its_scope(
    written: Json, routes: list[Route]
):
    reachable = {
        CallerKind.APPLICATION: {scope for partner in PARTNERS for scope in partner.scopes},
        CallerKind.POLICYHOLDER: PEOPLES_SCOPES,
        CallerKind.STAFF: scopes_of(written, "StaffClient"),
        CallerKind.MACHINE: scopes_of(written, "BankClient"),
        CallerKind.DEVELOPER: DEVELOPERS_SCOPES["test"],
    }
    for route in routes:
        kinds = [kind for kind in route.callers if route.scope in reachable[kind]]
        assert kinds, f"nobody can call {route.method} {route.path}"


@pytest.mark.parametrize("person", STAFF, ids=lambda person: person.name)
def test_a_sample_of_staff_has_no_right_that_the_template_does_not_give(written: Json, person: Any):
    groups = {group["GroupName"] for _, group in properties(written, "UserPoolGroup")}

    assert set(person.groups) <= groups
    assert set(person.scopes) <= scopes_of(written, "StaffClient")


@pytest.mark.parametrize(
    "scope", [Scope.CONTROLS_READ, Scope.CONTROLS_WRITE, Scope.USAGE_READ, Scope.PARTNERS_READ]
)
def test_some_sample_of_each_role_can_do_what_the_pages_say_of_it(
    scope: Scope, routes: list[Route]
):
    played = {role for person in STAFF for role in person.groups} & {*Role}
    meant = {role for route in routes if route.scope is scope for role in route.roles or ()}
    able = {role for person in STAFF if scope in person.scopes for role in person.groups}

    assert meant
    assert meant & played <= able


def test_the_sample_developers_may_do_what_the_portal_lets_them():
    for person in DEVELOPERS:
        assert person.mode == "test"
        assert set(person.scopes) == team_scopes("test", person.role), person.name


@pytest.mark.parametrize(("mode", "client"), [("live", "BankClient"), ("test", "BankTestClient")])
def test_the_sample_banks_have_the_scopes_of_their_clients(written: Json, mode: str, client: str):
    assert set(BANKS[mode].scopes) == scopes_of(written, client)


@pytest.mark.parametrize("client", ["BankClient", "BankTestClient"])
def test_a_bank_signs_in_by_its_secret_alone(written: Json, client: str):
    asked = dict(properties(written, "UserPoolClient"))[client]

    assert asked["AllowedOAuthFlows"] == ["client_credentials"]
    assert asked["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]  # else Cognito adds its own
    assert asked["PreventUserExistenceErrors"] == "ENABLED"


def test_sample_applications_and_policyholders_ask_for_scopes_that_there_are():
    for caller in (*PARTNERS, *PEOPLE):
        assert set(caller.scopes) <= set(Scope), caller
    for person in PEOPLE:
        assert set(person.scopes) <= PEOPLES_SCOPES


def test_a_sign_in_of_staff_is_always_one_with_a_second_factor(written: Json):
    """A token says when somebody signed in, and not how: so there must be one way only."""
    [(_, pool)] = properties(written, "UserPool")
    client = dict(properties(written, "UserPoolClient"))["StaffClient"]

    assert pool["MfaConfiguration"] == "ON"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert "DeviceConfiguration" not in pool  # a remembered device would do without
    assert "SignInPolicy" not in pool.get("Policies", {})  # password first, then the code
    assert client["SupportedIdentityProviders"] == ["COGNITO"]
    assert client["AllowedOAuthFlows"] == ["code"]


def test_the_portal_may_ask_for_what_developers_may_do_and_no_more(written: Json):
    assert scopes_of(written, "PortalClient") == {"openid", *team_scopes("test", "administrator")}
    assert team_scopes("test", "billing_viewer") < team_scopes("test", "developer")
    assert DEVELOPERS_SCOPES["live"] < DEVELOPERS_SCOPES["test"]


def test_the_portal_has_no_secret_and_signs_in_by_a_code(written: Json):
    client = dict(properties(written, "UserPoolClient"))["PortalClient"]

    assert client["GenerateSecret"] is False
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["SupportedIdentityProviders"] == ["COGNITO"]


def test_who_signs_out_of_the_portal_comes_back_to_it(written: Json):
    """Without an address the user pool's own session could not be ended: the next person would be the one before."""
    client = dict(properties(written, "UserPoolClient"))["PortalClient"]

    assert client["LogoutURLs"] == client["CallbackURLs"]
    assert client["EnableTokenRevocation"] is True
