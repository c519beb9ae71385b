"""Refund premium: asked for by one person, approved by another, paid when the bank says so."""

from insurance.domain.bank.approval import Approval
from insurance.domain.bank.report import BankReport
from insurance.domain.billing import BillingAccount, BillingEventType, BillingSummary
from insurance.domain.billing.refund import REFUND_EVENTS
from insurance.domain.core.errors import AlreadyErased
from insurance.domain.core.identity import numbered
from insurance.domain.core.money import Money
from insurance.domain.party.party import Payee
from insurance.domain.policy import Policy
from insurance.operations.billing.billing_desk import BillingDesk, Step
from insurance.operations.parties.ports import Screening

APPROVERS = ("finance", "supervisor")
SCREENERS = ("supervisor",)


def request_refund(
    policy_id: str, amount: Money, payee: Payee, reason: str, *, desk: BillingDesk
) -> BillingSummary:
    """What was paid and is not owed any more, in whole or in part."""

    def decide(account: BillingAccount, policy: Policy) -> Step:
        if policy.policyholder is None:
            raise AlreadyErased(policy.id)  # the payee's name could not be sealed any more
        by = desk.caller.principal
        requested = account.with_refund_requested(policy, amount, payee, by=by, reason=reason)
        return Step(requested, BillingEventType.REFUND_REQUESTED)

    return desk.step(policy_id, decide)


def decide_refund(
    policy_id: str,
    refund_id: str,
    *,
    approve: bool,
    reason: str,
    screening: Screening,
    desk: BillingDesk,
) -> BillingSummary:
    """Send it to the bank, or not. What resembles a name on a sanctions list waits for a look."""
    desk.caller.require_role(*APPROVERS)

    approval = Approval(granted=approve, by=desk.caller.principal, reason=reason)

    def decide(account: BillingAccount, policy: Policy) -> Step:
        suspect = approve and bool(screening.matches(account.payee_of(refund_id).name))
        decided = account.with_refund_decided(policy, refund_id, approval, suspect=suspect)
        return _step(decided, refund_id)

    return desk.step(policy_id, decide)


def screen_refund(
    policy_id: str, refund_id: str, *, clear: bool, reason: str, desk: BillingDesk
) -> BillingSummary:
    """Whether the payee is who the sanctions list means, said by somebody who did not ask for it."""
    desk.caller.require_role(*SCREENERS)

    approval = Approval(granted=clear, by=desk.caller.principal, reason=reason)

    def decide(account: BillingAccount, policy: Policy) -> Step:
        return _step(account.with_refund_screened(policy, refund_id, approval), refund_id)

    return desk.step(policy_id, decide)


def report_refund(report: BankReport, *, desk: BillingDesk) -> BillingSummary:
    """Only the bank makes a refund paid; one that failed or came back is a credit again."""
    policy_id, _ = numbered(report.instruction_id)

    def decide(account: BillingAccount, _policy: Policy) -> Step:
        reported, postings = account.with_refund_reported(report)
        return _step(reported, report.instruction_id)._replace(postings=postings)

    return desk.step(policy_id, decide)


def _step(account: BillingAccount, refund_id: str) -> Step:
    return Step(account, REFUND_EVENTS[account.refund(refund_id).status])
