"""Refund premium: asked for by one person, approved by another, paid when the bank says so."""

from insurance.domain.bank.report import BankReport
from insurance.domain.billing import BillingAccount, Refund
from insurance.domain.core.errors import AlreadyErased, CurrencyMismatch
from insurance.domain.core.identity import numbered
from insurance.domain.core.money import Money
from insurance.domain.party.party import Payee
from insurance.domain.policy import Policy
from insurance.operations.billing.bill_policy import Billed
from insurance.operations.billing.billing_desk import BillingDesk, Step
from insurance.operations.parties.ports import Screening

APPROVERS = ("finance", "supervisor")
SCREENERS = ("supervisor",)


def request_refund(
    policy_id: str, amount: Money, payee: Payee, reason: str, *, desk: BillingDesk
) -> Billed:
    """What was paid and is not owed any more, in whole or in part."""

    def decide(account: BillingAccount, policy: Policy) -> Step:
        if amount.currency is not account.charge.currency:
            raise CurrencyMismatch(account.charge.currency, amount.currency)
        if policy.policyholder is None:
            raise AlreadyErased(policy.id)  # nobody's name could be sealed any more
        by = desk.caller.principal
        asked = account.refunding(policy, amount, payee, by=by, reason=reason)
        return Step(asked, "billing.refund_requested")

    return desk.step(policy_id, decide)


def decide_refund(
    policy_id: str,
    refund_id: str,
    *,
    approve: bool,
    reason: str,
    screening: Screening,
    desk: BillingDesk,
) -> Billed:
    """Send it to the bank, or not. What resembles a name on a sanctions list waits for a look."""
    desk.caller.require_role(*APPROVERS)

    def decide(account: BillingAccount, policy: Policy) -> Step:
        by, refund = desk.caller.principal, account.refund(refund_id)
        if not approve:
            return _step(account, refund.refused(by=by, reason=reason), "refused")
        account.check_refund(policy, refund)
        payee = (account.payees or {}).get(refund_id)
        if payee is None:
            raise AlreadyErased(account.id)
        suspect = bool(screening.matches(payee.name))
        approved = refund.approved(by=by, reason=reason, suspect=suspect)
        return _step(account, approved, "screened" if suspect else "approved")

    return desk.step(policy_id, decide)


def screen_refund(
    policy_id: str, refund_id: str, *, clear: bool, reason: str, desk: BillingDesk
) -> Billed:
    """Whether the payee is who the sanctions list means, said by somebody who did not ask for it."""
    desk.caller.require_role(*SCREENERS)

    def decide(account: BillingAccount, policy: Policy) -> Step:
        by, refund = desk.caller.principal, account.refund(refund_id)
        if not clear:
            return _step(account, refund.refused(by=by, reason=reason), "refused")
        account.check_refund(policy, refund)
        return _step(account, refund.cleared(by=by).replace(reason=reason), "approved")

    return desk.step(policy_id, decide)


def report_refund(report: BankReport, *, desk: BillingDesk) -> Billed:
    """Only the bank makes a refund paid; one that failed or came back is a credit again."""
    policy_id, _ = numbered(report.instruction_id)

    def decide(account: BillingAccount, _policy: Policy) -> Step:
        before = account.refund(report.instruction_id)
        refund = before.reported(report)
        moved = refund.booked_since(before)
        return _step(account, refund, refund.status)._replace(postings=moved)

    return desk.step(policy_id, decide)


def _step(account: BillingAccount, refund: Refund, what: str) -> Step:
    return Step(account.with_refund(refund), f"billing.refund_{what}")
