"""Whose data a caller acts on: by who is registered, never by what a token asks for."""

from datetime import UTC, datetime
from typing import Any

import pytest
from insurance.api.caller import caller_of
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import NoAuthority
from insurance.domain.core.identity import Mode

type Json = dict[str, Any]

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LIVE, TEST, STRANGER = "bank-client", "bank-test-client", "somebody-elses-client"


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_MACHINES", LIVE)
    monkeypatch.setenv("TEST_MACHINES", TEST)


def machine(client_id: str, scopes: str = "coverwright/payments:report") -> Json:
    claims = {"sub": client_id, "client_id": client_id, "scope": scopes}
    return {"requestContext": {"authorizer": {"claims": claims}}}


def person(groups: str) -> Json:
    claims = {"sub": "7c1e", "username": "ada", "scope": "", "cognito:groups": groups}
    return {"requestContext": {"authorizer": {"claims": claims}}}


@pytest.mark.parametrize("scopes", ["coverwright/payments:report", ""])
def test_the_test_banks_client_acts_on_test_data_whatever_scopes_it_asks_for(scopes: str) -> None:
    caller = caller_of(machine(TEST, scopes), NOW)

    assert (caller.kind, caller.mode) == (CallerKind.MACHINE, Mode.TEST)


def test_the_banks_client_acts_on_live_data() -> None:
    assert caller_of(machine(LIVE), NOW).mode is Mode.LIVE


def test_a_client_that_is_registered_for_no_mode_is_refused() -> None:
    with pytest.raises(NoAuthority):
        caller_of(machine(STRANGER), NOW)


def test_a_function_that_no_machine_may_call_refuses_every_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("LIVE_MACHINES")
    monkeypatch.delenv("TEST_MACHINES")

    with pytest.raises(NoAuthority):
        caller_of(machine(LIVE), NOW)


@pytest.mark.parametrize(
    ("groups", "mode"), [("live,underwriter", Mode.LIVE), ("[test underwriter]", Mode.TEST)]
)
def test_staff_act_in_the_mode_of_their_group(groups: str, mode: Mode) -> None:
    caller = caller_of(person(groups), NOW)

    assert (caller.mode, caller.roles) == (mode, frozenset({"underwriter"}))


@pytest.mark.parametrize("groups", ["underwriter", "live,test,underwriter", ""])
def test_staff_of_no_mode_or_of_both_are_refused(groups: str) -> None:
    with pytest.raises(NoAuthority):
        caller_of(person(groups), NOW)
