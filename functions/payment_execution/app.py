"""Payment execution: files of payments for the bank, its reports on them, and its statements."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, ClassVar, Literal

from insurance import bundles, telemetry, wiring
from insurance.api.body import FILE_BODY_BYTES_MAX, Request
from insurance.api.fields import Instant, Reason, ReferenceCode
from insurance.api.requests.uploads import UploadRequest
from insurance.api.router import Api
from insurance.api.views.payments import (
    KeptReportDetailView,
    PaymentFilesView,
    PaymentFileView,
    PaymentReportView,
    StatusReportView,
)
from insurance.api.views.statements import StatementView
from insurance.api.views.uploads import AnnouncedUploadView
from insurance.bank.statements import READERS
from insurance.domain.bank import PaymentFile
from insurance.domain.bank.approval import Approval
from insurance.domain.bank.kept_report import ResolutionDecision
from insurance.domain.bank.outgoing_payment import OutgoingPayment
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    ClaimNotFound,
    ComplaintNotFound,
    PaymentFileNotFound,
    PaymentNotFound,
    PolicyNotFound,
    RedressNotFound,
    RefundNotFound,
    RefundTooLarge,
    ReserveTooLow,
    SamePerson,
    SuspenseNotFound,
    UnreadableReport,
    UnreadableStatement,
    UploadNotScanned,
    UploadNotSent,
    UploadRefused,
    WrongState,
)
from insurance.domain.core.identity import InstructionId, UploadId
from insurance.domain.core.money import Currency
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope
from insurance.metrics import Metric
from insurance.operations.command import Command, Query
from insurance.operations.files.uploads import AnnouncedUpload, announce_upload, read_upload
from insurance.operations.payments.import_statement import StatementResult, import_statement
from insurance.operations.payments.read_payment_file import read_payment_file
from insurance.operations.payments.report_payment import report_payment
from insurance.operations.payments.resolve_kept_report import (
    KeptReportResult,
    decide_resolution,
    propose_resolution,
    read_kept_report,
)
from insurance.operations.payments.send_payments import send_payments
from insurance.operations.payments.take_status_report import (
    StatusReportResult,
    take_status_report,
)
from pydantic import Field, StringConstraints, ValidationInfo, field_validator

ports, billing = bundles.payment_ports(), bundles.billing_ports()
uploads = bundles.upload_ports("bank_uploads")

api = Api(wiring.stores().idempotency.find_replay, wiring.edge_for_staff())
handler = api.entrypoint()

BANK = {CallerKind.STAFF, CallerKind.MACHINE}
"""The bank's own client reports what it did; finance may report it by hand."""


OF_ANY_PAYMENT = (
    ClaimNotFound,
    ComplaintNotFound,
    PaymentNotFound,
    PolicyNotFound,
    RedressNotFound,
    RefundNotFound,
    SuspenseNotFound,
)
"""What is unknown, by what the payment belongs to."""
UPLOAD = (UploadNotScanned, UploadNotSent, UploadRefused)


class PaymentFileRequest(Request):
    """Which of the waiting payments are sent: those of one currency, and of the caller's mode."""

    currency: Annotated[Currency, Field(strict=False)]


class BankReportRequest(Request):
    """What the bank did with one payment: of a claim, a refund, a return or redress."""

    instruction_id: InstructionId
    outcome: Literal["paid", "failed", "returned", "reversed"]
    bank_reference: Annotated[ReferenceCode, StringConstraints(max_length=35)]
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


class BankFileRequest(Request):
    """A file of the bank as it came: its text, or the upload by which it was sent."""

    BYTES_MAX: ClassVar[int] = FILE_BODY_BYTES_MAX
    FILES: ClassVar[frozenset[str]] = frozenset({"document"})

    upload_id: UploadId | None = None
    """A file that was announced and uploaded: it takes the place of `document`."""
    document: Annotated[
        str | None, Field(min_length=1, max_length=240_000, validate_default=True)
    ] = None

    @field_validator("document")
    @classmethod
    def _one_of_both(cls, document: str | None, info: ValidationInfo) -> str | None:
        if (document is None) is (info.data.get("upload_id") is None):
            raise ValueError("either a document is expected, or an upload_id")
        return document

    def text(self, caller: Caller) -> str:
        """The document, of this request or of the upload that it names.

        Raises:
            UploadNotSent: Nothing of this caller's is there.
            UploadNotScanned: The scan for malware has not come to it yet.
            UploadRefused: It holds malware, or is no UTF-8.
        """
        return self.document or read_upload(self.upload_id or "", caller, uploads)


class StatusReportRequest(BankFileRequest):
    """The bank's message: pain.002, in any of its versions."""


class StatementRequest(BankFileRequest):
    """A statement: a CAMT.053 message of one statement, or our CSV."""

    format: Literal["camt.053", "csv"]


class ResolutionRequest(Request):
    """What becomes of a kept report, and why."""

    decision: Literal["apply", "close"]
    reason_code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class ResolutionApprovalRequest(Request):
    """Whether what was proposed happens."""

    decision: Literal["approve", "refuse"]


@api.command(
    "/v1/payment-files",
    operation_id="createPaymentFile",
    summary="Send the waiting payments to the bank in a file",
    scope=Scope.PAYMENTS_SEND,
    callers={CallerKind.STAFF},
    roles={Role.FINANCE},
    status=HTTPStatus.CREATED,
    shows=PaymentFilesView,
)
def post_payment_file(request: PaymentFileRequest, command: Command) -> Sequence[PaymentFile]:
    return send_payments(request.currency, command, ports)


@api.query(
    "/v1/payment-files/{file_id}",
    operation_id="getPaymentFile",
    summary="Read a payment file",
    scope=Scope.PAYMENTS_SEND,
    callers={CallerKind.STAFF},
    roles={Role.FINANCE, Role.AUDITOR},
    shows=PaymentFileView,
)
def get_payment_file(file_id: str, query: Query) -> PaymentFile:
    return read_payment_file(file_id, query, ports)


@api.command(
    "/v1/bank-reports",
    operation_id="recordBankReport",
    summary="Record the bank's report on one payment",
    scope=Scope.PAYMENTS_REPORT,
    callers=BANK,
    roles={Role.FINANCE},
    shows=PaymentReportView,
    raises=(*OF_ANY_PAYMENT, WrongState),
)
def post_bank_report(request: BankReportRequest, command: Command) -> OutgoingPayment:
    """A report that does not fit how far the payment is, because it came before another or contradicts one,
    is kept: it is recorded once it fits, and a person asks the bank."""
    payment = report_payment(request.report(), command, ports)
    telemetry.count(Metric.PAYMENTS_IN_DOUBT, len(payment.kept))
    return payment


@api.query(
    "/v1/kept-reports/{kept_report_id}",
    operation_id="getKeptReport",
    summary="Read a report of the bank that does not fit how far its payment is",
    scope=Scope.PAYMENTS_SEND,
    callers={CallerKind.STAFF},
    roles={Role.FINANCE, Role.AUDITOR},
    shows=KeptReportDetailView,
)
def get_kept_report(kept_report_id: str, query: Query) -> KeptReportResult:
    return read_kept_report(kept_report_id, query, ports)


@api.command(
    "/v1/kept-reports/{kept_report_id}/resolution",
    operation_id="proposeReportResolution",
    summary="Propose to apply a kept report, or to close it",
    scope=Scope.PAYMENTS_SEND,
    callers={CallerKind.STAFF},
    roles={Role.FINANCE},
    shows=PaymentReportView,
    raises=(WrongState,),
)
def post_resolution(
    kept_report_id: str, request: ResolutionRequest, command: Command
) -> OutgoingPayment:
    """`apply`: the bank is right, and the payment becomes what the report says. `close`: it is wrong, or was made
    good elsewhere, and the payment stays as it is. Another person decides."""
    decision = ResolutionDecision(request.decision)
    return propose_resolution(kept_report_id, decision, request.reason_code, command, ports)


@api.command(
    "/v1/kept-reports/{kept_report_id}/resolution/approval",
    operation_id="approveReportResolution",
    summary="Approve or refuse what was proposed for a kept report",
    scope=Scope.PAYMENTS_SEND,
    callers={CallerKind.STAFF},
    roles={Role.FINANCE},
    shows=PaymentReportView,
    step_up=True,
    raises=(RefundTooLarge, ReserveTooLow, SamePerson, WrongState),
)
def post_resolution_approval(
    kept_report_id: str, request: ResolutionApprovalRequest, command: Command
) -> OutgoingPayment:
    approval = Approval(granted=request.decision == "approve", by=command.actor, reason=None)
    return decide_resolution(kept_report_id, approval, command, ports)


@api.query(
    "/v1/bank-uploads",
    method="POST",
    operation_id="announceBankFile",
    summary="Announce a statement or status report and get a form to upload it",
    scope=Scope.PAYMENTS_REPORT,
    callers=BANK,
    roles={Role.FINANCE},
    shows=AnnouncedUploadView,
)
def post_bank_upload(request: UploadRequest, query: Query) -> AnnouncedUpload:
    """For files that are larger than a request. The form takes this very file for ten minutes, and the
    import may name it for a day. Announced again, the file has the same id and a new form."""
    return announce_upload(request.file(), query, uploads)


@api.command(
    "/v1/bank-status-reports",
    operation_id="importBankStatusReport",
    summary="Import the bank's status report on a file of payments",
    scope=Scope.PAYMENTS_REPORT,
    callers=BANK,
    roles={Role.FINANCE},
    shows=StatusReportView,
    raises=(PaymentFileNotFound, UnreadableReport, *UPLOAD),
)
def post_status_report(request: StatusReportRequest, command: Command) -> StatusReportResult:
    result = take_status_report(request.text(command.caller), command, ports)
    doubts = sum(payment.doubt is not None for payment in result.payments)
    telemetry.count(Metric.PAYMENTS_IN_DOUBT, doubts)
    return result


@api.command(
    "/v1/bank-statements",
    operation_id="importBankStatement",
    summary="Import a bank statement: each payment is posted once, to the policy that it names",
    scope=Scope.PAYMENTS_REPORT,
    callers=BANK,
    roles={Role.FINANCE},
    shows=StatementView,
    raises=(UnreadableStatement, *UPLOAD),
)
def post_bank_statement(request: StatementRequest, command: Command) -> StatementResult:
    """Money that names no policy goes to suspense. The same entries in another statement, or in
    this one sent again, post nothing twice."""
    return import_statement(READERS[request.format](request.text(command.caller)), command, billing)
