"""Complaints: take one in, handle it, answer it, put it right, and report what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from insurance.domain.claim.diary import OF_CALLERS, Channel, Note
from insurance.domain.claim.payment import Payment
from insurance.domain.complaint import (
    Category,
    Complainant,
    Complaint,
    Outcome,
    RootCause,
    Step,
)
from insurance.domain.complaint.complaint import APPROVER, HANDLER
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    ClaimNotFound,
    ComplaintNotFound,
    NotFound,
    PolicyNotFound,
    QuoteNotFound,
    StaleRevision,
)
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import new_complaint_id
from insurance.domain.core.money import Money
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Payee
from insurance.domain.screening.screening import ScreeningMatch, cleared_matches, without_cleared
from insurance.operations.claims.change_claim import DestroyedKey
from insurance.operations.complaints.ports import Complaints
from insurance.operations.parties.ports import Screening
from insurance.operations.products.ports import Products
from insurance.operations.receipt import Receipt

type Change = Callable[[Complaint], tuple[Complaint, str]]
"""What a step makes of a complaint, and the type of its event."""

CAUSES: dict[str, type[NotFound]] = {
    "quo": QuoteNotFound,
    "pol": PolicyNotFound,
    "clm": ClaimNotFound,
}
"""What a complaint may be about, and what it means that there is no such thing."""


def unknown(about: str) -> NotFound:
    return CAUSES[about.split("_", 1)[0]](about)


@dataclass(frozen=True, slots=True)
class ComplaintMade:
    """What somebody is unhappy about."""

    about: str
    category: Category
    complainant: Complainant
    text: str
    channel: Channel | None


def open_complaint(
    made: ComplaintMade,
    *,
    caller: Caller,
    products: Products,
    complaints: Complaints,
    receipt: Receipt,
) -> Stored[Complaint]:
    """Keep the complaint and start the regulator's deadlines."""
    cause = complaints.load_cause(made.about, receipt)
    if cause is None or not caller.sees(made.about, cause.partner):
        raise unknown(made.about)
    if cause.key is None:
        raise AlreadyErased(made.about)
    product = products.version(cause.product)
    complaint = Complaint(
        id=new_complaint_id(made.about, caller.principal, receipt.key),
        about=made.about,
        partner=cause.partner,
        opened_by=caller.principal,
        channel=made.channel or OF_CALLERS[caller.kind],
        category=made.category,
        received_at=receipt.now,
        complainant=made.complainant,
        text=made.text,
        jurisdiction=cause.territory or product.territories[0],
        currency=product.currency,
        since=receipt.now,
    ).with_deadlines(receipt.now)
    event = Event.following(
        StreamPosition(),
        complaint,
        cause.key,
        stream=complaint.id,
        type="complaint.received",
        actor=caller.principal,
        now=receipt.now,
    )
    kept = Stored(complaint, event.head, cause.key)
    complaints.add(event, complaint, key=cause.key, receipt=receipt.answered(kept))
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
        receipt: Receipt,
    ) -> None:
        self._complaint_id = complaint_id
        self._expected_revision = expected_revision
        self._caller = caller
        self._complaints = complaints
        self._receipt = receipt

    def acknowledge(self) -> Stored[Complaint]:
        return self._step(Step.ACKNOWLEDGE, "complaint.acknowledged")

    def investigate(self) -> Stored[Complaint]:
        return self._step(Step.INVESTIGATE, "complaint.investigated")

    def answer(self, text: str, outcome: Outcome, root_cause: RootCause) -> Stored[Complaint]:
        """Give the final response."""
        return self._handled(
            lambda complaint: (
                complaint.answered(text, outcome, root_cause, by=self._by, at=self._now),
                "complaint.answered",
            )
        )

    def refer(self, reference: str) -> Stored[Complaint]:
        """Note that the ombudsman has it."""
        return self._handled(
            lambda complaint: (complaint.referred(reference, self._now), "complaint.referred")
        )

    def close(self, closed_as: str, step: Step) -> Stored[Complaint]:
        return self._handled(
            lambda complaint: (complaint.closed(closed_as, step, self._now), "complaint.closed")
        )

    def reopen(self, because: str) -> Stored[Complaint]:
        return self._handled(
            lambda complaint: (complaint.reopened(because, self._now), "complaint.reopened")
        )

    def assign(self, handler: str | None) -> Stored[Complaint]:
        return self._handled(
            lambda complaint: (
                complaint.moved(Step.ASSIGN, self._now, handler=handler),
                "complaint.assigned",
            )
        )

    def note(self, text: str) -> Stored[Complaint]:
        note = Note(text=text, by=self._by, at=self._now)
        return self._handled(lambda complaint: (complaint.noted(note), "complaint.noted"))

    def offer(self, amount: Money, payee: Payee, reason: str) -> Stored[Complaint]:
        """Offer redress. Whatever its amount, somebody else must agree."""
        return self._handled(
            lambda complaint: (
                complaint.offering(amount, payee, reason, by=self._by, at=self._now),
                "redress.requested",
            )
        )

    def decide_redress(
        self, redress_id: str, *, approve: bool, reason: str, screening: Screening
    ) -> Stored[Complaint]:
        """Four eyes. A payee whose name is on a sanctions list is looked at before anything goes out."""

        def change(complaint: Complaint) -> tuple[Complaint, str]:
            payment = complaint.payment(redress_id)
            if not approve:
                refused = payment.refused(by=self._by, reason=reason)
                return complaint.with_payment(refused, self._now), "redress.refused"
            found = _suspicions(complaint, _payee(complaint, payment), screening)
            approved = payment.approved(by=self._by, reason=reason, suspect=bool(found))
            type = "redress.suspected" if found else "redress.approved"
            return complaint.with_payment(approved, self._now), type

        return self._changed(change, APPROVER)

    def decide_screening(
        self, redress_id: str, *, clear: bool, reason: str, screening: Screening
    ) -> Stored[Complaint]:
        """Whether a suspect payee is somebody else than the list means. What was cleared is kept."""

        def change(complaint: Complaint) -> tuple[Complaint, str]:
            payment = complaint.payment(redress_id)
            if not clear:
                refused = payment.refused(by=self._by, reason=reason)
                return complaint.with_payment(refused, self._now), "redress.refused"
            payee = _payee(complaint, payment)
            matches = cleared_matches(
                payee.name,
                _suspicions(complaint, payee, screening),
                by=self._by,
                reason=reason,
                at=self._now,
            )
            cleared = complaint.with_payment(payment.cleared(by=self._by), self._now)
            return cleared.replace(cleared=(*cleared.cleared, *matches)), "redress.approved"

        return self._changed(change, APPROVER)

    @property
    def _by(self) -> str:
        return self._caller.principal

    @property
    def _now(self) -> datetime:
        return self._receipt.now

    def _step(self, step: Step, type: str) -> Stored[Complaint]:
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


def _payee(complaint: Complaint, payment: Payment) -> Payee:
    """Nobody can be paid once their name and account are gone."""
    payee = complaint.payee_of(payment)
    if payee is None:
        raise AlreadyErased(complaint.id)
    return payee


def _suspicions(
    complaint: Complaint, payee: Payee, screening: Screening
) -> Sequence[ScreeningMatch]:
    """What a payee's name resembles, less what a person has cleared for that name."""
    return without_cleared(payee.name, screening.matches(payee.name), complaint.cleared)


def load_complaint(
    complaint_id: str, caller: Caller, complaints: Complaints, receipt: Receipt
) -> Stored[Complaint]:
    before = complaints.load(complaint_id, receipt)
    if not caller.sees(complaint_id, before.record.partner):
        raise ComplaintNotFound(complaint_id)
    return before


def store_complaint(
    complaint: Complaint,
    type: str,
    *,
    before: Stored[Complaint],
    caller: Caller,
    complaints: Complaints,
    receipt: Receipt,
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
        postings=complaint.booked_since(before.record),
    )
    kept = Stored(complaint, event.head, before.key)
    complaints.change(event, complaint, before=before, receipt=receipt.answered(kept))
    return kept
