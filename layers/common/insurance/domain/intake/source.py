"""Sources: who sends files, and how what stands in them becomes ours. The mapping is data, with versions and four eyes."""

from enum import StrEnum
from typing import Annotated, Any, Final, Self

from pydantic import AwareDatetime, Field, StringConstraints

from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.errors import WrongState
from insurance.domain.core.identity import Mode, source_id_for
from insurance.domain.core.segregation import OfficeDuty, check_segregation
from insurance.domain.core.value import Value

VERSIONS_MAX: Final = 1_000_000
MAPPING_BYTES_MAX: Final = 60_000
"""Of a mapping, as JSON."""

SourceCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
StepReason = SourceCode


class RowKind(StrEnum):
    """What a row of a source's files is."""

    QUOTES = "quotes"
    """A risk that a quote is asked for."""


class SourceText(Value):
    """What a version of a source says."""

    version: Annotated[int, Field(ge=1)]
    partner: str
    """Whose business its rows are; empty: the insurer's own."""
    mapping: dict[str, Any]
    """The document that `mapping.compile_mapping` reads."""

    @property
    def kind(self) -> RowKind:
        return RowKind(self.mapping["kind"])


class SourceStatus(StrEnum):
    """Where the newest version stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    """Waits for another person."""
    IN_USE = "in_use"
    WITHDRAWN = "withdrawn"


class SourceStep(StrEnum):
    """What people do with a version that is written."""

    SUBMIT = "submit"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    WITHDRAW = "withdraw"


NEXT: Final = {
    (SourceStatus.DRAFT, SourceStep.SUBMIT): SourceStatus.SUBMITTED,
    (SourceStatus.SUBMITTED, SourceStep.SEND_BACK): SourceStatus.DRAFT,
    (SourceStatus.SUBMITTED, SourceStep.APPROVE): SourceStatus.IN_USE,
}


class DataSource(Record):
    """A source of one mode."""

    id: Internal[str]
    code: Internal[SourceCode]
    status: Internal[SourceStatus]
    text: Internal[SourceText]
    """The newest version."""
    authors: Internal[tuple[str, ...]]
    """Everybody who wrote on the newest version."""
    approved_by: Internal[str | None] = None
    reason: Internal[StepReason | None] = None
    """Why the last step was taken."""
    changed_at: Internal[AwareDatetime]
    in_use: Internal[SourceText | None] = None
    """The version by which new batches are read; None: there are none."""

    @classmethod
    def drafted(
        cls, mode: Mode, code: str, text: SourceText, *, by: str, now: AwareDatetime
    ) -> Self:
        return cls(
            id=source_id_for(mode, code),
            code=code,
            status=SourceStatus.DRAFT,
            text=text,
            authors=(by,),
            changed_at=now,
        )

    def redrafted(self, text: SourceText, *, by: str, now: AwareDatetime) -> Self:
        """Another mapping: of the draft that there is, or of a new version. What is in force stays.

        Raises:
            WrongState: The newest version waits for approval.
        """
        if self.status is SourceStatus.SUBMITTED:
            raise WrongState(self.title, self.status, "be written")
        is_draft = self.status is SourceStatus.DRAFT
        authors = tuple(dict.fromkeys([*self.authors, by])) if is_draft else (by,)
        return self.replace(
            status=SourceStatus.DRAFT,
            text=text.replace(version=self.text.version + (0 if is_draft else 1)),
            authors=authors,
            approved_by=None,
            reason=None,
            changed_at=now,
        )

    def taken(self, step: SourceStep, *, by: str, now: AwareDatetime, reason: str) -> Self:
        """The source after a step.

        Raises:
            WrongState: The step does not follow from where the source stands.
            SamePerson: An author would approve what they wrote.
        """
        after = self._withdrawn if step is SourceStep.WITHDRAW else NEXT.get((self.status, step))
        if after is None:
            raise WrongState(self.title, self.status, step)
        if step is SourceStep.APPROVE:
            for author in self.authors:
                done = {OfficeDuty.SOURCE_WRITTEN: author}
                check_segregation(OfficeDuty.SOURCE_APPROVED, by, done, self.title)
        in_use = {SourceStep.APPROVE: self.text, SourceStep.WITHDRAW: None}
        return self.replace(
            status=after,
            in_use=in_use.get(step, self.in_use),
            approved_by=by if step is SourceStep.APPROVE else self.approved_by,
            reason=reason,
            changed_at=now,
        )

    @property
    def _withdrawn(self) -> SourceStatus | None:
        """Where the newest version stands when what is in force is withdrawn. None: nothing is."""
        if self.in_use is None:
            return None
        return SourceStatus.WITHDRAWN if self.status is SourceStatus.IN_USE else self.status

    def current(self) -> SourceText:
        """The version in force.

        Raises:
            WrongState: No version is.
        """
        if self.in_use is None:
            raise WrongState(self.title, self.status, "take files: no version of it is in force")
        return self.in_use

    @property
    def title(self) -> str:
        return f"source {self.code}"
