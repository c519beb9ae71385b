"""A token that was stolen from a browser hours after the sign-in returns no large payment, over HTTP."""

import time
from typing import Any

import pytest
from insurance.domain.core.identity import Mode, suspense_id_for

from tests.end_to_end.conftest import CallAs, assert_problem

type Json = dict[str, Any]

PAID_ON = "2026-11-20"
NOBODYS = "pol_test_0000000000000000"
APPROVE = {"decision": "approve", "reason_code": "checked"}


def requested_return(call_as: CallAs, reference: str, major: int) -> str:
    """The path of a return of so much that waits for a second person."""
    paid = {
        "policy_id": NOBODYS,
        "reference": reference,
        "amount": {"amount": major * 100, "currency": "GBP"},
        "received_on": PAID_ON,
    }
    answer = call_as("bank-test").post("/v1/payments", paid)
    assert answer.status_code == 200, answer.text
    path = f"/v1/suspense/{suspense_id_for(Mode.TEST, reference)}/return"
    asked = call_as("finance-test").post(path, {"reason_code": "payer_unknown"})
    assert asked.status_code == 200, asked.text
    return f"{path}/approval"


@pytest.mark.parametrize(
    ("name", "signed_in"),
    [
        ("stale", -3600),
        ("ahead", 3600),
        ("absent", ""),
        ("wordy", "just now"),
    ],
)
def test_an_old_sign_in_returns_no_large_payment(
    call_as: CallAs, name: str, signed_in: int | str
) -> None:
    """`signed_in` is the claim, or how many seconds it is from now."""
    auth_time = signed_in if isinstance(signed_in, str) else int(time.time()) + signed_in
    path = requested_return(call_as, f"STEP-UP-{name}", 20_000)

    answer = call_as("controller-test", auth_time=auth_time).post(path, APPROVE)

    problem = assert_problem(answer, 401, "insufficient-user-authentication")
    assert problem["max_age"] == 600
    assert answer.headers["x-amzn-remapped-www-authenticate"] == (
        'Bearer realm="coverwright", error="insufficient_user_authentication", max_age="600"'
    )
    done = call_as("controller-test").post(path, APPROVE)
    assert (done.status_code, done.json()["status"]) == (200, "return_executing")


def test_a_small_one_needs_no_new_sign_in(call_as: CallAs) -> None:
    path = requested_return(call_as, "STEP-UP-small", 100)
    stale = call_as("controller-test", auth_time=int(time.time()) - 3600)

    assert stale.post(path, APPROVE).status_code == 200
