"""Dates and times as RFC 3339 writes them. pydantic alone would read `0` as the first second of 1970."""

import re
from datetime import date, datetime
from typing import Any, Final

from pydantic_core import PydanticCustomError

DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME: Final = re.compile(DAY.pattern + "[Tt ][0-9]{2}:.+")
"""How a time begins; the rest is read with it."""


def read_day(text: str) -> date:
    """The date that a text says.

    Raises:
        ValueError: It is none.
    """
    if not DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def read_time(text: str) -> datetime:
    """The time that a text says, with its offset if it has one.

    Raises:
        ValueError: It is none.
    """
    if not TIME.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text.upper())


def day_as_written(sent: Any) -> Any:
    """What comes before pydantic's check of a date.

    Raises:
        PydanticCustomError: A text is no date.
    """
    try:
        return read_day(sent) if isinstance(sent, str) else sent
    except ValueError as error:
        raise PydanticCustomError("not_a_date", "A date is expected.") from error


def time_as_written(sent: Any) -> Any:
    """What comes before pydantic's check of a time.

    Raises:
        PydanticCustomError: A text is no time.
    """
    try:
        return read_time(sent) if isinstance(sent, str) else sent
    except ValueError as error:
        raise PydanticCustomError(
            "not_a_time", "An RFC 3339 time with its offset is expected."
        ) from error
