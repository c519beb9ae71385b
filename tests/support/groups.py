"""Which tests one worker of xdist runs together, and which it begins with.

A module's tests stay together, so its fixtures and what it caches are made once. Groups that are
marked (`xdist_group`) share a stack or an engine. The longest begin first: short modules are left
for the end, and all workers end at nearly the same time.
"""

import pytest

GROUP = "xdist_group"
LONGEST_FIRST = (
    *("resilience", "artefact", "end_to_end", "local"),
    *("compatibility", "year", "canary", "tour"),
)
LEVELS_LATER = ("http", "operations", "template", "bench", "architecture", "contract", "unit")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the order of groups: xdist would begin with those of most tests."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker of xdist; a run in one process keeps the order of the files."""
    if hasattr(config, "workerinput"):
        items[:] = in_groups(items)


def in_groups(items: list[pytest.Item]) -> list[pytest.Item]:
    """The same items, each in a group, and the groups in the order in which they are begun."""
    for item in items:
        if item.get_closest_marker(GROUP) is None:
            item.add_marker(pytest.mark.xdist_group(_module_of(item)))
    return sorted(items, key=_turn)


def _turn(item: pytest.Item) -> int:
    marker = item.get_closest_marker(GROUP)
    group = marker.args[0] if marker else ""
    if group in LONGEST_FIRST:
        return LONGEST_FIRST.index(group)
    level = _module_of(item).split("/")[1]
    turn = LEVELS_LATER.index(level) if level in LEVELS_LATER else len(LEVELS_LATER)
    return len(LONGEST_FIRST) + turn


def _module_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
