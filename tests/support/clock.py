"""The clock that the gateway's plans count by: a test may stop it, so that no time passes meanwhile."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """The machine's clock, unless it is stopped."""

    def __init__(self) -> None:
        self._stopped_at: float | None = None

    def __call__(self) -> float:
        return time.monotonic() if self._stopped_at is None else self._stopped_at

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """No time passes; afterwards it is as late as it is."""
        self._stopped_at = time.monotonic()
        try:
            yield
        finally:
            self._stopped_at = None
