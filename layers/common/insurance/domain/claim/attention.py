"""What makes somebody look at a claim: its task, its deadlines, its diary."""

from datetime import datetime

from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.claim.claim import Claim
from insurance.domain.claim.decision import Decision
from insurance.domain.claim.diary import DIARY_MAX, NOTES_MAX, DiaryEntry, Note
from insurance.domain.claim.lifecycle import ClaimStep, Handling
from insurance.domain.claim.reserve import CostType
from insurance.domain.claim.task import HANDLER, PAYMENT_NEWS, PAYMENT_WORDS, SCREENER, Task
from insurance.domain.core.errors import ClaimFull, DiaryEntryNotFound
from insurance.domain.core.tasks import TaskCode
from insurance.domain.jurisdiction.places import jurisdiction_of
from insurance.domain.jurisdiction.regulatory_deadline import (
    RegulatoryDeadline,
    newly_missed,
    note_missed,
    update_deadlines,
)

ACKNOWLEDGE, DECIDE, PAY = "acknowledge", "decide", "pay"


def with_deadlines(claim: Claim, now: datetime) -> Claim:
    """With the regulator's deadlines as they run after a change."""
    if claim.jurisdiction is None:
        return claim
    jurisdiction = jurisdiction_of(claim.jurisdiction)
    owed = {DECIDE: _owes_a_decision(claim), PAY: _owes_money(claim)}
    rules = [rule for rule in jurisdiction.claims if rule.code in owed]
    return claim.replace(
        deadlines=update_deadlines(claim.deadlines, owed, rules, jurisdiction, now)
    )


def acknowledged(claim: Claim, territory: str, now: datetime) -> Claim:
    """A new claim with its deadlines started; the answer to the notice is what acknowledges it."""
    jurisdiction = jurisdiction_of(territory)
    [rule] = [rule for rule in jurisdiction.claims if rule.code == ACKNOWLEDGE]
    due_at = jurisdiction.due(rule, now)
    deadline = RegulatoryDeadline(code=ACKNOWLEDGE, started_at=now, due_at=due_at, met_at=now)
    return with_deadlines(claim.replace(jurisdiction=territory, deadlines=(deadline,)), now)


def _owes_a_decision(claim: Claim) -> bool:
    """From the moment that nothing asked is missing; once it runs, it runs to the decision."""
    if claim.decision is not Decision.PENDING or claim.handling is Handling.CLOSED:
        return False
    running = any(deadline.code == DECIDE and deadline.is_running for deadline in claim.deadlines)
    return running or not claim.missing


def _owes_money(claim: Claim) -> bool:
    if claim.decision in {Decision.PENDING, Decision.DENIED} or claim.handling is Handling.CLOSED:
        return False
    if not claim.decisions:
        return False  # they were erased with the person, and nobody is paid any more
    return claim.decisions[-1].amount > claim.paid_of(CostType.INDEMNITY)


def miss_deadlines(claim: Claim, now: datetime) -> Claim | None:
    """With note taken of the deadlines that ran out, and a task if nobody has one; None: none did."""
    if not newly_missed(claim.deadlines, now):
        return None
    moved = claim.moved(ClaimStep.MISS_DEADLINE, deadlines=note_missed(claim.deadlines, now))
    return moved.asking(Task(role=HANDLER, code=TaskCode.DEADLINE_MISSED, since=now))


def with_waiting_task(claim: Claim, now: datetime) -> Claim:
    """With a task for what a second person has to say still, where the step left the claim with none, or
    with news alone. Who is paid comes first: no payment can be approved or cleared before."""
    may_change = claim.handling is not Handling.CLOSED  # the payee of a closed claim stays
    proposed = may_change and claim.payee_change is not None
    corrected = may_change and not proposed and claim.payee_corrected_at is not None
    if proposed or corrected:
        claim = claim.answered(PAYMENT_WORDS)
    if claim.task is not None and claim.task.code not in PAYMENT_NEWS:
        return claim
    waiting = {payment.status: payment for payment in reversed(claim.payments)}
    suspect = waiting.get(PaymentStatus.SCREENING)
    requested = waiting.get(PaymentStatus.AWAITING_APPROVAL)
    if corrected:
        role, code, reason = HANDLER, TaskCode.CONFIRM_PAYEE, "The payee's details were corrected."
    elif proposed:
        role, code, reason = HANDLER, TaskCode.APPROVE_PAYEE, "Another payee is asked for."
    elif suspect is not None:
        role, code, reason = (
            SCREENER,
            TaskCode.CLEAR_SCREENING,
            f"{suspect.amount} waits for a look.",
        )
    elif requested is not None:
        role, code, reason = (
            HANDLER,
            TaskCode.APPROVE_PAYMENT,
            f"{requested.amount} waits for a second person.",
        )
    else:
        return claim
    return claim.asking(Task(role=role, code=code, reason=reason, since=now))


def waits_from(claim: Claim) -> datetime | None:
    """Since when the claim wants a person's attention, or from when it will; None: it does not."""
    moments = [deadline.due_at for deadline in claim.deadlines if deadline.is_running]
    moments += [entry.on for entry in claim.diary]
    if claim.task is not None:
        moments.append(claim.task.since)
    return min(moments, default=None)


def waits_for(claim: Claim) -> str:
    """The role whose work it is."""
    return claim.task.role if claim.task else HANDLER


def add_note(claim: Claim, note: Note) -> Claim:
    """The claim with one more note.

    Raises:
        ClaimFull: It has as many as it can hold.
    """
    if len(claim.notes) >= NOTES_MAX:
        raise ClaimFull(claim.id, NOTES_MAX, "notes")
    return claim.moved(ClaimStep.NOTE, notes=(*claim.notes, note))


def add_diary_entry(claim: Claim, on: datetime, about: str, by: str) -> Claim:
    """The claim with one more diary entry. Its number is above that of every open entry.

    Raises:
        ClaimFull: It has as many as it can hold.
    """
    if len(claim.diary) >= DIARY_MAX:
        raise ClaimFull(claim.id, DIARY_MAX, "diary entries")
    number = max((entry.number for entry in claim.diary), default=0) + 1
    entry = DiaryEntry(number=number, on=on, about=about, by=by)
    return claim.moved(ClaimStep.CHANGE_DIARY, diary=(*claim.diary, entry))


def remove_diary_entry(claim: Claim, number: int) -> Claim:
    """The claim without a diary entry that was dealt with; the events still show it.

    Raises:
        DiaryEntryNotFound: The diary has no entry of this number.
    """
    if number not in {entry.number for entry in claim.diary}:
        raise DiaryEntryNotFound(f"{claim.id} / {number}")
    left = tuple(entry for entry in claim.diary if entry.number != number)
    return claim.moved(ClaimStep.CHANGE_DIARY, diary=left)
