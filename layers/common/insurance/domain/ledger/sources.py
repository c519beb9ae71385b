"""Sources: what an aggregate's own facts say its accounts hold, read without any posting.

Postings are written step by step, as things happen; these figures are read off the whole aggregate
as it stands: transactions that stand, reserves, payments, money that came in. Where the two differ,
something was posted that did not happen, or happened and was not posted.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.billing import BillingAccount, SuspendedPayment
from insurance.domain.claim import Claim, CostType
from insurance.domain.complaint import Complaint
from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.classification import JsonObject
from insurance.domain.core.errors import ProductNotFound
from insurance.domain.core.event import Event
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.ledger.earnings import EarnedPremium
from insurance.domain.ledger.policy_ledger import rounding_of, written_by_segments
from insurance.domain.policy import ChargeKind, Policy
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.migrated import settled_postings
from insurance.domain.policy.transaction import INCOME

ON_ITS_WAY: Final = frozenset({PaymentStatus.EXECUTING})

type Balances = Counter[Account]
"""Debits less credits, in minor units."""

type ConditionsOf = Callable[[ProductRef], Conditions]


class Source(NamedTuple):
    """One aggregate's figures, as its facts give them."""

    currency: Currency
    balances: Balances
    mismatched: bool = False
    """Whether a policy's written premium is not what its segments come to, each at its price for its
    time."""


def source_of(event: Event, conditions_of: ConditionsOf) -> Source | None:
    """Read the figures of the aggregate as the event left it; None if it has no accounts."""
    read = READERS.get(event.stream.partition("_")[0])
    return read(event.facts, conditions_of) if read else None


def moved_by(event: Event) -> Balances:
    """Sum the event's postings: debits less credits by account."""
    moved: Balances = Counter()
    for posting in event.postings:
        moved[posting.debit] += posting.amount.amount
        moved[posting.credit] -= posting.amount.amount
    return moved


def moved_by_partner(event: Event, partner: str) -> dict[str, Balances]:
    """As `moved_by`, by whose business it is: the partner's, where a posting names no other."""
    moved: dict[str, Balances] = {}
    for posting in event.postings:
        balances = moved.setdefault(posting.partner or partner, Counter())
        balances[posting.debit] += posting.amount.amount
        balances[posting.credit] -= posting.amount.amount
    return moved


def _of_policy(facts: JsonObject, conditions_of: ConditionsOf) -> Source:
    policy = Policy.merge_personal(facts, {})
    balances: Balances = Counter()
    for line in policy.charged_lines():
        balances[Account.PREMIUM_RECEIVABLE] += line.amount.amount
        balances[INCOME[line.kind]] -= line.amount.amount
        if line.kind is ChargeKind.NET:
            balances[Account.PREMIUM_DEFERRAL] += line.amount.amount
            balances[Account.UNEARNED_PREMIUM] -= line.amount.amount
    if policy.commission is not None:
        balances[Account.COMMISSION_EXPENSE] += policy.commission.amount
        balances[Account.COMMISSION_PAYABLE] -= policy.commission.amount
    for posting in settled_postings(policy):
        balances[posting.debit] += posting.amount.amount
        balances[posting.credit] -= posting.amount.amount
    return Source(policy.premium.net.currency, balances, _is_mismatched(policy, conditions_of))


def _is_mismatched(policy: Policy, conditions_of: ConditionsOf) -> bool:
    """Also true where the product is gone and nobody can tell: a person must look."""
    try:
        conditions = conditions_of(policy.product)
    except ProductNotFound:
        return True
    difference = written_by_segments(policy, conditions) - policy.written
    return abs(difference.amount) > rounding_of(policy, conditions)


def _of_account(facts: JsonObject, _conditions_of: ConditionsOf) -> Source:
    account = BillingAccount.merge_personal(facts, {})
    received = account.received.amount
    charge, forgone = account.charge.amount, account.forgone.amount
    before = sum(paid.amount.amount for paid in account.paid_in if paid.before_migration)
    balances = {
        Account.PREMIUM_RECEIVABLE: charge - forgone - received,
        Account.FEE_INCOME: -charge,
        Account.WRITE_OFF: forgone,
        Account.CASH: account.cash.amount,
        Account.PREMIUM_SET_OFF: account.set_off.amount,
        Account.MIGRATION: before,
        Account.SUSPENSE: received - account.cash.amount - account.set_off.amount - before,
    }
    return Source(account.charge.currency, Counter(balances))


def _of_suspense(facts: JsonObject, _conditions_of: ConditionsOf) -> Source:
    payment = SuspendedPayment.merge_personal(facts, {})
    returned = any(refund.paid for refund in payment.refunds)
    amount = 0 if returned else payment.amount.amount
    balances = {Account.CASH: amount, Account.SUSPENSE: -amount}
    return Source(payment.amount.currency, Counter(balances))


def _of_claim(facts: JsonObject, _conditions_of: ConditionsOf) -> Source:
    claim = Claim.merge_personal(facts, {})
    case = claim.reserve_of(CostType.INDEMNITY).amount
    handling = claim.reserve_of(CostType.EXPENSE).amount
    held = claim.reserve_of(CostType.INSURED_SHARE).amount
    paid = claim.paid_of(CostType.INDEMNITY).amount
    spent = claim.paid_of(CostType.EXPENSE).amount
    recovered = claim.recovered.amount
    set_off = claim.set_off.amount
    balances = {
        Account.CHANGE_IN_CASE_RESERVES: case,
        Account.CASE_RESERVES: -case,
        Account.CHANGE_IN_EXPENSE_RESERVES: handling,
        Account.EXPENSE_RESERVES: -handling,
        Account.CLAIMS_PAID: paid,
        Account.CLAIM_EXPENSES_PAID: spent,
        Account.RECOVERIES: -recovered,
        Account.RECOVERIES_PAYABLE: -held,
        Account.PREMIUM_SET_OFF: -set_off,
        Account.CASH: recovered + held - paid - spent + set_off,
    }
    return Source(claim.claimed.currency, Counter(balances))


def _of_complaint(facts: JsonObject, _conditions_of: ConditionsOf) -> Source:
    complaint = Complaint.merge_personal(facts, {})
    agreed = sum(
        redress.amount.amount for redress in complaint.redress if redress.status in ON_ITS_WAY
    )
    paid = sum(
        redress.amount.amount
        for redress in complaint.redress
        if redress.status is PaymentStatus.PAID
    )
    balances = {
        Account.COMPLAINT_REDRESS: agreed + paid,
        Account.REDRESS_PAYABLE: -agreed,
        Account.CASH: -paid,
    }
    return Source(complaint.currency, Counter(balances))


def _of_earnings(facts: JsonObject, _conditions_of: ConditionsOf) -> Source:
    earned = EarnedPremium.merge_personal(facts, {}).earned
    balances = {Account.UNEARNED_PREMIUM: earned.amount, Account.EARNED_PREMIUM: -earned.amount}
    return Source(earned.currency, Counter(balances))


READERS: Final[Mapping[str, Callable[[JsonObject, ConditionsOf], Source]]] = {
    "pol": _of_policy,
    "bil": _of_account,
    "sus": _of_suspense,
    "clm": _of_claim,
    "cmp": _of_complaint,
    "ear": _of_earnings,
}
"""By the prefix of the stream: every aggregate that moves money."""
