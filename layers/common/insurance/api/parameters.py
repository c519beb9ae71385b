"""Query parameters as a model: what a query may be asked beside its path."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from insurance.api.body import NO_TEXT
from insurance.api.field_faults import faults_of
from insurance.api.fields import YEARS
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.rfc3339 import time_as_written


class Parameters(BaseModel):
    """A query's parameters: one field for each, text as it stands in the address.

    Each field has a description, which the API's definition shows. Parameters that the model does
    not have are ignored, as everywhere in this API: links and proxies add some of their own.

        class PolicyParameters(Parameters):
            as_at: OptionalInstant = Field(None, description="The instant that is asked about")
    """

    model_config = ConfigDict(frozen=True, extra="ignore")


def renamed(before: str, now: str) -> Any:
    """A validator that refuses a parameter's earlier name: unknown ones are ignored, and a list that is not
    narrowed down must not answer who still says so."""

    def check(_cls: type[Parameters], sent: dict[str, str]) -> dict[str, str]:
        if before in sent:
            raise PydanticCustomError(
                "unknown", "Say `{now}` for `{before}`.", {"now": now, "before": before}
            )
        return sent

    return model_validator(mode="before")(classmethod(check))  # type: ignore[arg-type]  # as pydantic documents it


def read_parameters[P: Parameters](query: Mapping[str, str], model: type[P]) -> P:
    """The parameters of one call.

    Raises:
        InvalidFields: Each fault names its parameter.
    """
    detail = "It holds control characters, or bytes that are no text."
    unclear = [
        FieldFault(name, "invisible-characters", detail)
        for name in model.model_fields
        if NO_TEXT.search(query.get(name, ""))
    ]
    if unclear:
        raise InvalidFields(unclear)
    try:
        return model.model_validate_strings(dict(query))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        faults = (
            fault._replace(pointer=fault.pointer.removeprefix("/"))
            for fault in faults_of(details, dict(query))
        )
        raise InvalidFields(list(faults)) from error


def _instant(sent: Any) -> Any:
    """An RFC 3339 time with its offset, in UTC."""
    instant = time_as_written(sent)
    if not isinstance(instant, datetime):
        return sent
    if instant.tzinfo is None or instant.year not in YEARS:
        raise PydanticCustomError("not_a_time", "An RFC 3339 time with its offset is expected.")
    return instant.astimezone(UTC).isoformat()


OptionalInstant = Annotated[
    datetime | None, BeforeValidator(_instant), Field(json_schema_extra={"maxLength": 40})
]
"""An instant that a query may be asked about; None without the parameter."""

Flag = Literal["true"]
"""A filter that is set or left out."""
