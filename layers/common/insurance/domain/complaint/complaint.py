"""A complaint: what somebody is unhappy about, what was found, and what was done to put it right."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field

from insurance.domain.bank import Payable
from insurance.domain.bank.outgoing_payment import COMMITTED, OPEN, PaymentStatus
from insurance.domain.claim.diary import NOTES_MAX, Channel, Note
from insurance.domain.claim.payment import Payment
from insurance.domain.complaint.lifecycle import NEXT, UNANSWERED, Status, Step
from insurance.domain.core.classification import Classification, Record
from insurance.domain.core.errors import (
    ComplaintFull,
    ComplaintStillOpen,
    CurrencyMismatch,
    RedressNotFound,
    WrongState,
)
from insurance.domain.core.identity import ComplaintId, RedressId, redress_id_for
from insurance.domain.core.money import Currency, Money, total
from insurance.domain.core.posting import Account, Posting, post
from insurance.domain.core.tasks import TaskCode
from insurance.domain.core.value import Value
from insurance.domain.jurisdiction import jurisdiction_of
from insurance.domain.jurisdiction.regulatory_deadline import (
    RegulatoryDeadline,
    newly_missed,
    note_missed,
    update_deadlines,
)
from insurance.domain.party.party import Name, Payee
from insurance.domain.screening.screening import ClearedMatch

REDRESS_MAX = 10
ACKNOWLEDGE, FINAL_RESPONSE = "acknowledge", "final_response"
HANDLER, APPROVER = "complaints_handler", "supervisor"


class Category(StrEnum):
    """What it is about, as the register counts it."""

    DELAY = "delay"
    DECISION = "decision"
    SERVICE = "service"
    PRICE = "price"
    SALE = "sale"
    PRIVACY = "privacy"
    OTHER = "other"


class RootCause(StrEnum):
    """Why it came to that, as the investigation found."""

    PROCESS = "process"
    PEOPLE = "people"
    SYSTEM = "system"
    PRODUCT = "product"
    SUPPLIER = "supplier"
    COMMUNICATION = "communication"
    NONE_FOUND = "none_found"


class Outcome(StrEnum):
    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"


class Complainant(Value):
    """Who complains, and how they can be reached."""

    name: Name
    contact: Annotated[str, Field(max_length=254)] | None = None


class FinalResponse(Value):
    """What they were told in the end, and who can be asked after that."""

    text: str
    ombudsman: str
    by: str
    at: AwareDatetime


class Complaint(Record):
    """One complaint about a quote, a policy or a claim."""

    SEALED_TEXTS = ("redress/*/reason",)

    id: ComplaintId
    about: str
    """The quote, policy or claim."""
    partner: str
    opened_by: str
    channel: Channel
    category: Category
    received_at: AwareDatetime
    complainant: Annotated[Complainant | None, Classification.PERSONAL] = None
    text: Annotated[str | None, Classification.SENSITIVE] = None
    currency: Currency
    """The product's: redress is paid in it."""
    payees: Annotated[dict[str, Payee] | None, Classification.PERSONAL] = None
    """Whom each payment of redress goes to, by its id."""
    cleared: Annotated[tuple[ClearedMatch, ...], Classification.PERSONAL] = ()
    """What a payee's name resembled, and a person found to be somebody else."""
    jurisdiction: str
    deadlines: tuple[RegulatoryDeadline, ...] = ()
    status: Status = Status.RECEIVED
    since: AwareDatetime
    """When it came into that state."""
    handler: str | None = None
    outcome: Outcome | None = None
    root_cause: RootCause | None = None
    response: Annotated[FinalResponse | None, Classification.SENSITIVE] = None
    ombudsman_reference: str | None = None
    reopened_because: Annotated[str | None, Classification.SENSITIVE] = None
    closed_as: str | None = None
    redress: Annotated[tuple[Payment, ...], Field(max_length=REDRESS_MAX)] = ()
    notes: Annotated[tuple[Note, ...], Field(max_length=NOTES_MAX), Classification.SENSITIVE] = ()

    def moved(self, step: Step, at: datetime, **changes: object) -> Self:
        """In its next state, with the deadlines as they then run."""
        status = NEXT.get((self.status, step))
        if status is None:
            raise WrongState(f"Complaint {self.id}", self.status, step)
        since = self.since if status is self.status else at
        return self.replace(status=status, since=since, **changes).with_deadlines(at)

    def with_deadlines(self, now: datetime) -> Self:
        jurisdiction = jurisdiction_of(self.jurisdiction)
        owed = {
            ACKNOWLEDGE: self.status is Status.RECEIVED,
            FINAL_RESPONSE: self.status in UNANSWERED,
        }
        deadlines = update_deadlines(
            self.deadlines, owed, jurisdiction.complaints, jurisdiction, now
        )
        return self.replace(deadlines=deadlines)

    # Steps that have a guard of their own

    def answered(
        self, text: str, outcome: Outcome, root_cause: RootCause, *, by: str, at: datetime
    ) -> Self:
        """The final response: what was found, and who can be asked after us."""
        response = FinalResponse(
            text=text, ombudsman=jurisdiction_of(self.jurisdiction).ombudsman, by=by, at=at
        )
        return self.moved(
            Step.ANSWER, at, response=response, outcome=outcome, root_cause=root_cause
        )

    def referred(self, reference: str, at: datetime) -> Self:
        """To the ombudsman: after our answer, or when the time for one has passed."""
        late = any(
            deadline.code == FINAL_RESPONSE and deadline.is_missed(at)
            for deadline in self.deadlines
        )
        if self.status in UNANSWERED and not late:
            raise WrongState(f"Complaint {self.id}", self.status, Step.REFER)
        return self.moved(Step.REFER, at, ombudsman_reference=reference, closed_as=None)

    def closed(self, closed_as: str, step: Step, at: datetime) -> Self:
        closed = self.moved(step, at, closed_as=closed_as)
        if any(payment.status in OPEN for payment in self.redress):
            raise ComplaintStillOpen(self.id)
        return closed

    def reopened(self, because: str, at: datetime) -> Self:
        return self.moved(Step.REOPEN, at, closed_as=None, reopened_because=because)

    def noted(self, note: Note) -> Self:
        if len(self.notes) >= NOTES_MAX:
            raise ComplaintFull(self.id, NOTES_MAX, "notes")
        return self.moved(Step.NOTE, note.at, notes=(*self.notes, note))

    def miss_deadlines(self, now: datetime) -> Self | None:
        """With note taken of the deadlines that ran out; None where none did."""
        if not newly_missed(self.deadlines, now):
            return None
        return self.replace(deadlines=note_missed(self.deadlines, now)).moved(
            Step.MISS_DEADLINE, now
        )

    # Redress

    def offering(self, amount: Money, payee: Payee, reason: str, *, by: str, at: datetime) -> Self:
        """With redress that waits for a second person."""
        if len(self.redress) >= REDRESS_MAX:
            raise ComplaintFull(self.id, REDRESS_MAX, "offers of redress")
        if amount.currency is not self.currency:
            raise CurrencyMismatch(amount.currency, self.currency)
        offered = Payment(
            id=redress_id_for(self.id, len(self.redress) + 1),
            amount=amount,
            status=PaymentStatus.AWAITING_APPROVAL,
            requested_by=by,
            reason=reason,
        )
        payees = (self.payees or {}) | {offered.id: payee}
        return self.moved(Step.REDRESS, at, redress=(*self.redress, offered), payees=payees)

    def payment(self, redress_id: RedressId) -> Payment:
        for each in self.redress:
            if each.id == redress_id:
                return each
        raise RedressNotFound(redress_id)

    def payee_of(self, payment: Payment) -> Payee | None:
        """None once they were erased."""
        return (self.payees or {}).get(payment.id)

    def for_the_bank(self, redress_id: RedressId) -> Payable | None:
        """The payment as the bank must know it; None unless it is for the bank to carry out."""
        payment = self.payment(redress_id)
        if payment.status is not PaymentStatus.EXECUTING:
            return None
        return Payable(payment.id, payment.amount, self.payee_of(payment), f"Complaint {self.id}")

    def with_payment(self, changed: Payment, at: datetime) -> Self:
        kept = tuple(changed if each.id == changed.id else each for each in self.redress)
        lost = changed.status in LOST
        closed_as = None if lost and self.status is Status.CLOSED else self.closed_as
        step = Step.LOSE_REDRESS if lost else Step.PAY
        return self.moved(step, at, redress=kept, closed_as=closed_as)

    def redressed(self, statuses: frozenset[PaymentStatus]) -> Money:
        """What the payments of redress in these states come to."""
        amounts = (each.amount for each in self.redress if each.status in statuses)
        return total(amounts, self.currency)

    def booked_since(self, before: "Complaint | None") -> tuple[Posting, ...]:
        """What a change posts: redress is owed once it is agreed, and paid when the bank says so."""
        nothing = Money.zero(self.currency)
        owed = self.redressed(AGREED) - (before.redressed(AGREED) if before else nothing)
        paid = self.redressed(DONE) - (before.redressed(DONE) if before else nothing)
        return post(Account.COMPLAINT_REDRESS, Account.REDRESS_PAYABLE, owed) + post(
            Account.REDRESS_PAYABLE, Account.CASH, paid
        )

    # Whose work it is

    @property
    def waits_for(self) -> str | None:
        """The role that has to do something now; None: nobody of ours has."""
        if any(each.status in UNAGREED for each in self.redress):
            return APPROVER
        if self.status is Status.REFERRED and self.redress and self.redress[-1].status in LOST:
            return HANDLER
        return None if self.status in {Status.CLOSED, Status.REFERRED} else HANDLER

    @property
    def task_code(self) -> TaskCode:
        """What the work list says is to be done."""
        return TaskCode.APPROVE_REDRESS if self.waits_for == APPROVER else TASKS[self.status]


TASKS = {
    Status.RECEIVED: TaskCode.COMPLAINT_RECEIVED,
    Status.ACKNOWLEDGED: TaskCode.COMPLAINT_ACKNOWLEDGED,
    Status.INVESTIGATING: TaskCode.COMPLAINT_INVESTIGATING,
    Status.ANSWERED: TaskCode.COMPLAINT_ANSWERED,
    Status.REFERRED: TaskCode.COMPLAINT_REFERRED,
    Status.REOPENED: TaskCode.COMPLAINT_REOPENED,
}
"""What the handler has to do next; a closed complaint waits for nobody."""
UNAGREED = frozenset({PaymentStatus.AWAITING_APPROVAL, PaymentStatus.SCREENING})
AGREED = COMMITTED - UNAGREED
DONE = frozenset({PaymentStatus.PAID})
LOST = frozenset({PaymentStatus.FAILED, PaymentStatus.RETURNED, PaymentStatus.REVERSED})
"""What the bank did not pay, or what came back: the complaint is not put right by it."""
