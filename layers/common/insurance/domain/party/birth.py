"""Dates of birth: nobody is born after the day on which their details are given."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from insurance.domain.core.rfc3339 import day_as_written

_LATEST = "latest_birth"
AHEAD = timedelta(hours=14)
"""How far the first time zone is ahead of UTC: there it may be the next day already."""
EARLIEST_YEAR = 1850


def born_by(now: datetime) -> dict[str, Any]:
    """The context in which a request is read at this instant."""
    return {_LATEST: (now + AHEAD).date()}


def _of_a_person(value: date, info: ValidationInfo) -> date:
    latest: date | None = (info.context or {}).get(_LATEST)
    if latest is None:  # what is stored was read before
        return value
    if value > latest:
        raise PydanticCustomError("in_the_future", "Give a date of birth that has passed.")
    if value.year < EARLIEST_YEAR:
        raise PydanticCustomError("out_of_range", f"Give a date of birth since {EARLIEST_YEAR}.")
    return value


BirthDate = Annotated[date, BeforeValidator(day_as_written), AfterValidator(_of_a_person)]
"""As a request has it; what is stored is read without a day to compare it with."""
