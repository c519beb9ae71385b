"""Billing: how a policy is paid, what is due when, and what came in."""

from insurance import wiring
from insurance.api.app import Api, Call
from insurance.api.body import Request
from insurance.api.fields import Code, Day, PositiveMoney
from insurance.api.views.billing import BillingView, PaymentTakenView, PlansView
from insurance.domain.billing import Reference
from insurance.domain.identity import PolicyId
from insurance.operations.bill_policy import (
    PaymentTold,
    choose_plan,
    offer_plans,
    read_billing,
    receive_payment,
)
from insurance.operations.receipt import Answer

products, billing, receipts = wiring.products(), wiring.billing(), wiring.receipts()

api = Api(receipts.recall)
handler = api.entrypoint()


class PlanChoiceRequest(Request):
    """Which of the plans on offer."""

    plan: Code


class PaymentReceivedRequest(Request):
    """Money that came in, as the bank names it."""

    policy_id: PolicyId
    reference: Reference
    amount: PositiveMoney
    received_on: Day

    def told(self) -> PaymentTold:
        return PaymentTold(
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
        today=call.as_at.date(),
        caller=call.caller,
        products=products,
        billing=billing,
    )
    return BillingView.of(billed)


@api.command(
    "/v1/policies/{policy_id}/billing/plan",
    scope="policies:write",
    summary="Choose how a policy is paid",
)
def post_plan(policy_id: str, request: PlanChoiceRequest, call: Call) -> BillingView | Answer:
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
def post_payment_received(request: PaymentReceivedRequest, call: Call) -> PaymentTakenView | Answer:
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
