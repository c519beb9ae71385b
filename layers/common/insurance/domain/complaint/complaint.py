"""A complaint: what a customer is unhappy about, the final response, and the redress."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, Field

from insurance.domain.bank import Payable
from insurance.domain.bank.outgoing_payment import OPEN
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.claim.diary import NOTES_MAX, Note, ReportChannel
from insurance.domain.complaint.categories import Category, ComplaintOutcome, RootCause
from insurance.domain.complaint.event_types import ComplaintEventType
from insurance.domain.complaint.lifecycle import NEXT, UNANSWERED, ComplaintStatus, Step
from insurance.domain.complaint.redress import (
    APPROVED,
    LOST,
    PAID,
    REDRESS_MAX,
    UNAPPROVED,
    Redress,
    RedressDecision,
    RedressOffer,
    redress_total,
)
from insurance.domain.complaint.redress_payee import check_opener, needs_a_look
from insurance.domain.core.classification import Classification, Internal
from insurance.domain.core.errors import (
    AlreadyErased,
    ComplaintFull,
    ComplaintStillOpen,
    CurrencyMismatch,
    RedressNotFound,
    WrongState,
)
from insurance.domain.core.identity import ComplaintId, RedressId, redress_id_for
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.party_record import PartyRecord
from insurance.domain.core.posting import Account, Posting, post
from insurance.domain.core.segregation import Duty
from insurance.domain.core.tasks import TaskCode
from insurance.domain.core.value import Value
from insurance.domain.jurisdiction.places import jurisdiction_of
from insurance.domain.jurisdiction.regulatory_deadline import (
    RegulatoryDeadline,
    newly_missed,
    note_missed,
    update_deadlines,
)
from insurance.domain.party.party import Name, Payee
from insurance.domain.screening.screening import (
    ClearedMatch,
    ScreeningMatch,
    cleared_matches,
    without_cleared,
)

ACKNOWLEDGE, FINAL_RESPONSE = "acknowledge", "final_response"
HANDLER, APPROVER = "complaints_handler", "supervisor"


class Complainant(Value):
    """The person who complains, and how to reach them."""

    name: Name
    contact: Annotated[str, Field(max_length=254)] | None = None
    is_policyholder: bool = False
    """Whether it is the policyholder, as the caller states it: then it is theirs to read."""


class FinalResponse(Value):
    """The insurer's answer, and the ombudsman that the complainant can turn to."""

    text: str
    ombudsman: str
    by: str
    at: AwareDatetime


@dataclass(frozen=True, slots=True)
class FinalResponseInput:
    """The final response as the handler gives it."""

    text: str
    outcome: ComplaintOutcome
    root_cause: RootCause


class Complaint(PartyRecord):
    """One complaint about a quote, a policy or a claim."""

    SEALED_TEXTS = ("redress/*/reason", "redress/*/kept/*/reason")

    id: Internal[ComplaintId]
    about: Internal[str]
    """The id of the quote, policy or claim."""
    partner: Internal[str]
    opened_by: Internal[str]
    channel: Internal[ReportChannel]
    category: Internal[Category]
    received_at: Internal[AwareDatetime]
    complainant: Annotated[Complainant | None, Classification.PERSONAL] = None
    text: Annotated[str | None, Classification.SENSITIVE] = None
    currency: Internal[Currency]
    """The product's currency: redress is paid in it."""
    payees: Annotated[dict[str, Payee] | None, Classification.PERSONAL] = None
    """The payee of each redress, by the redress id."""
    cleared: Annotated[tuple[ClearedMatch, ...], Classification.PERSONAL] = ()
    """Matches of payees with the sanctions list that a person has cleared."""
    jurisdiction: Internal[str]
    deadlines: Internal[tuple[RegulatoryDeadline, ...]] = ()
    status: Internal[ComplaintStatus] = ComplaintStatus.RECEIVED
    since: Internal[AwareDatetime]
    """When it came into this status."""
    handler: Internal[str | None] = None
    outcome: Internal[ComplaintOutcome | None] = None
    root_cause: Internal[RootCause | None] = None
    response: Annotated[FinalResponse | None, Classification.SENSITIVE] = None
    ombudsman_reference: Internal[str | None] = None
    reopened_because: Annotated[str | None, Classification.SENSITIVE] = None
    closed_as: Internal[str | None] = None
    redress: Internal[Annotated[tuple[Redress, ...], Field(max_length=REDRESS_MAX)]] = ()
    notes: Annotated[tuple[Note, ...], Field(max_length=NOTES_MAX), Classification.SENSITIVE] = ()

    # Steps

    def moved(self, step: Step, at: datetime, **changes: object) -> Self:
        """The complaint after a step of the table `NEXT`, with its deadlines updated.

        Raises:
            WrongState: The status does not allow the step.
        """
        status = NEXT.get((self.status, step))
        if status is None:
            raise self._refusal_of(step)
        since = self.since if status is self.status else at
        return self.replace(status=status, since=since, **changes).with_deadlines(at)

    def with_deadlines(self, now: datetime) -> Self:
        """The complaint with its regulatory deadlines started or met, as its status requires."""
        jurisdiction = jurisdiction_of(self.jurisdiction)
        owed = {
            ACKNOWLEDGE: self.status is ComplaintStatus.RECEIVED,
            FINAL_RESPONSE: self.status in UNANSWERED,
        }
        rules = jurisdiction.complaints
        deadlines = update_deadlines(self.deadlines, owed, rules, jurisdiction, now)
        return self.replace(deadlines=deadlines)

    def answered(self, answer: FinalResponseInput, *, by: str, at: datetime) -> Self:
        """The complaint with its final response, which names the ombudsman.

        Raises:
            WrongState: The complaint is not being investigated.
        """
        ombudsman = jurisdiction_of(self.jurisdiction).ombudsman
        response = FinalResponse(text=answer.text, ombudsman=ombudsman, by=by, at=at)
        changes = {"outcome": answer.outcome, "root_cause": answer.root_cause}
        return self.moved(Step.ANSWER, at, response=response, **changes)

    def referred(self, reference: str, at: datetime) -> Self:
        """The complaint at the ombudsman: after the final response, or when that is late.

        Raises:
            WrongState: The final response is not given, and its deadline has not passed.
        """
        late = any(
            deadline.code == FINAL_RESPONSE and deadline.is_missed(at)
            for deadline in self.deadlines
        )
        if self.status in UNANSWERED and not late:
            raise self._refusal_of(Step.REFER)
        return self.moved(Step.REFER, at, ombudsman_reference=reference, closed_as=None)

    def closed(self, closed_as: str, step: Step, at: datetime) -> Self:
        """The complaint, closed.

        Raises:
            WrongState: The status does not allow the step.
            ComplaintStillOpen: A redress is neither paid nor refused.
        """
        closed = self.moved(step, at, closed_as=closed_as)
        if any(payment.status in OPEN for payment in self.redress):
            raise ComplaintStillOpen(self.id)
        return closed

    def reopened(self, reason: str, at: datetime) -> Self:
        """The complaint, open again, with a new deadline for its final response.

        Raises:
            WrongState: The complaint is not closed.
        """
        return self.moved(Step.REOPEN, at, closed_as=None, reopened_because=reason)

    def noted(self, note: Note) -> Self:
        """The complaint with one more note.

        Raises:
            ComplaintFull: It has as many notes as it can hold.
        """
        if len(self.notes) >= NOTES_MAX:
            raise ComplaintFull(self.id, NOTES_MAX, "notes")
        return self.moved(Step.NOTE, note.at, notes=(*self.notes, note))

    def miss_deadlines(self, now: datetime) -> Self | None:
        """The complaint with its newly missed deadlines noted; None if there are none."""
        if not newly_missed(self.deadlines, now):
            return None
        return self.replace(deadlines=note_missed(self.deadlines, now)).moved(
            Step.MISS_DEADLINE, now
        )

    # Redress

    def with_redress_offer(self, offer: RedressOffer, *, by: str, at: datetime) -> Self:
        """The complaint with a redress that awaits approval by a second person.

        Raises:
            WrongState: Redress cannot be offered in this status.
            ComplaintFull: It has as many offers as it can hold.
            CurrencyMismatch: The amount is not in the product's currency.
        """
        if len(self.redress) >= REDRESS_MAX:
            raise ComplaintFull(self.id, REDRESS_MAX, "offers of redress")
        if offer.amount.currency is not self.currency:
            raise CurrencyMismatch(offer.amount.currency, self.currency)
        redress = Redress(
            id=redress_id_for(self.id, len(self.redress) + 1),
            amount=offer.amount,
            status=PaymentStatus.AWAITING_APPROVAL,
            requested_by=by,
            reason=offer.reason,
        )
        payees = (self.payees or {}) | {redress.id: offer.payee}
        return self.moved(Step.OFFER_REDRESS, at, redress=(*self.redress, redress), payees=payees)

    def approve_redress(
        self, redress_id: RedressId, matches: Sequence[ScreeningMatch], decision: RedressDecision
    ) -> tuple[Self, ComplaintEventType]:
        """The complaint with the redress approved, and the event's type.

        It waits for another person while a match is not cleared, for a payee who did not complain, or over a total.

        Raises:
            RedressNotFound: The complaint has no such redress.
            WrongState: The redress does not await approval.
            SamePerson: Who offered it, or opened the complaint, cannot approve it.
        """
        payee = self.payee_to_pay(redress_id)
        check_opener(Duty.PAYMENT_APPROVED, decision.by, self)
        suspect = needs_a_look(payee, matches, self) or bool(decision.over)
        offered, reason = self.redress_of(redress_id), decision.reason
        redress = offered.approved(by=decision.by, reason=reason, suspect=suspect)
        changed = self.with_redress(redress.replace(over=decision.over), decision.at)
        if redress.status is PaymentStatus.SCREENING:
            return changed, ComplaintEventType.REDRESS_SUSPECTED
        return changed, ComplaintEventType.REDRESS_APPROVED

    def clear_redress(
        self, redress_id: RedressId, matches: Sequence[ScreeningMatch], decision: RedressDecision
    ) -> Self:
        """The complaint with the payee cleared for this reason: the matches mean somebody else.

        Raises:
            RedressNotFound: The complaint has no such redress.
            WrongState: The redress is not being screened.
            SamePerson: Who offered or approved it, or opened the complaint, cannot clear it.
        """
        payee = self.payee_to_pay(redress_id)
        check_opener(Duty.PAYEE_CLEARED, decision.by, self)
        cleared = cleared_matches(
            payee.name,
            without_cleared(payee.name, matches, self.cleared),
            by=decision.by,
            reason=decision.reason,
            at=decision.at,
        )
        redress = self.redress_of(redress_id).cleared(by=decision.by)
        changed = self.with_redress(redress, decision.at)
        return changed.replace(cleared=(*self.cleared, *cleared))

    def refuse_redress(self, redress_id: RedressId, decision: RedressDecision) -> Self:
        """The complaint with the redress refused, at its approval or at its screening.

        Raises:
            RedressNotFound: The complaint has no such redress.
            WrongState: The redress awaits neither.
        """
        redress = self.redress_of(redress_id).refused(by=decision.by, reason=decision.reason)
        return self.with_redress(redress, decision.at)

    def with_redress(self, redress: Redress, at: datetime) -> Self:
        """The complaint with one redress changed. One that is lost reopens a closed complaint."""
        changed = tuple(redress if other.id == redress.id else other for other in self.redress)
        lost = redress.status in LOST
        closed_as = None if lost and self.status is ComplaintStatus.CLOSED else self.closed_as
        step = Step.LOSE_REDRESS if lost else Step.CHANGE_REDRESS
        return self.moved(step, at, redress=changed, closed_as=closed_as)

    def redress_of(self, redress_id: RedressId) -> Redress:
        """The redress with this id.

        Raises:
            RedressNotFound: The complaint has no such redress.
        """
        for redress in self.redress:
            if redress.id == redress_id:
                return redress
        raise RedressNotFound(redress_id)

    def payee_to_pay(self, redress_id: RedressId) -> Payee:
        """The payee of a redress.

        Raises:
            RedressNotFound: The complaint has no such redress.
            AlreadyErased: The payee's name and account were erased.
        """
        payee = (self.payees or {}).get(self.redress_of(redress_id).id)
        if payee is None:
            raise AlreadyErased(self.id)
        return payee

    def payable(self, redress_id: RedressId) -> Payable | None:
        """The redress as the bank is instructed to pay it; None unless it is to be paid now.

        Raises:
            RedressNotFound: The complaint has no such redress.
        """
        redress = self.redress_of(redress_id)
        if redress.status is not PaymentStatus.EXECUTING:
            return None
        payee = (self.payees or {}).get(redress.id)
        return Payable(redress.id, redress.amount, payee, f"Complaint {self.id}")

    def redress_total(self, statuses: frozenset[PaymentStatus]) -> Money:
        """The sum of the redress in these statuses."""
        return redress_total(self.redress, statuses, self.currency)

    def postings_since(self, before: "Complaint | None") -> tuple[Posting, ...]:
        """The postings of a change: redress is owed once approved, paid when the bank reports it."""
        zero = Money.zero(self.currency)
        owed = self.redress_total(APPROVED) - (before.redress_total(APPROVED) if before else zero)
        paid = self.redress_total(PAID) - (before.redress_total(PAID) if before else zero)
        return post(Account.COMPLAINT_REDRESS, Account.REDRESS_PAYABLE, owed) + post(
            Account.REDRESS_PAYABLE, Account.CASH, paid
        )

    # Work list

    @property
    def waits_for(self) -> str | None:
        """The role that has to act next; None if no role of the insurer has."""
        if any(redress.status in UNAPPROVED for redress in self.redress):
            return APPROVER
        if (
            self.status is ComplaintStatus.REFERRED
            and self.redress
            and self.redress[-1].status in LOST
        ):
            return HANDLER
        return (
            None if self.status in {ComplaintStatus.CLOSED, ComplaintStatus.REFERRED} else HANDLER
        )

    @property
    def task_code(self) -> TaskCode:
        """The task that the work list shows."""
        return TaskCode.APPROVE_REDRESS if self.waits_for == APPROVER else TASKS[self.status]

    def _refusal_of(self, step: Step) -> WrongState:
        return WrongState(f"Complaint {self.id}", self.status, step, shown=REFUSED_STEPS[step])


REFUSED_STEPS = {
    Step.ACKNOWLEDGE: "be acknowledged",
    Step.INVESTIGATE: "be investigated",
    Step.ANSWER: "be answered",
    Step.REFER: "be referred to the ombudsman",
    Step.CLOSE: "be closed",
    Step.WITHDRAW: "be withdrawn",
    Step.REOPEN: "be reopened",
    Step.OFFER_REDRESS: "have redress offered",
    Step.CHANGE_REDRESS: "have its redress changed",
    Step.LOSE_REDRESS: "have its redress fail or come back",
    Step.ASSIGN: "be given to a handler",
    Step.NOTE: "have something noted",
    Step.MISS_DEADLINE: "miss a deadline",
}
"""How a refusal says what the complaint cannot do."""
TASKS = {
    ComplaintStatus.RECEIVED: TaskCode.COMPLAINT_RECEIVED,
    ComplaintStatus.ACKNOWLEDGED: TaskCode.COMPLAINT_ACKNOWLEDGED,
    ComplaintStatus.INVESTIGATING: TaskCode.COMPLAINT_INVESTIGATING,
    ComplaintStatus.ANSWERED: TaskCode.COMPLAINT_ANSWERED,
    ComplaintStatus.REFERRED: TaskCode.COMPLAINT_REFERRED,
    ComplaintStatus.REOPENED: TaskCode.COMPLAINT_REOPENED,
}
"""The handler's next task, by status; a closed complaint has none."""
