"""Approve or refuse a refund, and clear or refuse its payee."""

from insurance.domain.bank.approval import Approval
from insurance.domain.bank.outlay_totals import (
    ApprovedTotals,
    Outgoing,
    approval_pools,
)
from insurance.domain.billing import BillingAccount, BillingSummary
from insurance.domain.billing.duties import check_receipts
from insurance.domain.billing.payers import PayeeCheck, check_payee
from insurance.domain.billing.refund import REFUND_EVENTS
from insurance.domain.core.house_authority import Outlay, check_house_authority, check_sign_in
from insurance.domain.core.segregation import Duty
from insurance.operations.billing.account_context import (
    AccountContext,
    AccountStep,
    load_account,
    store_account,
)
from insurance.operations.billing.ports import BillingPorts, RefundPorts
from insurance.operations.command import Command
from insurance.operations.running_totals import while_limits_move


def decide_refund(
    policy_id: str, refund_id: str, approval: Approval, command: Command, ports: RefundPorts
) -> BillingSummary:
    """Send a refund to the bank, or refuse it.

    Money goes back to who paid it. Where the account is not one from which so much premium came, the payee is neither
    who holds the policy nor who paid, or the name resembles one on a sanctions list, another person
    must clear the payee first.

    Raises:
        PolicyNotFound: There is no such policy in the caller's mode.
        RefundNotFound: The policy has no such refund.
        AlreadyErased: The payee's data were erased.
        RefundTooLarge: The money is owed again since it was requested.
        WrongState: The refund does not await approval.
        SamePerson: Who requested it, or recorded a payment of the policy, cannot approve it.
        NoAuthority: The policy's refunds, or what the caller approved that day, are above the limits of the
            caller's roles.
        Unavailable: Others counted to the same running total first, too many times.
        SignInTooOld: They need a sign-in just before.
    """

    def decide(_tries: int) -> BillingSummary:
        context = load_account(policy_id, command, ports)
        if not approval.granted:
            account = context.account.with_refund_decided(context.policy, refund_id, approval)
            return store_account(_step(account, refund_id), context, command, ports)
        check = check_payee(context.account, context.policy, refund_id)
        name = context.account.payee_of(refund_id).name
        suspect = not check.is_known or bool(ports.screening.matches(name))
        totals = _totals(refund_id, check, context, command, ports)
        account = context.account.with_refund_decided(
            context.policy, refund_id, approval, suspect=suspect, over=totals.over
        )
        _check_receipts(Duty.PAYMENT_APPROVED, approval, context)
        check_house_authority(command.caller, Outlay.REFUND, account.refunded)
        totals.check_own_day()
        step = _step(account, refund_id)._replace(totals=totals.taken)
        return store_account(step, context, command, ports)

    return while_limits_move(decide)


def screen_refund(
    policy_id: str, refund_id: str, approval: Approval, command: Command, ports: BillingPorts
) -> BillingSummary:
    """Say whether the payee may be paid: nobody on the sanctions list, and who is owed the money.

    Raises:
        PolicyNotFound: There is no such policy in the caller's mode.
        RefundNotFound: The policy has no such refund.
        RefundTooLarge: The money is owed again since it was requested.
        WrongState: The refund is not being screened.
        SamePerson: Who requested or approved it, or recorded a payment of the policy, cannot clear it.
        SignInTooOld: The refund needs a sign-in just before.
    """
    context = load_account(policy_id, command, ports)
    if approval.granted:
        _check_receipts(Duty.PAYEE_CLEARED, approval, context)
    account = context.account.with_refund_screened(context.policy, refund_id, approval)
    if approval.granted:
        check_sign_in(command.caller, account.refund(refund_id).amount)
    return store_account(_step(account, refund_id), context, command, ports)


def _step(account: BillingAccount, refund_id: str) -> AccountStep:
    return AccountStep(account, REFUND_EVENTS[account.refund(refund_id).status])


def _check_receipts(duty: Duty, approval: Approval, context: AccountContext) -> None:
    about = f"refund of policy {context.policy.id}"
    check_receipts(duty, approval.by, context.account.paid_in, about)


def _totals(
    refund_id: str,
    check: PayeeCheck,
    context: AccountContext,
    command: Command,
    ports: RefundPorts,
) -> ApprovedTotals:
    account = context.account
    refund = account.refund(refund_id)
    outgoing = Outgoing(
        Outlay.REFUND,
        refund.amount,
        account.payee_of(refund_id),
        context.policy.partner,
        refund.requested_by,
        is_known_account=check.is_known_account,
    )
    rooms = ports.totals.totals(approval_pools(outgoing, command.caller, command.now))
    return ApprovedTotals(rooms, refund.amount)
