"""The result of a rule on a loss, and the steps of a payout: of the product's own rules and of those that every claim meets."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

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


GRAVITY: Final = (Outcome.INCOMPLETE, Outcome.FAIL, Outcome.REFER)


def gravest(rules: Iterable[RuleResult]) -> Outcome:
    """The gravest of the results: what is missing comes before what was judged without it."""
    outcomes = {rule.outcome for rule in rules}
    return next((outcome for outcome in GRAVITY if outcome in outcomes), Outcome.PASS)


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
