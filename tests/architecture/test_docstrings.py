"""The docstring of a public function names each refusal that it raises."""

import ast
import importlib
import pkgutil
import re
from functools import cache

import insurance
from insurance.domain.core.errors import InsuranceError

from tests.architecture.sources import ROOT, not_yet, sources

NOT_YET = "not_yet_raises.txt"
LAYER = "layers/common/insurance/"
FILES = sources(f"{LAYER}*.py", "functions/*.py")
RAISES = re.compile(r"^\s*Raises:\n(?P<lines>(?:\s+\S.*\n?|\n)+)", re.M)
NAMED = re.compile(r"^\s+(\w+):", re.M)

type Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def refusals() -> frozenset[str]:
    """Every class of the tree of refusals, wherever it is defined."""
    for module in pkgutil.walk_packages(insurance.__path__, "insurance."):
        if ".domain." in module.name or ".operations." in module.name:
            importlib.import_module(module.name)

    def below(kind: type[InsuranceError]) -> set[str]:
        return {kind.__name__}.union(*(below(each) for each in kind.__subclasses__()))

    return frozenset(below(InsuranceError))


def public_functions(path: str) -> list[tuple[str, Function]]:
    """The functions of a module and the methods of its classes whose names are not private."""
    found: list[tuple[str, Function]] = []

    def look(body: list[ast.stmt], inside: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                look(node.body, f"{node.name}.")
            match node:
                case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) if name[0] != "_":
                    found.append((f"{inside}{name}", node))

    look(ast.parse((ROOT / path).read_text("utf-8")).body, "")
    return found


def raised(function: Function) -> set[str]:
    """The refusals that stand behind `raise` in it."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and node.exc is not None:
            kind = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            name = kind.attr if isinstance(kind, ast.Attribute) else getattr(kind, "id", "")
            if name in refusals():
                found.add(name)
    return found


def named(function: Function) -> set[str]:
    """What its docstring says it raises."""
    section = RAISES.search((ast.get_docstring(function, clean=False) or "") + "\n")
    return set(NAMED.findall(section["lines"])) if section else set()


def missing(path: str) -> dict[str, set[str]]:
    found = {name: raised(function) - named(function) for name, function in public_functions(path)}
    return {name: refusals_ for name, refusals_ in found.items() if refusals_}


def test_every_refusal_that_is_raised_is_named():
    found = {path: missing(path) for path in sorted(set(FILES) - not_yet(NOT_YET))}

    assert {path: functions for path, functions in found.items() if functions} == {}


def test_the_list_of_modules_that_are_not_yet_done_has_no_other():
    """Take a module off `not_yet_raises.txt` when it is done; put none on it."""
    done = [path for path in not_yet(NOT_YET) if path not in FILES or not missing(path)]

    assert done == []


def test_a_section_is_read_as_it_is_written():
    text = '''
def issue():
    """Bind a quote.

    Raises:
        QuoteExpired: The offer's last day has passed.
        QuoteNotFound: The quote does not exist,
            or belongs to another partner.
    """
    raise QuoteChanged
'''
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)

    assert named(function) == {"QuoteExpired", "QuoteNotFound"}
    assert raised(function) == {"QuoteChanged"}
