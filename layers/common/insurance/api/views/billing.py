"""How bills are shown: plans, what is due when, what came in."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.etag import etag
from insurance.api.views.terms import MoneyView, View
from insurance.domain.billing import (
    BillingAccount,
    BillingSummary,
    Invoice,
    PolicyInvoice,
    PremiumPayment,
    Refund,
    schedule,
)
from insurance.domain.core.identity import invoice_id_for
from insurance.domain.policy import Policy
from insurance.operations.billing.bill_policy import PaymentResult
from insurance.operations.billing.resolve_suspense import SuspenseResult


class InstalmentView(BaseModel):
    number: int
    due_on: date
    amount: MoneyView


class PlanView(BaseModel):
    """A way to pay: what it costs, and what is due when."""

    code: str
    name: str
    charge: MoneyView
    forgone: MoneyView
    """Odd units that are not asked for."""
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
    """The plans that the product offers, worked out for one policy."""

    policy_id: str
    items: list[PlanView]

    @classmethod
    def of(cls, policy: Policy, accounts: Sequence[BillingAccount]) -> Self:
        return cls(policy_id=policy.id, items=[PlanView.of(each, policy) for each in accounts])


class InvoiceView(BaseModel):
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
    reference: str
    amount: MoneyView
    received_on: date
    to_suspense: MoneyView
    from_claim: bool
    """Kept back from the claim's payment that the reference names."""
    taken_back_at: datetime | None
    """When that payment came to nothing, and so this."""

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


class RefundView(BaseModel):
    """A sum on its way back. Whom it goes to is shown to nobody."""

    id: str
    amount: MoneyView
    status: str
    requested_by: str
    decided_by: str | None
    bank_reference: str | None

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
    status: str
    """`paid`, `current`, `overdue`, or `delinquent` once the days of grace are over too."""
    owed: MoneyView
    received: MoneyView
    overdue: MoneyView
    overdue_since: date | None
    credit: MoneyView
    """What was paid and is not owed any more."""
    in_suspense: MoneyView
    """What was paid beyond what was owed, and was not used or given back since."""
    invoices: list[InvoiceView]
    payments: list[PaymentInView]
    refunds: list[RefundView]

    @classmethod
    def of(cls, billed: BillingSummary) -> Self:
        found, account = billed.statement, billed.account
        return cls(
            etag=etag(billed.head.sequence, "billing") if billed.head.sequence else None,
            policy_id=account.policy_id,
            plan=account.plan.code,
            status=billed.status,
            owed=MoneyView.of(found.owed),
            received=MoneyView.of(found.received),
            overdue=MoneyView.of(found.overdue),
            overdue_since=found.overdue_since,
            credit=MoneyView.of(found.credit),
            in_suspense=MoneyView.of(account.in_suspense),
            invoices=[InvoiceView.of(account.policy_id, each) for each in found.invoices],
            payments=[PaymentInView.of(each) for each in account.paid_in],
            refunds=[RefundView.of(each) for each in account.refunds],
        )


class PaymentTakenView(View):
    """What became of a payment."""

    reference: str
    policy_id: str | None
    """Null: there is no such policy, and all of it is in suspense."""
    to_suspense: MoneyView
    booked_before: bool
    billing: BillingView | None

    @classmethod
    def of(cls, taken: PaymentResult) -> Self:
        return cls(
            reference=taken.payment.reference,
            policy_id=taken.payment.policy_id if taken.summary else None,
            to_suspense=MoneyView.of(taken.to_suspense),
            booked_before=taken.booked_before,
            billing=BillingView.of(taken.summary) if taken.summary else None,
        )


class PolicyInvoiceView(View):
    """One invoice, and whose it is."""

    policy_id: str
    invoice: InvoiceView

    @classmethod
    def of(cls, found: PolicyInvoice) -> Self:
        policy_id = found.summary.account.policy_id
        return cls(policy_id=policy_id, invoice=InvoiceView.of(policy_id, found.invoice))


class InvoicesView(View):
    """What a policy is due when, as things stand; the next change may move what is still to come."""

    policy_id: str
    items: list[InvoiceView]

    @classmethod
    def of(cls, billed: BillingSummary) -> Self:
        policy_id = billed.account.policy_id
        items = [InvoiceView.of(policy_id, each) for each in billed.statement.invoices]
        return cls(policy_id=policy_id, items=items)


class SuspenseView(View):
    """A payment that came in for nobody."""

    id: str
    reference: str
    amount: MoneyView
    received_on: date
    status: str
    """`waiting`, `allocated`, or how far its return has come."""
    allocated_to: str | None
    returns: list[RefundView]
    billing: BillingView | None
    """The account that it was allocated to, in the answer to that."""

    @classmethod
    def of(cls, found: SuspenseResult) -> Self:
        payment = found.payment
        return cls(
            etag=etag(found.revision, "suspense"),
            id=payment.id,
            reference=payment.reference,
            amount=MoneyView.of(payment.amount),
            received_on=payment.received_on,
            status=payment.status,
            allocated_to=payment.allocated_to,
            returns=[RefundView.of(each) for each in payment.refunds],
            billing=BillingView.of(found.summary) if found.summary else None,
        )
