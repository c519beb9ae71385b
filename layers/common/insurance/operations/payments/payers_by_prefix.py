"""All areas that pay out as one: claims, refunds, returns, redress."""

from collections.abc import Iterator, Mapping, Sequence

from insurance.domain.bank import Payable
from insurance.domain.bank.kept_report import ReportReview
from insurance.domain.bank.outgoing_payment import OutgoingPayment
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankReport
from insurance.operations.command import Command, Query
from insurance.operations.payments.ports import Payers


class PayersByPrefix:
    """The port `Payers` over several: the prefix of a payment's id names the area that pays it."""

    def __init__(self, **payers: Payers) -> None:
        self._payers = payers

    def payables(self, payment_ids: Sequence[str]) -> Mapping[str, Payable]:
        return {
            payment_id: payable
            for payer, ids in self._by_payer(payment_ids)
            for payment_id, payable in payer.payables(ids).items()
        }

    def statuses(self, payment_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:
        return {
            payment_id: status
            for payer, ids in self._by_payer(payment_ids)
            for payment_id, status in payer.statuses(ids).items()
        }

    def report(self, report: BankReport, command: Command) -> OutgoingPayment:
        return self._payers[_prefix(report.instruction_id)].report(report, command)

    def payment(self, payment_id: str, query: Query) -> OutgoingPayment:
        return self._payers[_prefix(payment_id)].payment(payment_id, query)

    def review(self, review: ReportReview, command: Command) -> OutgoingPayment:
        return self._payers[_prefix(review.instruction_id)].review(review, command)

    def _by_payer(self, payment_ids: Sequence[str]) -> Iterator[tuple[Payers, list[str]]]:
        for prefix, payer in self._payers.items():
            ids = [payment_id for payment_id in payment_ids if _prefix(payment_id) == prefix]
            if ids:
                yield payer, ids


def _prefix(id: str) -> str:
    return id.split("_", 1)[0]
