"""The decision of a second person on a payment."""

from typing import NamedTuple


class Approval(NamedTuple):
    """A payment is granted or refused: by whom, and why."""

    granted: bool
    by: str
    reason: str | None
