"""Every way in which a person lets money go asks for a sign-in just before, above a value.

The value is set to nothing here, so that any amount is above it. Each story ends where the last step is
left, and says how it is taken: a person with an old sign-in is refused, and nothing is done.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from insurance.api.route import Route
from insurance.domain.core import house_authority
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.identity import Mode, suspense_id_for

from demo.samples import CALLERS, Staff
from tests.support.calls import Answer, signed_in
from tests.support.claims import (
    AFTER_THE_LOSS,
    AT_FAULT,
    bill,
    issued,
    loss,
    money,
    pursued,
    reported,
    settled,
)
from tests.support.complaints import opened
from tests.support.driving.http import authorizer
from tests.support.platform import Platform
from tests.support.routes import route_of
from tools.openapi.handlers import handlers

type Json = dict[str, Any]

ANN, BEN, CAT = "ann", "ben", "cat"
NOBODYS = "pol_test_0000000000000000"
ROLES = ("claims_handler", "supervisor", "compliance", "finance", "complaints_handler", "test")
DECISION = {"decision": "approve", "reason_code": "as_reported", "reason": "Covered."}
APPROVE = {"decision": "approve", "reason": "Seen."}
CLEAR = {"decision": "clear", "reason": "Born in another year."}
OTHER = {"name": "Other Payee", "iban": "GB33BUKB20201555555555"}
LISTED = {"name": "Drago, Viktor MALENKOV", "iban": "GB33BUKB20201555555555"}
HOUR = 3600


class Step(NamedTuple):
    path: str
    body: Json


@pytest.fixture(autouse=True)
def people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three people who may do everything, and no amount that is small."""
    scopes = tuple({scope for each in CALLERS.values() for scope in each.scopes})
    for name in (ANN, BEN, CAT):
        monkeypatch.setitem(CALLERS, name, Staff(name, ROLES, scopes))
    monkeypatch.setattr(house_authority, "STEP_UP_ABOVE", 0)


def claim(platform: Platform, claimed: str = "9000", **changes: Any) -> str:
    body = loss(issued(platform), "accidental_damage", claimed, facts=AT_FAULT)
    platform.now = AFTER_THE_LOSS
    return f"/v1/claims/{platform.post('/v1/claims', body | changes)['id']}"


def decision(platform: Platform) -> Step:
    return Step(f"{claim(platform, '1000')}/decision", DECISION)


def approval(platform: Platform, **changes: Any) -> Step:
    path = claim(platform, **changes)
    [payment] = platform.post(f"{path}/decision", DECISION, by=BEN)["payments"]
    return Step(f"{path}/payments/{payment['id']}/approval", APPROVE)


def screening(platform: Platform) -> Step:
    path, body = approval(platform, payee=LISTED)
    platform.post(path, body, by=CAT)
    return Step(path.replace("/approval", "/screening"), CLEAR)


def known_bill(platform: Platform) -> Step:
    path = claim(platform, "3000")
    expected = {"cost_type": "expense", "outstanding": money("900"), "reason": "new_information"}
    platform.post(f"{path}/reserves", expected, by=BEN)
    payment = platform.post(f"{path}/payments", bill("240"), by=BEN)["payments"][-1]["id"]
    platform.post(f"{path}/payments/{payment}/approval", APPROVE, by=CAT)
    return Step(f"{path}/payments", bill("60"))


def recovery(platform: Platform) -> str:
    """The path of a recovery of 1,200 on a paid claim."""
    claim = settled(platform, loss(issued(platform), "accidental_damage", "1500", facts=AT_FAULT))
    reported(platform, claim["payments"][0]["id"], "paid")
    return pursued(platform, claim["id"])


def receipt(platform: Platform) -> Step:
    return Step(f"{recovery(platform)}/receipts", {"amount": money("1300")})


def write_off(platform: Platform) -> Step:
    return Step(f"{recovery(platform)}/abandonment", {"reason_code": "not_worth_it"})


def redress(platform: Platform, name: str = "Ada Merton") -> Step:
    path = opened(platform)
    platform.post(f"{path}/acknowledgement", by=BEN)
    platform.post(f"{path}/investigation", by=BEN)
    offer = {"amount": money("50"), "name": name, "iban": OTHER["iban"], "reason": "Late."}
    offered = platform.post(f"{path}/redress", offer, by=BEN)["redress"][0]["id"]
    return Step(f"{path}/redress/{offered}/approval", APPROVE)


def redress_to_another(platform: Platform) -> Step:
    path, body = redress(platform, name="Mallory Quick")
    platform.post(path, body, by=CAT)
    return Step(path.replace("/approval", "/screening"), CLEAR)


def refund(platform: Platform, name: str = "Ada Merton") -> Step:
    policy_id = issued(platform)
    paid = {"policy_id": policy_id, "reference": "REF-1", "amount": money("900")}
    platform.post("/v1/payments", paid | {"received_on": "2026-11-20"}, by=BEN)
    asked = {"amount": money("10"), "payee": OTHER | {"name": name}, "reason": "Too much."}
    path = f"/v1/policies/{policy_id}/refunds"
    return Step(f"{path}/{platform.post(path, asked)['refunds'][0]['id']}/approval", APPROVE)


def refund_to_another(platform: Platform) -> Step:
    path, body = refund(platform, name="Mallory Quick")
    platform.post(path, body, by=CAT)
    return Step(path.replace("/approval", "/screening"), CLEAR)


def returned(platform: Platform) -> Step:
    paid = {"policy_id": NOBODYS, "reference": "REF-9", "amount": money("50")}
    platform.post("/v1/payments", paid | {"received_on": "2026-11-20"}, by=BEN)
    at = f"/v1/suspense/{suspense_id_for(Mode.TEST, 'REF-9')}/return"
    platform.post(at, {"reason_code": "payer_unknown"}, by=BEN)
    return Step(f"{at}/approval", {"decision": "approve", "reason_code": "checked"})


def kept_report(platform: Platform, decision: str = "apply") -> Step:
    path, body = approval(platform)
    platform.post(path, body, by=CAT)
    payment = path.split("/")[-2]
    reported(platform, payment, "failed")
    reported(platform, payment, "paid")
    at = f"/v1/kept-reports/{payment}_1/resolution"
    platform.post(at, {"decision": decision, "reason_code": "bank_confirmed"}, by=CAT)
    return Step(f"{at}/approval", {"decision": "approve"})


STORIES: dict[str, Callable[[Platform], Step]] = {
    "decideClaim": decision,
    "approveClaimPayment": approval,
    "screenClaimPayment": screening,
    "payClaimExpense": known_bill,
    "recordRecoveryReceipt": receipt,
    "abandonRecovery": write_off,
    "approveRedress": redress,
    "screenRedress": redress_to_another,
    "approveRefund": refund,
    "screenRefund": refund_to_another,
    "approveReturn": returned,
    "approveReportResolution": kept_report,
}


def routes(platform: Platform) -> Iterator[Route]:
    for app in platform.apps.values():
        yield from app.api.routes


def taken(platform: Platform, step: Step, *, seconds_ago: int | None, key: str = "") -> Answer:
    """Ann takes the step, so long after her sign-in, or with a token that does not say."""
    ann = authorizer(ANN)
    ann = (
        {"claims": ann["claims"] | {"auth_time": ""}}
        if seconds_ago is None
        else signed_in(ann, seconds_ago=seconds_ago)
    )
    return platform.call("POST", step.path, step.body, by=ann, key=key)


def test_every_route_that_declares_it_has_its_story(platform: Platform):
    assert {route.operation_id for route in routes(platform) if route.step_up} == STORIES.keys()


LETS_NO_MONEY_GO = {
    "approveClaimPayee": "whom the claim pays; what is paid to them waits for an approval of its own",
    "confirmClaimDecision": "a denial: nothing is paid",
    "decideApplication": "an application's rights; it moves money only by the routes of this table",
    "decideMatch": "which records are of one customer",
    "decideQuoteReferral": "a risk that is taken on",
    "decideScreening": "a customer, not a payment",
}
"""Steps that are called as those which let money go, and why they let none go."""


def test_every_step_that_decides_asks_for_a_sign_in_or_says_why_not():
    deciding = {
        route.operation_id
        for handler in handlers()
        for route in handler.routes
        if CallerKind.STAFF in route.callers
        and re.match("(approve|decide|confirm|screen)", route.operation_id)
    }

    assert deciding <= STORIES.keys() | LETS_NO_MONEY_GO.keys()
    assert deciding >= LETS_NO_MONEY_GO.keys()
    assert not STORIES.keys() & LETS_NO_MONEY_GO.keys()


def test_a_kept_report_that_is_closed_asks_for_a_sign_in_too(platform: Platform):
    step = kept_report(platform, "close")

    refused = taken(platform, step, seconds_ago=HOUR)
    waits = taken(platform, Step(step.path, {"decision": "refuse"}), seconds_ago=HOUR)

    assert (refused.status, refused.code) == (401, "insufficient-user-authentication")
    assert waits.status < 300, waits.text


@pytest.mark.parametrize("operation", STORIES)
@pytest.mark.parametrize("seconds_ago", [HOUR, None, -HOUR])
def test_money_goes_with_a_sign_in_just_before_and_not_without(
    platform: Platform, operation: str, seconds_ago: int | None
):
    step = STORIES[operation](platform)
    route = route_of(list(routes(platform)), "POST", step.path)
    assert route is not None
    assert route.operation_id == operation

    refused = taken(platform, step, seconds_ago=seconds_ago)
    done = taken(platform, step, seconds_ago=0)

    assert (refused.status, refused.code) == (401, "insufficient-user-authentication"), refused.text
    assert refused.body["max_age"] == 600
    assert refused.headers["WWW-Authenticate"] == (
        'Bearer realm="coverwright", error="insufficient_user_authentication", max_age="600"'
    )
    assert done.status < 300, done.text


def test_what_was_done_is_answered_again_however_old_the_sign_in_is_by_then(platform: Platform):
    step = approval(platform)

    first = taken(platform, step, seconds_ago=0, key="once")
    again = taken(platform, step, seconds_ago=HOUR, key="once")

    assert again.replayed
    assert again.body == first.body


@pytest.mark.parametrize("operation", ["approveClaimPayment", "approveRedress", "approveRefund"])
def test_a_refusal_lets_no_money_go_and_needs_no_sign_in(platform: Platform, operation: str):
    path, body = STORIES[operation](platform)

    refused = taken(platform, Step(path, body | {"decision": "refuse"}), seconds_ago=HOUR)

    assert refused.status < 300, refused.text
