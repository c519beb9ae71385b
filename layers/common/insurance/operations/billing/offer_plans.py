"""Offer the plans that a policy can be paid by."""

from collections.abc import Sequence
from typing import NamedTuple

from insurance.domain.billing import BillingAccount, plans_of
from insurance.domain.billing.statement import first_due_of
from insurance.domain.policy import Policy
from insurance.operations.billing.account_context import visible_account
from insurance.operations.billing.ports import BillingPorts
from insurance.operations.command import Query


class PlanOffers(NamedTuple):
    """A policy, and the account that each plan would give it."""

    policy: Policy
    accounts: Sequence[BillingAccount]


def offer_plans(policy_id: str, query: Query, ports: BillingPorts) -> PlanOffers:
    """Work out every plan that the product offers for the policy.

    Raises:
        PolicyNotFound: There is no such policy, or the caller does not see it.
    """
    context = visible_account(ports.billing.get(policy_id), query.caller, ports)
    policy, product = context.policy, context.product
    first_due = first_due_of(policy, product)
    accounts = [BillingAccount.opened(policy, plan, first_due) for plan in plans_of(product)]
    return PlanOffers(policy, accounts)
