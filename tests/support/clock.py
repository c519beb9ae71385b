"""The clock that the gateway's plans count by: a test may stop it, so that no time passes meanwhile."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """The machine's clock, unless it is stopped."""

    def __init__(self) -> None:
        self._stopped_at: float | None = None
        self._ahead = 0.0

    def __call__(self) -> float:
        return self._now() if self._stopped_at is None else self._stopped_at

    def let_pass(self, seconds: float) -> None:
        """So much later: what earlier calls took of a plan is there again."""
        self._ahead += seconds

    def _now(self) -> float:
        return time.monotonic() + self._ahead

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """No time passes; afterwards it is as late as it is."""
        self._stopped_at = self._now()
        try:
            yield
        finally:
            self._stopped_at = None
