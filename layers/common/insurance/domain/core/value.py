"""What every domain value shares: immutable, strict, closed."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Immutable, strict, closed: a value that exists is a valid value."""

    # A function imports many values and a call uses few: the validators of each are made at its first use.
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    def replace(self, **changes: Any) -> Self:
        """Copy with changes, validated. (`model_copy(update=...)` would not validate.)"""
        return type(self)(**{**dict(self), **changes})
