"""How long ago a person of staff signed in, as the token's `auth_time` says, and what it opens."""

from datetime import UTC, datetime
from typing import Any

import pytest
from insurance.api.caller import caller_of, signed_in_recently
from insurance.domain.core.errors import NoAuthority, SignInTooOld
from insurance.domain.core.house_authority import Outlay, check_house_authority, check_sign_in
from insurance.domain.core.money import Currency, Money

type Json = dict[str, Any]

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
MINUTE = 60


def gbp(major: int, minor: int = 0) -> Money:
    return Money(amount=major * 100 + minor, currency=Currency.GBP)


def supervisor(**claims: Any) -> Json:
    groups = {"sub": "7c1e", "username": "ada", "scope": "", "cognito:groups": "supervisor,test"}
    return {"requestContext": {"authorizer": {"claims": groups | claims}}}


@pytest.mark.parametrize("seconds", [0, 1, 10 * MINUTE, -30])
def test_a_sign_in_of_the_last_ten_minutes_is_recent(seconds: int) -> None:
    assert signed_in_recently(str(AT - seconds), NOW)


@pytest.mark.parametrize("seconds", [10 * MINUTE + 1, 8 * 60 * MINUTE, -31, -(10**9)])
def test_one_that_is_older_or_lies_ahead_is_not(seconds: int) -> None:
    assert not signed_in_recently(str(AT - seconds), NOW)


@pytest.mark.parametrize(
    "absent",
    ["", "-", "yesterday", f"{AT}.0", f"+{AT}", f" {AT}", "\u0661" * 10, "9" * 400, None, True, []],
)
def test_what_is_no_time_is_not(absent: object) -> None:
    assert not signed_in_recently(absent, NOW)


def test_a_token_without_the_claim_says_nothing_of_a_sign_in() -> None:
    assert not caller_of(supervisor(), NOW).signed_in_recently
    assert caller_of(supervisor(auth_time=str(AT)), NOW).signed_in_recently


def test_both_authorizers_hand_the_claim_on() -> None:
    context = {
        "principal": "7c1e",
        "kind": "staff",
        "partner": "",
        "roles": "supervisor",
        "scopes": "",
        "mode": "test",
    }
    ours = {"requestContext": {"authorizer": context | {"auth_time": str(AT)}}}

    assert caller_of(ours, NOW).signed_in_recently
    assert not caller_of({"requestContext": {"authorizer": context}}, NOW).signed_in_recently


def test_a_machine_never_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_MACHINES", "bank")
    claims = {"sub": "bank", "client_id": "bank", "scope": "", "auth_time": str(AT)}

    assert not caller_of(
        {"requestContext": {"authorizer": {"claims": claims}}}, NOW
    ).signed_in_recently


def test_up_to_the_value_an_old_sign_in_is_enough_and_beyond_it_is_not() -> None:
    stale = caller_of(supervisor(auth_time=str(AT - 3600)), NOW)
    fresh = caller_of(supervisor(auth_time=str(AT)), NOW)

    check_sign_in(stale, gbp(10_000))
    with pytest.raises(SignInTooOld):
        check_sign_in(stale, gbp(10_000, 1))
    check_sign_in(fresh, gbp(10_000, 1))


def test_the_value_is_in_the_money_of_the_payment() -> None:
    stale = caller_of(supervisor(), NOW)

    check_sign_in(stale, Money(amount=1_500_000, currency=Currency.JPY))
    with pytest.raises(SignInTooOld):
        check_sign_in(stale, Money(amount=1_500_001, currency=Currency.JPY))


def test_nobody_is_asked_to_sign_in_for_what_they_may_not_do() -> None:
    stale = caller_of(supervisor(), NOW)

    with pytest.raises(NoAuthority):
        check_house_authority(stale, Outlay.REDRESS, gbp(25_000, 1))
    with pytest.raises(SignInTooOld):
        check_house_authority(stale, Outlay.REDRESS, gbp(25_000))
