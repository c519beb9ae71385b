"""Billing: how a policy is paid, what is due when, and what came in."""

from collections.abc import Callable
from typing import Any, Literal

from insurance import wiring
from insurance.api.body import Request
from insurance.api.fields import Code, Day, PositiveMoney, Reason
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
from insurance.api.payees import PayeeRequest
from insurance.api.views.billing import (
    BillingView,
    InvoicesView,
    PaymentTakenView,
    PlansView,
    PolicyInvoiceView,
    SuspenseView,
)
from insurance.api.views.terms import View
from insurance.domain.bank.incoming import IncomingPayment, Reference
from insurance.domain.core.identity import PolicyId
from insurance.operations.billing.bill_policy import (
    choose_plan,
    offer_plans,
    read_billing,
    read_invoice,
    receive_payment,
)
from insurance.operations.billing.billing_desk import BillingDesk
from insurance.operations.billing.refund_premium import (
    decide_refund,
    request_refund,
    screen_refund,
)
from insurance.operations.billing.resolve_suspense import (
    allocate,
    decide_return,
    read_suspense,
    request_return,
    use_suspense,
)
from insurance.operations.idempotency import RecordedAnswer

products, billing, receipts = wiring.products(), wiring.stores().billing, wiring.stores().receipts
screening = wiring.screening()

api = Api(receipts.find_replay)
handler = api.entrypoint()


class PlanChoiceRequest(Request):
    """Which of the plans on offer."""

    plan: Code


class RefundRequest(Request):
    """So much back, to whom, and why."""

    amount: PositiveMoney
    payee: PayeeRequest
    reason: Reason


class ApprovalRequest(Request):
    """Whether a refund is made, and why."""

    decision: Literal["approve", "refuse"]
    reason: Reason


class ScreeningRequest(Request):
    """Whether the payee is somebody else than the list means, and how that is known."""

    decision: Literal["clear", "refuse"]
    reason: Reason


class NothingAsked(Request):
    """Nothing is asked beside the account itself."""


class AllocationRequest(Request):
    """The policy that it is for."""

    policy_id: PolicyId


class ReturnRequest(Request):
    """Why nobody wants it."""

    reason_code: Code


class ReturnApprovalRequest(Request):
    """Whether it goes back."""

    decision: Literal["approve", "refuse"]
    reason_code: Code


class PaymentReceivedRequest(Request):
    """Money that came in, as the bank names it."""

    policy_id: PolicyId
    reference: Reference
    amount: PositiveMoney
    received_on: Day

    def told(self) -> IncomingPayment:
        return IncomingPayment(
            policy_id=self.policy_id,
            reference=self.reference,
            amount=self.amount,
            received_on=self.received_on,
        )


@api.query(
    "GET",
    "/v1/policies/{policy_id}/billing/plans",
    scope="policies:read",
    summary="Work out every plan that a policy can be paid by",
)
def get_plans(policy_id: str, call: Call) -> PlansView:
    policy, accounts = offer_plans(
        policy_id, caller=call.caller, products=products, billing=billing
    )
    return PlansView.of(policy, accounts)


@api.query(
    "GET",
    "/v1/policies/{policy_id}/billing",
    scope="policies:read",
    policyholders=True,
    summary="Read what is due on a policy, what was paid and what is late",
)
def get_billing(policy_id: str, call: Call) -> BillingView:
    billed = read_billing(
        policy_id,
        at=call.as_at,
        caller=call.caller,
        products=products,
        billing=billing,
    )
    return BillingView.of(billed)


@api.query(
    "GET",
    "/v1/policies/{policy_id}/invoices",
    scope="policies:read",
    summary="List what is due on a policy, by its due dates",
)
def get_invoices(policy_id: str, call: Call) -> InvoicesView:
    found = read_billing(
        policy_id,
        at=call.as_at,
        caller=call.caller,
        products=products,
        billing=billing,
    )
    return InvoicesView.of(found)


@api.query(
    "GET",
    "/v1/invoices/{invoice_id}",
    scope="policies:read",
    summary="Read one invoice: how much is due when, and what of it is paid",
)
def get_invoice(invoice_id: str, call: Call) -> PolicyInvoiceView:
    found = read_invoice(
        invoice_id,
        at=call.as_at,
        caller=call.caller,
        products=products,
        billing=billing,
    )
    return PolicyInvoiceView.of(found)


@api.command(
    "/v1/policies/{policy_id}/billing/plan",
    scope="policies:write",
    summary="Choose how a policy is paid",
)
def post_plan(
    policy_id: str, request: PlanChoiceRequest, call: Call
) -> BillingView | RecordedAnswer:
    return call.once(
        lambda receipt: choose_plan(
            policy_id,
            request.plan,
            caller=call.caller,
            products=products,
            billing=billing,
            receipt=receipt,
        ),
        shows=BillingView.of,
    )


@api.command(
    "/v1/payments-received",
    scope="payments:report",
    staff=True,
    summary="Book a payment that came in, once by its outside reference",
)
def post_payment_received(
    request: PaymentReceivedRequest, call: Call
) -> PaymentTakenView | RecordedAnswer:
    return call.once(
        lambda receipt: receive_payment(
            request.told(),
            caller=call.caller,
            products=products,
            billing=billing,
            receipt=receipt,
        ),
        shows=PaymentTakenView.of,
    )


@api.command(
    "/v1/policies/{policy_id}/refunds",
    scope="policies:write",
    summary="Ask for a refund of what was paid and is not owed",
)
def post_refund(policy_id: str, request: RefundRequest, call: Call) -> BillingView | RecordedAnswer:
    """Another person must approve it; the bank pays it."""
    return at_desk(
        call,
        lambda desk: request_refund(
            policy_id, request.amount, request.payee.payee(), request.reason, desk=desk
        ),
    )


@api.command(
    "/v1/policies/{policy_id}/refunds/{refund_id}/approval",
    scope="refunds:approve",
    staff=True,
    summary="Approve or refuse a refund that somebody else asked for",
)
def post_refund_approval(
    policy_id: str, refund_id: str, request: ApprovalRequest, call: Call
) -> BillingView | RecordedAnswer:
    return at_desk(
        call,
        lambda desk: decide_refund(
            policy_id,
            refund_id,
            approve=request.decision == "approve",
            reason=request.reason,
            screening=screening,
            desk=desk,
        ),
    )


@api.command(
    "/v1/policies/{policy_id}/refunds/{refund_id}/screening",
    scope="refunds:approve",
    staff=True,
    summary="Say whether the payee of a refund is who a sanctions list means",
)
def post_refund_screening(
    policy_id: str, refund_id: str, request: ScreeningRequest, call: Call
) -> BillingView | RecordedAnswer:
    return at_desk(
        call,
        lambda desk: screen_refund(
            policy_id,
            refund_id,
            clear=request.decision == "clear",
            reason=request.reason,
            desk=desk,
        ),
    )


@api.command(
    "/v1/policies/{policy_id}/billing/suspense-use",
    scope="suspense:resolve",
    staff=True,
    summary="Use what was paid too much for what is owed by now",
)
def post_suspense_use(
    policy_id: str, request: NothingAsked, call: Call
) -> BillingView | RecordedAnswer:
    return at_desk(call, lambda desk: use_suspense(policy_id, desk=desk))


@api.query(
    "GET",
    "/v1/suspense/{suspense_id}",
    scope="suspense:resolve",
    staff=True,
    summary="Read a payment that came in for nobody",
)
def get_suspense(suspense_id: str, call: Call) -> SuspenseView:
    return SuspenseView.of(read_suspense(suspense_id, caller=call.caller, billing=billing))


@api.command(
    "/v1/suspense/{suspense_id}/allocation",
    scope="suspense:resolve",
    staff=True,
    summary="Say which policy a payment in suspense is for",
)
def post_suspense_allocation(
    suspense_id: str, request: AllocationRequest, call: Call
) -> SuspenseView | RecordedAnswer:
    return at_desk(
        call,
        lambda desk: allocate(suspense_id, request.policy_id, desk=desk),
        shows=SuspenseView.of,
    )


@api.command(
    "/v1/suspense/{suspense_id}/return",
    scope="suspense:resolve",
    staff=True,
    summary="Ask for a payment in suspense to go back to whom it came from",
)
def post_suspense_return(
    suspense_id: str, request: ReturnRequest, call: Call
) -> SuspenseView | RecordedAnswer:
    return at_desk(
        call,
        lambda desk: request_return(suspense_id, request.reason_code, desk=desk),
        shows=SuspenseView.of,
    )


@api.command(
    "/v1/suspense/{suspense_id}/return/approval",
    scope="suspense:resolve",
    staff=True,
    summary="Approve or refuse a return that somebody else asked for",
)
def post_suspense_return_approval(
    suspense_id: str, request: ReturnApprovalRequest, call: Call
) -> SuspenseView | RecordedAnswer:
    return at_desk(
        call,
        lambda desk: decide_return(
            suspense_id,
            approve=request.decision == "approve",
            reason=request.reason_code,
            desk=desk,
        ),
        shows=SuspenseView.of,
    )


def at_desk(
    call: Call,
    step: Callable[[BillingDesk], Any],
    *,
    shows: Callable[[Any], View] = BillingView.of,
) -> RecordedAnswer:
    return call.once(
        lambda receipt: step(BillingDesk(call.caller, products, billing, receipt)), shows=shows
    )
