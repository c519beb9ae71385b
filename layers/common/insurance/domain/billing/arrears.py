"""Arrears at a lapse: what was due when cover ended, and must be paid before it is reinstated."""

from datetime import datetime

from insurance.domain.billing.account import BillingAccount
from insurance.domain.billing.statement import current_account, statement
from insurance.domain.core.errors import ArrearsOpen
from insurance.domain.core.money import total as total_of
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.domain.product import Product


def check_arrears_paid(
    policy: Policy,
    stored: Stored[BillingAccount] | None,
    product: Product,
    *,
    lapsed_at: datetime,
) -> None:
    """Check that all is paid that was due when the policy lapsed; overpayments count for it.

    `policy` is the policy with its cover reinstated: the account owes for it again.

    Raises:
        ArrearsOpen: Part of it is open.
    """
    account = current_account(policy, stored, product)
    day = lapsed_at.astimezone(product.zone).date()
    received = account.received + account.in_suspense
    at_lapse = statement(account, policy, day, zone=product.zone, received=received)
    due = (invoice.open for invoice in at_lapse.invoices if invoice.due.due_on <= day)
    arrears = total_of(due, received.currency)
    if arrears:
        raise ArrearsOpen(policy.id, arrears)
