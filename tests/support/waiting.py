"""Wait for what another process does: until it is done, however long the machine takes."""

import time
from collections.abc import Callable

PAUSE_SECONDS = 0.02
ANSWER_SECONDS = 600
"""No promise of speed: the gateway ends every call itself, at a multiple of AWS's limits."""
STRETCH = 20
"""That multiple, where a test is not about the limits."""
GIVEN_UP_AFTER_SECONDS = 180
"""No promise of speed: what has not come by then never will, and the test says what was there."""

ENDED_SECONDS = 120
"""No promise of speed: what was told to end and has not by then never will."""


def wait_until[T](read: Callable[[], T], done: Callable[[T], bool]) -> T:
    """Read until what is read is as wanted; the last value read."""
    given_up_at = time.monotonic() + GIVEN_UP_AFTER_SECONDS
    while not done(value := read()):
        if time.monotonic() > given_up_at:
            raise TimeoutError(f"not what was waited for: {value!r}")
        time.sleep(PAUSE_SECONDS)
    return value
