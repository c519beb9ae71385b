"""The decision of a second person on a payment."""

from typing import NamedTuple


class Approval(NamedTuple):
    """A payment is approved or refused: the person and the reason."""

    granted: bool
    by: str
    reason: str | None
