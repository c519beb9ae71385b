"""How files of payments, and the bank's reports on them, are shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.views.terms import MoneyView, View
from insurance.domain.bank import PaymentFile
from insurance.domain.bank.kept_report import ResolutionDecision
from insurance.domain.bank.outgoing_payment import OutgoingPayment
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankOutcome
from insurance.domain.core.money import Currency
from insurance.operations.payments.resolve_kept_report import KeptReportResult
from insurance.operations.payments.take_status_report import Doubt, StatusReportResult


class InstructionView(BaseModel):
    """A payment in a file: its reference and its amount. Who is paid stands in the file alone."""

    id: str
    amount: MoneyView


class PaymentFileView(View):
    """A file as it stands with the bank."""

    id: str
    currency: Currency
    made_at: datetime
    written_at: datetime | None
    name: str
    sha256: str | None
    total: MoneyView
    payments: list[InstructionView]
    left_out: list[str]
    """Payments that had no payee any more: they were reported as failed."""

    @classmethod
    def of(cls, file: PaymentFile) -> Self:
        return cls(
            id=file.id,
            currency=file.currency,
            made_at=file.made_at,
            written_at=file.written_at,
            name=file.name,
            sha256=file.sha256,
            total=MoneyView.of(file.total),
            payments=[
                InstructionView(id=instruction.id, amount=MoneyView.of(instruction.amount))
                for instruction in file.sent
            ],
            left_out=list(file.left_out),
        )


class PaymentFilesView(View):
    """What one call sent: nothing where nothing waited."""

    files: list[PaymentFileView]

    @classmethod
    def of(cls, files: Sequence[PaymentFile]) -> Self:
        return cls(files=[PaymentFileView.of(file) for file in files])


class ReportedPaymentView(BaseModel):
    """What the bank said of a payment, and what it came to; nothing where there is more to come."""

    payment_id: str
    code: str
    outcome: BankOutcome | None
    reason: str | None
    doubt: Doubt | None
    """Why the report did nothing and a person must ask the bank: `contradiction`, two statuses for one
    payment; `settled_before`, a payment that was settled stood in what is rejected now."""


class StatusReportView(View):
    """A report on a file, payment by payment."""

    report_id: str
    file_id: str
    payments: list[ReportedPaymentView]

    @classmethod
    def of(cls, result: StatusReportResult) -> Self:
        return cls(
            report_id=result.report.id,
            file_id=result.report.file_id,
            payments=[
                ReportedPaymentView(
                    payment_id=payment.payment_id,
                    code=payment.code,
                    outcome=payment.outcome,
                    reason=payment.reason,
                    doubt=payment.doubt,
                )
                for payment in result.payments
            ],
        )


class ResolutionView(BaseModel):
    """What is proposed to do with a kept report. Another person decides."""

    decision: ResolutionDecision
    reason_code: str
    proposed_by: str
    proposed_at: datetime


class KeptReportDetailView(View):
    """A report of the bank that does not fit how far its payment is: two persons apply it or close it."""

    id: str
    instruction_id: str
    payment_status: PaymentStatus
    amount: MoneyView
    outcome: BankOutcome
    """What the bank says."""
    bank_reference: str
    executed_at: datetime
    reason: str | None
    kept_at: datetime
    age_seconds: int
    resolution: ResolutionView | None

    @classmethod
    def of(cls, found: KeptReportResult) -> Self:
        payment, report = found.payment, found.report
        proposed = report.resolution
        return cls(
            id=f"{payment.id}_{report.number}",
            instruction_id=payment.id,
            payment_status=payment.status,
            amount=MoneyView.of(payment.net),
            outcome=report.outcome,
            bank_reference=report.bank_reference,
            executed_at=report.executed_at,
            reason=report.reason,
            kept_at=report.since,
            age_seconds=max(int((found.at - report.since).total_seconds()), 0),
            resolution=proposed
            and ResolutionView(
                decision=proposed.decision,
                reason_code=proposed.reason_code,
                proposed_by=proposed.by,
                proposed_at=proposed.at,
            ),
        )


class PaymentReportView(View):
    """What the bank is told of its report: the payment, and nothing of what is behind it."""

    instruction_id: str
    status: PaymentStatus
    amount: MoneyView
    kept: int
    """How many reports do not fit this status: they wait for another report, and for a person."""

    @classmethod
    def of(cls, payment: OutgoingPayment) -> Self:
        return cls(
            instruction_id=payment.id,
            status=payment.status,
            amount=MoneyView.of(payment.net),
            kept=len(payment.kept),
        )
