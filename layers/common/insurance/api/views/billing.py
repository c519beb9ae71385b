"""How billing is shown: plans, what is due when, what came in."""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import BaseModel

from insurance.api.etag import etag
from insurance.api.paging import Page, page_of
from insurance.api.views.claim_parts import KeptReportView, PayeeView
from insurance.api.views.terms import MoneyView, View
from insurance.domain.bank.payer import Payer
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.billing import (
    BillingAccount,
    BillingSummary,
    Invoice,
    PolicyInvoice,
    PremiumPayment,
    Refund,
    schedule,
)
from insurance.domain.billing.payers import check_payee
from insurance.domain.billing.statement import BillingStatus
from insurance.domain.billing.suspense import SuspenseStatus
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.classification import Personal
from insurance.domain.core.identity import invoice_id_for
from insurance.domain.policy import Policy
from insurance.operations.billing.offer_plans import PlanOffers
from insurance.operations.billing.receive_payment import PaymentResult
from insurance.operations.billing.suspense_context import SuspenseResult


class InstalmentView(BaseModel):
    """One instalment of a plan."""

    number: int
    due_on: date
    amount: MoneyView


class PlanView(BaseModel):
    """A way to pay: what it costs, and what is due when."""

    code: str
    name: str
    charge: MoneyView
    forgone: MoneyView
    """Odd units that are not invoiced."""
    total: MoneyView
    instalments: list[InstalmentView]

    @classmethod
    def of(cls, account: BillingAccount, policy: Policy) -> Self:
        whole = policy.premium.total + account.charge
        dues = schedule(whole, account.plan, account.first_due, policy.period).dues
        return cls(
            code=account.plan.code,
            name=account.plan.name,
            charge=MoneyView.of(account.charge),
            forgone=MoneyView.of(account.forgone),
            total=MoneyView.of(whole - account.forgone),
            instalments=[
                InstalmentView(
                    number=due.number, due_on=due.due_on, amount=MoneyView.of(due.amount)
                )
                for due in dues
            ],
        )


class PlansView(View):
    """A page of the plans that the product offers, worked out for one policy."""

    policy_id: str
    items: list[PlanView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, offers: PlanOffers, *, page: Page) -> Self:
        policy, accounts = offers
        shown, following = page_of(accounts, page)
        items = [PlanView.of(account, policy) for account in shown]
        return cls(policy_id=policy.id, items=items, next=following)


class InvoiceView(BaseModel):
    """One invoice of a policy."""

    id: str
    number: int
    due_on: date
    amount: MoneyView
    paid: MoneyView
    open: MoneyView

    @classmethod
    def of(cls, policy_id: str, invoice: Invoice) -> Self:
        return cls(
            id=invoice_id_for(policy_id, invoice.due.number),
            number=invoice.due.number,
            due_on=invoice.due.due_on,
            amount=MoneyView.of(invoice.due.amount),
            paid=MoneyView.of(invoice.paid),
            open=MoneyView.of(invoice.open),
        )


class PaymentInView(BaseModel):
    """Premium that came in."""

    reference: str
    amount: MoneyView
    received_on: date
    to_suspense: MoneyView
    from_claim: bool
    """Set off against the claim's payment that the reference names."""
    taken_back_at: datetime | None
    """When that payment came to nothing, and the set-off was reversed."""

    @classmethod
    def of(cls, payment: PremiumPayment) -> Self:
        return cls(
            reference=payment.reference,
            amount=MoneyView.of(payment.amount),
            received_on=payment.received_on,
            to_suspense=MoneyView.of(payment.to_suspense),
            from_claim=payment.from_claim,
            taken_back_at=payment.taken_back_at,
        )


class PayerView(BaseModel):
    """From which account premium came."""

    name: str | None
    account_ending: str

    @classmethod
    def of(cls, payer: Payer) -> Self:
        return cls(name=payer.name, account_ending=payer.account[-4:])


class RefundView(BaseModel):
    """A sum that goes back. Its payee is shown to staff alone."""

    id: str
    amount: MoneyView
    status: PaymentStatus
    requested_by: str
    """Who asked for it, and named the payee: another person approves it."""
    decided_by: str | None
    bank_reference: str | None
    payee: Personal[PayeeView | None] = None
    payee_name_of: Literal["policyholder", "payer", "nobody"] | None = None
    """Whose name the payee has: `policyholder`, `payer` or `nobody`."""
    payee_account_of: Literal["payer", "payer_of_less", "cleared", "nobody"] | None = None
    """`payer`: so much premium came from the account; `payer_of_less`: some came from it; `cleared`: a third person let a
    refund go to it before; `nobody`."""
    referred_because: str | None = None
    """Why another person must clear the payee after the approval."""
    kept_reports: list[KeptReportView] | None = None
    """What the bank reported and does not fit how far the payment is; a person asks the bank."""

    @classmethod
    def internal(cls, refund: Refund, summary: BillingSummary) -> Self:
        """As who approves it must see it: the payee with the end of the account."""
        payee = (summary.account.payees or {}).get(refund.id)
        check = check_payee(summary.account, summary.policy, refund.id) if payee else None
        because = [*(check.reasons if check else []), *refund.waits_because]
        return cls.of(refund).model_copy(
            update={
                "payee": PayeeView.masked(payee) if payee else None,
                "payee_name_of": check.name if check else None,
                "payee_account_of": check.account if check else None,
                "kept_reports": KeptReportView.all_of(refund),
                "referred_because": " ".join(because) or None,
            }
        )

    @classmethod
    def of(cls, refund: Refund) -> Self:
        return cls(
            id=refund.id,
            amount=MoneyView.of(refund.amount),
            status=refund.status,
            requested_by=refund.requested_by,
            decided_by=refund.decided_by,
            bank_reference=refund.bank_reference,
        )


class BillingView(View):
    """What a policy owes, what was paid of it, and what is late."""

    policy_id: str
    plan: str
    status: BillingStatus
    """`paid`, `current`, `overdue`, or `delinquent` once the days of grace are over too."""
    owed: MoneyView
    received: MoneyView
    overdue: MoneyView
    overdue_since: date | None
    credit: MoneyView
    """What was paid and is not owed any more: it can be refunded."""
    in_suspense: MoneyView
    """The overpayment that was neither allocated nor refunded yet."""
    invoices: list[InvoiceView]
    payments: list[PaymentInView]
    refunds: list[RefundView]
    payers: Personal[list[PayerView] | None] = None
    """From which accounts premium came, as far as the bank says it. For staff alone."""
    refunded: MoneyView | None = None
    """All refunds that were approved so far: what the next approval is measured with. For staff alone."""

    @classmethod
    def to(cls, summary: BillingSummary, *, caller: Caller) -> Self:
        """The account as this caller may see it: staff see to whom a refund goes, and the total."""
        view, account = cls.of(summary), summary.account
        if caller.kind is not CallerKind.STAFF:
            return view
        refunds = [RefundView.internal(refund, summary) for refund in account.refunds]
        changes = {
            "refunds": refunds,
            "payers": [PayerView.of(payer) for payer in account.payers],
            "refunded": MoneyView.of(account.refunded),
        }
        return view.model_copy(update=changes)

    @classmethod
    def of(cls, summary: BillingSummary) -> Self:
        statement, account = summary.statement, summary.account
        return cls(
            policy_id=account.policy_id,
            plan=account.plan.code,
            status=summary.status,
            owed=MoneyView.of(statement.owed),
            received=MoneyView.of(statement.received),
            overdue=MoneyView.of(statement.overdue),
            overdue_since=statement.overdue_since,
            credit=MoneyView.of(statement.credit),
            in_suspense=MoneyView.of(account.in_suspense),
            invoices=[InvoiceView.of(account.policy_id, item) for item in statement.invoices],
            payments=[PaymentInView.of(item) for item in account.paid_in],
            refunds=[RefundView.of(item) for item in account.refunds],
        )


class PaymentResultView(View):
    """What became of a payment."""

    reference: str
    policy_id: str | None
    """Null: there is no such policy, and the whole payment is in suspense."""
    to_suspense: MoneyView
    posted_before: bool
    billing: BillingView | None

    @classmethod
    def of(cls, result: PaymentResult) -> Self:
        return cls(
            reference=result.payment.reference,
            policy_id=result.payment.policy_id if result.summary else None,
            to_suspense=MoneyView.of(result.to_suspense),
            posted_before=result.posted_before,
            billing=BillingView.of(result.summary) if result.summary else None,
        )


class PolicyInvoiceView(View):
    """One invoice, and the policy that it is of."""

    policy_id: str
    invoice: InvoiceView

    @classmethod
    def of(cls, policy_invoice: PolicyInvoice) -> Self:
        policy_id = policy_invoice.summary.account.policy_id
        return cls(policy_id=policy_id, invoice=InvoiceView.of(policy_id, policy_invoice.invoice))


class InvoicesView(View):
    """A page of the invoices of a policy as it stands; a change of the policy may change those still to come."""

    policy_id: str
    items: list[InvoiceView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, summary: BillingSummary, *, page: Page) -> Self:
        policy_id = summary.account.policy_id
        shown, following = page_of(summary.statement.invoices, page)
        items = [InvoiceView.of(policy_id, item) for item in shown]
        return cls(policy_id=policy_id, items=items, next=following)


class SuspenseView(View):
    """A payment that could not be matched with a policy."""

    id: str
    reference: str
    amount: MoneyView
    received_on: date
    status: SuspenseStatus
    """`waiting`, `allocated`, `return_requested`, `return_executing` or `returned`."""
    allocated_to: str | None
    returns: list[RefundView]
    billing: BillingView | None
    """The account that it was allocated to, in the answer to the allocation."""

    @classmethod
    def of(cls, result: SuspenseResult) -> Self:
        payment = result.payment
        return cls(
            etag=etag(result.revision, "suspense"),
            id=payment.id,
            reference=payment.reference,
            amount=MoneyView.of(payment.amount),
            received_on=payment.received_on,
            status=payment.status,
            allocated_to=payment.allocated_to,
            returns=[RefundView.of(item) for item in payment.refunds],
            billing=BillingView.of(result.summary) if result.summary else None,
        )
