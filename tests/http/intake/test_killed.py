"""A batch that is killed before or after any call that writes, and started again, comes out as one that was not."""

from datetime import UTC, datetime
from typing import Any

import pytest
from insurance.operations.intake import work_on_batch

from tests.support.fuse import Fuse, Killed
from tests.support.intake import GOOD, Desk, motor_file
from tests.support.platform import Platform

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
WRITES = 7
"""Four quotes, and three slices of two rows."""


def file_of(attempt: int) -> bytes:
    rows = [(f"AB{row} CDE", f"Ada {attempt}", *GOOD[2:]) for row in range(10, 15)]
    rows[2] = (*rows[2][:2], "7", *rows[2][3:])  # too young
    return motor_file(rows)


def test_killed_before_or_after_any_write_and_started_again_it_comes_out_the_same(
    handlers: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(handlers)
    desk.approved()
    monkeypatch.setattr(work_on_batch, "SLICE_ROWS", 2)
    ports: Any = handlers.apps["data_intake"].ports
    stores = ((ports.batches, "store_slice"), (ports.kinds["quotes"].ports.quotes, "add"))

    def work(batch: str) -> None:
        with handlers.surroundings():
            work_on_batch.work_on_batch(
                batch, NOW, ports=ports, clock=lambda: NOW, time_is_up=lambda: False
            )

    def result(batch: str) -> tuple[Any, ...]:
        shown = desk.get(f"/v1/batches/{batch}")
        outcomes = desk.get(f"/v1/batches/{batch}/results")["items"]
        kept = [row["number"] for row in desk.get(f"/v1/batches/{batch}/rows")["items"]]
        quotes = [each["made_id"] for each in outcomes if "made_id" in each]
        assert len(set(quotes)) == 4
        return shown["status"], shown["tally"], [each["number"] for each in outcomes], kept

    undisturbed = desk.brought_id(file_of(0))
    desk.step(undisturbed, "start")
    work(undisturbed)
    expected = result(undisturbed)
    assert (expected[0], expected[2], expected[3]) == ("finished", [2, 3, 4, 5, 6], [4])

    killed = 0
    for attempt in range(2 * WRITES):
        batch = desk.brought_id(file_of(attempt + 1))
        desk.step(batch, "start")
        fuse = Fuse(attempt // 2, after=bool(attempt % 2))
        with monkeypatch.context() as patched:
            for store, name in stores:
                patched.setattr(store, name, fuse.guard(getattr(store, name)))
            with pytest.raises(Killed):
                work(batch)
        killed += 1
        work(batch)

        assert result(batch) == expected, attempt
    assert killed == 2 * WRITES
