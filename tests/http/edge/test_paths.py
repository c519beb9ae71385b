"""Whatever stands in the path of a question, it is answered, or unknown, and never our fault."""

import re

import pytest
from insurance.api.path import PATH_IDS, PATH_MAX
from insurance.api.problems import problem_of_kind
from insurance.api.route import Route
from insurance.domain.core.roles import Role

from tests.support.calls import FOLDERS, application, staff
from tests.support.platform import Platform
from tests.support.route_calls import call, path_of

ODD = (
    "x" * 1000,
    "𐍈" * 400,
    "𐍈" * 64,
    "9" * 64,
    "a\nb",
    ".",
    "..",
    "*",
    "2026-13",
    "-1",
    "0",
    "\x01",
)
ROLES = " ".join(Role)


def questions(handlers: Platform) -> list[Route]:
    found = [one for folder in FOLDERS for one in handlers.apps[folder].api.routes]
    return [one for one in found if one.method == "GET" and "{" in one.path]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd)[:20])
def test_nothing_in_a_path_makes_a_fault_of_ours(odd: str, handlers: Platform):
    asked = questions(handlers)

    for one in asked:
        who = (
            staff("s", ROLES, one.scope)
            if one.own_pool_only
            else application("app_test_p", "harbour", scopes=one.scope)
        )
        answer = handlers.call("GET", re.sub(r"\{\w+\}", lambda _: odd, one.path), by=who)
        assert answer.status < 500, (one.path, answer.text)

    assert len(asked) > 30


@pytest.mark.parametrize("length", [PATH_MAX + 1, 1000])
def test_a_parameter_over_its_bound_is_refused_as_the_route_declares(length: int, loaded: Platform):
    routes = [route for folder in FOLDERS for route in loaded.apps[folder].api.routes]
    for route in routes:
        for name in route.path_names:
            path = path_of(route, **{name: "x" * length})

            refused = call(loaded, route, path=path)

            if name in PATH_IDS:
                unknown = problem_of_kind(PATH_IDS[name][1])
                assert (refused.status, refused.code) == (404, unknown.slug), (path, refused.text)
            else:
                assert (refused.status, refused.code) == (422, "invalid-fields"), path
                faults = [(fault["pointer"], fault["code"]) for fault in refused.body["errors"]]
                assert faults == [(name, "too-long")], path


@pytest.mark.parametrize("partner", ["9" * 64, "0", "-harbour", "_"])
def test_a_statement_is_of_a_partner_whose_code_there_can_be(partner: str, handlers: Platform):
    """What an answer says of a partner has the form that the definition gives it."""
    finance = staff("s", Role.FINANCE, "policies:read")

    refused = handlers.call("GET", f"/v1/reports/GBP/partners/{partner}/2026-11", by=finance)

    assert (refused.status, [each["code"] for each in refused.body["errors"]]) == (
        422,
        ["not-a-partner"],
    )
