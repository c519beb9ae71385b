"""Which tests one worker of xdist runs together, and which it begins with.

A module's tests stay together, so its fixtures and what it caches are made once. Groups that are
marked (`xdist_group`) share a stack or an engine. The longest begin first: short modules are left
for the end, and all workers end at nearly the same time.

xdist 3.8 tells its scheduler a test's group in the test's id, which cannot be changed any more with pytest 9.2: its own
`loadgroup` silently groups nothing then (pytest-dev/pytest-xdist#1386). So workers write their groups to a file that our scheduler reads.
"""

import json
import shutil
import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.workermanage import WorkerController

GROUP = "xdist_group"
LONGEST_FIRST = (
    *("resilience", "artefact", "end_to_end", "local"),
    *("compatibility", "year", "canary", "tour"),
)
NOTED = "groups_folder"
"""The folder of the files, as workers are told of it."""

LEVELS_LATER = ("http", "operations", "template", "bench", "architecture", "contract", "unit")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the order of groups: xdist would begin with those of most tests."""
    config.option.loadscopereorder = False


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Gives a worker one group after the other, each whole."""

    def __init__(self, config: pytest.Config, log: "Producer", folder: Path) -> None:
        super().__init__(config, log)
        self._folder = folder

    @cached_property
    def _groups(self) -> dict[str, str]:
        """The group of each test, as one of the workers noted it: all collect the same."""
        noted: dict[str, str] = json.loads(next(self._folder.iterdir()).read_text("utf-8"))
        return noted

    def _split_scope(self, nodeid: str) -> str:
        return self._groups[nodeid]


_FOLDER = pytest.StashKey[Path]()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> Any:
    """Ours, where groups are asked for."""
    grouped = config.getvalue("dist") == "loadgroup"
    return GroupScheduling(config, log, config.stash[_FOLDER]) if grouped else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: "WorkerController") -> None:
    """Say where the groups are to be noted."""
    if _FOLDER not in node.config.stash:
        node.config.stash[_FOLDER] = Path(tempfile.mkdtemp(prefix="groups-"))
    node.workerinput[NOTED] = str(node.config.stash[_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    if _FOLDER in config.stash:
        shutil.rmtree(config.stash[_FOLDER], ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker of xdist; a run in one process keeps the order of the files."""
    if hasattr(config, "workerinput"):
        items[:] = in_groups(items)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Note the groups before xdist says that this worker has collected."""
    worker = getattr(session.config, "workerinput", None)
    if worker is not None:
        groups = {item.nodeid: _group_of(item) for item in session.items}
        file = Path(worker[NOTED]) / worker["workerid"]
        partial = file.parent.with_name(f"{file.parent.name}.{file.name}")
        partial.write_text(json.dumps(groups), encoding="utf-8")
        partial.rename(file)  # so that the scheduler reads all of it


def in_groups(items: list[pytest.Item]) -> list[pytest.Item]:
    """The same items, each in a group, and the groups in the order in which they are begun."""
    for item in items:
        if item.get_closest_marker(GROUP) is None:
            item.add_marker(pytest.mark.xdist_group(_module_of(item)))
    return sorted(items, key=_turn)


def _group_of(item: pytest.Item) -> str:
    marker = item.get_closest_marker(GROUP)
    return str(marker.args[0]) if marker else ""


def _turn(item: pytest.Item) -> int:
    group = _group_of(item)
    if group in LONGEST_FIRST:
        return LONGEST_FIRST.index(group)
    level = _module_of(item).split("/")[1]
    turn = LEVELS_LATER.index(level) if level in LEVELS_LATER else len(LEVELS_LATER)
    return len(LONGEST_FIRST) + turn


def _module_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
