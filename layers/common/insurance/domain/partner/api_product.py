"""The life of an API product: its versions, from a draft that waits for review to the last call that is served."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AwareDatetime, StringConstraints

from insurance.api_products import API_PRODUCTS, ApiProduct, ApiProductOffer
from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.errors import (
    DefinitionDiffers,
    FieldFault,
    InvalidFields,
    VersionNotFound,
    WrongState,
)
from insurance.domain.core.identity import Mode, api_product_id_for, mode_of
from insurance.domain.core.segregation import OfficeDuty, check_segregation
from insurance.domain.core.value import Value

ApiVersionNumber = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}$", max_length=14)
]
ApiPath = Annotated[str, StringConstraints(pattern=r"^/v[1-9][0-9]?/[a-z-]{1,40}$", max_length=44)]
"""A path in front of operations of the API, without parameters."""

VERSIONS_MAX: Final = 40
"""Of which the life of a product tells; the oldest that are retired go first."""
NOTICE_LIVE: Final = timedelta(days=90)
"""How long a live API product that is deprecated is served, at least: one person says when it ends."""


class ApiVersionStatus(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    DEPRECATED = "deprecated"
    RETIRED = "retired"


class ApiVersionStep(StrEnum):
    SUBMIT = "submit"
    APPROVE = "approve"
    PUBLISH = "publish"
    DEPRECATE = "deprecate"
    RETIRE = "retire"


NEXT: Final[Mapping[tuple[ApiVersionStatus, ApiVersionStep], ApiVersionStatus]] = {
    (ApiVersionStatus.DRAFT, ApiVersionStep.SUBMIT): ApiVersionStatus.IN_REVIEW,
    (ApiVersionStatus.IN_REVIEW, ApiVersionStep.SUBMIT): ApiVersionStatus.IN_REVIEW,
    (ApiVersionStatus.IN_REVIEW, ApiVersionStep.APPROVE): ApiVersionStatus.APPROVED,
    (ApiVersionStatus.APPROVED, ApiVersionStep.PUBLISH): ApiVersionStatus.PUBLISHED,
    (ApiVersionStatus.PUBLISHED, ApiVersionStep.DEPRECATE): ApiVersionStatus.DEPRECATED,
    (ApiVersionStatus.DEPRECATED, ApiVersionStep.RETIRE): ApiVersionStatus.RETIRED,
}
"""Forward only. What is in review is submitted again where its definition has changed."""

TOLD: Final = frozenset(
    {ApiVersionStatus.PUBLISHED, ApiVersionStatus.DEPRECATED, ApiVersionStatus.RETIRED}
)
"""Callers were told of these."""
TOWARDS_CALLERS: Final = frozenset(
    {ApiVersionStep.SUBMIT, ApiVersionStep.APPROVE, ApiVersionStep.PUBLISH}
)
"""Steps for the version that this release has, with the definition that it has."""
SUPERSEDED: Final = "superseded"


class ApiVersionInput(Value):
    """What somebody does with a version."""

    version: str
    step: ApiVersionStep
    reason: str
    sunset_at: AwareDatetime | None = None
    """When deprecating: from then on nothing is served."""
    successor: str = ""
    """When deprecating: a path of another API product where callers go on."""


class ApiVersion(Value):
    """One version of an API product."""

    version: ApiVersionNumber
    status: ApiVersionStatus
    definition: str = ""
    """SHA-256 of its part of the API's definition, as it was submitted."""
    submitted_by: str = ""
    approved_by: str = ""
    deprecated_at: AwareDatetime | None = None
    sunset_at: AwareDatetime | None = None
    successor: str = ""
    reason: str = ""
    """Why the last step was taken, as a code."""
    changed_at: AwareDatetime | None = None

    def is_over(self, now: AwareDatetime) -> bool:
        """Whether its sunset has passed."""
        return self.sunset_at is not None and now >= self.sunset_at


class ApiProductLife(Record):
    """An API product of one mode, with its versions, the newest last."""

    id: Internal[str]
    code: Internal[ApiProduct]
    versions: Internal[tuple[ApiVersion, ...]]

    @classmethod
    def seed(cls, mode: Mode, offer: ApiProductOffer) -> Self:
        """As it stands until somebody takes a step: what was published before there was a catalogue stays so."""
        code = ApiProduct(offer.code)
        released = ApiVersion(version=offer.released, status=ApiVersionStatus.PUBLISHED)
        made = cls(
            id=api_product_id_for(mode, code),
            code=code,
            versions=(released,) if offer.released else (),
        )
        return made.with_deployed(offer)

    def with_deployed(self, offer: ApiProductOffer) -> Self:
        """With the version that this release has: a draft, where nobody took a step with it."""
        if any(each.version == offer.version for each in self.versions):
            return self
        draft = ApiVersion(version=offer.version, status=ApiVersionStatus.DRAFT)
        return self.replace(versions=_bounded((*self.versions, draft)))

    @property
    def mode(self) -> Mode:
        return mode_of(self.id)

    @property
    def served(self) -> ApiVersion | None:
        """The version that callers were last told of; None: the product was never published."""
        return next((each for each in reversed(self.versions) if each.status in TOLD), None)

    def version(self, number: str) -> ApiVersion:
        """One of its versions.

        Raises:
            VersionNotFound: It has no such version.
        """
        found = next((each for each in self.versions if each.version == number), None)
        if found is None:
            raise VersionNotFound(f"{self.code} {number}")
        return found

    def taken(
        self, asked: ApiVersionInput, *, by: str, now: AwareDatetime, definition: str
    ) -> Self:
        """With a version one step further.

        Args:
            asked: The version, and the step.
            by: Who takes it.
            now: When.
            definition: SHA-256 of the product's part of the definition that this release has.

        Raises:
            VersionNotFound: It has no such version.
            WrongState: The step does not follow from where the version stands; or the product is deprecated, and
                gets no new version.
            DefinitionDiffers: This release has another version or another definition than was submitted.
            SamePerson: Who submitted the version would approve it.
            InvalidFields: The sunset is missing or too early, or the successor is no path of another product.
        """
        before = self.version(asked.version)
        self._check_step(before, asked.step)
        if asked.step in TOWARDS_CALLERS:
            self._check_definition(before, asked.step, definition)
        changes: dict[str, object] = {
            "status": NEXT[before.status, asked.step],
            "reason": asked.reason,
            "changed_at": now,
        }
        match asked.step:
            case ApiVersionStep.SUBMIT:
                changes |= {"submitted_by": by, "definition": definition}
            case ApiVersionStep.APPROVE:
                done = {OfficeDuty.API_VERSION_SUBMITTED: before.submitted_by}
                about = f"{self.code} {before.version}"
                check_segregation(OfficeDuty.API_VERSION_APPROVED, by, done, about)
                changes["approved_by"] = by
            case ApiVersionStep.DEPRECATE:
                changes |= self._notice(asked, now)
            case ApiVersionStep.RETIRE if not before.is_over(now):
                changes["sunset_at"] = now
        return self._with(before.replace(**changes))

    def _check_step(self, before: ApiVersion, step: ApiVersionStep) -> None:
        served = self.served
        if step in TOWARDS_CALLERS and served is not None and served.deprecated_at is not None:
            raise WrongState(f"{self.code} {served.version}", served.status, step)
        if (before.status, step) not in NEXT:
            raise WrongState(f"{self.code} {before.version}", before.status, step)

    def _check_definition(self, before: ApiVersion, step: ApiVersionStep, definition: str) -> None:
        deployed = self.code.offer.version
        differs = step is not ApiVersionStep.SUBMIT and before.definition != definition
        if before.version != deployed or differs:
            raise DefinitionDiffers(self.code, before.version, deployed)

    def _notice(self, asked: ApiVersionInput, now: AwareDatetime) -> dict[str, object]:
        notice = NOTICE_LIVE if self.mode is Mode.LIVE else timedelta(0)
        faults = []
        if asked.sunset_at is None:
            faults.append(FieldFault("/sunset_at", "required", "Say from when nothing is served."))
        elif asked.sunset_at < now + notice:
            detail = f"Give it {notice.days} days at least." if notice else "It lies in the past."
            faults.append(FieldFault("/sunset_at", "too-early", detail))
        others = {
            path
            for code, offer in API_PRODUCTS.items()
            for path in offer.paths
            if code != self.code and path not in self.code.offer.paths
        }
        if asked.successor and asked.successor not in others:
            detail = "Name a path of another API product, as /v2/quotes."
            faults.append(FieldFault("/successor", "unknown", detail))
        if faults:
            raise InvalidFields(faults)
        return {
            "deprecated_at": now,
            "sunset_at": asked.sunset_at,
            "successor": asked.successor,
        }

    def _with(self, changed: ApiVersion) -> Self:
        """With a version as it is now. One that is published takes the place of the one before."""
        versions = []
        for each in self.versions:
            if each.version == changed.version:
                versions.append(changed)
            elif ApiVersionStatus.PUBLISHED is each.status is changed.status:
                retired = {"status": ApiVersionStatus.RETIRED, "reason": SUPERSEDED}
                versions.append(each.replace(**retired, changed_at=changed.changed_at))
            else:
                versions.append(each)
        return self.replace(versions=tuple(versions))


def _bounded(versions: tuple[ApiVersion, ...]) -> tuple[ApiVersion, ...]:
    """The newest of them; one that is not retired never goes."""
    over = max(len(versions) - VERSIONS_MAX, 0)
    gone = [each for each in versions if each.status is ApiVersionStatus.RETIRED][:over]
    return tuple(each for each in versions if each not in gone)
