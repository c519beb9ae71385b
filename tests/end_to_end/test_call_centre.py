"""A day at the call centre: who rings is found and served, on the rights that the template gives its role.

The clerk's token has the role's group and every scope that the staff client may ask for, so what is
refused is refused to the role.
"""

import uuid
from typing import Any, NamedTuple

import httpx
import pytest

from local.aws.engine import DYNOXIDE_FILE
from local.stack import Stack
from tests.end_to_end.conftest import CallAs, Caller, Json, assert_problem
from tests.support import loopback
from tests.support.documents import words
from tests.support.waiting import wait_until

TODAY = "2027-01-16T09:00:00Z"
NEW: Json = {"lines": ["3 Ember Passage"], "postcode": "EF3 3CC", "country": "GB"}
MOVE: Json = {"address": NEW, "effective_on": "2027-01-10", "reason": "She moved house."}


PLATE = "CD34 EFG"
"""Of a car that the sample look-up knows, and that no other test here insures."""


class Customer(NamedTuple):
    """Who rings: a customer of a broker, with a policy."""

    party_id: str
    policy_id: str
    name: str
    phone: str


def made(answer: httpx.Response) -> Json:
    assert answer.status_code in {200, 201}, answer.text
    body: Json = answer.json()
    return body


@pytest.fixture
def clerk(stack: Stack, call_as: CallAs) -> Caller:
    scopes = stack.template.resources["StaffClient"].properties["AllowedOAuthScopes"]
    return call_as("call-centre-test", clock=TODAY, scope=" ".join(map(str, scopes)))


@pytest.fixture
def ada(harbour: Caller, risk: Json) -> Customer:
    """Nobody else has her name or her telephone number."""
    mark = uuid.uuid4().hex[:6]
    name, phone = f"Ada Kestrel{mark}", f"+44163296{int(mark, 16) % 10_000:04}"
    details = {"kind": "person", "name": name, "phone": phone, "date_of_birth": "1991-03-14"}
    party = made(harbour.post("/v1/parties", details))
    answers = risk["answers"] | {"registration": PLATE}
    wanted = {**risk, "policyholder": {"name": name}, "party_id": party["id"], "answers": answers}
    quote = made(harbour.post("/v1/quotes", wanted))
    made(harbour.post(f"/v1/quotes/{quote['id']}/acceptance", {}))
    policy = made(harbour.post("/v1/policies", {"quote_id": quote["id"]}))
    return Customer(party["id"], policy["id"], name, phone)


def found(clerk: Caller, kind: str, mark: Json, wanted: str) -> list[str]:
    """What a search finds, once the index has what is wanted."""

    def ids() -> list[str]:
        answer = clerk.http.post(f"/v1/{kind}/search", json=mark)
        return [item["id"] for item in made(answer)["items"]]

    return wait_until(ids, lambda listed: wanted in listed)


def preview(clerk: Caller, path: str, body: Json) -> Json:
    return made(clerk.http.post(f"{path}/preview", json=body))


def test_the_call_centre_s_day(clerk: Caller, ada: Customer, journey: Json) -> None:
    # Who rings is found, however they say who they are.
    born = {"name": ada.name, "date_of_birth": "1991-03-14"}
    assert found(clerk, "parties", {"phone": ada.phone}, ada.party_id) == [ada.party_id]
    assert found(clerk, "parties", born, ada.party_id) == [ada.party_id]
    assert ada.policy_id in found(clerk, "policies", {"registration": PLATE}, ada.policy_id)
    listed = made(clerk.get(f"/v1/policies?party_id={ada.party_id}"))["items"]
    assert [item["id"] for item in listed] == [ada.policy_id]
    policy, party = f"/v1/policies/{ada.policy_id}", f"/v1/parties/{ada.party_id}"

    # She tells of a loss: a notice of the call centre's, which a handler decides.
    told = {key: value for key, value in journey["claim"].items() if key != "payee"}
    claim = made(clerk.post("/v1/claims", {**told, "policy_id": ada.policy_id}))
    assert (claim["decision"], claim["payments"]) == ("pending", [])

    # She has moved: the change is shown to her first, and then made.
    shown = preview(clerk, f"{party}/corrections", MOVE)
    assert shown["stored"] is False
    moved = made(clerk.post(f"{party}/corrections", MOVE))
    assert moved["stored"] is True
    assert moved["policies"] == shown["policies"]
    assert made(clerk.get(policy))["policyholder"]["address"] == NEW

    # What driving more would cost her is said, and changes nothing.
    before = made(clerk.get(policy))["revision"]
    more = preview(clerk, f"{policy}/endorsements", {"answers": {"annual_mileage": 25_000}})
    assert more["difference"]["amount"] > 0
    assert made(clerk.get(policy))["revision"] == before

    # The certificate is sent again, and has her new address.
    certificate = made(clerk.post(f"{policy}/documents", {"kind": "certificate"}))
    file = loopback.get(certificate["link"]["url"]).content
    said = words(file)
    assert ada.name in said
    assert "3 Ember Passage" in said

    # She complains, which the complaints handler gets.
    complaint = {"about": claim["id"], "category": "delay", "complainant": ada.name}
    complained = made(clerk.post("/v1/complaints", complaint | {"text": "Nobody rang back."}))
    assert made(clerk.get(f"/v1/complaints/{complained['id']}"))["status"] == "received"


def test_no_value_by_which_she_is_found_stands_in_the_clear_in_any_file_of_the_engine(
    stack: Stack, clerk: Caller, ada: Customer
) -> None:
    born = {"name": ada.name, "date_of_birth": "1991-03-14"}
    for kind, mark, wanted in (
        ("parties", {"phone": ada.phone}, ada.party_id),
        ("parties", born, ada.party_id),
        ("policies", {"registration": PLATE}, ada.policy_id),
    ):
        assert wanted in found(clerk, kind, mark, wanted)

    files = b"".join(
        path.read_bytes() for path in sorted(stack.settings.folder.glob(f"{DYNOXIDE_FILE}*"))
    ).lower()

    assert files.count(ada.policy_id.encode()) > 10, "what is no secret is in them, in many places"
    surname, digits, plate = ada.name.split()[1], ada.phone[3:], PLATE.replace(" ", "")
    for value in (surname, surname[:8], digits, PLATE, plate, "1991-03-14", "19910314"):
        for coding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert value.lower().encode(coding) not in files, value


def test_what_is_not_the_call_centre_s_is_refused_and_leaves_nothing(
    clerk: Caller, ada: Customer, journey: Json
) -> None:
    claim = made(clerk.post("/v1/claims", {**journey["claim"], "policy_id": ada.policy_id}))
    complaint = made(
        clerk.post(
            "/v1/complaints",
            {"about": claim["id"], "category": "delay", "complainant": "A", "text": "Late."},
        )
    )
    of_claim, policy = f"/v1/claims/{claim['id']}", f"/v1/policies/{ada.policy_id}"
    of_complaint, party = f"/v1/complaints/{complaint['id']}", f"/v1/parties/{ada.party_id}"
    before = [made(clerk.get(path)) for path in (of_claim, policy, of_complaint, party)]

    for path, body in refused_steps(of_claim, policy, of_complaint, party):
        assert_problem(clerk.post(path, body), 403, "no-authority")
    for path in (
        *(
            "/v1/suspense",
            "/v1/screenings",
            "/v1/ledger/periods",
            "/v1/complaint-register?month=2027-01",
        ),
        *(f"{policy}/ledger", f"{party}/legal-hold", f"{of_complaint}/internal"),
    ):
        assert_problem(clerk.get(path), 403, "no-authority")

    assert [made(clerk.get(path)) for path in (of_claim, policy, of_complaint, party)] == before


def refused_steps(claim: str, policy: str, complaint: str, party: str) -> list[tuple[str, Any]]:
    """To settle, decide, pay, reserve, answer complaints, erase, export, screen and close the books."""
    gbp = {"amount": 10_000, "currency": "GBP"}
    return [
        (f"{claim}/settlement", {}),
        (f"{claim}/decision", {"decision": "deny", "reason": "late"}),
        (f"{claim}/payments", {"amount": gbp, "reason": "Repairs."}),
        (f"{claim}/reserves", {"outstanding": gbp, "reason": "new_information"}),
        (f"{complaint}/final-response", {"outcome": "rejected", "text": "No."}),
        (f"{complaint}/redress", {"amount": gbp}),
        (f"{party}/erasure", {"reason": "requested"}),
        (f"{party}/data-exports", {"request": 1, "proof": "portal_sign_in"}),
        (f"{policy}/refunds/rfd_test_0000000000000000_1/approval", {"decision": "approve"}),
        ("/v1/payment-files", {}),
        ("/v1/screening-runs", {}),
        ("/v1/ledger/periods/2027-01/closing", {}),
    ]
