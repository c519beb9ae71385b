"""Verification: the rules that every claim meets, whatever the product; all are run, all are reported."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from insurance.domain.claim.claim import NoticedClaim
from insurance.domain.claim.limits import LimitUsage
from insurance.domain.claim.payment import KeptBack, kept_back_step
from insurance.domain.claim.rule import JudgedSegment, Outcome, PayoutStep, RuleResult
from insurance.domain.contract.terms import Reinstatement
from insurance.domain.core.identity import ClaimId
from insurance.domain.core.money import Money
from insurance.domain.party.party import Payee
from insurance.domain.policy import Policy

FRAUD_SCORE = "fraud_score"
"""The rule in which a product's signals add up."""


class Notice(NamedTuple):
    """What the rules look at: a loss as it was reported, or as somebody asks about it."""

    cover: str
    occurred_at: datetime
    reported_at: datetime
    claimed: Money
    payee: Payee | None
    same_loss_as: tuple[ClaimId, ...] = ()


class Verdict(NamedTuple):
    """Every rule's result, what is missing, and what the cover pays."""

    rules: tuple[RuleResult, ...]
    missing: tuple[str, ...]
    payable: Money
    steps: tuple[PayoutStep, ...]
    counts: bool
    reserve: Money
    """What the product expects such a loss to cost, before anything is decided."""
    recoverable: Money | None = None
    """Held back until the loss is made good, where the product says so."""
    judged_on: JudgedSegment | None = None
    """The segment in force at the loss, or the last one before; None before the policy began."""
    draws: tuple[LimitUsage, ...] = ()
    """What it would take of the limits that the policy's claims share."""
    reinstatements: tuple[Reinstatement, ...] = ()
    """Of those, the limits that stand again for a premium."""

    kept_back: KeptBack | None = None
    """What of it would stay with us for overdue premium, if it went to the policyholder."""

    @property
    def outcome(self) -> Outcome:
        """The gravest of the results: what is missing comes before what was judged without it."""
        found = {result.outcome for result in self.rules}
        gravest = (Outcome.INCOMPLETE, Outcome.FAIL, Outcome.REFER)
        return next((outcome for outcome in gravest if outcome in found), Outcome.PASS)

    @property
    def payout_steps(self) -> tuple[PayoutStep, ...]:
        """How it was worked out what would be paid, down to what would reach the policyholder."""
        if self.kept_back is None:
            return self.steps
        return (*self.steps, kept_back_step(self.kept_back, self.payable))

    @property
    def holds(self) -> bool:
        """Whether the fraud score lies in a band that holds the claim. None of them denies it."""
        return any(
            rule.code == FRAUD_SCORE and rule.facts.get("band") == "hold" for rule in self.rules
        )

    @property
    def reasons(self) -> str:
        """The explanations of the rules that stand in the way."""
        against = {Outcome.INCOMPLETE, Outcome.FAIL, Outcome.REFER}
        return " ".join(rule.explanation for rule in self.rules if rule.outcome in against)


def judge_notice(notice: Notice, policy: Policy, at: datetime) -> tuple[RuleResult, ...]:
    """The rules that no product can drop, each with the facts it used.

    Whether the loss lies in the period, was reported in time and falls under a cover in force is
    the product's to say: lines differ in what triggers them.
    """
    rules = (_same_currency(notice, policy), _not_told_before(notice))
    return (*rules, _in_force(at, policy)) if policy.transactions else rules


def judge_payee(payee: Payee | None, unsettled: str | None) -> RuleResult:
    """Straight-through payment needs somebody to pay, and an account that nobody has just changed."""
    if payee is None:
        return _result("payee_known", Outcome.REFER, "Nobody is named to be paid.")
    if not payee.has_account:
        return _result("payee_known", Outcome.REFER, "The payee has named no bank account.")
    if unsettled is not None:
        return _result("payee_known", Outcome.REFER, unsettled)
    return _result("payee_known", Outcome.PASS, "A payee is named.")


def same_loss(
    noticed: Sequence[NoticedClaim],
    cover: str,
    occurred_at: datetime,
    reference: str | None = None,
) -> tuple[ClaimId, ...]:
    """Claims that were noticed before for what looks like the same loss."""
    return tuple(
        claim.claim_id for claim in noticed if claim.same_loss(cover, occurred_at, reference)
    )


def _same_currency(notice: Notice, policy: Policy) -> RuleResult:
    same = notice.claimed.currency is policy.premium.total.currency
    return _result(
        "currency",
        Outcome.PASS if same else Outcome.REFER,
        "The loss is in the policy's currency."
        if same
        else "The loss is in another currency than the policy: a person must convert it.",
        currency_of_loss=str(notice.claimed.currency),
    )


def _not_told_before(notice: Notice) -> RuleResult:
    told = bool(notice.same_loss_as)
    return _result(
        "not_a_duplicate",
        Outcome.REFER if told else Outcome.PASS,
        "Another claim was noticed for what looks like the same loss."
        if told
        else "No other claim was noticed for this loss.",
        same_loss_as=list(notice.same_loss_as),
    )


def _in_force(at: datetime, policy: Policy) -> RuleResult:
    """Of a policy that was changed: the loss is judged on the terms in force then, and by a person
    where those were settled only afterwards."""
    covered = policy.covers_at(at)
    since = policy.settled_at(at)
    facts = {"covered": covered, "known_since": since.isoformat() if since else None}
    if since is not None and since > at:
        text = "What was in force at the time of the loss was changed after it."
        return _result("in_force", Outcome.REFER, text, **facts)
    if not covered:
        text = "The policy was not in force at the time of the loss."
        return _result("in_force", Outcome.FAIL, text, **facts)
    text = "The policy was in force at the time of the loss."
    return _result("in_force", Outcome.PASS, text, **facts)


def _result(code: str, outcome: Outcome, explanation: str, **facts: object) -> RuleResult:
    return RuleResult(code=code, outcome=outcome, explanation=explanation, facts=facts)
