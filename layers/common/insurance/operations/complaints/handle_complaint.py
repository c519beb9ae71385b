"""Complaints: take one in, handle it, answer it, put it right, and report what came of it."""

from collections.abc import Callable
from datetime import datetime

from insurance.domain.claim.diary import Note
from insurance.domain.complaint import (
    Complaint,
    ComplaintEventType,
    Outcome,
    RedressDecision,
    RootCause,
    Step,
)
from insurance.domain.complaint.complaint import APPROVER, HANDLER
from insurance.domain.complaint.new_complaint import (
    ComplaintDetails,
    ComplaintTerms,
    new_complaint,
    subject_not_found,
)
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    ComplaintNotFound,
    StaleRevision,
)
from insurance.domain.core.event import DestroyedKey, Event, StreamPosition
from insurance.domain.core.identity import new_complaint_id
from insurance.domain.core.money import Money
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Payee
from insurance.operations.complaints.ports import Complaints
from insurance.operations.idempotency import Idempotency
from insurance.operations.parties.ports import Screening
from insurance.operations.products.ports import Products

type Change = Callable[[Complaint], tuple[Complaint, ComplaintEventType]]
"""What a step makes of a complaint, and the type of its event."""


def open_complaint(
    details: ComplaintDetails,
    *,
    caller: Caller,
    products: Products,
    complaints: Complaints,
    receipt: Idempotency,
) -> Stored[Complaint]:
    """Keep the complaint and start the regulator's deadlines."""
    cause = complaints.load_cause(details.about, receipt)
    if cause is None or not caller.sees(details.about, cause.partner):
        raise subject_not_found(details.about)
    if cause.key is None:
        raise AlreadyErased(details.about)
    product = products.version(cause.product)
    terms = ComplaintTerms(
        partner=cause.partner,
        jurisdiction=cause.territory or product.territories[0],
        currency=product.currency,
    )
    complaint_id = new_complaint_id(details.about, caller.principal, receipt.key)
    complaint = new_complaint(complaint_id, details, terms, caller=caller, now=receipt.now)
    event = Event.following(
        StreamPosition(),
        complaint,
        cause.key,
        stream=complaint.id,
        type=ComplaintEventType.RECEIVED,
        actor=caller.principal,
        now=receipt.now,
    )
    kept = Stored(complaint, event.head, cause.key)
    complaints.add(event, complaint, key=cause.key, receipt=receipt.record(kept))
    return kept


def read_complaint(
    complaint_id: str, *, caller: Caller, complaints: Complaints
) -> Stored[Complaint]:
    """Another partner's complaint is as unknown as one that never was; so is to a policyholder what
    somebody else said of their policy."""
    kept = complaints.get(complaint_id)
    theirs = caller.kind is CallerKind.POLICYHOLDER and kept.record.opened_by != caller.principal
    if theirs or not caller.sees(complaint_id, kept.record.partner):
        raise ComplaintNotFound(complaint_id)
    return kept


class ComplaintDesk:
    """Somebody at work on one complaint: what every step is given."""

    def __init__(
        self,
        complaint_id: str,
        *,
        expected_revision: int | None,
        caller: Caller,
        complaints: Complaints,
        receipt: Idempotency,
    ) -> None:
        self._complaint_id = complaint_id
        self._expected_revision = expected_revision
        self._caller = caller
        self._complaints = complaints
        self._receipt = receipt

    def acknowledge(self) -> Stored[Complaint]:
        return self._step(Step.ACKNOWLEDGE, ComplaintEventType.ACKNOWLEDGED)

    def investigate(self) -> Stored[Complaint]:
        return self._step(Step.INVESTIGATE, ComplaintEventType.INVESTIGATED)

    def answer(self, text: str, outcome: Outcome, root_cause: RootCause) -> Stored[Complaint]:
        """Give the final response."""
        return self._handled(
            lambda complaint: (
                complaint.answered(text, outcome, root_cause, by=self._by, at=self._now),
                ComplaintEventType.ANSWERED,
            )
        )

    def refer(self, reference: str) -> Stored[Complaint]:
        """Note that the ombudsman has it."""
        return self._handled(
            lambda complaint: (
                complaint.referred(reference, self._now),
                ComplaintEventType.REFERRED,
            )
        )

    def close(self, closed_as: str, step: Step) -> Stored[Complaint]:
        return self._handled(
            lambda complaint: (
                complaint.closed(closed_as, step, self._now),
                ComplaintEventType.CLOSED,
            )
        )

    def reopen(self, because: str) -> Stored[Complaint]:
        return self._handled(
            lambda complaint: (complaint.reopened(because, self._now), ComplaintEventType.REOPENED)
        )

    def assign(self, handler: str | None) -> Stored[Complaint]:
        return self._handled(
            lambda complaint: (
                complaint.moved(Step.ASSIGN, self._now, handler=handler),
                ComplaintEventType.ASSIGNED,
            )
        )

    def note(self, text: str) -> Stored[Complaint]:
        note = Note(text=text, by=self._by, at=self._now)
        return self._handled(lambda complaint: (complaint.noted(note), ComplaintEventType.NOTED))

    def offer(self, amount: Money, payee: Payee, reason: str) -> Stored[Complaint]:
        """Offer redress. Whatever its amount, somebody else must agree."""
        return self._handled(
            lambda complaint: (
                complaint.with_redress_offer(amount, payee, reason, by=self._by, at=self._now),
                ComplaintEventType.REDRESS_REQUESTED,
            )
        )

    def decide_redress(
        self, redress_id: str, *, approve: bool, reason: str, screening: Screening
    ) -> Stored[Complaint]:
        """Four eyes. A payee whose name is on a sanctions list is looked at before anything goes out."""

        def change(complaint: Complaint) -> tuple[Complaint, ComplaintEventType]:
            decision = RedressDecision(self._by, reason, self._now)
            if not approve:
                refused = complaint.refuse_redress(redress_id, decision)
                return refused, ComplaintEventType.REDRESS_REFUSED
            matches = screening.matches(complaint.payee_to_pay(redress_id).name)
            return complaint.approve_redress(redress_id, matches, decision)

        return self._changed(change, APPROVER)

    def decide_screening(
        self, redress_id: str, *, clear: bool, reason: str, screening: Screening
    ) -> Stored[Complaint]:
        """Whether a suspect payee is somebody else than the list means. What was cleared is kept."""

        def change(complaint: Complaint) -> tuple[Complaint, ComplaintEventType]:
            decision = RedressDecision(self._by, reason, self._now)
            if not clear:
                refused = complaint.refuse_redress(redress_id, decision)
                return refused, ComplaintEventType.REDRESS_REFUSED
            matches = screening.matches(complaint.payee_to_pay(redress_id).name)
            cleared = complaint.clear_redress(redress_id, matches, decision)
            return cleared, ComplaintEventType.REDRESS_APPROVED

        return self._changed(change, APPROVER)

    @property
    def _by(self) -> str:
        return self._caller.principal

    @property
    def _now(self) -> datetime:
        return self._receipt.now

    def _step(self, step: Step, type: ComplaintEventType) -> Stored[Complaint]:
        return self._handled(lambda complaint: (complaint.moved(step, self._now), type))

    def _handled(self, change: Change) -> Stored[Complaint]:
        return self._changed(change, HANDLER, APPROVER)

    def _changed(self, change: Change, *roles: str) -> Stored[Complaint]:
        before = load_complaint(self._complaint_id, self._caller, self._complaints, self._receipt)
        if self._expected_revision not in {None, before.head.sequence}:
            raise StaleRevision(self._complaint_id)
        self._caller.require_role(*roles)
        complaint, type = change(before.record)
        return store_complaint(
            complaint,
            type,
            before=before,
            caller=self._caller,
            complaints=self._complaints,
            receipt=self._receipt,
        )


def load_complaint(
    complaint_id: str, caller: Caller, complaints: Complaints, receipt: Idempotency
) -> Stored[Complaint]:
    before = complaints.load(complaint_id, receipt)
    if not caller.sees(complaint_id, before.record.partner):
        raise ComplaintNotFound(complaint_id)
    return before


def store_complaint(
    complaint: Complaint,
    type: ComplaintEventType,
    *,
    before: Stored[Complaint],
    caller: Caller,
    complaints: Complaints,
    receipt: Idempotency,
) -> Stored[Complaint]:
    """Append the event, with its postings, and store. Of an erased party what is not personal still
    moves: the bank's report is booked whatever became of the words."""
    if before.key is None:
        complaint = complaint.without_texts()
    event = Event.following(
        before.head,
        complaint,
        before.key or DestroyedKey(),
        stream=complaint.id,
        type=type,
        actor=caller.principal,
        now=receipt.now,
        postings=complaint.postings_since(before.record),
    )
    kept = Stored(complaint, event.head, before.key)
    complaints.change(event, complaint, before=before, receipt=receipt.record(kept))
    return kept
