"""Policies' accounts as payers: whom the bank pays back, and what its reports do to a refund."""

from collections.abc import Mapping, Sequence

from insurance.domain.bank import Payable
from insurance.domain.bank.outgoing_payment import PaymentStatus
from insurance.domain.bank.report import BankReport
from insurance.domain.billing import BillingAccount, Refund
from insurance.domain.core.caller import Caller
from insurance.domain.core.identity import numbered
from insurance.operations.billing.billing_desk import BillingDesk
from insurance.operations.billing.ports import Billing
from insurance.operations.billing.refund_premium import report_refund
from insurance.operations.idempotency import Idempotency
from insurance.operations.products.ports import Products


class RefundPayers:
    """The port `Payers` over the accounts of policies."""

    def __init__(self, products: Products, billing: Billing) -> None:
        self._products = products
        self._billing = billing

    def payables(self, payment_ids: Sequence[str]) -> Mapping[str, Payable]:
        return {
            refund.id: Payable(
                refund.id,
                refund.amount,
                (account.payees or {}).get(refund.id),
                f"Refund {account.policy_id}",
            )
            for refund, account in self._found(payment_ids)
            if refund.status is PaymentStatus.EXECUTING
        }

    def statuses(self, payment_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:
        return {refund.id: refund.status for refund, _ in self._found(payment_ids)}

    def report(self, report: BankReport, *, caller: Caller, receipt: Idempotency) -> None:
        report_refund(report, desk=BillingDesk(caller, self._products, self._billing, receipt))

    def _found(self, refund_ids: Sequence[str]) -> list[tuple[Refund, BillingAccount]]:
        found = []
        for refund_id in refund_ids:
            kept = self._billing.get(numbered(refund_id)[0]).account
            if kept is not None:
                found.append((kept.record.refund(refund_id), kept.record))
        return found
