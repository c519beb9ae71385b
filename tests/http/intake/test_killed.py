"""A batch that is killed at two hundred moments, before or after any call to a service, comes out as one that was not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from botocore.client import BaseClient
from insurance.operations.intake import work_on_batch

from tests.support.calls import YESTERDAY
from tests.support.fuse import Fuse, Killed
from tests.support.intake import GOOD, UNA, Desk, motor_file
from tests.support.platform import Platform

NOW = YESTERDAY
MOMENTS = 200
ROWS = 150
FURTHEST = 10
"""Calls after which a run is killed at the latest: it needs six to begin, and three for a slice of two rows."""
CALLS = ("idempotency", "quotas", "scheduledjobs", "proofs", "usage", "applications")
"""Tables that say how often somebody called, not what came of it."""

type Run = Callable[[str], None]


def rows_of(count: int) -> list[tuple[str, ...]]:
    """Each fourth is too young, and every customer has two cars."""
    rows = [
        (f"AB{place // 26 + 10} C{chr(65 + place % 26)}E", f"Ada {place // 2}", *GOOD[2:])
        for place in range(count)
    ]
    return [(*row[:2], "7", *row[3:]) if place % 4 == 3 else row for place, row in enumerate(rows)]


@contextmanager
def killed_by(fuse: Fuse) -> Iterator[None]:
    """Every call to a service goes through the fuse."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            BaseClient, "_make_api_call", fuse.guard(vars(BaseClient)["_make_api_call"])
        )
        yield


@pytest.fixture
def run(handlers: Platform, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Works on a batch, two rows at a time."""
    monkeypatch.setattr(work_on_batch, "SLICE_ROWS", 2)
    ports: Any = handlers.apps["data_intake"].ports

    def work(batch: str) -> None:
        with handlers.surroundings():
            work_on_batch.work_on_batch(
                batch, NOW, ports=ports, clock=lambda: NOW, time_is_up=lambda: False
            )

    return work


def run_killed(batch: str, run: Run, seed: int) -> int:
    """Works on a batch that is killed after some calls, again and again, until it is done. Returns how often."""
    random = Random(seed)  # noqa: S311 - the same moments each time
    kills = 0
    while True:
        fuse = Fuse(random.randrange(FURTHEST), after=random.random() < 0.5)
        try:
            with killed_by(fuse):
                run(batch)
        except Killed:
            kills += 1
        else:
            return kills


def plain(platform: Platform) -> dict[str, list[Any]]:
    """What stands in the tables, but for what is sealed: a sealing is another each time."""
    tables = platform.backend.everything()
    return {
        name: sorted(
            (sorted((key, *value.items()) for key, value in item.items() if "B" not in value))
            for item in items
        )
        for name, items in tables.items()
        if not any(word in name.lower() for word in CALLS)
    }


def opened(desk: Desk, batch: str) -> dict[str, Any]:
    """What came of a batch as people see it, and the hashes of its own events: of these nothing is sealed."""
    outcomes, kept = (every(desk, f"/v1/batches/{batch}/{list}") for list in ("results", "rows"))
    made = [each["made_id"] for each in outcomes if "made_id" in each]
    events = [
        (item["sequence"]["N"], bytes(item["hash"]["B"]))
        for item in desk.platform.backend.items("events")
        if item["stream"]["S"] == batch
    ]
    return {
        "batch": desk.get(f"/v1/batches/{batch}"),
        "outcomes": outcomes,
        "rows": kept,
        "quotes": [desk.get(f"/v1/quotes/{quote}") for quote in made],
        "events": sorted(events),
    }


def every(desk: Desk, path: str) -> list[Any]:
    """All entries of a list."""
    items: list[Any] = []
    after = ""
    while True:
        page = desk.get(f"{path}?limit=100{after}", UNA)
        items += page["items"]
        if "next" not in page:
            return items
        after = f"&after={page['next']}"


def test_killed_at_two_hundred_moments_it_leaves_what_an_undisturbed_run_leaves(
    handlers: Platform, run: Run
) -> None:
    desk = Desk(handlers)
    desk.approved()
    first = desk.brought_id(motor_file(rows_of(4)))  # so that keys are there that all batches share
    desk.step(first, "start")
    run(first)
    file = motor_file(rows_of(ROWS))
    batch = desk.brought_id(file)
    desk.step(batch, "start")
    before = handlers.backend.state()
    run(batch)
    expected, stored = opened(desk, batch), plain(handlers)
    handlers.backend.restore(before)

    kills = run_killed(batch, run, seed=17)

    assert kills >= MOMENTS
    assert plain(handlers) == stored
    assert opened(desk, batch) == expected
    quotes = [quote["id"] for quote in expected["quotes"]]
    assert len(set(quotes)) == ROWS - len(expected["rows"]) == 113

    desk.approved()  # a second batch of the same file makes nothing twice
    second = desk.brought_id(file)
    desk.step(second, "start")
    quoted = handlers.backend.items("quotes")
    run_killed(second, run, seed=18)
    assert handlers.backend.items("quotes") == quoted
    assert opened(desk, second)["quotes"] == expected["quotes"]
