"""Sources: who sends files, and how what stands in them becomes ours. The mapping is data, with versions and four eyes."""

from enum import StrEnum
from typing import Any, Final

from insurance.domain.core.errors import WrongState
from insurance.domain.core.identity import Mode, source_id_for
from insurance.domain.core.review import Reviewed, ReviewedCode, VersionText
from insurance.domain.core.segregation import OfficeDuty

MAPPING_BYTES_MAX: Final = 60_000
"""Of a mapping, as JSON."""

SourceCode = ReviewedCode


class RowKind(StrEnum):
    """What a row of a source's files is."""

    QUOTES = "quotes"
    """A risk that a quote is asked for."""
    PARTIES = "parties"
    """A customer."""
    POLICIES = "policies"
    """A policy in force that comes from another system."""


class SourceText(VersionText):
    """What a version of a source says."""

    partner: str
    """Whose business its rows are; empty: the insurer's own."""
    mapping: dict[str, Any]
    """The document that `mapping.compile_mapping` reads."""

    @property
    def kind(self) -> RowKind:
        return RowKind(self.mapping["kind"])


class DataSource(Reviewed[SourceText]):
    """A source. New batches are read by the version in force; without one, there are none."""

    KIND = "source"
    WRITTEN = OfficeDuty.SOURCE_WRITTEN
    APPROVED = OfficeDuty.SOURCE_APPROVED

    @classmethod
    def id_for(cls, mode: Mode, code: str) -> str:
        return source_id_for(mode, code)

    @property
    def partner(self) -> str:
        """Whose book it is of: by the version in force, or by the newest where none is."""
        return (self.in_force or self.text).partner

    def current(self) -> SourceText:
        """The version in force.

        Raises:
            WrongState: No version is.
        """
        if self.in_force is None:
            raise WrongState(self.title, self.status, "take files: no version of it is in force")
        return self.in_force
