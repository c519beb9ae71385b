"""The account of a policy that comes from another system: its plan, what was asked for there, and what was paid there."""

from datetime import datetime
from zoneinfo import ZoneInfo

from insurance.domain.billing.account import BillingAccount
from insurance.domain.billing.instalments import Plan
from insurance.domain.billing.premium_payment import PremiumPayment
from insurance.domain.billing.statement import statement
from insurance.domain.contract.migration import Migration
from insurance.domain.policy import Policy


def migrated_account(
    policy: Policy, migration: Migration, plan: Plan, zone: ZoneInfo, at: datetime
) -> BillingAccount:
    """The account as it stands at the cut-over. What was paid is in the books of the other system.

    Args:
        policy: The policy as it comes.
        migration: What it brings along.
        plan: The plan by which it is paid.
        zone: The time zone of the risk.
        at: When it is posted.
    """
    first_due, cut_over = (
        moment.astimezone(zone).date() for moment in (policy.period.start, migration.cut_over_at)
    )
    account = BillingAccount.opened(policy, plan, first_due)
    invoices = statement(account, policy, cut_over, zone=zone).invoices
    asked_for = account.replace(invoiced=sum(each.due.due_on < cut_over for each in invoices))
    if not migration.paid:
        return asked_for
    return asked_for.with_payment(
        PremiumPayment(
            reference=f"migrated:{migration.number}",
            amount=migration.paid,
            received_on=cut_over,
            posted_at=at,
            to_suspense=migration.paid - migration.paid,
            before_migration=True,
        )
    )
