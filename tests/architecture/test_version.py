"""One version, wherever it is said; and what was released under it was left for later releases."""

import json
import re
import tomllib
from datetime import date
from pathlib import Path

import coverwright
import pytest
from insurance import VERSION
from insurance.domain.events.catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
HEADING = re.compile(
    r"^## (?P<version>\d+\.\d+\.\d+) - (?P<date>\d{4}-\d\d-\d\d|unreleased)$", re.M
)
UNRELEASED = "unreleased"


def said_in_project() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


def said_in_lock(name: str) -> str:
    packages = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    [own] = [each["version"] for each in packages if each["name"] == name]
    return str(own)


def said_in_python_client() -> str:
    project = tomllib.loads((ROOT / "clients/python/pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == coverwright.__version__
    return str(project["version"])


def said_in_typescript_client() -> str:
    folder = ROOT / "clients" / "typescript"
    version = str(json.loads((folder / "package.json").read_text("utf-8"))["version"])
    assert f'VERSION = "{version}"' in (folder / "src" / "version.ts").read_text("utf-8")
    return version


def said_in_definition(name: str) -> str:
    text = (ROOT / name).read_text("utf-8")
    found = re.search(r"^  version: (\S+)$", text, re.M)
    assert found is not None
    return found[1].strip("'\"")


def said_in_changelog() -> str:
    version, _ = headings()[0]
    return version


def headings() -> list[tuple[str, str]]:
    """Versions in the changelog, the newest first, each with its date or `unreleased`."""
    return HEADING.findall((ROOT / "CHANGELOG.md").read_text("utf-8"))


@pytest.mark.parametrize(
    "said",
    [
        said_in_project,
        lambda: said_in_lock("insurance"),
        lambda: said_in_lock("coverwright"),
        said_in_python_client,
        said_in_typescript_client,
        lambda: said_in_definition("openapi.yaml"),
        lambda: said_in_definition("openapi.deployed.yaml"),
        said_in_changelog,
    ],
    ids=[
        "pyproject.toml",
        "uv.lock",
        "uv.lock of the client",
        "clients/python",
        "clients/typescript",
        "openapi.yaml",
        "openapi.deployed.yaml",
        "CHANGELOG.md",
    ],
)
def test_the_version_is_the_same_wherever_it_is_said(said):
    assert said() == VERSION


def test_what_each_release_stores_was_left_for_later_ones():
    released = [
        version for version, day in headings() if day != UNRELEASED and date.fromisoformat(day)
    ]
    left = [each.parent.name for each in (ROOT / "tests" / "compatibility").glob("*/RELEASED")]
    assert sorted(released) == sorted(left)


def test_the_newest_version_alone_is_unreleased():
    assert UNRELEASED not in [day for _, day in headings()[1:]]


def test_no_event_is_said_to_be_older_than_its_release():
    newest = [int(part) for part in VERSION.split(".")]
    for each in CATALOGUE.values():
        assert [int(part) for part in each.since.split(".")] <= newest
