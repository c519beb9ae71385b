"""One call, as the gateway's access log tells of it. Nothing in it is of a person, and no object's id."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from insurance.domain.core.identity import Mode

INTERNAL: Final = "internal"
UNKNOWN: Final = "unknown"
DEVELOPERS: Final = "developers"
"""What is counted of no application: calls of our own people and machines; and calls that named nobody, or whom
nobody knows (401, 404 of no route)."""
NO_OPERATION: Final = "none"
"""A call of a path or a method that there is not."""


class CallOutcome(StrEnum):
    """How calls were answered: those that succeeded, and the classes of errors."""

    SUCCEEDED = "succeeded"
    INVALID = "invalid"
    """The request does not fit the operation, or the product (400, 413, 415, 422 and others)."""
    UNAUTHORIZED = "unauthorized"
    """No token, or none that is valid (401)."""
    FORBIDDEN = "forbidden"
    """Not for this caller (403)."""
    NOT_FOUND = "not_found"
    """There is no such thing, or it is no longer kept (404, 410)."""
    CONFLICT = "conflict"
    """Not in this state, or changed meanwhile (409, 412)."""
    LIMITED = "limited"
    """Too often (429)."""
    FAILED = "failed"
    """Our own fault, or a service that was out of reach (5xx)."""


_OF_STATUS: Final[dict[int, CallOutcome]] = {
    401: CallOutcome.UNAUTHORIZED,
    403: CallOutcome.FORBIDDEN,
    404: CallOutcome.NOT_FOUND,
    410: CallOutcome.NOT_FOUND,
    409: CallOutcome.CONFLICT,
    412: CallOutcome.CONFLICT,
    429: CallOutcome.LIMITED,
}
_FIRST_ERROR, _FIRST_FAULT = 400, 500


def outcome_of(status: int) -> CallOutcome:
    """The class of an HTTP status."""
    if status < _FIRST_ERROR:
        return CallOutcome.SUCCEEDED
    return (
        CallOutcome.FAILED
        if status >= _FIRST_FAULT
        else _OF_STATUS.get(status, CallOutcome.INVALID)
    )


class UsageAccount(NamedTuple):
    """Whose calls are counted together: an application of a partner, or the people of its team (DEVELOPERS); or no
    partner's, INTERNAL or UNKNOWN, which have no mode either."""

    application: str
    partner: str = ""
    mode: Mode | None = None


class LoggedCall(NamedTuple):
    """A line of the access log."""

    id: str
    """Of the call: each line has its own, however often and in whatever company it is delivered."""
    at: datetime
    account: UsageAccount
    operation: str
    status: int
    latency_ms: int
    bytes: int
    """Of the answer's body."""

    @property
    def day(self) -> date:
        return self.at.astimezone(UTC).date()
