"""Settlement: verify, value, reserve and pay a claim; approve its payments; recover its cost."""

from typing import Final, Literal, Self

from insurance import bundles, wiring
from insurance.api.approvals import ApprovalRequest, PayeeScreeningRequest
from insurance.api.body import Request
from insurance.api.fields import Code, PositiveMoney, Reason, Text
from insurance.api.payees import PayeeRequest
from insurance.api.router import Api
from insurance.api.views.claims import ClaimView
from insurance.domain.claim import Claim
from insurance.domain.claim.handling import ExpenseInput
from insurance.domain.claim.recoveries import RecoveryInput
from insurance.domain.claim.recovery import RecoveryKind
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    ClaimFull,
    ClaimOnHold,
    InvalidFields,
    PayeeUnsettled,
    RecoveryNotFound,
    ReserveTooLow,
    SamePerson,
    ScreeningOpen,
    WrongState,
)
from insurance.domain.core.roles import CLAIM_HANDLERS, PAYEE_SCREENERS
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.operations.claims.change_payee import approve_payee, refuse_payee
from insurance.operations.claims.decide_payment import decide_payment, decide_screening
from insurance.operations.claims.handle_claim import (
    cancel_payment,
    pay_expense,
    pay_insured_share,
)
from insurance.operations.claims.recover_claim import (
    abandon_recovery,
    identify_recovery,
    pursue_recovery,
    receive_recovery,
)
from insurance.operations.claims.settle_claim import settle_claim
from insurance.operations.command import Command
from pydantic import model_validator

ports = bundles.claim_ports()
idempotency = wiring.stores().idempotency

api = Api(idempotency.find_replay, wiring.edge())
handler = api.entrypoint()

STAFF: Final = {CallerKind.STAFF}


class PayeeApprovalRequest(Request):
    """Whether the new payee stands."""

    decision: Literal["approve", "refuse"]
    cleared_because: Reason | None = None
    """Where the name resembles one on a sanctions list: how it is known that the payee is another
    person."""


class FurtherPaymentRequest(Request):
    """A bill for dealing with the claim, and its sender; or the insured's share of a recovery,
    once more, to the claim's payee."""

    cost_type: Literal["expense", "insured_share"] = "expense"
    amount: PositiveMoney
    payee: PayeeRequest | None = None
    """The sender of the bill, with their account; none for the insured's share."""
    reason: Reason

    @model_validator(mode="after")
    def _names_an_account(self) -> Self:
        if self.cost_type == "expense" and not (self.payee and self.payee.payee().has_account):
            raise ValueError("a bill needs its sender, with their account")
        if self.cost_type == "insured_share" and self.payee:
            raise ValueError("the insured's share goes to the claim's payee")
        return self


class PaymentCancellationRequest(Request):
    """Why a payment is withdrawn."""

    reason: Reason


class RecoveryRequest(Request):
    """Something paid that may come back."""

    kind: Literal["subrogation", "salvage", "third_party"]
    against: Text
    """The person or company that owes it, or that buys what is left."""
    expected: PositiveMoney

    def recovery(self) -> RecoveryInput:
        return RecoveryInput(RecoveryKind(self.kind), self.against, self.expected)


class RecoveryReceiptRequest(Request):
    """Money that came in on a recovery."""

    amount: PositiveMoney


class AbandonmentRequest(Request):
    """Why nothing more is expected."""

    reason_code: Code


@api.command(
    "/v1/claims/{claim_id}/settlement",
    operation_id="settleClaim",
    summary="Settle a claim; it is paid straight through if every rule passes",
    scope=Scope.CLAIMS_SETTLE,
    callers={CallerKind.APPLICATION, CallerKind.STAFF},
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    if_match=True,
    raises=(AlreadyErased, ClaimFull, ClaimOnHold, InvalidFields, WrongState),
)
def post_settlement(claim_id: str, command: Command) -> Stored[Claim]:
    return settle_claim(claim_id, command, ports)


@api.command(
    "/v1/claims/{claim_id}/payments/{payment_id}/approval",
    operation_id="approveClaimPayment",
    summary="Approve or refuse a payment of a claim",
    scope=Scope.CLAIMS_APPROVE,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    step_up=True,
    if_match=True,
    raises=(AlreadyErased, ClaimOnHold, PayeeUnsettled, SamePerson, WrongState),
)
def post_payment_approval(
    claim_id: str, payment_id: str, request: ApprovalRequest, command: Command
) -> Stored[Claim]:
    return decide_payment(claim_id, payment_id, request.approval(command.actor), command, ports)


@api.command(
    "/v1/claims/{claim_id}/payments/{payment_id}/screening",
    operation_id="screenClaimPayment",
    summary="Clear or refuse a payment whose payee matches the sanctions list",
    scope=Scope.CLAIMS_APPROVE,
    callers=STAFF,
    roles=PAYEE_SCREENERS,
    shows=ClaimView,
    step_up=True,
    if_match=True,
    raises=(ClaimOnHold, PayeeUnsettled, SamePerson, WrongState),
)
def post_screening(
    claim_id: str, payment_id: str, request: PayeeScreeningRequest, command: Command
) -> Stored[Claim]:
    return decide_screening(claim_id, payment_id, request.approval(command.actor), command, ports)


@api.command(
    "/v1/claims/{claim_id}/payee/approval",
    operation_id="approveClaimPayee",
    summary="Approve or refuse a change of a claim's payee",
    scope=Scope.CLAIMS_APPROVE,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    if_match=True,
    raises=(AlreadyErased, SamePerson, ScreeningOpen, WrongState),
)
def post_payee_approval(
    claim_id: str, request: PayeeApprovalRequest, command: Command
) -> Stored[Claim]:
    if request.decision == "refuse":
        return refuse_payee(claim_id, command, ports)
    return approve_payee(claim_id, request.cleared_because, command, ports)


@api.command(
    "/v1/claims/{claim_id}/payments",
    operation_id="payClaimExpense",
    summary="Pay an expense of a claim, or the insured's share of a recovery again",
    scope=Scope.CLAIMS_SETTLE,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    step_up=True,
    if_match=True,
    raises=(AlreadyErased, ClaimFull, ClaimOnHold, ReserveTooLow, WrongState),
)
def post_payment(claim_id: str, request: FurtherPaymentRequest, command: Command) -> Stored[Claim]:
    if request.payee is None:
        return pay_insured_share(claim_id, request.amount, request.reason, command, ports)
    expense = ExpenseInput(request.amount, request.reason, request.payee.payee())
    return pay_expense(claim_id, expense, command, ports)


@api.command(
    "/v1/claims/{claim_id}/payments/{payment_id}/cancellation",
    operation_id="cancelClaimPayment",
    summary="Cancel a payment of a claim before it is approved",
    scope=Scope.CLAIMS_SETTLE,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    if_match=True,
    raises=(WrongState,),
)
def post_payment_cancellation(
    claim_id: str, payment_id: str, request: PaymentCancellationRequest, command: Command
) -> Stored[Claim]:
    return cancel_payment(claim_id, payment_id, request.reason, command, ports)


@api.command(
    "/v1/claims/{claim_id}/recoveries",
    operation_id="createRecovery",
    summary="Create a recovery on a claim",
    scope=Scope.CLAIMS_SETTLE,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    if_match=True,
    raises=(AlreadyErased, ClaimFull, WrongState),
)
def post_recovery(claim_id: str, request: RecoveryRequest, command: Command) -> Stored[Claim]:
    return identify_recovery(claim_id, request.recovery(), command, ports)


@api.command(
    "/v1/claims/{claim_id}/recoveries/{recovery}/pursuit",
    operation_id="pursueRecovery",
    summary="Pursue a recovery",
    scope=Scope.CLAIMS_SETTLE,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    if_match=True,
    raises=(RecoveryNotFound, WrongState),
)
def post_pursuit(claim_id: str, recovery: str, command: Command) -> Stored[Claim]:
    return pursue_recovery(claim_id, recovery, command, ports)


@api.command(
    "/v1/claims/{claim_id}/recoveries/{recovery}/receipts",
    operation_id="recordRecoveryReceipt",
    summary="Record a receipt on a recovery",
    scope=Scope.CLAIMS_SETTLE,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    step_up=True,
    if_match=True,
    raises=(ClaimFull, RecoveryNotFound, WrongState),
)
def post_recovery_receipt(
    claim_id: str, recovery: str, request: RecoveryReceiptRequest, command: Command
) -> Stored[Claim]:
    return receive_recovery(claim_id, recovery, request.amount, command, ports)


@api.command(
    "/v1/claims/{claim_id}/recoveries/{recovery}/abandonment",
    operation_id="abandonRecovery",
    summary="Abandon a recovery and write off the rest",
    scope=Scope.CLAIMS_SETTLE,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    step_up=True,
    if_match=True,
    raises=(RecoveryNotFound, WrongState),
)
def post_abandonment(
    claim_id: str, recovery: str, request: AbandonmentRequest, command: Command
) -> Stored[Claim]:
    return abandon_recovery(claim_id, recovery, request.reason_code, command, ports)
