"""Texts that are written by some and put in force by others: rules that narrow calls, mappings of files.

There is a newest version, which is drafted, submitted and approved by different people, and the version in
force, which stays until another is approved or it is withdrawn.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Final, Self

from pydantic import AwareDatetime, Field, StringConstraints

from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.errors import WrongState
from insurance.domain.core.identity import Mode
from insurance.domain.core.segregation import OfficeDuty, check_segregation
from insurance.domain.core.value import Value

VERSIONS_MAX: Final = 1_000_000
REVIEWED_CODE: Final = r"^[a-z][a-z0-9_]{0,63}$"

ReviewedCode = Annotated[str, StringConstraints(pattern=REVIEWED_CODE)]
StepReason = ReviewedCode


class VersionText(Value):
    """What a version says."""

    version: Annotated[int, Field(ge=1)]


class ReviewStatus(StrEnum):
    """Where the newest version stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    """Waits for another person."""
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"


class ReviewStep(StrEnum):
    """What people do with a version that is written."""

    SUBMIT = "submit"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    WITHDRAW = "withdraw"


NEXT: Final = {
    (ReviewStatus.DRAFT, ReviewStep.SUBMIT): ReviewStatus.SUBMITTED,
    (ReviewStatus.SUBMITTED, ReviewStep.SEND_BACK): ReviewStatus.DRAFT,
    (ReviewStatus.SUBMITTED, ReviewStep.APPROVE): ReviewStatus.IN_FORCE,
}


class Reviewed[Text: VersionText](Record):
    """What has such texts, of one mode and known by a code."""

    KIND: ClassVar[str]
    """What people call it: "access policy"."""
    WRITTEN: ClassVar[OfficeDuty]
    APPROVED: ClassVar[OfficeDuty]

    id: Internal[str]
    code: Internal[ReviewedCode]
    status: Internal[ReviewStatus]
    text: Internal[Text]
    """The newest version."""
    authors: Internal[tuple[str, ...]]
    """Everybody who wrote on the newest version."""
    approved_by: Internal[str | None] = None
    reason: Internal[StepReason | None] = None
    """Why the last step was taken."""
    changed_at: Internal[AwareDatetime]
    in_force: Internal[Text | None] = None
    """The version that counts; None: none does."""

    @classmethod
    def id_for(cls, mode: Mode, code: str) -> str:
        raise NotImplementedError

    @classmethod
    def drafted(cls, mode: Mode, code: str, text: Text, *, by: str, now: AwareDatetime) -> Self:
        return cls(
            id=cls.id_for(mode, code),
            code=code,
            status=ReviewStatus.DRAFT,
            text=text,
            authors=(by,),
            changed_at=now,
        )

    def redrafted(self, text: Text, *, by: str, now: AwareDatetime) -> Self:
        """Another text: of the draft that there is, or of a new version. What is in force stays.

        Raises:
            WrongState: The newest version waits for approval.
        """
        if self.status is ReviewStatus.SUBMITTED:
            raise WrongState(self.title, self.status, "be written")
        is_draft = self.status is ReviewStatus.DRAFT
        authors = tuple(dict.fromkeys([*self.authors, by])) if is_draft else (by,)
        return self.replace(
            status=ReviewStatus.DRAFT,
            text=text.replace(version=self.text.version + (0 if is_draft else 1)),
            authors=authors,
            approved_by=None,
            reason=None,
            changed_at=now,
        )

    def taken(self, step: ReviewStep, *, by: str, now: AwareDatetime, reason: str) -> Self:
        """What it is after a step.

        Raises:
            WrongState: The step does not follow from where it stands.
            SamePerson: An author would approve what they wrote.
        """
        after = self._withdrawn if step is ReviewStep.WITHDRAW else NEXT.get((self.status, step))
        if after is None:
            raise WrongState(self.title, self.status, step)
        if step is ReviewStep.APPROVE:
            for author in self.authors:
                check_segregation(self.APPROVED, by, {self.WRITTEN: author}, self.title)
        in_force = {ReviewStep.APPROVE: self.text, ReviewStep.WITHDRAW: None}
        return self.replace(
            status=after,
            in_force=in_force.get(step, self.in_force),
            approved_by=by if step is ReviewStep.APPROVE else self.approved_by,
            reason=reason,
            changed_at=now,
        )

    @property
    def _withdrawn(self) -> ReviewStatus | None:
        """Where the newest version stands when what is in force is withdrawn: a draft stays one. None: nothing is."""
        if self.in_force is None:
            return None
        is_newest = self.status is ReviewStatus.IN_FORCE
        return ReviewStatus.WITHDRAWN if is_newest else self.status

    @property
    def title(self) -> str:
        return f"{self.KIND} {self.code}"
