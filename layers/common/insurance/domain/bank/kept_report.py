"""Reports of the bank that do not fit how far their payments are: kept until they fit, or two persons resolve them."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self

from pydantic import AwareDatetime

from insurance.domain.bank.approval import Approval
from insurance.domain.bank.payment_status import REPORT_STEPS, PaymentStatus, PaymentStep
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.core.caller import Caller
from insurance.domain.core.value import Value

KEPT: Final = frozenset(
    {
        # Another report comes late: that it was paid.
        (PaymentStatus.EXECUTING, PaymentStep.REPORT_RETURNED),
        (PaymentStatus.EXECUTING, PaymentStep.REPORT_REVERSED),
        # The bank contradicts itself.
        (PaymentStatus.PAID, PaymentStep.REPORT_FAILED),
        (PaymentStatus.FAILED, PaymentStep.REPORT_PAID),
        (PaymentStatus.FAILED, PaymentStep.REPORT_RETURNED),
        (PaymentStatus.FAILED, PaymentStep.REPORT_REVERSED),
        (PaymentStatus.RETURNED, PaymentStep.REPORT_FAILED),
        (PaymentStatus.RETURNED, PaymentStep.REPORT_REVERSED),
        (PaymentStatus.REVERSED, PaymentStep.REPORT_FAILED),
        (PaymentStatus.REVERSED, PaymentStep.REPORT_RETURNED),
    }
)
"""Reports that do not fit and are kept. What is in neither table says nothing new, or is said of a payment
that the bank was never told of."""

KEPT_MAX: Final = 10
"""Reports that one payment keeps."""

STATUS_OF: Final = MappingProxyType(
    {
        BankOutcome.PAID: PaymentStatus.PAID,
        BankOutcome.FAILED: PaymentStatus.FAILED,
        BankOutcome.RETURNED: PaymentStatus.RETURNED,
        BankOutcome.REVERSED: PaymentStatus.REVERSED,
    }
)
"""What a payment is, once a report on it is applied."""


class ResolutionDecision(StrEnum):
    """What becomes of a kept report."""

    APPLY = "apply"
    """The report is true: the payment is what it says, and that is posted."""
    CLOSE = "close"
    """The report is not true, or was made good elsewhere: the payment stays what it is."""


class Resolution(Value):
    """What one person proposes to do with a kept report. Another one decides."""

    decision: ResolutionDecision
    reason_code: str
    by: str
    at: AwareDatetime


class KeptReport(Value):
    """A report that does not fit how far its payment is: it waits until it does, and for two persons."""

    number: int = 1
    """Of the reports that this payment ever kept."""
    outcome: BankOutcome
    bank_reference: str
    executed_at: AwareDatetime
    reason: str | None = None
    kept_at: AwareDatetime | None = None
    """When it came; None: it was kept by a release that did not note it."""
    resolution: Resolution | None = None
    """What is proposed."""

    @classmethod
    def of(cls, report: BankReport, number: int) -> Self:
        return cls(
            number=number,
            outcome=report.outcome,
            bank_reference=report.bank_reference,
            executed_at=report.executed_at,
            reason=report.reason,
            kept_at=report.received_at,
        )

    @property
    def since(self) -> AwareDatetime:
        return self.kept_at or self.executed_at

    def says(self, report: BankReport) -> bool:
        """Whether it is this very report."""
        told = KeptReport.of(report, self.number)
        return told.replace(kept_at=None) == self.replace(kept_at=None, resolution=None)

    def on(self, instruction_id: str) -> BankReport:
        """The report as it came."""
        return BankReport(
            instruction_id,
            self.outcome,
            self.bank_reference,
            self.executed_at,
            self.reason,
            received_at=self.kept_at,
        )


def is_kept(status: PaymentStatus, report: BankReport) -> bool:
    """Whether a report on a payment of this status is kept."""
    return (status, REPORT_STEPS[report.outcome]) in KEPT and report.may_wait


@dataclass(frozen=True, slots=True)
class ReportReview:
    """What a person does about a kept report: the first proposes, the second approves or refuses."""

    instruction_id: str
    number: int
    caller: Caller
    proposed: Resolution | None = None
    approval: Approval | None = None
