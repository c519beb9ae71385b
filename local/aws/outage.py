"""A failure that lasts is told of once when it begins and once when it is over."""

from __future__ import annotations

import logging


class Outage:
    """What fails again and again for one cause: the engine is away, a function cannot start."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log = log
        self._what = what
        self._cause: str | None = None
        self._failures = 0

    def failed(self, cause: str, details: object = "") -> None:
        """Tell of it, unless the last failure had the same cause."""
        self._failures += 1
        if cause != self._cause:
            self._cause = cause
            self._log.error("%s: %s %s", self._what, cause, details)

    def over(self) -> None:
        """Tell that it works again, if it did not."""
        if self._cause is not None:
            self._log.info("%s: works again after %d failures", self._what, self._failures)
            self._cause, self._failures = None, 0
