"""Complaints: opened, investigated and answered by a deadline; redress; the register."""

from http import HTTPStatus
from typing import Annotated

from insurance import bundles, wiring
from insurance.api.approvals import ApprovalRequest, PayeeScreeningRequest
from insurance.api.paging import Page
from insurance.api.requests.complaints import (
    ComplaintAssignmentRequest,
    ComplaintClosureRequest,
    ComplaintNoteRequest,
    ComplaintReopeningRequest,
    ComplaintRequest,
    FinalResponseRequest,
    OmbudsmanReferralRequest,
    RedressRequest,
    RegisterParameters,
)
from insurance.api.router import Api
from insurance.api.views.complaints import (
    ComplaintInternalView,
    ComplaintView,
    RegisterExportView,
    RegisterView,
)
from insurance.domain.complaint import Complaint
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    ClaimNotFound,
    ComplaintFull,
    ComplaintStillOpen,
    CurrencyMismatch,
    PolicyNotFound,
    QuoteNotFound,
    SamePerson,
    WrongState,
)
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command, Query
from insurance.operations.complaints.acknowledge_complaint import acknowledge_complaint
from insurance.operations.complaints.add_complaint_note import add_complaint_note
from insurance.operations.complaints.answer_complaint import answer_complaint
from insurance.operations.complaints.assign_complaint import assign_complaint
from insurance.operations.complaints.close_complaint import close_complaint
from insurance.operations.complaints.decide_redress import (
    approve_redress,
    clear_redress,
    refuse_redress,
)
from insurance.operations.complaints.investigate_complaint import investigate_complaint
from insurance.operations.complaints.offer_redress import offer_redress
from insurance.operations.complaints.open_complaint import open_complaint
from insurance.operations.complaints.read_complaint import read_complaint, read_register
from insurance.operations.complaints.refer_complaint import refer_complaint
from insurance.operations.complaints.reopen_complaint import reopen_complaint
from insurance.operations.listing import ListPage
from pydantic import StringConstraints

ports = bundles.complaint_ports()

api = Api(wiring.stores().contract_idempotency.find_replay, wiring.edge())
handler = api.entrypoint()

EVERYBODY = {CallerKind.APPLICATION, CallerKind.POLICYHOLDER, CallerKind.STAFF}
STAFF = {CallerKind.STAFF}

HANDLERS = {Role.COMPLAINTS_HANDLER, Role.SUPERVISOR}
APPROVERS = {Role.SUPERVISOR}
SCREENERS = {Role.SUPERVISOR, Role.COMPLIANCE}
OVERSEERS = HANDLERS | {Role.COMPLIANCE, Role.AUDITOR}
READERS = OVERSEERS | {Role.CALL_CENTRE, Role.CLAIMS_HANDLER}
RECORDERS = READERS - {Role.AUDITOR} | {Role.UNDERWRITER, Role.CHIEF_UNDERWRITER}
"""Every role that customers talk to: a complaint is recorded by the person who hears it."""

Contact = Annotated[str, StringConstraints(min_length=1, max_length=254)]
Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


@api.command(
    "/v1/complaints",
    operation_id="createComplaint",
    summary="Open a complaint about a quote, a policy or a claim",
    scope=Scope.COMPLAINTS_WRITE,
    callers=EVERYBODY,
    roles=RECORDERS,
    status=HTTPStatus.CREATED,
    shows=ComplaintView.to,
    raises=(QuoteNotFound, PolicyNotFound, ClaimNotFound, AlreadyErased),
)
def post_complaint(request: ComplaintRequest, command: Command) -> Stored[Complaint]:
    return open_complaint(request.details(), command, ports)


@api.query(
    "/v1/complaints/{complaint_id}",
    operation_id="getComplaint",
    summary="Read a complaint",
    scope=Scope.COMPLAINTS_READ,
    callers=EVERYBODY,
    roles=READERS,
    shows=ComplaintView.to,
    etag=True,
)
def get_complaint(complaint_id: str, query: Query) -> Stored[Complaint]:
    return read_complaint(complaint_id, query, ports)


@api.query(
    "/v1/complaints/{complaint_id}/internal",
    operation_id="getComplaintInternal",
    summary="Read the internal view of a complaint: handler, notes and root cause",
    scope=Scope.COMPLAINTS_HANDLE,
    callers=STAFF,
    roles=OVERSEERS,
    shows=ComplaintInternalView,
    etag=True,
)
def get_complaint_internal(complaint_id: str, query: Query) -> Stored[Complaint]:
    return read_complaint(complaint_id, query, ports)


@api.command(
    "/v1/complaints/{complaint_id}/acknowledgement",
    operation_id="acknowledgeComplaint",
    summary="Acknowledge a complaint",
    scope=Scope.COMPLAINTS_HANDLE,
    callers=STAFF,
    roles=HANDLERS,
    shows=ComplaintView,
    if_match=True,
    raises=(WrongState,),
)
def post_acknowledgement(complaint_id: str, command: Command) -> Stored[Complaint]:
    return acknowledge_complaint(complaint_id, command, ports)


@api.command(
    "/v1/complaints/{complaint_id}/investigation",
    operation_id="investigateComplaint",
    summary="Start the investigation of a complaint",
    scope=Scope.COMPLAINTS_HANDLE,
    callers=STAFF,
    roles=HANDLERS,
    shows=ComplaintView,
    if_match=True,
    raises=(WrongState,),
)
def post_investigation(complaint_id: str, command: Command) -> Stored[Complaint]:
    return investigate_complaint(complaint_id, command, ports)


@api.command(
    "/v1/complaints/{complaint_id}/final-response",
    operation_id="answerComplaint",
    summary="Give the final response to a complaint",
    scope=Scope.COMPLAINTS_HANDLE,
    callers=STAFF,
    roles=HANDLERS,
    shows=ComplaintView,
    if_match=True,
    raises=(WrongState, AlreadyErased),
)
def post_final_response(
    complaint_id: str, request: FinalResponseRequest, command: Command
) -> Stored[Complaint]:
    return answer_complaint(complaint_id, request.response(), command, ports)


@api.command(
    "/v1/complaints/{complaint_id}/ombudsman-referral",
    operation_id="referComplaint",
    summary="Record the referral of a complaint to the ombudsman",
    scope=Scope.COMPLAINTS_HANDLE,
    callers=STAFF,
    roles=HANDLERS,
    shows=ComplaintView,
    if_match=True,
    raises=(WrongState,),
)
def post_ombudsman_referral(
    complaint_id: str, request: OmbudsmanReferralRequest, command: Command
) -> Stored[Complaint]:
    return refer_complaint(complaint_id, request.reference, command, ports)


@api.command(
    "/v1/complaints/{complaint_id}/closure",
    operation_id="closeComplaint",
    summary="Close a complaint",
    scope=Scope.COMPLAINTS_HANDLE,
    callers=STAFF,
    roles=HANDLERS,
    shows=ComplaintView,
    if_match=True,
    raises=(WrongState, ComplaintStillOpen),
)
def post_complaint_closure(
    complaint_id: str, request: ComplaintClosureRequest, command: Command
) -> Stored[Complaint]:
    return close_complaint(complaint_id, request.reason, command, ports)


@api.command(
    "/v1/complaints/{complaint_id}/reopening",
    operation_id="reopenComplaint",
    summary="Reopen a closed complaint",
    scope=Scope.COMPLAINTS_HANDLE,
    callers=STAFF,
    roles=HANDLERS,
    shows=ComplaintView,
    if_match=True,
    raises=(WrongState, AlreadyErased),
)
def post_complaint_reopening(
    complaint_id: str, request: ComplaintReopeningRequest, command: Command
) -> Stored[Complaint]:
    return reopen_complaint(complaint_id, request.reason, command, ports)


@api.command(
    "/v1/complaints/{complaint_id}/assignment",
    operation_id="assignComplaint",
    summary="Assign a complaint to a handler",
    scope=Scope.COMPLAINTS_HANDLE,
    callers=STAFF,
    roles=HANDLERS,
    shows=ComplaintInternalView,
    if_match=True,
    raises=(WrongState,),
)
def post_complaint_assignment(
    complaint_id: str, request: ComplaintAssignmentRequest, command: Command
) -> Stored[Complaint]:
    return assign_complaint(complaint_id, request.handler, command, ports)


@api.command(
    "/v1/complaints/{complaint_id}/notes",
    operation_id="addComplaintNote",
    summary="Add a note to a complaint",
    scope=Scope.COMPLAINTS_HANDLE,
    callers=STAFF,
    roles=HANDLERS,
    shows=ComplaintInternalView,
    if_match=True,
    raises=(ComplaintFull, AlreadyErased),
)
def post_complaint_note(
    complaint_id: str, request: ComplaintNoteRequest, command: Command
) -> Stored[Complaint]:
    return add_complaint_note(complaint_id, request.text, command, ports)


@api.command(
    "/v1/complaints/{complaint_id}/redress",
    operation_id="offerRedress",
    summary="Offer redress for a complaint; a second person must approve it",
    scope=Scope.COMPLAINTS_HANDLE,
    callers=STAFF,
    roles=HANDLERS,
    shows=ComplaintView,
    if_match=True,
    raises=(WrongState, ComplaintFull, CurrencyMismatch, AlreadyErased),
)
def post_redress(complaint_id: str, request: RedressRequest, command: Command) -> Stored[Complaint]:
    return offer_redress(complaint_id, request.offer(), command, ports)


@api.command(
    "/v1/complaints/{complaint_id}/redress/{redress_id}/approval",
    operation_id="approveRedress",
    summary="Approve or refuse a redress",
    scope=Scope.COMPLAINTS_HANDLE,
    callers=STAFF,
    roles=APPROVERS,
    shows=ComplaintView,
    step_up=True,
    if_match=True,
    raises=(WrongState, SamePerson, AlreadyErased),
)
def post_redress_approval(
    complaint_id: str, redress_id: str, request: ApprovalRequest, command: Command
) -> Stored[Complaint]:
    if request.decision == "approve":
        return approve_redress(complaint_id, redress_id, request.reason, command, ports)
    return refuse_redress(complaint_id, redress_id, request.reason, command, ports)


@api.command(
    "/v1/complaints/{complaint_id}/redress/{redress_id}/screening",
    operation_id="screenRedress",
    summary="Clear or refuse the payee of an approved redress",
    scope=Scope.COMPLAINTS_HANDLE,
    callers=STAFF,
    roles=SCREENERS,
    shows=ComplaintView,
    step_up=True,
    if_match=True,
    raises=(WrongState, SamePerson, AlreadyErased),
)
def post_redress_screening(
    complaint_id: str, redress_id: str, request: PayeeScreeningRequest, command: Command
) -> Stored[Complaint]:
    if request.decision == "clear":
        return clear_redress(complaint_id, redress_id, request.reason, command, ports)
    return refuse_redress(complaint_id, redress_id, request.reason, command, ports)


@api.query(
    "/v1/complaint-register",
    operation_id="listComplaintRegister",
    summary="List the register of complaints received in a month",
    scope=Scope.COMPLAINTS_HANDLE,
    callers=STAFF,
    roles=OVERSEERS,
    shows=RegisterView,
    paged="complaint-register:{month}",
)
def get_register(parameters: RegisterParameters, page: Page, query: Query) -> ListPage[Complaint]:
    return read_register(parameters.month, page, query, ports)


@api.query(
    "/v1/complaint-register/export",
    operation_id="exportComplaintRegister",
    summary="Export the register of complaints as comma separated values",
    scope=Scope.COMPLAINTS_HANDLE,
    callers=STAFF,
    roles=OVERSEERS,
    shows=RegisterExportView,
    paged="complaint-register-export:{month}",
    paged_before="complaint-register:{month}",
)
def get_register_export(
    parameters: RegisterParameters, page: Page, query: Query
) -> ListPage[Complaint]:
    return read_register(parameters.month, page, query, ports)
