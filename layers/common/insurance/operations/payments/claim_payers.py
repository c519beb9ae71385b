"""Claims as payers: what the bank pays for them, and what its reports do to them."""

from collections.abc import Mapping, Sequence

from insurance.domain.bank import Payable
from insurance.domain.bank.kept_report import ReportReview
from insurance.domain.bank.outgoing_payment import OutgoingPayment
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankReport
from insurance.domain.claim import Claim
from insurance.domain.core.errors import ClaimNotFound
from insurance.domain.core.identity import claim_id_for
from insurance.domain.core.stored import Stored
from insurance.operations.claims.ports import Claims
from insurance.operations.claims.report_payment import report_payment
from insurance.operations.claims.review_report import review_report
from insurance.operations.command import Command, Query


class ClaimPayers:
    """The port `Payers` over claims."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims

    def payables(self, payment_ids: Sequence[str]) -> Mapping[str, Payable]:
        payables = (
            claim.for_the_bank(payment_id) for payment_id, claim in self._claims_of(payment_ids)
        )
        return {payable.id: payable for payable in payables if payable is not None}

    def statuses(self, payment_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:
        return {
            payment_id: claim.payment(payment_id).status
            for payment_id, claim in self._claims_of(payment_ids)
        }

    def report(self, report: BankReport, command: Command) -> OutgoingPayment:
        def payment_of(stored: Stored[Claim]) -> OutgoingPayment:
            return stored.record.payment(report.instruction_id)

        return payment_of(report_payment(report, command.answered_by(payment_of), self._claims))

    def payment(self, payment_id: str, query: Query) -> OutgoingPayment:
        """The payment.

        Raises:
            ClaimNotFound: There is none in the caller's mode.
        """
        claim_id = claim_id_for(payment_id)
        claim = self._claims.get(claim_id).record
        if not query.caller.sees(claim_id, claim.partner, claim.party):
            raise ClaimNotFound(claim_id)
        return claim.payment(payment_id)

    def review(self, review: ReportReview, command: Command) -> OutgoingPayment:
        def payment_of(stored: Stored[Claim]) -> OutgoingPayment:
            return stored.record.payment(review.instruction_id)

        return payment_of(review_report(review, command.answered_by(payment_of), self._claims))

    def _claims_of(self, payment_ids: Sequence[str]) -> Sequence[tuple[str, Claim]]:
        claim_ids = list(dict.fromkeys(claim_id_for(payment_id) for payment_id in payment_ids))
        claims = {stored.record.id: stored.record for stored in self._claims.get_many(claim_ids)}
        return [(payment_id, claims[claim_id_for(payment_id)]) for payment_id in payment_ids]
