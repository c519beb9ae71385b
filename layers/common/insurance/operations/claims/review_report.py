"""Propose or decide what becomes of a report on a claim's payment that was kept."""

from insurance.domain.bank.kept_report import ReportReview
from insurance.domain.claim import Claim
from insurance.domain.claim.report_review import review_report as reviewed
from insurance.domain.core.errors import LimitMoved, WrongState
from insurance.domain.core.identity import claim_id_for
from insurance.domain.core.stored import Stored
from insurance.operations.claims.claim_context import act_of, load_claim, store_claim
from insurance.operations.claims.ports import Claims
from insurance.operations.command import Command


def review_report(review: ReportReview, command: Command, claims: Claims) -> Stored[Claim]:
    """Propose that the report is applied or closed, or decide it as another person.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        PaymentNotFound: The claim has no such payment.
        KeptReportNotFound: The report is resolved, or never was.
        WrongState: Something is proposed already, or nothing is; or other claims have used the limit by now.
        SamePerson: Who proposed it, or requested the payment, cannot approve it.
        ReserveTooLow: The report says that the payment was paid, and less than that is reserved by now.
    """
    context = load_claim(claim_id_for(review.instruction_id), command, claims)
    change = reviewed(context, review, act_of(command))
    try:
        return store_claim(change, context.claim, command, claims)
    except LimitMoved as full:
        about = f"Payment {review.instruction_id}"
        raise WrongState(about, "beyond what is left of a limit", "be paid") from full
