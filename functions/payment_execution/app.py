"""Payment execution: files of payments for the bank, its reports on them, and its statements."""

from http import HTTPStatus
from typing import Annotated, Literal

from insurance import wiring
from insurance.api.body import Request
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
from insurance.api.views.payments import PaymentFilesView, PaymentFileView, StatusReportView
from insurance.api.views.statements import StatementView
from insurance.bank.statements import READERS
from insurance.domain.core.money import Currency
from insurance.operations.idempotency import RecordedAnswer
from insurance.operations.payments.import_statement import StatementImport
from insurance.operations.payments.send_payments import PaymentRun, read_payment_file
from insurance.operations.payments.take_status_report import take_status_report
from pydantic import Field

receipts, orders, payers = wiring.stores().receipts, wiring.stores().payment_orders, wiring.payers()
products, billing = wiring.products(), wiring.stores().billing
objects, messages = wiring.objects("payment_files"), wiring.bank_messages()

api = Api(receipts.find_replay)
handler = api.entrypoint()


class PaymentFileRequest(Request):
    """Which of the waiting payments are sent: those of one currency, and of the caller's mode."""

    currency: Annotated[Currency, Field(strict=False)]


class StatusReportRequest(Request):
    """The bank's message as it came: pain.002, in any of its versions."""

    document: Annotated[str, Field(min_length=1, max_length=200_000)]


class StatementRequest(Request):
    """A statement as it came: a CAMT.053 message of one statement, or our CSV."""

    format: Literal["camt.053", "csv"]
    document: Annotated[str, Field(min_length=1, max_length=240_000)]


@api.command(
    "/v1/payment-files",
    scope="payments:send",
    staff=True,
    status=HTTPStatus.CREATED,
    summary="Send the payments that wait to the bank, in one file",
)
def post_payment_file(request: PaymentFileRequest, call: Call) -> PaymentFilesView | RecordedAnswer:
    return call.once(
        lambda receipt: PaymentRun(
            caller=call.caller,
            orders=orders,
            payers=payers,
            objects=objects,
            messages=messages,
            receipt=receipt,
        ).send(request.currency),
        shows=PaymentFilesView.of,
    )


@api.query(
    "GET",
    "/v1/payment-files/{file_id}",
    scope="payments:send",
    staff=True,
    summary="Read which payments stand in a file",
)
def get_payment_file(file_id: str, call: Call) -> PaymentFileView:
    return PaymentFileView.of(read_payment_file(file_id, caller=call.caller, orders=orders).record)


@api.command(
    "/v1/bank-status-reports",
    scope="payments:report",
    staff=True,
    summary="Take in the bank's status report on a file of payments",
)
def post_status_report(
    request: StatusReportRequest, call: Call
) -> StatusReportView | RecordedAnswer:
    report = messages.read_report(request.document)
    return call.once(
        lambda receipt: take_status_report(
            report, caller=call.caller, orders=orders, payers=payers, receipt=receipt
        ),
        shows=lambda taken: StatusReportView.of(report, taken),
    )


@api.command(
    "/v1/bank-statements",
    scope="payments:report",
    staff=True,
    summary="Take in a bank statement: each entry is booked once, for whom it names",
)
def post_bank_statement(request: StatementRequest, call: Call) -> StatementView | RecordedAnswer:
    """Money that names no policy goes to suspense. The same entries in another statement, or in
    this one sent again, book nothing twice."""
    statement = READERS[request.format](request.document)
    return call.once(
        lambda receipt: StatementImport(call.caller, products, billing, receipt).take_in(statement),
        shows=StatementView.of,
    )
