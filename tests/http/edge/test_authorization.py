"""Who may do what: every route, kind of caller, role, book and mode, as tests/authorization.csv says.

The table is kept by hand and reviewed like code. Every caller here holds every scope, so that
nothing but the kind, the role, the book and the mode can refuse the call.
"""

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from insurance.api.route import Route
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.identity import party_id_for, screening_id_for
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope

from tests.support.calls import FOLDERS, Answer, application, machine, staff
from tests.support.platform import Platform
from tests.support.route_calls import IDS, call

type Json = dict[str, Any]

TABLE = Path(__file__).parents[2] / "authorization.csv"
OWN, ALL, REFUSED = "own", "all", "-"
"""The own book alone; every partner's objects of the caller's mode; nothing."""
OTHER_KINDS = [kind.value for kind in CallerKind if kind is not CallerKind.STAFF]
COLUMNS = [*OTHER_KINDS, *Role]
SCOPES = " ".join(Scope)


def rows() -> list[Json]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def routes(loaded: Platform) -> dict[str, Route]:
    found = [route for folder in FOLDERS for route in loaded.apps[folder].api.routes]
    return {route.operation_id: route for route in found}


def caller(column: str, mode: str, partner: str = "harbour") -> Json:
    """A caller of this kind or role who holds every scope that there is."""
    if column == CallerKind.MACHINE:
        every = " ".join(f"coverwright/{scope}" for scope in Scope)
        one = machine("", mode=mode)
        return {"claims": {**one["claims"], "scope": every}}
    if column in OTHER_KINDS:
        party = {"parties": IDS["party_id"]} if column == CallerKind.POLICYHOLDER else {}
        one = application(f"{column}_one", partner, mode=mode, scopes=SCOPES)
        return one | {"kind": column} | party
    person = staff("somebody", column, "", mode=mode)
    every = " ".join(f"coverwright/{scope}" for scope in Scope)
    return {"claims": {**person["claims"], "scope": every}}


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


@pytest.fixture(scope="module")
def theirs(loaded: Platform) -> Json:
    """Ids of objects that there are, of the book of a partner, in test mode."""
    loaded.backend.empty()
    claim = loaded.settled()
    policy_id = claim["policy_id"]
    return {
        "quote_id": loaded.quoted()["id"],
        "policy_id": policy_id,
        "claim_id": claim["id"],
        "payment_id": claim["payments"][0]["id"],
        "party_id": party_id_for(policy_id),
        "screening_id": screening_id_for(policy_id),
        "invoice_id": policy_id.replace("pol_", "inv_") + "_1",
    }


@pytest.mark.parametrize(("partner", "mode"), [("meadow", "test"), ("harbour", "live")])
@pytest.mark.parametrize("kind", [CallerKind.APPLICATION, CallerKind.POLICYHOLDER])
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
