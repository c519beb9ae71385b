"""What a rule of verification answers, whether the product wrote it or the law of insurance did."""

from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.money import Money
from insurance.domain.core.value import Value


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    REFER = "refer"
    INFO = "info"
    INCOMPLETE = "incomplete"


class RuleResult(Value):
    """One rule's verdict, the facts it looked at and the words that explain it."""

    code: str
    outcome: Outcome
    facts: dict[str, Any] = {}
    explanation: str
    wording: str | None = None
    """Where in the policy wording the rule stands."""


class JudgedSegment(Value):
    """The stretch of the claim's policy on whose terms rules were run. The policy may be changed afterwards,
    also dated back: then this is not what stands any more, and still what the verdict rests on."""

    number: int
    """The transaction that it began with; 1 is new business."""
    start: AwareDatetime
    end: AwareDatetime
    product: ProductRef
    """The version whose rules were run."""


class PayoutStep(Value):
    """One clause of the payout: what it is, its figure, and the claim before and after it."""

    code: str
    name: str
    figure: str
    before: Money
    after: Money
