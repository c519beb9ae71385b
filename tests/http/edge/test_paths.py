"""Whatever stands in the path of a question, it is answered, or unknown, and never our fault."""

import re

import pytest
from insurance.api.route import Route
from insurance.domain.core.roles import Role

from tests.support.calls import FOLDERS, Handlers, application, staff

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


def questions(handlers: Handlers) -> list[Route]:
    found = [one for folder in FOLDERS for one in handlers.modules[folder].api.routes]
    return [one for one in found if one.method == "GET" and "{" in one.path]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd)[:20])
def test_nothing_in_a_path_makes_a_fault_of_ours(odd: str, handlers: Handlers):
    asked = questions(handlers)

    for one in asked:
        who = (
            staff("s", ROLES, one.scope)
            if one.own_pool_only
            else application("app_test_p", "harbour", scopes=one.scope)
        )
        answer = handlers.get(re.sub(r"\{\w+\}", lambda _: odd, one.path), caller=who)
        assert answer.status < 500, (one.path, answer.text)

    assert len(asked) > 30
