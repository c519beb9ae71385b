"""Dates and times as RFC 3339 writes them. pydantic alone would read `0` as the first second of 1970."""

import re
from datetime import date, datetime
from typing import Any, Final

from pydantic_core import PydanticCustomError

DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME: Final = re.compile(DAY.pattern + "[Tt ][0-9]{2}:.+")
"""How a time begins; the rest is read with it."""


def day_as_written(sent: Any) -> Any:
    """What comes before pydantic's check of a date.

    Raises:
        PydanticCustomError: A text is no date.
    """
    if not isinstance(sent, str):
        return sent
    try:
        if DAY.fullmatch(sent):
            return date.fromisoformat(sent)
    except ValueError:
        pass
    raise PydanticCustomError("date_parsing", "A date is expected.")


def time_as_written(sent: Any) -> Any:
    """What comes before pydantic's check of a time.

    Raises:
        PydanticCustomError: A text is no time.
    """
    if not isinstance(sent, str):
        return sent
    try:
        if TIME.fullmatch(sent):
            return datetime.fromisoformat(sent.upper())
    except ValueError:
        pass
    raise PydanticCustomError("not_a_time", "An RFC 3339 time with its offset is expected.")
