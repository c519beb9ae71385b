"""The docstring of a public function names each of our exceptions that it raises.

`raise Refusal(...)` counts, and `raise refusal_of(...)` where the return type of that function is one of ours.
"""

import ast
import importlib
import pkgutil
import re
from functools import cache

import insurance

from tests.architecture.sources import ROOT, sources

LAYER = "layers/common/insurance/"
FILES = sources(f"{LAYER}*.py", "functions/*.py")
RAISES = re.compile(r"^\s*Raises:\n(?P<lines>(?:\s+\S.*\n?|\n)+)", re.M)
NAMED = re.compile(r"^\s+(\w+):", re.M)

type Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def refusals() -> frozenset[str]:
    """The name of every exception that the layer defines."""
    for module in pkgutil.walk_packages(insurance.__path__, "insurance."):
        importlib.import_module(module.name)

    def below(kind: type[BaseException]) -> set[str]:
        own = {kind.__name__} if kind.__module__.startswith("insurance.") else set()
        return own.union(*(below(subclass) for subclass in kind.__subclasses__()))

    return frozenset(below(Exception))


@cache
def refusal_makers() -> dict[str, str]:
    """The functions of the layer that return one of its exceptions, and which."""
    return {
        node.name: node.returns.id
        for path in FILES
        for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        and isinstance(node.returns, ast.Name)
        and node.returns.id in refusals()
    }


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
            name = refusal_makers().get(name, name)
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
    found = {path: missing(path) for path in FILES}

    assert {path: functions for path, functions in found.items() if functions} == {}


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
