"""Decisions on a claim: outcome, reason, author, and how to ask for a review."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from insurance.domain.contract.rule import RuleOutcome, RuleResult
from insurance.domain.core.money import Money
from insurance.domain.core.value import Value


class Decision(StrEnum):
    PENDING = "pending"
    """Nothing is decided yet."""
    APPROVED = "approved"
    """What the cover pays is paid."""
    PART_APPROVED = "part_approved"
    """Less is paid than the cover would pay."""
    DENIED = "denied"
    """Nothing is paid."""
    GOODWILL = "goodwill"
    """Nothing is owed; something is paid nevertheless."""


ADVERSE = frozenset({Decision.PART_APPROVED, Decision.DENIED})

ReasonCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class DecisionRecord(Value):
    """One decision, kept with the claim for good."""

    decision: Decision
    amount: Money
    """What is paid for the loss in all, under this decision."""
    reason_code: ReasonCode | None = None
    reason: str | None = None
    wording: tuple[str, ...] = ()
    """Where in the policy's wording the decision rests."""
    rules: tuple[str, ...] = ()
    """The rules that stood against the claim, or were set aside by a person."""
    sources: tuple[str, ...] = ()
    """Where the facts come from that an adverse decision rests on."""
    appeal: str | None = None
    automated: bool = False
    by: str
    at: AwareDatetime
    confirmed_by: str | None = None
    """The second person, where one was needed."""


SOURCES = {
    "sanctions_clear": "the sanctions list",
    "after_issue": "the record of the policy",
    "in_force": "the record of the policy",
    "loss_payee_first": "the record of the policy",
    "not_a_duplicate": "the register of the policy's claims",
    "payment_came_back": "the bank's reports",
    "payee_known": "the details of the payee",
}
"""Where the facts of a rule come from, where that is not the notice and the policy's terms."""

TOLD = "what was told about the loss, and the policy's terms"

REVIEW = "A person will look at this decision again if you ask: POST /v1/claims/{claim_id}/review."
"""What every automated decision offers."""

APPEALS = {
    "GB": (
        "You can ask us to look at this decision again; somebody who did not take it will. If we "
        "cannot agree within eight weeks, the Financial Ombudsman Service can decide, free of "
        "charge: www.financial-ombudsman.org.uk, within six months of our final answer."
    ),
}
"""The way to appeal, by the territory of the risk."""

APPEAL_ELSEWHERE = (
    "You can ask us to look at this decision again; somebody who did not take it will. Your "
    "supervisory authority's ombudsman can be asked after that."
)


def appeal_in(territory: str) -> str:
    """The territory's own, else that of the country it belongs to, else what holds anywhere."""
    country = territory.partition("-")[0]
    return APPEALS.get(territory) or APPEALS.get(country) or APPEAL_ELSEWHERE


def sources_of(rules: Sequence[RuleResult]) -> tuple[str, ...]:
    """The sources of what the rules looked at; what was told where no rule stands against it."""
    sources = dict.fromkeys(SOURCES.get(rule.code, TOLD) for rule in rules)
    return tuple(sources) or (TOLD,)


def rules_against(rules: Sequence[RuleResult]) -> tuple[RuleResult, ...]:
    return tuple(rule for rule in rules if rule.outcome in {RuleOutcome.FAIL, RuleOutcome.REFER})
