"""The result of a rule on a loss, and the steps of a payout: of the product's own rules and of those that every claim meets."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pydantic import AwareDatetime

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.money import Money
from insurance.domain.core.value import Value


class RuleOutcome(StrEnum):
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    """Nothing stands in the way."""
    FAIL = "fail"
    """It stands against paying the claim."""
    REFER = "refer"
    """A person must look."""
    INFO = "info"
    """It is told, and changes nothing."""
    INCOMPLETE = "incomplete"
    """Something that it needs is missing."""


class RuleResult(Value):
    """One rule's verdict, the facts it looked at and the words that explain it."""

    code: str
    outcome: RuleOutcome
    facts: dict[str, Any] = {}
    explanation: str
    wording: str | None = None
    """Where in the policy wording the rule stands."""


GRAVITY: Final = (RuleOutcome.INCOMPLETE, RuleOutcome.FAIL, RuleOutcome.REFER)


class PayoutStep(Value):
    """One clause of the payout: what it is, its figure, and the claim before and after it."""

    code: str
    name: str
    figure: str
    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of a loss: every result, what is missing, and what is payable."""

    rules: tuple[RuleResult, ...]
    missing: tuple[str, ...]
    """Codes of facts and evidence without which nothing is decided."""
    payable: Money
    steps: tuple[PayoutStep, ...]
    counts: bool
    """Whether the claim goes to the policyholder's record; one of which nothing is payable never does."""
    reserve: Money
    """What the product expects such a loss to cost, before anything is decided."""

    @property
    def outcome(self) -> RuleOutcome:
        """The gravest result: a missing fact is never a denial, a referral never a payment."""
        outcomes = {rule.outcome for rule in self.rules}
        return next((outcome for outcome in GRAVITY if outcome in outcomes), RuleOutcome.PASS)


class JudgedSegment(Value):
    """The stretch of the claim's policy on whose terms rules were run. The policy may be changed afterwards,
    also dated back: then this is not what stands any more, and still what the verdict rests on."""

    number: int
    """The transaction that it began with; 1 is new business."""
    start: AwareDatetime
    end: AwareDatetime
    product: ProductRef
    """The version whose rules were run."""
