"""Work beside the stack's servers ends when it is told to."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from local.aws import background
from local.aws.background import Background, close
from local.processes import StackError


class Deaf(Background):
    """Work that takes the first cancellation for a call's, as a client library may."""

    def __init__(self) -> None:
        self.heard = 0

    async def _run(self) -> None:
        while self.heard < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.heard += 1


def test_work_that_swallows_a_cancellation_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "ASKED_AGAIN_AFTER_SECONDS", 0.01)

    async def run() -> int:
        work = Deaf()
        work.start()
        await asyncio.sleep(0)
        await work.stop()
        return work.heard

    assert asyncio.run(run()) == 2


def test_work_that_was_never_started_has_ended() -> None:
    asyncio.run(Background().stop())


def test_a_part_that_never_stops_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "CLOSED_WITHIN_SECONDS", 0.01)

    async def the_part_that_hangs() -> None:
        await asyncio.Event().wait()

    async def run() -> None:
        hanging = asyncio.create_task(the_part_that_hangs())
        parts = AsyncExitStack()
        parts.push_async_callback(asyncio.shield, hanging)
        await close(parts)

    with pytest.raises(StackError, match="the_part_that_hangs"):
        asyncio.run(run())
