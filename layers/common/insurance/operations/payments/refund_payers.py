"""Policies' accounts and suspense as payers: refunds, and payments that are returned."""

from collections.abc import Mapping, Sequence

from insurance.domain.bank import Payable
from insurance.domain.bank.kept_report import ReportReview
from insurance.domain.bank.outgoing_payment import OutgoingPayment
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankReport
from insurance.domain.billing import BillingAccount, BillingSummary, Refund
from insurance.domain.core.errors import PolicyNotFound, RefundNotFound
from insurance.domain.core.identity import numbered, suspense_id_of
from insurance.operations.billing.ports import BillingPorts
from insurance.operations.billing.report_refund import report_refund, report_return
from insurance.operations.billing.resolve_suspense import read_suspense
from insurance.operations.billing.review_report import (
    review_refund_report,
    review_return_report,
)
from insurance.operations.billing.suspense_context import SuspenseResult
from insurance.operations.command import Command, Query


class RefundPayers:
    """The port `Payers` over the accounts of policies."""

    def __init__(self, ports: BillingPorts) -> None:
        self._ports = ports

    def payables(self, payment_ids: Sequence[str]) -> Mapping[str, Payable]:
        return {
            refund.id: Payable(
                refund.id,
                refund.amount,
                (account.payees or {}).get(refund.id),
                f"Refund {account.policy_id}",
            )
            for refund, account in self._refunds(payment_ids)
            if refund.status is PaymentStatus.EXECUTING
        }

    def statuses(self, payment_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:
        return {refund.id: refund.status for refund, _ in self._refunds(payment_ids)}

    def report(self, report: BankReport, command: Command) -> OutgoingPayment:
        def refund_of(summary: BillingSummary) -> OutgoingPayment:
            return summary.account.refund(report.instruction_id)

        return refund_of(report_refund(report, command.answered_by(refund_of), self._ports))

    def payment(self, payment_id: str, query: Query) -> OutgoingPayment:
        """The refund.

        Raises:
            PolicyNotFound: There is no such policy in the caller's mode.
            RefundNotFound: The policy has no such refund.
        """
        policy_id, _ = numbered(payment_id)
        stored = self._ports.billing.get(policy_id)
        policy = stored.policy.record
        if not query.caller.sees(policy.id, policy.partner, policy.party):
            raise PolicyNotFound(policy_id)
        if stored.account is None:
            raise RefundNotFound(payment_id)
        return stored.account.record.refund(payment_id)

    def review(self, review: ReportReview, command: Command) -> OutgoingPayment:
        def refund_of(summary: BillingSummary) -> OutgoingPayment:
            return summary.account.refund(review.instruction_id)

        answered = command.answered_by(refund_of)
        return refund_of(review_refund_report(review, answered, self._ports))

    def _refunds(self, refund_ids: Sequence[str]) -> list[tuple[Refund, BillingAccount]]:
        refunds = []
        for refund_id in refund_ids:
            stored = self._ports.billing.get(numbered(refund_id)[0]).account
            if stored is not None:
                refunds.append((stored.record.refund(refund_id), stored.record))
        return refunds


class ReturnPayers:
    """The port `Payers` over payments in suspense.

    Their returns stand in no file: the bank returns a payment by its own reference of it.
    """

    def __init__(self, ports: BillingPorts) -> None:
        self._ports = ports

    def payables(self, payment_ids: Sequence[str]) -> Mapping[str, Payable]:  # noqa: ARG002 - none
        return {}

    def statuses(self, payment_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:  # noqa: ARG002 - none
        return {}

    def report(self, report: BankReport, command: Command) -> OutgoingPayment:
        def return_of(result: SuspenseResult) -> OutgoingPayment:
            return result.payment.return_of(report.instruction_id)

        return return_of(report_return(report, command.answered_by(return_of), self._ports))

    def payment(self, payment_id: str, query: Query) -> OutgoingPayment:
        result = read_suspense(suspense_id_of(payment_id), query, self._ports)
        return result.payment.return_of(payment_id)

    def review(self, review: ReportReview, command: Command) -> OutgoingPayment:
        def return_of(result: SuspenseResult) -> OutgoingPayment:
            return result.payment.return_of(review.instruction_id)

        answered = command.answered_by(return_of)
        return return_of(review_return_report(review, answered, self._ports))
