"""The payee of a claim: named, changed by two people, and compared with the sanctions list."""

from collections.abc import Container, Sequence
from datetime import datetime

from insurance.domain.bank.outgoing_payment import CAME_BACK
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.claim.change import Act, ClaimChange
from insurance.domain.claim.claim import Claim
from insurance.domain.claim.duties import with_duty
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.claim.lifecycle import ClaimStep, Handling
from insurance.domain.claim.payee_change import COOLING_PERIOD, PayeeChange
from insurance.domain.claim.reserve import CostType
from insurance.domain.claim.task import HANDLER, SCREENER, Task
from insurance.domain.contract.payee_signs import PayeeSigns
from insurance.domain.contract.rule import RuleOutcome, RuleResult
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    PayeeUnsettled,
    ScreeningOpen,
    WrongState,
)
from insurance.domain.core.segregation import Duty, check_segregation
from insurance.domain.core.tasks import TaskCode
from insurance.domain.party.names import is_same_name
from insurance.domain.party.paid_party import is_paid
from insurance.domain.party.party import Payee
from insurance.domain.party.record import Party
from insurance.domain.screening.screening import ScreeningMatch, cleared_matches


def propose_payee(claim: Claim, payee: Payee, signs: PayeeSigns | None, act: Act) -> ClaimChange:
    """Name the payee. The first one stands at once; another one waits for a second person.

    Args:
        claim: The claim.
        payee: The payee.
        signs: What speaks against them.
        act: Who names them, and when.

    Raises:
        WrongState: The claim is closed.
    """
    if claim.payee in {None, payee}:
        named = _without_change(claim).replace(payee=payee, payee_signs=signs)
        if act.caller.kind is CallerKind.STAFF:
            named = _confirmed(named)
        if claim.payee is None:
            named = with_duty(named, Duty.PAYEE_NAMED, act)
        return ClaimChange(named, ClaimEventType.PAYEE_NAMED)
    task = Task(
        role=HANDLER,
        code=TaskCode.APPROVE_PAYEE,
        reason="Another payee is asked for.",
        since=act.at,
    )
    proposed = claim.moved(
        ClaimStep.CHANGE_PAYEE,
        payee_change=PayeeChange(
            payee=payee, signs=signs, requested_by=act.by, requested_at=act.at
        ),
    )
    return ClaimChange(proposed.asking(task), ClaimEventType.PAYEE_PROPOSED)


def check_payee_change(claim: Claim, act: Act) -> PayeeChange:
    """The change that waits, if this caller may decide on it.

    Raises:
        WrongState: No other payee is proposed.
        SamePerson: Who proposed the payee, or took the notice, cannot approve it.
    """
    change = claim.payee_change
    if change is None:
        raise WrongState(f"Claim {claim.id}", "without another payee", "have one approved")
    done = (claim.duties or {}) | {Duty.PAYEE_NAMED: change.requested_by}
    check_segregation(Duty.PAYEE_APPROVED, act.by, done, f"claim {claim.id}")
    return change


def approve_payee(
    claim: Claim,
    change: PayeeChange,
    matches: Sequence[ScreeningMatch],
    cleared_because: str | None,
    act: Act,
) -> ClaimChange:
    """Let the new payee stand, to be paid after a cooling period.

    Args:
        claim: The claim.
        change: The change that waits.
        matches: What the new name resembles on the sanctions list.
        cleared_because: How it is known that the payee is not the person on the list.
        act: Who approves it, and when.

    Raises:
        ScreeningOpen: The name resembles one on the list, and no reason is given.
        WrongState: The claim is closed.
    """
    if matches and cleared_because is None:
        raise ScreeningOpen("the payee's name: say why it is somebody else,")
    cleared = cleared_matches(
        change.payee.name, matches, by=act.by, reason=cleared_because or "", at=act.at
    )
    changed = _confirmed(_without_change(claim)).replace(
        payee=change.payee,
        payee_signs=change.signs,
        payee_cools_until=act.at + COOLING_PERIOD,
        cleared=(*claim.cleared, *cleared),
        duties=(claim.duties or {}) | {Duty.PAYEE_NAMED: change.requested_by},
    )
    return ClaimChange(changed, ClaimEventType.PAYEE_CHANGED)


def refuse_payee(claim: Claim) -> ClaimChange:
    """Leave the claim with the payee it has. Where that one was corrected, somebody must still name them again.

    Raises:
        WrongState: The claim is closed.
    """
    return ClaimChange(_without_change(claim), ClaimEventType.PAYEE_REFUSED)


def with_payee_corrected(
    claim: Claim, party: Party, holder: str | None, unsent: Container[str], at: datetime
) -> Claim | None:
    """The claim whose payee a person names again before anything is paid, as their details were corrected;
    None: nobody is paid on it, or somebody else is.

    Args:
        claim: The claim.
        party: The customer whose name, address or account was corrected.
        holder: Their name on the policy, where they hold it.
        unsent: The payments that stand in no file for the bank: those to the customer are recalled.
        at: When it was corrected.
    """
    is_open = claim.handling is not Handling.CLOSED
    proposed = claim.payee_change.payee if claim.payee_change else None
    named = any(payee and is_paid(party, payee, holder) for payee in (claim.payee, proposed))
    held = claim.replace(payee_corrected_at=at) if named and is_open else claim
    for payment in claim.payments:
        payee = claim.payee_of(payment)
        if payment.status is PaymentStatus.EXECUTING:
            waits = payment.id in unsent
        elif payment.status is PaymentStatus.AWAITING_APPROVAL:
            # On an open claim it is not approved before the claim's payee is named again; who sent a bill is not named.
            waits = payment.cost_type is CostType.EXPENSE or not is_open
        else:
            waits = True
        if waits and payee is not None and is_paid(party, payee, holder):
            held = held.with_payment(payment.with_payee_corrected(at))
    return None if held == claim else held


def payee_rules(
    claim: Claim, matches: Sequence[ScreeningMatch], now: datetime
) -> tuple[RuleResult, ...]:
    """The rules between a decision and a payment: a known payee, a clear name, nobody who is paid before
    them, and no payment of the claim that came back.

    Args:
        claim: The claim.
        matches: What the payee's name resembles on the sanctions list.
        now: The time of the payment.
    """
    rules: tuple[RuleResult, ...] = (_payee_known(claim, now), _sanctions_clear(matches))
    if claim.loss_payee is not None and claim.payee is not None:
        rules = (*rules, _loss_payee_first(claim.loss_payee, claim.payee))
    came_back = [payment.id for payment in claim.payments if payment.status in CAME_BACK]
    return (*rules, _came_back(came_back)) if came_back else rules


def can_be_paid_now(claim: Claim, matches: Sequence[ScreeningMatch], now: datetime) -> bool:
    """Whether the payee has an account, a clear name, and was not changed a short time ago."""
    if matches or _unsettled(claim, now):
        return False
    return claim.payee is not None and claim.payee.has_account


def screening_task(matches: Sequence[ScreeningMatch], since: datetime) -> Task:
    """The task of looking at a name that resembles one on the sanctions list, or at a payee who was corrected."""
    names = ", ".join(match.entry for match in matches)
    reason = (
        f"The payee's name resembles {names}." if names else "The payee's details were corrected."
    )
    return Task(role=SCREENER, code=TaskCode.CLEAR_SCREENING, reason=reason, since=since)


def _payee_known(claim: Claim, now: datetime) -> RuleResult:
    unsettled = _unsettled(claim, now)
    if claim.payee is None:
        outcome, explanation = RuleOutcome.REFER, "Nobody is named to be paid."
    elif not claim.payee.has_account:
        outcome, explanation = RuleOutcome.REFER, "The payee has named no bank account."
    elif unsettled is not None:
        outcome, explanation = RuleOutcome.REFER, unsettled
    else:
        outcome, explanation = RuleOutcome.PASS, "A payee is named."
    return RuleResult(code="payee_known", outcome=outcome, explanation=explanation)


def _loss_payee_first(loss_payee: str, payee: Payee) -> RuleResult:
    if is_same_name(loss_payee, payee.name):
        outcome, explanation = RuleOutcome.PASS, "Who is paid before the insured is the payee."
    else:
        outcome = RuleOutcome.REFER
        explanation = (
            "Somebody is paid before the insured, and is not the payee: a person names them as the payee, "
            "or decides who is paid."
        )
    return RuleResult(code="loss_payee_first", outcome=outcome, explanation=explanation)


def _came_back(payment_ids: Sequence[str]) -> RuleResult:
    return RuleResult(
        code="payment_came_back",
        outcome=RuleOutcome.REFER,
        facts={"payments": list(payment_ids)},
        explanation="A payment came back: a person decides whether and to whom it is paid again.",
    )


def _sanctions_clear(matches: Sequence[ScreeningMatch]) -> RuleResult:
    if not matches:
        return RuleResult(
            code="sanctions_clear",
            outcome=RuleOutcome.PASS,
            explanation="The payee's name is on no sanctions list.",
        )
    return RuleResult(
        code="sanctions_clear",
        outcome=RuleOutcome.REFER,
        facts={"entries": [match.entry for match in matches], "score": matches[0].score},
        explanation="The payee's name resembles one on a sanctions list.",
    )


def _unsettled(claim: Claim, now: datetime) -> str | None:
    try:
        claim.check_payee(now)
    except PayeeUnsettled as unsettled:
        return str(unsettled)
    return None


def _confirmed(claim: Claim) -> Claim:
    """With a payee whom a person of ours has looked at since they were corrected."""
    return claim.answered(frozenset({TaskCode.CONFIRM_PAYEE})).replace(payee_corrected_at=None)


def _without_change(claim: Claim) -> Claim:
    """Without another payee, and without the task of approving one."""
    answered = claim.answered(frozenset({TaskCode.APPROVE_PAYEE}))
    return answered.moved(ClaimStep.CHANGE_PAYEE, payee_change=None)
