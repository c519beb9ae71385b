"""Complaints: taken in from anybody, handled against the clock, answered, put right, registered."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Literal, Self

from insurance import wiring
from insurance.api.body import Request
from insurance.api.fields import (
    Instant,
    Narrative,
    PositiveMoney,
    Reason,
    Subject,
    Text,
)
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
from insurance.api.payees import PayeeRequest
from insurance.api.views.complaints import (
    ComplaintDeskView,
    ComplaintView,
    RedressReportView,
    RegisterCsvView,
    RegisterView,
)
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.claim.diary import Channel
from insurance.domain.complaint import (
    Category,
    Complainant,
    Complaint,
    Outcome,
    RootCause,
    Step,
)
from insurance.domain.complaint.new_complaint import ComplaintDetails
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.identity import ClaimId, PolicyId, QuoteId, RedressId
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Name
from insurance.operations.complaints.handle_complaint import (
    ComplaintDesk,
    open_complaint,
    read_complaint,
)
from insurance.operations.idempotency import RecordedAnswer
from insurance.operations.payments.pay_redress import report_redress
from insurance.operations.work.read_work import read_complaints_in
from pydantic import StringConstraints, model_validator

products, complaints, lists = wiring.products(), wiring.stores().complaints, wiring.stores().lists
receipts, screening = wiring.stores().complaint_receipts, wiring.screening()

api = Api(receipts.find_replay)
handler = api.entrypoint()

MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
Contact = Annotated[str, StringConstraints(min_length=1, max_length=254)]


class ComplaintRequest(Request):
    """What somebody is unhappy about, and about which quote, policy or claim of theirs."""

    about: QuoteId | PolicyId | ClaimId
    category: Literal["delay", "decision", "service", "price", "sale", "privacy", "other"]
    complainant: Name
    contact: Contact | None = None
    text: Narrative
    channel: Literal["policyholder", "broker", "call_centre", "portal"] | None = None

    def made(self) -> ComplaintDetails:
        return ComplaintDetails(
            about=self.about,
            category=Category(self.category),
            complainant=Complainant(name=self.complainant, contact=self.contact),
            text=self.text,
            channel=Channel(self.channel) if self.channel else None,
        )


class ComplaintStepRequest(Request):
    """Nothing is asked beside the complaint itself."""


class AnswerRequest(Request):
    """The final response, what was found, and why it came to that."""

    text: Narrative
    outcome: Literal["upheld", "partly_upheld", "rejected"]
    root_cause: Literal[
        "process", "people", "system", "product", "supplier", "communication", "none_found"
    ]


class ReferralRequest(Request):
    """The ombudsman's own reference."""

    reference: Text


class ComplaintClosureRequest(Request):
    """How it ended: accepted, withdrawn, or decided by the ombudsman."""

    reason: Literal["accepted", "withdrawn", "ombudsman_decided"]


class ComplaintReopeningRequest(Request):
    """Why it is looked at again."""

    reason: Reason


class ComplaintAssignmentRequest(Request):
    """Who has it in hand from now on; without a handler, nobody."""

    handler: Subject | None = None


class ComplaintNoteRequest(Request):
    """What the next person should know."""

    text: Reason


class RedressRequest(PayeeRequest):
    """What is paid to put it right, to whom, and why. A second person must agree."""

    amount: PositiveMoney
    reason: Reason

    @model_validator(mode="after")
    def _has_account(self) -> Self:
        if self.iban is None and self.account_number is None:
            raise ValueError("either an IBAN or a sort code and an account number is given")
        return self


class RedressApprovalRequest(Request):
    """Whether redress is paid, and why."""

    decision: Literal["approve", "refuse"]
    reason: Reason


class RedressScreeningRequest(Request):
    """Whether the payee is somebody else than the sanctions list means, and how that is known."""

    decision: Literal["clear", "refuse"]
    reason: Reason


class RedressReportRequest(Request):
    """What the bank did with one instruction."""

    instruction_id: RedressId
    outcome: Literal["paid", "failed", "returned", "reversed"]
    bank_reference: Text
    executed_at: Instant
    reason: Reason | None = None

    def report(self) -> BankReport:
        return BankReport(
            instruction_id=self.instruction_id,
            outcome=BankOutcome(self.outcome),
            bank_reference=self.bank_reference,
            executed_at=self.executed_at,
            reason=self.reason,
        )


def at_desk(
    complaint_id: str,
    call: Call,
    step: Callable[[ComplaintDesk], Stored[Complaint]],
    shows: type[ComplaintView] | type[ComplaintDeskView] = ComplaintView,
) -> RecordedAnswer:
    return call.once(
        lambda receipt: step(
            ComplaintDesk(
                complaint_id,
                expected_revision=call.expected_revision,
                caller=call.caller,
                complaints=complaints,
                receipt=receipt,
            )
        ),
        shows=shows.of,
    )


@api.command(
    "/v1/complaints",
    scope="complaints:write",
    status=HTTPStatus.CREATED,
    summary="Complain about a quote, a policy or a claim",
    policyholders=True,
)
def post_complaint(request: ComplaintRequest, call: Call) -> ComplaintView | RecordedAnswer:
    return call.once(
        lambda receipt: open_complaint(
            request.made(),
            caller=call.caller,
            products=products,
            complaints=complaints,
            receipt=receipt,
        ),
        shows=lambda kept: ComplaintView.to(call.caller, kept),
    )


@api.query(
    "GET",
    "/v1/complaints/{complaint_id}",
    scope="complaints:read",
    summary="Read a complaint",
    policyholders=True,
)
def get_complaint(complaint_id: str, call: Call) -> ComplaintView:
    kept = read_complaint(complaint_id, caller=call.caller, complaints=complaints)
    return ComplaintView.to(call.caller, kept)


@api.command(
    "/v1/complaints/{complaint_id}/acknowledgement",
    scope="complaints:handle",
    staff=True,
    summary="Tell the complainant that we have it",
)
def post_acknowledgement(
    complaint_id: str, request: ComplaintStepRequest, call: Call
) -> ComplaintView | RecordedAnswer:
    return at_desk(complaint_id, call, lambda desk: desk.acknowledge())


@api.command(
    "/v1/complaints/{complaint_id}/investigation",
    scope="complaints:handle",
    staff=True,
    summary="Begin to look into it",
)
def post_investigation(
    complaint_id: str, request: ComplaintStepRequest, call: Call
) -> ComplaintView | RecordedAnswer:
    return at_desk(complaint_id, call, lambda desk: desk.investigate())


@api.command(
    "/v1/complaints/{complaint_id}/response",
    scope="complaints:handle",
    staff=True,
    summary="Give the final response",
)
def post_response(
    complaint_id: str, request: AnswerRequest, call: Call
) -> ComplaintView | RecordedAnswer:
    outcome, cause = Outcome(request.outcome), RootCause(request.root_cause)
    return at_desk(complaint_id, call, lambda desk: desk.answer(request.text, outcome, cause))


@api.command(
    "/v1/complaints/{complaint_id}/referral",
    scope="complaints:handle",
    staff=True,
    summary="Note that the ombudsman has it",
)
def post_referral(
    complaint_id: str, request: ReferralRequest, call: Call
) -> ComplaintView | RecordedAnswer:
    return at_desk(complaint_id, call, lambda desk: desk.refer(request.reference))


@api.command(
    "/v1/complaints/{complaint_id}/closure",
    scope="complaints:handle",
    staff=True,
    summary="Close a complaint",
)
def post_complaint_closure(
    complaint_id: str, request: ComplaintClosureRequest, call: Call
) -> ComplaintView | RecordedAnswer:
    step = Step.WITHDRAW if request.reason == "withdrawn" else Step.CLOSE
    return at_desk(complaint_id, call, lambda desk: desk.close(request.reason, step))


@api.command(
    "/v1/complaints/{complaint_id}/reopening",
    scope="complaints:handle",
    staff=True,
    summary="Open a closed complaint again",
)
def post_complaint_reopening(
    complaint_id: str, request: ComplaintReopeningRequest, call: Call
) -> ComplaintView | RecordedAnswer:
    return at_desk(complaint_id, call, lambda desk: desk.reopen(request.reason))


@api.command(
    "/v1/complaints/{complaint_id}/assignment",
    scope="complaints:handle",
    staff=True,
    summary="Put a complaint into somebody's hands",
)
def post_complaint_assignment(
    complaint_id: str, request: ComplaintAssignmentRequest, call: Call
) -> ComplaintDeskView | RecordedAnswer:
    return at_desk(complaint_id, call, lambda desk: desk.assign(request.handler), ComplaintDeskView)


@api.command(
    "/v1/complaints/{complaint_id}/notes",
    scope="complaints:handle",
    staff=True,
    summary="Write down what the next person should know of a complaint",
)
def post_complaint_note(
    complaint_id: str, request: ComplaintNoteRequest, call: Call
) -> ComplaintDeskView | RecordedAnswer:
    return at_desk(complaint_id, call, lambda desk: desk.note(request.text), ComplaintDeskView)


@api.query(
    "GET",
    "/v1/complaints/{complaint_id}/desk",
    scope="complaints:handle",
    staff=True,
    summary="Read what our people keep beside a complaint",
)
def get_complaint_desk(complaint_id: str, call: Call) -> ComplaintDeskView:
    return ComplaintDeskView.of(
        read_complaint(complaint_id, caller=call.caller, complaints=complaints)
    )


@api.command(
    "/v1/complaints/{complaint_id}/redress",
    scope="complaints:handle",
    staff=True,
    summary="Offer redress, which a second person must agree to",
)
def post_redress(
    complaint_id: str, request: RedressRequest, call: Call
) -> ComplaintView | RecordedAnswer:
    return at_desk(
        complaint_id,
        call,
        lambda desk: desk.offer(request.amount, request.payee(), request.reason),
    )


@api.command(
    "/v1/complaints/{complaint_id}/redress/{redress_id}/approval",
    scope="complaints:handle",
    staff=True,
    summary="Agree to redress, or refuse it",
)
def post_redress_approval(
    complaint_id: str, redress_id: str, request: RedressApprovalRequest, call: Call
) -> ComplaintView | RecordedAnswer:
    return at_desk(
        complaint_id,
        call,
        lambda desk: desk.decide_redress(
            redress_id,
            approve=request.decision == "approve",
            reason=request.reason,
            screening=screening,
        ),
    )


@api.command(
    "/v1/complaints/{complaint_id}/redress/{redress_id}/screening",
    scope="complaints:handle",
    staff=True,
    summary="Say whether a suspect payee of redress is who the list means",
)
def post_redress_screening(
    complaint_id: str, redress_id: str, request: RedressScreeningRequest, call: Call
) -> ComplaintView | RecordedAnswer:
    return at_desk(
        complaint_id,
        call,
        lambda desk: desk.decide_screening(
            redress_id,
            clear=request.decision == "clear",
            reason=request.reason,
            screening=screening,
        ),
    )


@api.command(
    "/v1/redress-reports",
    scope="payments:report",
    staff=True,
    summary="Report what the bank did with a payment of redress",
)
def post_redress_report(
    request: RedressReportRequest, call: Call
) -> RedressReportView | RecordedAnswer:
    return call.once(
        lambda receipt: report_redress(
            request.report(), caller=call.caller, complaints=complaints, receipt=receipt
        ),
        shows=lambda kept: RedressReportView.of(request.instruction_id, kept),
    )


@api.query(
    "GET",
    "/v1/complaint-registers/{month}",
    scope="complaints:handle",
    staff=True,
    summary="Read the register of complaints received in a month",
)
def get_register(month: str, call: Call) -> RegisterView:
    list_id = _register(month)
    asked = call.place(of=list_id)
    page = read_complaints_in(
        month, after=asked.after, limit=asked.limit, caller=call.caller, lists=lists
    )
    return RegisterView.of(list_id, page, call.now)


@api.query(
    "GET",
    "/v1/complaint-registers/{month}/csv",
    scope="complaints:handle",
    staff=True,
    summary="Export the register as comma separated values",
)
def get_register_csv(month: str, call: Call) -> RegisterCsvView:
    list_id = _register(month)
    asked = call.place(of=list_id)
    page = read_complaints_in(
        month, after=asked.after, limit=asked.limit, caller=call.caller, lists=lists
    )
    return RegisterCsvView.of(month, list_id, page, call.now)


def _register(month: str) -> str:
    if not MONTH.fullmatch(month):
        raise InvalidFields([FieldFault("month", "malformed", "A month such as 2027-01.")])
    return f"register:{month}"
