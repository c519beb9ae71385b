"""The life of a product version: who may take which step, and what was approved."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import AwareDatetime

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.errors import NoAuthority, WrongState
from insurance.domain.core.segregation import Duty, check_segregation
from insurance.domain.product.faults import Fault, InvalidProduct

if TYPE_CHECKING:
    from insurance.domain.product.product import Product
    from insurance.domain.product.publishing.checks import Report


class VersionStatus(StrEnum):
    DRAFT = "draft"
    """Being written."""
    IN_REVIEW = "in_review"
    """Waits for approval."""
    APPROVED = "approved"
    """May be put on sale."""
    ACTIVE = "active"
    """On sale, for new business and renewals."""
    PASSIVE = "passive"
    """Used for renewals alone."""
    RETIRED = "retired"
    """Used for nothing new; its policies keep it to their end."""


class VersionStep(StrEnum):
    """What people do with a version."""

    REDRAFT = "redraft"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    PUBLISH = "publish"
    CLOSE = "close"
    RETIRE = "retire"


NEXT: Final = {
    (VersionStatus.DRAFT, VersionStep.REDRAFT): VersionStatus.DRAFT,
    (VersionStatus.DRAFT, VersionStep.SUBMIT): VersionStatus.IN_REVIEW,
    (VersionStatus.IN_REVIEW, VersionStep.SEND_BACK): VersionStatus.DRAFT,
    (VersionStatus.IN_REVIEW, VersionStep.APPROVE): VersionStatus.APPROVED,
    (VersionStatus.APPROVED, VersionStep.SEND_BACK): VersionStatus.DRAFT,
    (VersionStatus.APPROVED, VersionStep.PUBLISH): VersionStatus.ACTIVE,
    (VersionStatus.ACTIVE, VersionStep.CLOSE): VersionStatus.PASSIVE,
    (VersionStatus.PASSIVE, VersionStep.RETIRE): VersionStatus.RETIRED,
}
"""Passive: renewals only. Retired: nothing new, but its policies keep it to their end."""

RELEASED: Final = frozenset({VersionStatus.ACTIVE, VersionStatus.PASSIVE, VersionStatus.RETIRED})
"""Everybody who may sell has seen these; quotes or policies may have been made on them."""

FOUR_EYES: Final = frozenset({VersionStep.APPROVE, VersionStep.PUBLISH})
"""Four eyes: the author of a rate may not put it on sale."""

HOUSE: Final = "bundled"
"""The author of versions that ship with the code."""


class ProductVersion(Record):
    """One version's state. What it says stands under its content's address and never changes there."""

    id: Internal[str]
    code: Internal[str]
    version: Internal[str]
    name: Internal[str]
    status: Internal[VersionStatus]
    content: Internal[str] = ""
    """SHA-256 of its files; empty for what is bundled with the code."""
    authors: Internal[tuple[str, ...]]
    """Everybody who wrote on it."""
    approved_by: Internal[str] = ""
    sale: Internal[Mapping[str, str]] = {}
    """From when and until when new business and renewals use it, as its document says."""
    filings: Internal[tuple[tuple[str, str], ...]] = ()
    """Territory and the regulator's reference there."""
    reason: Internal[str] = ""
    """Why the last step was taken."""
    changed_at: Internal[AwareDatetime | None] = None

    @classmethod
    def drafted(cls, id: str, product: "Product", *, by: str, now: AwareDatetime) -> Self:
        return cls(
            id=id, status=VersionStatus.DRAFT, authors=(by,), changed_at=now, **_said_by(product)
        )

    @classmethod
    def seed(cls, id: str, product: "Product") -> Self:
        """A bundled version, whose life goes on in the table once somebody takes a step."""
        return cls(
            id=id, status=VersionStatus(product.status), authors=(HOUSE,), **_said_by(product)
        )

    def redrafted(self, product: "Product", *, by: str, now: AwareDatetime) -> Self:
        """Other files for a draft. Their sender becomes one of its authors."""
        drafted = self.taken(VersionStep.REDRAFT, by=by, now=now)
        return drafted.replace(
            authors=tuple(dict.fromkeys([*self.authors, by])), **_said_by(product)
        )

    def taken(self, step: VersionStep, *, by: str, now: AwareDatetime, reason: str = "") -> Self:
        """The next state.

        Raises:
            WrongState: The step does not follow from where the version stands.
            NoAuthority: Nobody is named who takes it.
            SamePerson: An author of the version would approve or publish it.
        """
        after = NEXT.get((self.status, step))
        if after is None:
            raise WrongState(self.title, self.status, step)
        if not by:
            raise NoAuthority("a step by nobody")
        if step in FOUR_EYES:
            for author in self.authors:
                done = {Duty.VERSION_WRITTEN: author}
                check_segregation(Duty.VERSION_RELEASED, by, done, self.title)
        approved_by = self.approved_by
        if step in {VersionStep.APPROVE, VersionStep.SEND_BACK}:
            approved_by = by if step is VersionStep.APPROVE else ""
        return self.replace(status=after, approved_by=approved_by, reason=reason, changed_at=now)

    def published(self, report: "Report", *, by: str, now: AwareDatetime, reason: str = "") -> Self:
        """Active, if the scenarios pass, leave nothing untried, and are of what was approved.

        Raises:
            InvalidProduct: They do not.
        """
        content = report.product.source.content
        if content != self.content:
            raise InvalidProduct(
                [Fault("/", "another definition than was approved", f"the content {self.content}")]
            )
        if not report.publishable:
            raise InvalidProduct(unpublishable(report))
        return self.taken(VersionStep.PUBLISH, by=by, now=now, reason=reason)

    def sold_on(self, day: date, *, renewal: bool = False) -> bool:
        return is_sold(self.status, self.sale, day, renewal=renewal)

    @property
    def title(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def ref(self) -> ProductRef:
        return ProductRef(code=self.code, version=self.version, content=self.content)


def is_sold(status: str, sale: Mapping[str, str], day: date, *, renewal: bool = False) -> bool:
    """Whether new business, or a renewal, may start under a version on a day.

    An active version takes both, a passive one renewals only; each has dates of its own.
    """
    if status not in ({"active", "passive"} if renewal else {"active"}):
        return False
    kind = "renewals" if renewal else "new_business"
    first, last = sale.get(f"{kind}_from"), sale.get(f"{kind}_until")
    begun = first is None or day >= date.fromisoformat(first)
    return begun and (last is None or day < date.fromisoformat(last))


def order(version: str) -> tuple[tuple[int, str], ...]:
    """2026.10 comes after 2026.9."""
    return tuple(
        (int(part) if part.isascii() and part.isdecimal() else 0, part)
        for part in version.split(".")
    )


def unpublishable(report: "Report") -> list[Fault]:
    """What keeps a version from being published."""
    faults = [
        Fault(f"scenarios.json: {outcome.name}", "; ".join(outcome.differences), "what it expects")
        for outcome in report.failed
    ]
    faults += [Fault(path, "nothing that tries it", "a scenario") for path in report.untried]
    return faults or [Fault("scenarios.json", "no scenarios", "at least one")]


def _said_by(product: "Product") -> dict[str, Any]:
    """What a version's header says over of its definition."""
    definition = product.definition
    return {
        "code": product.code,
        "version": product.version,
        "name": product.name,
        "content": product.source.content,
        "sale": dict(definition.sale.written),
        "filings": tuple((filing.territory, filing.reference) for filing in definition.filings),
    }
