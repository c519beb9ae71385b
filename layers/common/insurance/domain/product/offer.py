"""What a product offers for a risk: the price, the terms of its covers, and every finding.

Named tuples: immutable, and made in a fraction of the time of a validated model. They are made
here from checked parts only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from insurance.domain.contract.premium import Premium
from insurance.domain.contract.terms import CoverTerms, Finding
from insurance.domain.product.risk import Risk

if TYPE_CHECKING:
    from insurance.domain.product.definition.model import RenewalRule, Unavailable, UnderwritingRule
    from insurance.domain.product.rating.trace import TraceStep, Working

UNDERWRITER = "underwriter"
"""Accepts a referral whose rule names no other authority."""

BLOCKS = ("quote", "bind", "issue")
"""The steps that a rule may block, in their order."""


class RuleMatch(NamedTuple):
    """An underwriting rule that matched a risk: its finding, and what it does to price and covers."""

    finding: Finding
    covers: tuple[str, ...] = ()
    """That it excludes."""
    load: Decimal | None = None
    priority: int = 0


def finding_of(
    rule: UnderwritingRule | RenewalRule | Unavailable,
    *,
    code: str,
    blocks: str = "quote",
    expires_days: int | None = None,
) -> Finding:
    """What a rule finds. Only a referral has an authority, and days for which it may be accepted."""
    refers = rule.outcome == "refer"
    return Finding(
        code=code,
        outcome=rule.outcome,
        reason=rule.reason,
        authority=rule.authority if refers and rule.authority != UNDERWRITER else "",
        expires_days=expires_days if refers else None,
        blocks=blocks,
    )


class Offer(NamedTuple):
    outcome: str
    findings: tuple[Finding, ...]
    covers: tuple[CoverTerms, ...]
    premium: Premium | None
    """None: no price can be had."""
    looked_up: Mapping[str, Mapping[str, object] | None]
    """As used: defaults stand in where the definition says so."""
    working: Working | None = None

    @property
    def blocks(self) -> str | None:
        """The first step that an open referral holds up."""
        blocked = {finding.blocks for finding in self.findings if finding.open}
        return next((step for step in BLOCKS if step in blocked), None)

    @property
    def trace(self) -> tuple[TraceStep, ...]:
        """How the price came about, step by step; worked out when it is asked for."""
        return self.working.trace() if self.working else ()


class NextTerm(NamedTuple):
    """The next term: the changed risk, what is offered, and the same risk as new business."""

    risk: Risk
    offer: Offer
    new_business: Offer | None
    """Only where the product has the fair-renewal rule."""


def answered(matches: Sequence[RuleMatch]) -> list[RuleMatch]:
    """The matches with every referral accepted."""
    return [
        match._replace(finding=match.finding.replace(answered=True))
        if match.finding.outcome == "refer"
        else match
        for match in matches
    ]


def reopened(finding: Finding, known: Set[str]) -> Finding:
    """The finding; a referral that the ending term did not have is open again."""
    if finding.code in known or not finding.answered:
        return finding
    return finding.replace(answered=False)


def priceless(findings: Iterable[Finding]) -> bool:
    """Whether the risk is declined before it is priced. A decline at a later step has a price."""
    return any(finding.outcome == "decline" and finding.blocks == "quote" for finding in findings)


def outcome_of(findings: Sequence[Finding]) -> str:
    """`declined`, `referred` or `priced`, the gravest first."""
    if any(finding.outcome == "decline" for finding in findings):
        return "declined"
    if any(finding.open for finding in findings):
        return "referred"
    return "priced"
