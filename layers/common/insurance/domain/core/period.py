"""A span of time, from its start and up to but not including its end."""

from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, model_validator

from insurance.domain.core.value import Value


class Period(Value):
    """Half-open: `[start, end)`. What happens at the very end is outside."""

    start: AwareDatetime
    end: AwareDatetime

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.end <= self.start:
            raise ValueError("a period ends after it starts")
        return self

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end
