"""A notice of loss, and the verdict of the rules on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from insurance.domain.claim.limits import LimitUsage
from insurance.domain.claim.payment import PremiumSetOff, set_off_step
from insurance.domain.contract.payee_signs import NO_SIGNS, PayeeSigns
from insurance.domain.contract.rule import JudgedSegment, Judgement, PayoutStep, RuleOutcome
from insurance.domain.contract.terms import Reinstatement
from insurance.domain.core.identity import ClaimId
from insurance.domain.core.money import Money
from insurance.domain.core.running_totals import Room

FRAUD_SCORE = "fraud_score"
"""The rule in which a product's signals add up."""

IN_THE_WAY = frozenset({RuleOutcome.INCOMPLETE, RuleOutcome.FAIL, RuleOutcome.REFER})
"""Outcomes with which a claim is not paid by rules alone."""


class LossNotice(NamedTuple):
    """What the rules look at: a loss that was reported, or that a caller asks about."""

    cover: str
    occurred_at: datetime
    reported_at: datetime
    claimed: Money
    facts: dict[str, Any] | None
    """Answers to what the product asks about a loss; None once they were erased."""
    item: dict[str, Any] | None = None
    """The insured item, where the cover names items."""
    same_loss_as: tuple[ClaimId, ...] = ()
    payee: PayeeSigns = NO_SIGNS


@dataclass(frozen=True, slots=True)
class Verdict(Judgement):
    """What all rules say of a loss: those that every claim meets, and the product's own."""

    recoverable: Money | None = None
    """Withheld until the loss is made good, where the product says so."""
    judged_on: JudgedSegment | None = None
    """The segment in force at the loss, or the last one before; None before the policy began."""
    limit_usage: tuple[LimitUsage, ...] = ()
    """What it would use of the limits that the policy's claims share."""
    reinstatements: tuple[Reinstatement, ...] = ()
    """Of those, the limits that stand again for a premium."""
    totals: tuple[Room, ...] = ()
    """The running totals to which its payment would count."""
    set_off: PremiumSetOff | None = None
    """The overdue premium that would be set off, if the policyholder were paid today."""

    @property
    def payout_steps(self) -> tuple[PayoutStep, ...]:
        """The calculation of what would be paid, down to what would reach the policyholder."""
        if self.set_off is None:
            return self.steps
        return (*self.steps, set_off_step(self.set_off, self.payable))

    @property
    def holds(self) -> bool:
        """Whether the fraud score lies in a band that holds the claim. No band denies it."""
        return any(
            rule.code == FRAUD_SCORE and rule.facts.get("band") == "hold" for rule in self.rules
        )

    @property
    def reasons(self) -> str:
        """The explanations of the rules that stand in the way."""
        return " ".join(rule.explanation for rule in self.rules if rule.outcome in IN_THE_WAY)
