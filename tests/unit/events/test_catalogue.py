"""The catalogue of events: complete, and true of every event that is appended."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path
from typing import get_type_hints

import insurance.domain
import pytest
from insurance.domain.core.event import Event, EventType
from insurance.domain.events.catalogue import CATALOGUE, Audience

LAYER = Path(insurance.domain.__file__).parents[1]
NAME = re.compile(r"[a-z_]+\.[a-z_]+")


def enumerations() -> list[type[EventType]]:
    """Every enumeration of event types in the domain."""
    for module in pkgutil.walk_packages(insurance.domain.__path__, "insurance.domain."):
        importlib.import_module(module.name)
    return [each for each in EventType.__subclasses__() if each.__module__.startswith("insurance.")]


def test_every_type_of_every_area_is_in_the_catalogue():
    named = [member for enumeration in enumerations() for member in enumeration]

    assert sorted(named) == sorted(CATALOGUE)


def test_no_two_areas_have_a_type_of_one_name():
    named = [member for enumeration in enumerations() for member in enumeration]

    assert len(set(named)) == len(named)


@pytest.mark.parametrize("name", CATALOGUE)
def test_an_entry_says_what_it_is(name):
    entry = CATALOGUE[name]

    assert entry.event_type == name
    assert NAME.fullmatch(name)
    assert re.fullmatch(r"\d+\.\d+", entry.since)
    assert entry.area


def test_what_would_warn_a_person_on_a_sanctions_list_stays_internal():
    matches = [name for name in CATALOGUE if re.search("suspected|screen|cleared", name)]

    assert "payment.suspected" in matches
    assert {CATALOGUE[name].audience for name in matches} == {Audience.INTERNAL}


def test_an_event_is_made_with_a_member_of_an_enumeration_only():
    """The type checker holds every call to it, so whatever is appended is in the catalogue."""
    assert get_type_hints(Event.following)["type"] is EventType


def test_no_module_writes_the_name_of_an_event_type_as_a_text():
    """Enumerations alone do: a text may be misspelt, and nobody finds where it is used."""
    named = [
        f"{file.relative_to(LAYER)}:{node.lineno} {node.value!r}"
        for file in sorted(LAYER.rglob("*.py"))
        if file.name != "event_types.py"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in CATALOGUE
    ]

    assert named == []
