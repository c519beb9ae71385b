"""Report what the bank did with one payment: a claim's, a refund, a return, or redress."""

from dataclasses import replace

from insurance.domain.bank.outgoing_payment import OutgoingPayment
from insurance.domain.bank.report import BankReport
from insurance.domain.core.errors import StaleRevision, WrongState
from insurance.operations.command import Command
from insurance.operations.idempotency import AlreadyAnswered, RecordedAnswer
from insurance.operations.payments.ports import Payers, PaymentPorts


def report_payment(report: BankReport, command: Command, ports: PaymentPorts) -> OutgoingPayment:
    """Record what the bank did with one payment. The prefix of its id names what is paid.

    Raises:
        NotFound: There is no such payment in the caller's mode.
        WrongState: The bank was not told of the payment, or has said this before.
    """
    return ports.payers.report(replace(report, received_at=command.now), command)


def report_one_of_many(report: BankReport, command: Command, payers: Payers) -> None:
    """Record what the bank did with one of the many payments that a call is about.

    It has an idempotency record of its own: when the call is repeated, it is found to be done.

    Raises:
        StaleRevision: Another call has moved the payment since it was read.
    """
    part = command.part(report.instruction_id, lambda _payment: RecordedAnswer("{}"))
    try:
        payers.report(report, part)
    except AlreadyAnswered:
        return
    except WrongState as moved:
        raise StaleRevision(report.instruction_id) from moved
