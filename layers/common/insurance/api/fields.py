"""Types of request fields that several operations share; each refuses what nobody can mean."""

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.money import Money
from insurance.domain.core.rfc3339 import day_as_written, time_as_written

YEARS = range(1900, 2200)
PERIOD = re.compile(r"(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])")


def accounting_period(name: str, sent: str) -> str:
    """A month in a path: `2027-02`.

    Raises:
        InvalidFields: It is not a month.
    """
    if not PERIOD.fullmatch(sent):
        raise InvalidFields([FieldFault(name, "not-a-period", "A month is expected: 2027-02.")])
    return sent


def _of_our_time(value: datetime) -> datetime:
    if value.year not in YEARS:
        raise PydanticCustomError(
            "out_of_range", f"Give a time between {YEARS.start} and {YEARS.stop - 1}."
        )
    return value.astimezone(UTC)


def _day_of_our_time(value: date) -> date:
    if value.year not in YEARS:
        raise PydanticCustomError(
            "out_of_range", f"Give a date between {YEARS.start} and {YEARS.stop - 1}."
        )
    return value


def _positive(value: Money) -> Money:
    if value.amount <= 0:
        raise PydanticCustomError("too_small", "Give an amount above zero.")
    return value


def _not_negative(value: Money) -> Money:
    if value.amount < 0:
        raise PydanticCustomError("too_small", "Give an amount of zero or more.")
    return value


def _account(value: str) -> str:
    """Check digits, length and the country's own form; spaces are for people."""
    from stdnum import iban  # noqa: PLC0415 - only who names an account pays for it
    from stdnum.exceptions import ValidationError  # noqa: PLC0415 - as above

    try:
        account: str = iban.validate(value)
    except ValidationError as error:
        raise PydanticCustomError("wrong_form", "Give an IBAN whose check digits hold.") from error
    return account


Iban = Annotated[str, StringConstraints(min_length=5, max_length=42), AfterValidator(_account)]
SortCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{2}-?[0-9]{2}-?[0-9]{2}$"),
    AfterValidator(lambda value: value.replace("-", "")),
]
AccountNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
Instant = Annotated[AwareDatetime, BeforeValidator(time_as_written), AfterValidator(_of_our_time)]
Day = Annotated[date, BeforeValidator(day_as_written), AfterValidator(_day_of_our_time)]
PositiveMoney = Annotated[Money, AfterValidator(_positive)]
MoneyOrNil = Annotated[Money, AfterValidator(_not_negative)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Territory = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
ReferenceCode = Annotated[
    str, StringConstraints(max_length=140, pattern=r"^[0-9A-Za-z][0-9A-Za-z./_:+-]*$")
]
"""A reference that another system gave. It is stored in clear, so words have no place in it."""
Subject = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""A person of the staff, as the user pool names them."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
"""As E.164 has it: `+441632960001`."""
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
"""As BCP 47 has it: `en-GB`."""
TokenName = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,256}$")]
"""An issuer or a subject, as tokens name them."""

Reason = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Narrative = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
