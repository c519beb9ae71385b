"""Work that goes on beside the stack's servers until the stack stops."""

import asyncio


class Background:
    """One piece of work: `_run` is started once, and cancelled at the end."""

    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin the work."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End the work, and wait until it has ended."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        raise NotImplementedError
