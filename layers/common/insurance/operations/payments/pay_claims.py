"""Claims as payers: whom the bank pays for them, and what its reports do to them."""

from collections.abc import Mapping, Sequence

from insurance.domain.bank import Payable
from insurance.domain.bank.outgoing_payment import PaymentStatus
from insurance.domain.bank.report import BankReport
from insurance.domain.claim import Claim
from insurance.domain.core.caller import Caller
from insurance.domain.core.identity import claim_id_for
from insurance.operations.claims.ports import Claims
from insurance.operations.claims.report_payment import report_payment
from insurance.operations.idempotency import Idempotency


class ClaimPayers:
    """The port `Payers` over claims."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims

    def payables(self, payment_ids: Sequence[str]) -> Mapping[str, Payable]:
        found = (
            claim.for_the_bank(payment_id) for payment_id, claim in self._claims_of(payment_ids)
        )
        return {payable.id: payable for payable in found if payable is not None}

    def statuses(self, payment_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:
        return {
            payment_id: claim.payment(payment_id).status
            for payment_id, claim in self._claims_of(payment_ids)
        }

    def report(self, report: BankReport, *, caller: Caller, receipt: Idempotency) -> None:
        report_payment(report, caller=caller, claims=self._claims, receipt=receipt)

    def _claims_of(self, payment_ids: Sequence[str]) -> Sequence[tuple[str, Claim]]:
        claim_ids = list(dict.fromkeys(claim_id_for(each) for each in payment_ids))
        claims = {kept.record.id: kept.record for kept in self._claims.get_each(claim_ids)}
        return [(each, claims[claim_id_for(each)]) for each in payment_ids]
