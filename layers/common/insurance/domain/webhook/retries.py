"""When a delivery that failed is tried again: from seconds to hours, over three days."""

from datetime import datetime, timedelta
from typing import Final

PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)
"""After the first failure, after the second and so on; then as long as the last one each time."""
GIVEN_UP_AFTER: Final = timedelta(days=3)


def pause_after(failures: int) -> timedelta:
    """How long nothing is tried after so many failures, one or more."""
    return PAUSES[min(failures, len(PAUSES)) - 1]


def is_given_up(failing_since: datetime, now: datetime) -> bool:
    """Whether what has failed since then is tried no more."""
    return now - failing_since >= GIVEN_UP_AFTER
