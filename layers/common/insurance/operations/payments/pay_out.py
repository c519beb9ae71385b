"""All that is paid out by file as one: claims, refunds, redress."""

from collections.abc import Mapping, Sequence

from insurance.domain.bank import Payable
from insurance.domain.bank.outgoing_payment import PaymentStatus
from insurance.domain.bank.report import BankReport
from insurance.domain.core.caller import Caller
from insurance.operations.idempotency import Idempotency
from insurance.operations.payments.send_payments import Payers


class AllPayers:
    """The port `Payers` over several; the prefix of an id says whose it is.

    What has another prefix is no part of a file: money in suspense is returned by its own reference.
    """

    def __init__(self, **payers: Payers) -> None:
        self._payers = payers

    def payables(self, payment_ids: Sequence[str]) -> Mapping[str, Payable]:
        return {
            each: payable
            for payer, ids in self._parted(payment_ids)
            for each, payable in payer.payables(ids).items()
        }

    def statuses(self, payment_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:
        return {
            each: status
            for payer, ids in self._parted(payment_ids)
            for each, status in payer.statuses(ids).items()
        }

    def report(self, report: BankReport, *, caller: Caller, receipt: Idempotency) -> None:
        payer = self._payers[_prefix(report.instruction_id)]
        payer.report(report, caller=caller, receipt=receipt)

    def _parted(self, payment_ids: Sequence[str]) -> list[tuple[Payers, list[str]]]:
        split_personal = (
            (payer, [each for each in payment_ids if _prefix(each) == prefix])
            for prefix, payer in self._payers.items()
        )
        return [(payer, ids) for payer, ids in split_personal if ids]


def _prefix(id: str) -> str:
    return id.split("_", 1)[0]
