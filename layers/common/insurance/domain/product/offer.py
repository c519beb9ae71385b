"""What a product offers for a risk: the price, the terms of its covers, and every finding.

Named tuples: immutable, and made in a fraction of the time of a validated model. They are made
here from checked parts only.
"""

from collections.abc import Mapping, Sequence, Set
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from insurance.domain.core.money import Money
from insurance.domain.product.rating.price import Price
from insurance.domain.product.risk import Risk

if TYPE_CHECKING:
    from insurance.domain.product.rating.trace import TraceStep, Working

BLOCKS = ("quote", "bind", "issue")
"""The steps that a rule may block, in their order."""


class Finding(NamedTuple):
    """What underwriting found: every rule that matched, whatever the outcome of the others."""

    code: str
    outcome: str
    reason: str
    authority: str = ""
    blocks: str = "quote"
    covers: tuple[str, ...] = ()
    load: Decimal | None = None
    priority: int = 0
    expires_days: int | None = None
    answered: bool = False
    """A person has accepted the risk in spite of it."""


class CoverTerms(NamedTuple):
    code: str
    name: str
    optional: bool
    limit: Money | None
    excess: Money | None
    """None where there is none, or where it depends on the loss: then the note says how."""
    excess_note: str = ""
    section: str = ""


class Offer(NamedTuple):
    outcome: str
    findings: tuple[Finding, ...]
    covers: tuple[CoverTerms, ...]
    price: Price | None
    looked_up: Mapping[str, Mapping[str, object] | None]
    """As used: defaults stand in where the definition says so."""
    working: "Working | None" = None

    @property
    def blocks(self) -> str | None:
        """The first step that an open referral holds up."""
        blocked = {
            one.blocks for one in self.findings if one.outcome == "refer" and not one.answered
        }
        return next((step for step in BLOCKS if step in blocked), None)

    @property
    def trace(self) -> "tuple[TraceStep, ...]":
        """How the price came about, step by step; worked out when it is asked for."""
        return self.working.trace() if self.working else ()


class Renewal(NamedTuple):
    """The next term: the changed risk, what is offered, and the same risk as new business."""

    risk: Risk
    offer: Offer
    new_business: Offer | None
    """Only where the product has the fair-renewal rule."""


def answered(findings: Sequence[Finding]) -> list[Finding]:
    return [
        finding._replace(answered=True) if finding.outcome == "refer" else finding
        for finding in findings
    ]


def reopened(found: Finding, known: Set[str]) -> Finding:
    """A referral that the ending term did not have: nobody has accepted the risk in spite of it."""
    return found._replace(answered=False) if found.code not in known else found


def priceless(findings: Sequence[Finding]) -> bool:
    """Declined before there is a price; what is declined at a later step can be seen to cost."""
    return any(found.outcome == "decline" and found.blocks == "quote" for found in findings)


def outcome_of(findings: Sequence[Finding]) -> str:
    if any(finding.outcome == "decline" for finding in findings):
        return "declined"
    if any(finding.outcome == "refer" and not finding.answered for finding in findings):
        return "referred"
    return "priced"
