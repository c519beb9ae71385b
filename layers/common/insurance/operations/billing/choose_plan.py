"""Choose the plan that a policy is paid by."""

from insurance.domain.billing import BillingEventType, BillingSummary, Plan, plans_of
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.product import Product
from insurance.operations.billing.account_context import AccountStep, load_account, store_account
from insurance.operations.billing.ports import BillingPorts
from insurance.operations.command import Command


def choose_plan(policy_id: str, code: str, command: Command, ports: BillingPorts) -> BillingSummary:
    """Pay by another plan, before anything was paid or changed. What the plan costs is posted.

    Raises:
        PolicyNotFound: There is no such policy, or the caller does not see it.
        InvalidFields: The product does not offer the plan.
        PlanAlreadyChosen: Something was paid, or the policy was changed.
    """
    context = load_account(policy_id, command, ports)
    plan = _plan_of(context.product, code)
    account = context.account.with_plan(context.policy, plan)
    step = AccountStep(account, BillingEventType.PLAN_CHOSEN)
    return store_account(step, context, command, ports)


def _plan_of(product: Product, code: str) -> Plan:
    plans = {plan.code: plan for plan in plans_of(product)}
    if code not in plans:
        detail = f"The product offers: {', '.join(plans)}."
        raise InvalidFields([FieldFault("/plan", "not-offered", detail)])
    return plans[code]
