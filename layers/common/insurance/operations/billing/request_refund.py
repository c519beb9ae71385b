"""Request a refund of what was paid and is not owed."""

from dataclasses import dataclass

from insurance.domain.billing import BillingEventType, BillingSummary
from insurance.domain.core.errors import AlreadyErased
from insurance.domain.core.money import Money
from insurance.domain.party.party import Payee
from insurance.operations.billing.account_context import AccountStep, load_account, store_account
from insurance.operations.billing.ports import BillingPorts
from insurance.operations.command import Command


@dataclass(frozen=True, slots=True)
class RefundInput:
    """What is refunded, to whom, and why."""

    amount: Money
    payee: Payee
    reason: str


def request_refund(
    policy_id: str, refund: RefundInput, command: Command, ports: BillingPorts
) -> BillingSummary:
    """Refund what was paid and is not owed, in whole or in part, once a second person approves.

    Raises:
        PolicyNotFound: There is no such policy, or the caller does not see it.
        AlreadyErased: The policyholder was erased: the payee's name could not be sealed.
        CurrencyMismatch: The amount is in another currency than the policy.
        RefundTooLarge: It is more than can be refunded.
        TooManyChanges: The account holds as many refunds as it can.
    """
    context = load_account(policy_id, command, ports)
    if context.policy.policyholder is None:
        raise AlreadyErased(context.policy.id)
    account = context.account.with_refund_requested(
        context.policy, refund.amount, refund.payee, by=command.actor, reason=refund.reason
    )
    step = AccountStep(account, BillingEventType.REFUND_REQUESTED)
    return store_account(step, context, command, ports)
