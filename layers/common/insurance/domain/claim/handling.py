"""What a handler does with a claim beside deciding it: reserve, hold, pay expenses, close, reopen."""

from datetime import datetime
from typing import NamedTuple

from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.claim import attention
from insurance.domain.claim.authority import check_authority, has_authority, is_straight_through
from insurance.domain.claim.change import Act, ClaimChange
from insurance.domain.claim.claim import Claim
from insurance.domain.claim.context import ClaimContext
from insurance.domain.claim.decision import Decision
from insurance.domain.claim.diary import Note
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.claim.lifecycle import ClaimStep, Handling
from insurance.domain.claim.payment import doubts_of
from insurance.domain.claim.reserve import CostType, ReserveReason
from insurance.domain.claim.task import HANDLER, Hold, Task
from insurance.domain.core.errors import WrongState
from insurance.domain.core.house_authority import check_sign_in
from insurance.domain.core.money import Money
from insurance.domain.core.running_totals import passed, taken_of
from insurance.domain.core.tasks import TaskCode
from insurance.domain.party.party import Payee
from insurance.domain.product import Product


class ReserveInput(NamedTuple):
    """A new reserve for one type of cost."""

    cost_type: CostType
    outstanding: Money
    reason: ReserveReason


class ExpenseInput(NamedTuple):
    """A bill for dealing with a claim."""

    amount: Money
    reason: str
    payee: Payee
    """Who sent the bill."""


def change_reserve(claim: Claim, reserve: ReserveInput, product: Product, act: Act) -> ClaimChange:
    """Change a reserve; the new total must be within authority.

    Raises:
        NoAuthority: The total of this type of cost is above the limits of the caller's roles.
        WrongState: The claim is closed.
        ReserveTooLow: More than this is on its way to be paid.
    """
    total = claim.paid_of(reserve.cost_type) + reserve.outstanding
    check_authority(act.caller, total, product, reserve.cost_type)
    changed = claim.moved(ClaimStep.RESERVE).with_reserve(
        reserve.cost_type, reserve.outstanding, reserve.reason, by=act.by, at=act.at
    )
    return ClaimChange(changed, ClaimEventType.RESERVED)


def hold_claim(claim: Claim, reason: str, act: Act) -> ClaimChange:
    """Put a claim on hold: nothing is decided or paid until it is released.

    Raises:
        WrongState: The claim is on hold already, or closed.
    """
    if claim.hold is not None:
        raise claim.wrong_state(ClaimStep.HOLD, "on hold")
    hold = Hold(reason=reason, by=act.by, since=act.at)
    return ClaimChange(claim.moved(ClaimStep.HOLD, hold=hold), ClaimEventType.HELD)


def release_claim(claim: Claim) -> ClaimChange:
    """Take a claim off hold.

    Raises:
        WrongState: The claim is not on hold, or it is closed.
    """
    if claim.hold is None:
        raise claim.wrong_state(ClaimStep.RELEASE, "not on hold")
    return ClaimChange(claim.moved(ClaimStep.RELEASE, hold=None), ClaimEventType.RELEASED)


def pay_expense(
    context: ClaimContext, expense: ExpenseInput, product: Product, act: Act, *, suspect: bool
) -> ClaimChange:
    """Pay a bill out of the expense reserve.

    Args:
        context: The claim, and the running totals that the bill counts to.
        expense: The bill.
        product: The claim's product.
        act: Who pays it, and when.
        suspect: Whether the payee's name resembles one on a sanctions list. A second person must
            approve the payment then, and the first one to a payee whom nobody else has approved.

    Raises:
        WrongState: The claim is closed.
        SignInTooOld: The bill is paid at once, and its amount needs a sign-in just before.
        ClaimOnHold: Nothing is paid while it is on hold.
        ReserveTooLow: The expense reserve does not cover the bill.
        ClaimFull: The claim has as many payments as it can hold.
    """
    claim = context.claim.record
    reasons = [*doubts_of(claim.payments), *passed(context.totals, expense.amount)]
    total = claim.committed_of(CostType.EXPENSE) + expense.amount
    straight = (
        is_straight_through(total, product)
        and not suspect
        and _approved_before(claim, expense.payee, act.by)
        and has_authority(act.caller, total, product, CostType.EXPENSE)
        and not reasons
    )
    if straight:
        check_sign_in(act.caller, total)
    status = PaymentStatus.EXECUTING if straight else PaymentStatus.AWAITING_APPROVAL
    paying = claim.moved(ClaimStep.PAY).paying(
        CostType.EXPENSE, expense.amount, status=status, by=act.by, to=expense.payee
    )
    taken = taken_of(context.totals, expense.amount) if straight else ()
    if not straight:
        reason = " ".join((expense.reason, *reasons))
        task = _task(TaskCode.APPROVE_PAYMENT, reason, act)
        paying = paying.asking(task)
    return ClaimChange(paying, ClaimEventType.PAYMENT_REQUESTED, totals=taken)


def _approved_before(claim: Claim, payee: Payee, by: str) -> bool:
    """Whether another person has approved a bill of this payee, at this account, on the claim."""
    return any(
        (claim.payees or {}).get(payment.id) == payee
        and payment.status in {PaymentStatus.EXECUTING, PaymentStatus.PAID}
        and payment.decided_by not in {None, by}
        for payment in claim.payments
        if payment.cost_type is CostType.EXPENSE
    )


def pay_insured_share(claim: Claim, amount: Money, reason: str, act: Act) -> ClaimChange:
    """Request the insured's part of a recovery again, after its payment was refused or came back.

    Raises:
        WrongState: The claim is closed.
        ClaimOnHold: Nothing is paid while it is on hold.
        ReserveTooLow: Less than this is owed to the insured.
        ClaimFull: The claim has as many payments as it can hold.
    """
    paying = claim.moved(ClaimStep.PAY).paying(
        CostType.INSURED_SHARE, amount, status=PaymentStatus.AWAITING_APPROVAL, by=act.by
    )
    task = _task(TaskCode.APPROVE_PAYMENT, reason, act)
    return ClaimChange(paying.asking(task), ClaimEventType.PAYMENT_REQUESTED)


def close_claim(claim: Claim, closed_as: str, step: ClaimStep, act: Act) -> ClaimChange:
    """Close a claim and release its reserves.

    Args:
        claim: The claim.
        closed_as: Why there is nothing more to do: settled, withdrawn or duplicate.
        step: `FINISH` for a claim that is settled, `WITHDRAW` for one that was never decided.
        act: Who closes it, and when.

    Raises:
        WrongState: The claim cannot be closed for this reason.
        ClaimOnHold: Nothing is closed while it is on hold.
        ClaimStillOpen: A payment is not finished, or a decision waits for a second person.
    """
    closed = claim.closed(closed_as, by=act.by, at=act.at, step=step)
    if not claim.paid_of(CostType.INDEMNITY):
        closed = closed.replace(limit_usage=(), counts=False)
    return ClaimChange(closed, ClaimEventType.CLOSED)


def reopen_claim(
    claim: Claim, reason: str, reserve: Money | None, product: Product, act: Act
) -> ClaimChange:
    """Open a closed claim again: its decision is pending, what was paid stays paid.

    Args:
        claim: The claim.
        reason: Why it is looked at again.
        reserve: What it may still cost; None: no reserve is set.
        product: The claim's product.
        act: Who reopens it, and when.

    Raises:
        WrongState: The claim is not closed.
        NoAuthority: The total with the reserve is above the limits of the caller's roles.
    """
    if claim.handling is not Handling.CLOSED:
        raise claim.wrong_state(ClaimStep.REOPEN)
    reopened = _reopened(claim, _task(TaskCode.REOPENED, reason, act))
    if reserve is not None:
        check_authority(act.caller, claim.paid_of(CostType.INDEMNITY) + reserve, product)
        reopened = reopened.with_reserve(
            CostType.INDEMNITY, reserve, ReserveReason.REOPENED, by=act.by, at=act.at
        )
    return ClaimChange(reopened, ClaimEventType.REOPENED)


def ask_for_review(claim: Claim, reason: str, act: Act) -> ClaimChange:
    """Give a handler the task of reviewing an automated decision; a closed claim is reopened.

    Raises:
        WrongState: The last decision was not made by rules alone.
    """
    if not claim.decisions or not claim.decisions[-1].automated:
        raise WrongState(f"Claim {claim.id}", "not decided by rules alone", "be reviewed")
    task = _task(TaskCode.REVIEW_ASKED, reason, act)
    closed = claim.handling is Handling.CLOSED
    reviewed = _reopened(claim, task) if closed else claim.asking(task)
    return ClaimChange(reviewed, ClaimEventType.REVIEW_ASKED)


def assign_claim(claim: Claim, handler: str | None) -> ClaimChange:
    """Give a claim to a handler, or with None to nobody.

    Raises:
        WrongState: The claim is closed.
    """
    assigned = claim.moved(ClaimStep.ASSIGN, handler=handler)
    return ClaimChange(assigned, ClaimEventType.ASSIGNED)


def add_note(claim: Claim, text: str, act: Act) -> ClaimChange:
    """Add a note for the next person who works on the claim.

    Raises:
        ClaimFull: The claim has as many notes as it can hold.
    """
    noted = attention.add_note(claim, Note(text=text, by=act.by, at=act.at))
    return ClaimChange(noted, ClaimEventType.NOTED)


def add_diary_entry(claim: Claim, on: datetime, about: str, act: Act) -> ClaimChange:
    """Put a claim on the work list again at a time.

    Raises:
        ClaimFull: The claim has as many diary entries as it can hold.
    """
    entered = attention.add_diary_entry(claim, on, about, act.by)
    return ClaimChange(entered, ClaimEventType.DIARY_ENTRY_CREATED)


def complete_diary_entry(claim: Claim, number: int) -> ClaimChange:
    """Remove a diary entry that was dealt with.

    Raises:
        DiaryEntryNotFound: The diary has no entry of this number.
    """
    completed = attention.remove_diary_entry(claim, number)
    return ClaimChange(completed, ClaimEventType.DIARY_ENTRY_COMPLETED)


def _reopened(claim: Claim, task: Task) -> Claim:
    return claim.moved(ClaimStep.REOPEN, decision=Decision.PENDING, closed_as=None).asking(task)


def _task(code: TaskCode, reason: str, act: Act) -> Task:
    return Task(role=HANDLER, code=code, reason=reason, since=act.at)
