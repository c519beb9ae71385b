"""Billing: how a policy is paid, what is due when, what came in, and what goes back."""

from typing import Literal

from insurance import bundles, wiring
from insurance.api.approvals import ApprovalRequest, PayeeScreeningRequest
from insurance.api.body import Request
from insurance.api.fields import Code, Day, PositiveMoney, Reason, ReferenceCode
from insurance.api.paging import Page
from insurance.api.parameters import OptionalInstant, Parameters
from insurance.api.payees import PayeeRequest, PayerRequest
from insurance.api.router import Api
from insurance.api.views.billing import (
    BillingView,
    InvoicesView,
    PaymentResultView,
    PlansView,
    PolicyInvoiceView,
    SuspenseView,
)
from insurance.domain.bank.approval import Approval
from insurance.domain.bank.incoming import IncomingPayment
from insurance.domain.billing import BillingSummary, PolicyInvoice
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    CurrencyMismatch,
    PaymentDiffers,
    PlanAlreadyChosen,
    PolicyNotFound,
    RefundNotFound,
    RefundTooLarge,
    SamePerson,
    TooManyChanges,
    WrongState,
)
from insurance.domain.core.identity import PolicyId
from insurance.domain.core.roles import EVERY_ROLE, Role
from insurance.domain.core.scopes import Scope
from insurance.operations.billing.choose_plan import choose_plan
from insurance.operations.billing.decide_refund import decide_refund, screen_refund
from insurance.operations.billing.offer_plans import PlanOffers, offer_plans
from insurance.operations.billing.read_billing import read_billing, read_invoice
from insurance.operations.billing.receive_payment import PaymentResult, receive_payment
from insurance.operations.billing.request_refund import RefundInput, request_refund
from insurance.operations.billing.resolve_suspense import (
    allocate_suspense,
    decide_return,
    read_suspense,
    request_return,
    use_suspense,
)
from insurance.operations.billing.suspense_context import SuspenseResult
from insurance.operations.command import Command, Query
from pydantic import Field

ports = bundles.refund_ports()

api = Api(wiring.stores().idempotency.find_replay, wiring.edge())
handler = api.entrypoint()

PARTNERS_AND_STAFF = {CallerKind.APPLICATION, CallerKind.STAFF}
STAFF = {CallerKind.STAFF}
SERVICING = {Role.CALL_CENTRE, Role.UNDERWRITER, Role.CHIEF_UNDERWRITER, Role.FINANCE}
REFUND_APPROVERS = {Role.FINANCE, Role.SUPERVISOR}
REFUND_SCREENERS = {Role.SUPERVISOR, Role.COMPLIANCE}
RESOLVERS = {Role.FINANCE}


class BillingParameters(Parameters):
    """The day that billing is read for."""

    as_at: OptionalInstant = Field(None, description="An instant of the day; today without it")


class PlanRequest(Request):
    """One of the plans on offer."""

    plan: Code


class PaymentRequest(Request):
    """A payment that came in, as the bank names it."""

    policy_id: PolicyId
    reference: ReferenceCode
    """The bank's own: a payment that is reported twice has the same one."""
    amount: PositiveMoney
    received_on: Day
    payer: PayerRequest | None = None
    """From which account it came. What is refunded goes back there."""

    def payment(self) -> IncomingPayment:
        return IncomingPayment(
            self.reference,
            self.amount,
            self.received_on,
            self.policy_id,
            payer=self.payer.payer() if self.payer else None,
        )


class RefundRequest(Request):
    """The amount of a refund, its payee and the reason."""

    amount: PositiveMoney
    payee: PayeeRequest
    reason: Reason

    def refund(self) -> RefundInput:
        return RefundInput(self.amount, self.payee.payee(), self.reason)


class AllocationRequest(Request):
    """The policy that a payment is for."""

    policy_id: PolicyId


class ReturnRequest(Request):
    """Why a payment is returned: a code, since free text could name a person."""

    reason_code: Code


class ReturnApprovalRequest(Request):
    """Whether a payment is returned, and why."""

    decision: Literal["approve", "refuse"]
    reason_code: Code

    def approval(self, by: str) -> Approval:
        return Approval(granted=self.decision == "approve", by=by, reason=self.reason_code)


@api.query(
    "/v1/policies/{policy_id}/billing/plans",
    operation_id="listBillingPlans",
    summary="List the payment plans that a policy is offered",
    scope=Scope.POLICIES_READ,
    callers=PARTNERS_AND_STAFF,
    roles=EVERY_ROLE,
    shows=PlansView,
    paged="plans:{policy_id}",
)
def get_plans(policy_id: str, page: Page, query: Query) -> PlanOffers:
    return offer_plans(policy_id, query, ports)


@api.command(
    "/v1/policies/{policy_id}/billing/plan",
    operation_id="chooseBillingPlan",
    summary="Choose the payment plan of a policy",
    scope=Scope.POLICIES_WRITE,
    callers=PARTNERS_AND_STAFF,
    roles=SERVICING,
    shows=BillingView.to,
    raises=(PlanAlreadyChosen,),
)
def post_plan(policy_id: str, request: PlanRequest, command: Command) -> BillingSummary:
    return choose_plan(policy_id, request.plan, command, ports)


@api.query(
    "/v1/policies/{policy_id}/billing",
    operation_id="getBilling",
    summary="Read the billing of a policy: amounts due, paid and overdue",
    scope=Scope.POLICIES_READ,
    callers={*PARTNERS_AND_STAFF, CallerKind.POLICYHOLDER},
    roles=EVERY_ROLE,
    shows=BillingView.to,
)
def get_billing(policy_id: str, parameters: BillingParameters, query: Query) -> BillingSummary:
    return read_billing(policy_id, parameters.as_at, query, ports)


@api.query(
    "/v1/policies/{policy_id}/invoices",
    operation_id="listInvoices",
    summary="List the invoices of a policy by their due dates",
    scope=Scope.POLICIES_READ,
    callers=PARTNERS_AND_STAFF,
    roles=EVERY_ROLE,
    shows=InvoicesView,
    paged="invoices:{policy_id}:{as_at}",
)
def get_invoices(
    policy_id: str, parameters: BillingParameters, page: Page, query: Query
) -> BillingSummary:
    return read_billing(policy_id, parameters.as_at, query, ports)


@api.query(
    "/v1/invoices/{invoice_id}",
    operation_id="getInvoice",
    summary="Read an invoice: its amount, due date and payments",
    scope=Scope.POLICIES_READ,
    callers=PARTNERS_AND_STAFF,
    roles=EVERY_ROLE,
    shows=PolicyInvoiceView,
)
def get_invoice(invoice_id: str, parameters: BillingParameters, query: Query) -> PolicyInvoice:
    return read_invoice(invoice_id, parameters.as_at, query, ports)


@api.command(
    "/v1/payments",
    operation_id="recordPayment",
    summary="Record a premium payment received, once for each bank reference",
    scope=Scope.PAYMENTS_REPORT,
    callers={CallerKind.STAFF, CallerKind.MACHINE},
    roles={Role.FINANCE},
    shows=PaymentResultView,
    raises=(CurrencyMismatch, PaymentDiffers, TooManyChanges),
)
def post_payment(request: PaymentRequest, command: Command) -> PaymentResult:
    return receive_payment(request.payment(), command, ports)


@api.command(
    "/v1/policies/{policy_id}/refunds",
    operation_id="requestRefund",
    summary="Request a refund of overpaid premium",
    scope=Scope.POLICIES_WRITE,
    callers=PARTNERS_AND_STAFF,
    roles=SERVICING,
    shows=BillingView.to,
    raises=(AlreadyErased, CurrencyMismatch, RefundTooLarge, TooManyChanges),
)
def post_refund(policy_id: str, request: RefundRequest, command: Command) -> BillingSummary:
    return request_refund(policy_id, request.refund(), command, ports)


@api.command(
    "/v1/policies/{policy_id}/refunds/{refund_id}/approval",
    operation_id="approveRefund",
    summary="Approve or refuse a refund that another person requested",
    scope=Scope.REFUNDS_APPROVE,
    callers=STAFF,
    roles=REFUND_APPROVERS,
    shows=BillingView.to,
    step_up=True,
    raises=(AlreadyErased, RefundTooLarge, SamePerson, WrongState),
)
def post_refund_approval(
    policy_id: str, refund_id: str, request: ApprovalRequest, command: Command
) -> BillingSummary:
    return decide_refund(policy_id, refund_id, request.approval(command.actor), command, ports)


@api.command(
    "/v1/policies/{policy_id}/refunds/{refund_id}/screening",
    operation_id="screenRefund",
    summary="Clear or refuse the payee of an approved refund",
    scope=Scope.REFUNDS_APPROVE,
    callers=STAFF,
    roles=REFUND_SCREENERS,
    shows=BillingView.to,
    step_up=True,
    raises=(RefundTooLarge, SamePerson, WrongState),
)
def post_refund_screening(
    policy_id: str, refund_id: str, request: PayeeScreeningRequest, command: Command
) -> BillingSummary:
    return screen_refund(policy_id, refund_id, request.approval(command.actor), command, ports)


@api.command(
    "/v1/policies/{policy_id}/billing/suspense-allocation",
    operation_id="allocateSuspenseBalance",
    summary="Allocate a policy's overpayment to its open invoices",
    scope=Scope.SUSPENSE_RESOLVE,
    callers=STAFF,
    roles=RESOLVERS,
    shows=BillingView.to,
)
def post_suspense_balance(policy_id: str, command: Command) -> BillingSummary:
    return use_suspense(policy_id, command, ports)


@api.query(
    "/v1/suspense/{suspense_id}",
    operation_id="getSuspendedPayment",
    summary="Read a payment in suspense",
    scope=Scope.SUSPENSE_RESOLVE,
    callers=STAFF,
    roles={*RESOLVERS, Role.AUDITOR},
    shows=SuspenseView,
    etag=True,
)
def get_suspense(suspense_id: str, query: Query) -> SuspenseResult:
    return read_suspense(suspense_id, query, ports)


@api.command(
    "/v1/suspense/{suspense_id}/allocation",
    operation_id="allocateSuspendedPayment",
    summary="Allocate a payment in suspense to a policy",
    scope=Scope.SUSPENSE_RESOLVE,
    callers=STAFF,
    roles=RESOLVERS,
    shows=SuspenseView,
    raises=(
        CurrencyMismatch,
        PolicyNotFound,
        TooManyChanges,
        WrongState,
    ),
)
def post_suspense_allocation(
    suspense_id: str, request: AllocationRequest, command: Command
) -> SuspenseResult:
    return allocate_suspense(suspense_id, request.policy_id, command, ports)


@api.command(
    "/v1/suspense/{suspense_id}/return",
    operation_id="requestReturn",
    summary="Request the return of a payment in suspense to its payer",
    scope=Scope.SUSPENSE_RESOLVE,
    callers=STAFF,
    roles=RESOLVERS,
    shows=SuspenseView,
    raises=(WrongState,),
)
def post_suspense_return(
    suspense_id: str, request: ReturnRequest, command: Command
) -> SuspenseResult:
    return request_return(suspense_id, request.reason_code, command, ports)


@api.command(
    "/v1/suspense/{suspense_id}/return/approval",
    operation_id="approveReturn",
    summary="Approve or refuse a return that another person requested",
    scope=Scope.SUSPENSE_RESOLVE,
    callers=STAFF,
    roles=RESOLVERS,
    shows=SuspenseView,
    step_up=True,
    raises=(RefundNotFound, SamePerson, WrongState),
)
def post_suspense_return_approval(
    suspense_id: str, request: ReturnApprovalRequest, command: Command
) -> SuspenseResult:
    return decide_return(suspense_id, request.approval(command.actor), command, ports)
