"""One version, wherever it is said; and what was released under it was left for later releases."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from insurance import VERSION
from insurance.domain.events.catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
NEWEST = re.compile(r"^## (?P<version>\d+\.\d+\.\d+) - (?P<date>\d{4}-\d\d-\d\d)$", re.M)


def said_in_project() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


def said_in_lock() -> str:
    packages = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    [own] = [each["version"] for each in packages if each["name"] == "insurance"]
    return str(own)


def said_in_definition(name: str) -> str:
    text = (ROOT / name).read_text("utf-8")
    found = re.search(r"^  version: (\S+)$", text, re.M)
    assert found is not None
    return found[1].strip("'\"")


def said_in_changelog() -> str:
    found = NEWEST.search((ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert found is not None
    assert date.fromisoformat(found["date"])
    return found["version"]


@pytest.mark.parametrize(
    "said",
    [
        said_in_project,
        said_in_lock,
        lambda: said_in_definition("openapi.yaml"),
        lambda: said_in_definition("openapi.deployed.yaml"),
        said_in_changelog,
    ],
    ids=["pyproject.toml", "uv.lock", "openapi.yaml", "openapi.deployed.yaml", "CHANGELOG.md"],
)
def test_the_version_is_the_same_wherever_it_is_said(said):
    assert said() == VERSION


def test_what_the_release_stores_was_left_for_later_ones():
    assert (ROOT / "tests" / "compatibility" / VERSION / "shapes.json").exists()


def test_no_event_is_said_to_be_older_than_its_release():
    newest = [int(part) for part in VERSION.split(".")]
    for each in CATALOGUE.values():
        assert [int(part) for part in each.since.split(".")] <= newest
