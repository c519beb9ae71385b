"""The life of a product version: who may take which step, and what was approved."""

import hashlib
import json
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple, Self

from insurance.domain.errors import NoAuthority, SamePerson, WrongState
from insurance.domain.product.checks import Report
from insurance.domain.product.faults import Fault, InvalidProduct
from insurance.domain.product.product import Definition


class Status(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    ACTIVE = "active"
    PASSIVE = "passive"
    RETIRED = "retired"


class Step(StrEnum):
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    PUBLISH = "publish"
    CLOSE = "close"
    RETIRE = "retire"


NEXT: Final = {
    (Status.DRAFT, Step.SUBMIT): Status.IN_REVIEW,
    (Status.IN_REVIEW, Step.SEND_BACK): Status.DRAFT,
    (Status.IN_REVIEW, Step.APPROVE): Status.APPROVED,
    (Status.APPROVED, Step.SEND_BACK): Status.DRAFT,
    (Status.APPROVED, Step.PUBLISH): Status.ACTIVE,
    (Status.ACTIVE, Step.CLOSE): Status.PASSIVE,
    (Status.PASSIVE, Step.RETIRE): Status.RETIRED,
}
"""Passive: renewals only. Retired: nothing new, but its policies keep it to their end."""


class Release(NamedTuple):
    """One version's state; the definition itself never changes, its digest says which it is."""

    code: str
    version: str
    digest: str
    status: Status
    author: str
    approved_by: str = ""

    def taken(self, step: Step, *, by: str) -> Self:
        """The next state. Whoever wrote a version may not approve or publish it."""
        after = NEXT.get((self.status, step))
        if after is None:
            raise WrongState(f"{self.code} {self.version}", self.status, step)
        if not by:
            raise NoAuthority("a step by nobody")
        if step in {Step.APPROVE, Step.PUBLISH} and by == self.author:
            raise SamePerson(f"{self.code} {self.version}")
        approved_by = by if step is Step.APPROVE else self.approved_by
        return self._replace(status=after, approved_by=approved_by)

    def published(self, report: Report, *, by: str) -> Self:
        """Active, if the scenarios pass, leave nothing untried, and are of what was approved."""
        made = report.product.definition
        if digest(made) != self.digest:
            raise InvalidProduct(
                [Fault("/", "another definition than was approved", f"the digest {self.digest}")]
            )
        if not report.publishable:
            raise InvalidProduct(unpublishable(report))
        return self.taken(Step.PUBLISH, by=by)


def unpublishable(report: Report) -> list[Fault]:
    """What keeps a version from being published."""
    faults = [
        Fault(f"scenarios.json: {outcome.name}", "; ".join(outcome.differences), "what it expects")
        for outcome in report.failed
    ]
    faults += [Fault(path, "nothing that tries it", "a scenario") for path in report.untried]
    return faults or [Fault("scenarios.json", "no scenarios", "at least one")]


def digest(made: Definition) -> str:
    """The content's address: SHA-256 of the document, its tables and its scenarios.

    The status is left out: it changes while the content does not.
    """
    content = {name: part for name, part in made.document.items() if name != "status"}
    whole = {"document": content, "tables": dict(made.tables), "scenarios": made.scenarios}
    text = json.dumps(whole, default=_exact, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _exact(number: object) -> str:
    if isinstance(number, Decimal):
        return format(number.normalize(), "f")
    raise TypeError(f"{type(number).__name__} has no place in a definition")
