"""Verification: the rules that every claim meets, whatever the product; all are run, all are reported."""

from datetime import datetime, timedelta
from typing import NamedTuple

from insurance.domain.claim.claim import NoticedClaim
from insurance.domain.claim.rule import Outcome, RuleResult
from insurance.domain.identity import ClaimId
from insurance.domain.money import Money
from insurance.domain.party import Payee
from insurance.domain.policy import Policy


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
    steps: tuple[dict[str, str], ...]
    counts: bool

    @property
    def outcome(self) -> Outcome:
        """The gravest of the results: what is missing comes before what was judged without it."""
        found = {result.outcome for result in self.rules}
        gravest = (Outcome.INCOMPLETE, Outcome.FAIL, Outcome.REFER)
        return next((outcome for outcome in gravest if outcome in found), Outcome.PASS)

    @property
    def reasons(self) -> str:
        """The explanations of the rules that stand in the way."""
        against = {Outcome.INCOMPLETE, Outcome.FAIL, Outcome.REFER}
        return " ".join(rule.explanation for rule in self.rules if rule.outcome in against)


def judge_notice(
    notice: Notice, policy: Policy, *, reporting_deadline: timedelta | None
) -> tuple[RuleResult, ...]:
    """The rules that no product can drop, each with the facts it used."""
    return (
        _in_force(notice, policy),
        _not_in_future(notice),
        _in_time(notice, reporting_deadline),
        _cover_held(notice, policy),
        _same_currency(notice, policy),
        _not_told_before(notice),
    )


def judge_payee(payee: Payee | None) -> RuleResult:
    """Straight-through payment needs somebody to pay."""
    if payee is None:
        return _result("payee_known", Outcome.REFER, "Nobody is named to be paid.")
    return _result("payee_known", Outcome.PASS, "A payee is named.")


def same_loss(
    noticed: tuple[NoticedClaim, ...], cover: str, occurred_at: datetime
) -> tuple[ClaimId, ...]:
    """Claims that were noticed before for what looks like the same loss."""
    return tuple(claim.claim_id for claim in noticed if claim.same_loss(cover, occurred_at))


def _in_force(notice: Notice, policy: Policy) -> RuleResult:
    inside = notice.occurred_at in policy.period
    return _result(
        "policy_in_force",
        Outcome.PASS if inside else Outcome.FAIL,
        "The loss is within the policy's period."
        if inside
        else "The loss is outside the policy's period, which starts with its first instant and"
        " ends before its last.",
        occurred_at=notice.occurred_at.isoformat(),
        period_start=policy.period.start.isoformat(),
        period_end=policy.period.end.isoformat(),
    )


def _not_in_future(notice: Notice) -> RuleResult:
    future = notice.occurred_at > notice.reported_at
    return _result(
        "loss_has_happened",
        Outcome.FAIL if future else Outcome.PASS,
        "The loss lies in the future." if future else "The loss had happened when it was reported.",
        occurred_at=notice.occurred_at.isoformat(),
        reported_at=notice.reported_at.isoformat(),
    )


def _in_time(notice: Notice, deadline: timedelta | None) -> RuleResult:
    if deadline is None:
        return _result("reported_in_time", Outcome.PASS, "The product sets no reporting deadline.")
    late = notice.reported_at - notice.occurred_at > deadline
    return _result(
        "reported_in_time",
        Outcome.REFER if late else Outcome.PASS,
        f"The loss was reported more than {deadline.days} days after it happened."
        if late
        else "The loss was reported in time.",
        deadline_days=deadline.days,
    )


def _cover_held(notice: Notice, policy: Policy) -> RuleResult:
    held = any(cover.code == notice.cover for cover in policy.covers)
    return _result(
        "cover_held",
        Outcome.PASS if held else Outcome.FAIL,
        "The policy carries the cover." if held else "The policy does not carry the cover.",
        cover=notice.cover,
        covers=[cover.code for cover in policy.covers],
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


def _result(code: str, outcome: Outcome, explanation: str, **facts: object) -> RuleResult:
    return RuleResult(code=code, outcome=outcome, explanation=explanation, facts=facts)
