"""Who may do what: every route, kind of caller, role, book and mode, as tests/authorization.csv says.

The table is kept by hand and reviewed like code. Every caller here holds every scope, so that
nothing but the kind, the role, the book and the mode can refuse the call.
"""

import csv
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from insurance.api.route import Route
from insurance.domain.bank import PaymentFile
from insurance.domain.bank.event_types import BankEventType
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.core.identity import (
    Mode,
    party_id_for,
    payment_file_id_for,
    screening_id_for,
    suspense_id_for,
)
from insurance.domain.core.money import Currency
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope

from tests.support.calls import (
    BANK,
    CLAIM,
    FOLDERS,
    LOSS_CLOCK,
    Answer,
    application,
    machine,
    staff,
)
from tests.support.platform import Platform
from tests.support.route_calls import IDS, call

type Json = dict[str, Any]

TABLE = Path(__file__).parents[2] / "authorization.csv"
OWN, ALL, REFUSED = "own", "all", "-"
"""The own book alone; every partner's objects of the caller's mode; nothing."""
OTHER_KINDS = [kind.value for kind in CallerKind if kind is not CallerKind.STAFF]
COLUMNS = [*OTHER_KINDS, *Role]
SCOPES = " ".join(Scope)
PAID_ON = {"received_on": "2026-12-20"}


def rows() -> list[Json]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def routes(loaded: Platform) -> dict[str, Route]:
    found = [route for folder in FOLDERS for route in loaded.apps[folder].api.routes]
    return {route.operation_id: route for route in found}


def caller(column: str, mode: str, partner: str = "harbour", *, scopes: str = SCOPES) -> Json:
    """A caller of this kind or role who holds every scope that there is, or these."""
    granted = " ".join(f"coverwright/{scope}" for scope in scopes.split())
    if column == CallerKind.MACHINE:
        one = machine("", mode=mode)
        return {"claims": {**one["claims"], "scope": granted}}
    if column in OTHER_KINDS:
        party = {"parties": IDS["party_id"]} if column == CallerKind.POLICYHOLDER else {}
        one = application(f"{column}_one", partner, mode=mode, scopes=scopes)
        return one | {"kind": column} | party
    person = staff("somebody", column, "", mode=mode)
    return {"claims": {**person["claims"], "scope": granted}}


def refused(answer: Answer) -> bool:
    """Whether the caller may not do this at all."""
    return answer.code == "no-authority" and "this operation" in answer.body["detail"]


def test_the_table_has_every_route_and_every_role(routes: dict[str, Route]):
    table = rows()

    assert list(table[0]) == ["operation", "method", "path", *COLUMNS]
    listed = [(row["operation"], row["method"], row["path"]) for row in table]
    assert sorted(listed) == sorted(
        (name, route.method, route.path) for name, route in routes.items()
    )
    assert {row[column] for row in table for column in COLUMNS} == {OWN, ALL, REFUSED}


@pytest.mark.parametrize("mode", ["test", "live"])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_caller_gets_what_the_table_gives_and_no_more(
    column: str, mode: str, loaded: Platform, routes: dict[str, Route]
):
    for row in rows():
        answer = call(loaded, routes[row["operation"]], caller=caller(column, mode))
        assert refused(answer) is (row[column] == REFUSED), (row["operation"], answer.text)


@pytest.mark.parametrize("role", ["receptionist", ""])
def test_a_group_that_nobody_knows_gives_nothing(
    role: str, loaded: Platform, routes: dict[str, Route]
):
    for name, route in routes.items():
        if CallerKind.STAFF in route.callers:
            assert refused(call(loaded, route, caller=caller(role, "test"))), name


def test_every_scope_but_the_routes_own_is_not_enough(loaded: Platform, routes: dict[str, Route]):
    for row in rows():
        route = routes[row["operation"]]
        others = " ".join(scope for scope in Scope if scope != route.scope)
        for column in COLUMNS:
            if row[column] != REFUSED:
                answer = call(loaded, route, caller=caller(column, "test", scopes=others))
                assert (answer.status, answer.code) == (403, "missing-scope"), (row, column)


@pytest.mark.parametrize("groups", ["[supervisor]", "[supervisor live test]"])
def test_a_person_of_no_mode_or_of_both_may_do_nothing(
    groups: str, loaded: Platform, routes: dict[str, Route]
):
    person = {"claims": {**caller(Role.SUPERVISOR, "test")["claims"], "cognito:groups": groups}}
    for name, route in routes.items():
        if CallerKind.STAFF in route.callers:
            assert refused(call(loaded, route, caller=person)), name


def test_a_client_that_nobody_registered_may_do_nothing(loaded: Platform, routes: dict[str, Route]):
    unknown = {"claims": {**caller(CallerKind.MACHINE, "test")["claims"], "client_id": "unknown"}}
    for name, route in routes.items():
        if CallerKind.MACHINE in route.callers:
            assert refused(call(loaded, route, caller=unknown)), name


@pytest.fixture(scope="module")
def theirs(loaded: Platform) -> Json:
    """Ids of objects that there are, of the book of a partner, in test mode."""
    loaded.empty()
    claim = loaded.settled()
    policy_id = claim["policy_id"]
    words = {"about": policy_id, "category": "delay", "complainant": "A", "text": "Too late."}
    schedule = {"kind": "schedule"}
    receipt = {"policy_id": IDS["policy_id"], "reference": "REF-9", "amount": CLAIM["claimed"]}
    made = [
        loaded.post("/v1/complaints", words, by=caller("application", "test"), clock=LOSS_CLOCK),
        loaded.post(f"/v1/policies/{policy_id}/documents", schedule, clock=LOSS_CLOCK),
        loaded.post("/v1/payments", receipt | PAID_ON, by=BANK, clock=LOSS_CLOCK),
    ]
    return {
        "complaint_id": made[0]["id"],
        "document_id": made[1]["document"]["id"],
        "suspense_id": suspense_id_for(Mode.TEST, "REF-9"),
        "quote_id": loaded.quoted()["id"],
        "policy_id": policy_id,
        "stream": policy_id,
        "claim_id": claim["id"],
        "payment_id": claim["payments"][0]["id"],
        "party_id": party_id_for(policy_id),
        "screening_id": screening_id_for(policy_id),
        "invoice_id": policy_id.replace("pol_", "inv_") + "_1",
    }


@pytest.mark.parametrize(("partner", "mode"), [("meadow", "test"), ("harbour", "live")])
@pytest.mark.parametrize(
    "kind", [CallerKind.APPLICATION, CallerKind.POLICYHOLDER, CallerKind.DEVELOPER]
)
def test_objects_of_another_book_or_mode_are_not_there(
    kind: str, partner: str, mode: str, loaded: Platform, routes: dict[str, Route], theirs: Json
):
    for row in rows():
        route = routes[row["operation"]]
        if row[kind] == REFUSED or not set(route.path_names) & theirs.keys():
            continue
        path = re.sub(r"\{(\w+)\}", lambda name: (IDS | theirs).get(name[1], "x"), route.path)
        by = caller(kind, mode, partner)
        found, missing = call(loaded, route, caller=by, path=path), call(loaded, route, caller=by)
        assert (found.status, found.code) == (missing.status, missing.code), row["operation"]
        assert found.status in {400, 404, 422}, (row["operation"], found.text)


@pytest.mark.parametrize("role", Role)
def test_staff_of_the_other_mode_find_nothing(
    role: str, loaded: Platform, routes: dict[str, Route], theirs: Json
):
    for row in rows():
        route = routes[row["operation"]]
        if row[role] == REFUSED or not set(route.path_names) & theirs.keys():
            continue
        path = re.sub(r"\{(\w+)\}", lambda name: (IDS | theirs).get(name[1], "x"), route.path)
        answer = call(loaded, route, caller=caller(role, "live"), path=path)
        assert answer.status in {400, 404, 422}, (row["operation"], answer.text)


def named_in_a_body(theirs: Json) -> list[tuple[str, Json]]:
    """Commands and checks that name an object in their body, or must have one."""
    loss = CLAIM | {"policy_id": theirs["policy_id"]}
    check = {name: loss[name] for name in ("policy_id", "cover", "occurred_at", "claimed", "facts")}
    words = {"category": "delay", "complainant": "A", "text": "Too late."}
    of_policy, person = (
        f"/v1/policies/{theirs['policy_id']}",
        {"issuer": "https://i", "subject": "a"},
    )
    return [
        ("/v1/policies", {"quote_id": theirs["quote_id"]}),
        ("/v1/claims", loss),
        ("/v1/coverage-checks", check),
        *(("/v1/complaints", words | {"about": theirs[id]}) for id in ("policy_id", "claim_id")),
        (f"{of_policy}/documents", {"kind": "schedule"}),
        (f"{of_policy}/access", person),
        (
            f"{of_policy}/refunds",
            {"amount": CLAIM["claimed"], "payee": {"name": "A"}, "reason": "x"},
        ),
    ]


@pytest.mark.parametrize(("partner", "mode"), [("meadow", "test"), ("harbour", "live")])
def test_an_object_of_another_book_or_mode_is_not_there_for_a_body_either(
    partner: str, mode: str, loaded: Platform, theirs: Json
):
    by = caller(CallerKind.APPLICATION, mode, partner)
    for path, body in named_in_a_body(theirs):
        clock = None if mode == "live" else LOSS_CLOCK
        answer = loaded.call("POST", path, body, by=by, clock=clock)
        assert answer.status == 404, (path, answer.text)


def test_staff_of_the_other_mode_neither_allocate_nor_return_a_receipt(
    loaded: Platform, theirs: Json
):
    at, by = f"/v1/suspense/{theirs['suspense_id']}", caller(Role.FINANCE, "live")
    steps = {
        "allocation": {"policy_id": theirs["policy_id"]},
        "return": {"reason_code": "payer_unknown"},
    }
    for step, body in steps.items():
        answer = loaded.call("POST", f"{at}/{step}", body, by=by, clock=None)
        assert (answer.status, answer.code) == (404, "suspense-not-found"), step


def test_the_clock_of_live_data_is_turned_by_nobody(loaded: Platform):
    by = caller(CallerKind.APPLICATION, "live")

    answer = loaded.call("POST", "/v1/scheduler/runs", {}, by=by, clock=None)

    assert (answer.status, answer.code) == (403, "no-authority")


def test_a_payment_file_of_the_other_mode_is_not_there(loaded: Platform):
    file_id = payment_file_id_for(Mode.TEST, "staff-fiona", "file-1")
    made_at = datetime(2027, 1, 11, tzinfo=UTC)
    file = PaymentFile(
        id=file_id, mode=Mode.TEST, currency=Currency.GBP, made_at=made_at, instructions=()
    )
    event = Event.following(
        StreamPosition(),
        file,
        NothingToSeal(),
        stream=file_id,
        type=BankEventType.PAYMENT_FILE_MADE,
        actor="staff-fiona",
        now=made_at,
    )
    loaded.apps["payment_execution"].ports.orders.make(event, file)

    own, other = (
        loaded.call(
            "GET", f"/v1/payment-files/{file_id}", by=caller(Role.FINANCE, mode), clock=None
        )
        for mode in ("test", "live")
    )

    assert own.status == 200, own.text
    assert (other.status, other.code) == (404, "payment-file-not-found")


def test_staff_of_the_other_mode_erase_nobody(loaded: Platform, theirs: Json):
    path, by = f"/v1/parties/{theirs['party_id']}/erasure", caller(Role.PRIVACY_OFFICER, "live")

    answer = loaded.call("POST", path, {"reason": "requested"}, by=by, clock=None)

    assert (answer.status, answer.code) == (404, "party-not-found")
