"""Settlement: verify, value, reserve and pay a claim; approve payments."""

from collections.abc import Callable
from typing import Literal, Self

from insurance import wiring
from insurance.api.body import Request
from insurance.api.fields import Code, PositiveMoney, Reason, Text
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
from insurance.api.payees import PayeeRequest
from insurance.api.views.claims import ClaimView
from insurance.domain.claim import Claim
from insurance.domain.claim.recovery import RecoveryKind
from insurance.domain.core.stored import Stored
from insurance.operations.claims.approve_payment import approve_payment
from insurance.operations.claims.change_payee import approve_payee
from insurance.operations.claims.handle_claim import ClaimDesk
from insurance.operations.claims.recover_claim import RecoveryDesk
from insurance.operations.claims.screen_payment import decide_screening
from insurance.operations.claims.settle_claim import settle_claim
from insurance.operations.idempotency import RecordedAnswer
from pydantic import model_validator

products, claims, receipts = wiring.products(), wiring.stores().claims, wiring.stores().receipts
screening = wiring.screening()

api = Api(receipts.find_replay)
handler = api.entrypoint()


class SettlementRequest(Request):
    """Nothing is asked beside the claim itself."""


class PaymentApprovalRequest(Request):
    """Whether a payment is made, and why."""

    decision: Literal["approve", "refuse"]
    reason: Reason


class ScreeningRequest(Request):
    """Whether the payee is somebody else than the list means, and how that is known."""

    decision: Literal["clear", "refuse"]
    reason: Reason


class PayeeApprovalRequest(Request):
    """Whether the new payee stands."""

    decision: Literal["approve", "refuse"]
    somebody_else_because: Reason | None = None
    """Where the name resembles one on a sanctions list: how it is known to be somebody else."""


class FurtherPaymentRequest(Request):
    """A bill for dealing with the claim, and who sent it; or the insured's share of what was
    recovered once more, to the claim's payee."""

    cost_type: Literal["expense", "insured_share"] = "expense"
    amount: PositiveMoney
    payee: PayeeRequest | None = None
    """Who sent the bill, with their account; nobody for the insured's share."""
    reason: Reason

    @model_validator(mode="after")
    def _names_an_account(self) -> Self:
        if self.cost_type == "expense" and not (self.payee and self.payee.payee().has_account):
            raise ValueError("a bill is paid to who sent it, with their account")
        if self.cost_type == "insured_share" and self.payee:
            raise ValueError("the insured's share goes to the claim's payee")
        return self


class PaymentCancellationRequest(Request):
    """Why a payment is taken back."""

    reason: Reason


class RecoveryRequest(Request):
    """Something paid that may come back."""

    kind: Literal["subrogation", "salvage", "third_party"]
    against: Text
    """Who owes it, or who buys what is left."""
    expected: PositiveMoney


class PursuitRequest(Request):
    """Nothing is asked beside the recovery itself."""


class ReceivedRequest(Request):
    """Money that came in on a recovery."""

    amount: PositiveMoney


class AbandonmentRequest(Request):
    """Why nothing more is expected."""

    reason_code: Code


def at_desk(
    claim_id: str, call: Call, step: Callable[[ClaimDesk], Stored[Claim]]
) -> RecordedAnswer:
    return call.once(
        lambda receipt: step(
            ClaimDesk(
                claim_id,
                expected_revision=call.expected_revision,
                caller=call.caller,
                products=products,
                claims=claims,
                receipt=receipt,
            )
        ),
        shows=ClaimView.of,
    )


@api.command(
    "/v1/claims/{claim_id}/settlement",
    scope="claims:settle",
    summary="Settle a claim, straight through where every rule passes",
)
def post_settlement(
    claim_id: str, request: SettlementRequest, call: Call
) -> ClaimView | RecordedAnswer:
    return call.once(
        lambda receipt: settle_claim(
            claim_id,
            expected_revision=call.expected_revision,
            caller=call.caller,
            products=products,
            claims=claims,
            screening=screening,
            receipt=receipt,
        ),
        shows=ClaimView.of,
    )


@api.command(
    "/v1/claims/{claim_id}/payments/{payment_id}/approval",
    scope="claims:approve",
    staff=True,
    summary="Approve or refuse a payment that somebody else asked for",
)
def post_payment_approval(
    claim_id: str, payment_id: str, request: PaymentApprovalRequest, call: Call
) -> ClaimView | RecordedAnswer:
    return call.once(
        lambda receipt: approve_payment(
            claim_id,
            payment_id,
            approve=request.decision == "approve",
            reason=request.reason,
            expected_revision=call.expected_revision,
            caller=call.caller,
            products=products,
            claims=claims,
            screening=screening,
            receipt=receipt,
        ),
        shows=ClaimView.of,
    )


@api.command(
    "/v1/claims/{claim_id}/payments/{payment_id}/screening",
    scope="claims:approve",
    staff=True,
    summary="Say whether a payee is who a sanctions list means",
)
def post_screening(
    claim_id: str, payment_id: str, request: ScreeningRequest, call: Call
) -> ClaimView | RecordedAnswer:
    return call.once(
        lambda receipt: decide_screening(
            claim_id,
            payment_id,
            clear=request.decision == "clear",
            reason=request.reason,
            expected_revision=call.expected_revision,
            caller=call.caller,
            products=products,
            claims=claims,
            screening=screening,
            receipt=receipt,
        ),
        shows=ClaimView.of,
    )


@api.command(
    "/v1/claims/{claim_id}/payee/approval",
    scope="claims:approve",
    staff=True,
    summary="Agree to another payee, or not",
)
def post_payee_approval(
    claim_id: str, request: PayeeApprovalRequest, call: Call
) -> ClaimView | RecordedAnswer:
    return call.once(
        lambda receipt: approve_payee(
            claim_id,
            approve=request.decision == "approve",
            somebody_else_because=request.somebody_else_because,
            expected_revision=call.expected_revision,
            caller=call.caller,
            products=products,
            claims=claims,
            screening=screening,
            receipt=receipt,
        ),
        shows=ClaimView.of,
    )


@api.command(
    "/v1/claims/{claim_id}/payments",
    scope="claims:settle",
    staff=True,
    summary="Pay what it costs to deal with a claim, or the insured's share again",
)
def post_payment(
    claim_id: str, request: FurtherPaymentRequest, call: Call
) -> ClaimView | RecordedAnswer:
    payee = request.payee.payee() if request.payee else None
    return at_desk(
        claim_id,
        call,
        lambda desk: (
            desk.pay_share(request.amount, request.reason)
            if payee is None
            else desk.pay_expense(request.amount, request.reason, payee, screening)
        ),
    )


@api.command(
    "/v1/claims/{claim_id}/payments/{payment_id}/cancellation",
    scope="claims:settle",
    staff=True,
    summary="Take back a payment that nobody has approved yet",
)
def post_payment_cancellation(
    claim_id: str, payment_id: str, request: PaymentCancellationRequest, call: Call
) -> ClaimView | RecordedAnswer:
    return at_desk(claim_id, call, lambda desk: desk.cancel_payment(payment_id, request.reason))


def at_recoveries(
    claim_id: str, call: Call, step: Callable[[RecoveryDesk], Stored[Claim]]
) -> RecordedAnswer:
    return call.once(
        lambda receipt: step(
            RecoveryDesk(
                claim_id,
                expected_revision=call.expected_revision,
                caller=call.caller,
                products=products,
                claims=claims,
                receipt=receipt,
            )
        ),
        shows=ClaimView.of,
    )


@api.command(
    "/v1/claims/{claim_id}/recoveries",
    scope="claims:settle",
    staff=True,
    summary="Note that something paid may come back",
)
def post_recovery(
    claim_id: str, request: RecoveryRequest, call: Call
) -> ClaimView | RecordedAnswer:
    return at_recoveries(
        claim_id,
        call,
        lambda desk: desk.identify(RecoveryKind(request.kind), request.against, request.expected),
    )


@api.command(
    "/v1/claims/{claim_id}/recoveries/{recovery}/pursuit",
    scope="claims:settle",
    staff=True,
    summary="Ask for what may come back",
)
def post_pursuit(
    claim_id: str, recovery: str, request: PursuitRequest, call: Call
) -> ClaimView | RecordedAnswer:
    return at_recoveries(claim_id, call, lambda desk: desk.pursue(recovery))


@api.command(
    "/v1/claims/{claim_id}/recoveries/{recovery}/receipts",
    scope="claims:settle",
    staff=True,
    summary="Book what came back, and share it as the product says",
)
def post_received(
    claim_id: str, recovery: str, request: ReceivedRequest, call: Call
) -> ClaimView | RecordedAnswer:
    return at_recoveries(claim_id, call, lambda desk: desk.receive(recovery, request.amount))


@api.command(
    "/v1/claims/{claim_id}/recoveries/{recovery}/abandonment",
    scope="claims:settle",
    staff=True,
    summary="Give a recovery up and write the rest off",
)
def post_abandonment(
    claim_id: str, recovery: str, request: AbandonmentRequest, call: Call
) -> ClaimView | RecordedAnswer:
    return at_recoveries(claim_id, call, lambda desk: desk.abandon(recovery, request.reason_code))
