"""Work that goes on beside the stack's servers until the stack stops."""

import asyncio
from contextlib import AsyncExitStack

from local.processes import StackError

ASKED_AGAIN_AFTER_SECONDS = 5.0
"""A library may take a cancellation for its own and go on: the work is asked again."""
CLOSED_WITHIN_SECONDS = 60.0
"""Ten times what the slowest part of a stack may take to stop."""


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel these tasks, and wait until they have ended."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=ASKED_AGAIN_AFTER_SECONDS)


async def close(parts: AsyncExitStack) -> None:
    """Stop every part, and name what does not stop instead of waiting for it without end.

    Raises:
        StackError: A part did not stop in time.
    """
    try:
        async with asyncio.timeout(CLOSED_WITHIN_SECONDS):
            await parts.aclose()
    except TimeoutError as error:
        left = [repr(task) for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        raise StackError("the stack did not stop; it waits for:\n  " + "\n  ".join(left)) from error


class Background:
    """One piece of work: `_run` is started once, and cancelled at the end."""

    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin the work."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End the work, and wait until it has ended."""
        if self._task is not None:
            await end(self._task)

    async def _run(self) -> None:
        raise NotImplementedError
