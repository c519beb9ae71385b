"""The catalogue words each problem as its refusal does: an example that nobody is ever answered would mislead."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator

import pytest
from insurance.api.problems import PROBLEMS
from insurance.domain.core.errors import InsuranceError

from tools.problems.catalogue import catalogue


def worded() -> Iterator[tuple[str, list[str]]]:
    """Codes whose refusals word themselves, with what each may say."""
    forms: dict[str, list[str]] = {}
    for kind, problem in PROBLEMS.items():
        below = [each for each in kind.__subclasses__() if each not in PROBLEMS]
        for one in (kind, *below):
            forms.setdefault(problem.slug, []).extend(forms_of(one))
    for code, said in forms.items():
        if said:
            yield code, said


def forms_of(kind: type[InsuranceError]) -> list[str]:
    """What the class's own constructor says, as a pattern; `NotFound` says it for all its kinds."""
    made_by = next(base for base in kind.__mro__ if "__init__" in vars(base))
    if not issubclass(made_by, InsuranceError):
        return []
    source = ast.parse(textwrap.dedent(inspect.getsource(made_by.__init__)))
    calls = [node for node in ast.walk(source) if isinstance(node, ast.Call)]
    said = [
        call.args[0]
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "__init__" and call.args
    ]
    return [pattern_of(each) for each in said]


def pattern_of(said: ast.expr) -> str:
    if isinstance(said, ast.Constant):
        return re.escape(str(said.value))
    if isinstance(said, ast.JoinedStr):
        return "".join(map(pattern_of, said.values))
    return ".*"


@pytest.mark.parametrize(("code", "forms"), list(worded()), ids=lambda each: str(each)[:40])
def test_an_example_says_what_the_refusal_says(code: str, forms: list[str]):
    detail = catalogue()[code].detail

    assert any(re.fullmatch(form, detail) for form in forms), (detail, forms)


def test_what_a_reader_is_told_is_never_left_empty():
    for code, entry in catalogue().items():
        assert entry.means, code
        assert entry.do, code
        assert entry.detail.endswith("."), code
