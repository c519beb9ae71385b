"""Headers that steer a call: the idempotency key, the test clock, and entity tags."""

import re
from datetime import UTC, datetime

from insurance.domain.core.errors import (
    ClockNotAllowed,
    FieldFault,
    InsuranceError,
    InvalidFields,
)
from insurance.domain.core.identity import Mode
from insurance.domain.core.rfc3339 import read_time

KEY_HEADER = "Idempotency-Key"
CLOCK_HEADER = "Coverwright-Clock"
IF_MATCH, IF_NONE_MATCH = "If-Match", "If-None-Match"

KEY_LENGTH_MAX = 128
TAGS_LENGTH_MAX = {IF_MATCH: 100, IF_NONE_MATCH: 1000}
"""Headers with entity tags, and how long they may be."""

NO_REVISION = -1
CLOCK_YEARS = range(1970, 2200)

_KEY = re.compile(r"[\x21-\x7e]+")
_REVISION = re.compile(r'"(?P<revision>0|[1-9][0-9]{0,8})-[a-z][a-z0-9.-]*"')
_TAG = r'(?:W/)?"[\x21\x23-\x7e]*"'
_ONE_TAG = re.compile(_TAG)
_TAGS = re.compile(rf"\*|{_TAG}(?:\s*,\s*{_TAG})*")


class BadHeader(InsuranceError):
    """A header is missing, or it is malformed."""


class MissingHeader(BadHeader):
    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"The header {name} is missing: {expected}.")


class MalformedHeader(BadHeader):
    def __init__(self, name: str, fault: str) -> None:
        super().__init__(f"The header {name} is malformed: {fault}.")


def read_key(sent: str | None) -> str:
    """The caller's idempotency key.

    Raises:
        MissingHeader: There is none.
        MalformedHeader: It is empty, too long, or has other characters than visible ASCII.
    """
    if sent is None:
        raise MissingHeader(
            KEY_HEADER,
            f"1 to {KEY_LENGTH_MAX} visible ASCII characters, new for each request",
        )
    if len(sent) > KEY_LENGTH_MAX:
        raise MalformedHeader(
            KEY_HEADER, f"it has {len(sent)} characters; at most {KEY_LENGTH_MAX} are allowed"
        )
    if not _KEY.fullmatch(sent):
        raise MalformedHeader(
            KEY_HEADER, "it has at least one character, and only visible ASCII characters"
        )
    return sent


def read_clock(sent: str | None, mode: Mode) -> datetime | None:
    """The caller's own time, which test mode may set; None without the header.

    Raises:
        ClockNotAllowed: The caller is live.
        MalformedHeader: It is not a time with its offset.
        InvalidFields: It is a time of another century.
    """
    if sent is None:
        return None
    if mode is not Mode.TEST:
        raise ClockNotAllowed
    try:
        instant = read_time(sent)
    except ValueError as error:
        raise MalformedHeader(CLOCK_HEADER, "an RFC 3339 time is expected") from error
    if instant.tzinfo is None:
        raise MalformedHeader(CLOCK_HEADER, "an RFC 3339 time with its offset is expected")
    if instant.year not in CLOCK_YEARS:
        span = f"{CLOCK_YEARS.start} to {CLOCK_YEARS.stop - 1}"
        fault = FieldFault(CLOCK_HEADER, "out-of-range", f"A time of the years {span}, please.")
        raise InvalidFields([fault])
    return instant.astimezone(UTC)


def read_expected_revision(sent: str | None) -> int | None:
    """The revision that `If-Match` names; None without the header.

    An entity tag that this API never gave, or a weak one, names `NO_REVISION`: nothing is at it.

    Raises:
        MalformedHeader: It is not one entity tag.
    """
    if sent is None:
        return None
    _check_length(IF_MATCH, sent)
    if not _ONE_TAG.fullmatch(sent):
        raise MalformedHeader(IF_MATCH, 'one ETag is expected as you read it, such as "3-quote"')
    tag = _REVISION.fullmatch(sent)
    return int(tag["revision"]) if tag else NO_REVISION


def read_held_tags(sent: str | None) -> frozenset[str]:
    """The entity tags that the caller holds (`If-None-Match`), as strong tags, or `*`.

    Raises:
        MalformedHeader: It is neither a list of entity tags nor `*`.
    """
    if sent is None:
        return frozenset()
    _check_length(IF_NONE_MATCH, sent)
    if not _TAGS.fullmatch(sent):
        raise MalformedHeader(IF_NONE_MATCH, "a list of ETags is expected, or *")
    # Weak comparison (RFC 9110, 13.1.2): a proxy that compresses makes a strong tag weak.
    return frozenset(tag.strip().removeprefix("W/") for tag in sent.split(","))


def _check_length(name: str, sent: str) -> None:
    most = TAGS_LENGTH_MAX[name]
    if len(sent) > most:
        raise MalformedHeader(name, f"it has {len(sent)} characters; at most {most} are allowed")
