"""Read what is due on a policy, what was paid and what is late."""

from datetime import datetime

from insurance.domain.billing import BillingSummary, PolicyInvoice
from insurance.domain.core.errors import InvoiceNotFound, PolicyNotFound
from insurance.domain.core.identity import numbered
from insurance.operations.billing.account_context import visible_account
from insurance.operations.billing.ports import BillingPorts
from insurance.operations.command import Query


def read_billing(
    policy_id: str, as_at: datetime | None, query: Query, ports: BillingPorts
) -> BillingSummary:
    """The account of a policy on a day; a policy without a chosen plan is paid all at once.

    Args:
        policy_id: The policy.
        as_at: An instant of the day; None: today.
        query: The call.
        ports: Where accounts and products are found.

    Raises:
        PolicyNotFound: There is no such policy, or the caller does not see it.
    """
    context = visible_account(ports.billing.get(policy_id), query.caller, ports)
    return context.summary(context.account, context.stored.head, as_at or query.now)


def read_invoice(
    invoice_id: str, as_at: datetime | None, query: Query, ports: BillingPorts
) -> PolicyInvoice:
    """One due amount of a policy; its id names the policy.

    Raises:
        InvoiceNotFound: There is no such invoice, or the caller does not see its policy.
    """
    policy_id, number = numbered(invoice_id)
    try:
        summary = read_billing(policy_id, as_at, query, ports)
    except PolicyNotFound as error:
        raise InvoiceNotFound(invoice_id) from error
    for invoice in summary.statement.invoices:
        if invoice.due.number == number:
            return PolicyInvoice(summary, invoice)
    raise InvoiceNotFound(invoice_id)
