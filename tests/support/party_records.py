"""The records of one contract as privacy looks at them, each as it is stored."""

from datetime import UTC, datetime, timedelta
from typing import Any

from insurance.domain.billing import BillingAccount
from insurance.domain.billing.instalments import Plan
from insurance.domain.billing.premium_payment import PremiumPayment
from insurance.domain.claim.diary import ReportChannel
from insurance.domain.complaint import Category, Complaint
from insurance.domain.core.classification import Record
from insurance.domain.core.event import StreamPosition
from insurance.domain.core.identity import new_complaint_id
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.period import Period
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Computation, Policy, Transaction, TransactionKind
from insurance.domain.privacy.legal_hold import ContractRecords
from insurance.domain.quote.quote import Quote, QuoteStatus

from tests.support.builders import QUOTE_ID, gbp, make_quote

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2027, 1, 1, tzinfo=UTC)
ISSUED_AT = datetime(2025, 12, 20, 9, tzinfo=UTC)
AT_ONCE = Plan(code="annual", name="At once", count=1)


def stored[R: Record](record: R, at: datetime = ISSUED_AT) -> Stored[R]:
    """The record as an event at this time left it."""
    return Stored(record, StreamPosition(sequence=1, processed_at=at), None)


def quote_in(territory: str = "GB", **changes: Any) -> Quote:
    """A quote for the year 2026."""
    term = Period(start=START, end=END)
    return make_quote(territory=territory, period=term, valid_until=START, **changes)


def policy_in(territory: str = "GB", **changes: Any) -> Policy:
    """The policy for the year 2026: 169.26 are charged."""
    return Policy.from_quote(quote_in(territory), now=ISSUED_AT).replace(**changes)


def cancelled_at(policy: Policy, at: datetime) -> Policy:
    """The policy, cancelled without anything given back."""
    made = Transaction(
        number=2,
        kind=TransactionKind.CANCELLATION,
        effective_at=at,
        processed_at=at,
        actor="app_one",
        computation=Computation(method="none", total=gbp("0.00")),
    )
    return policy.replace(transactions=(made,))


def account_of(policy: Policy, paid: Money, **changes: Any) -> BillingAccount:
    """The policy's account with one payment; what is more than the price is in suspense."""
    account = BillingAccount.opened(policy, AT_ONCE, START.date())
    over = max(paid - policy.charged, Money.zero(Currency.GBP))
    payment = PremiumPayment(
        reference="REF-1",
        amount=paid,
        received_on=START.date(),
        posted_at=START,
        to_suspense=over,
    )
    return account.replace(paid_in=(payment,) if paid else (), **changes)


def complaint_of(jurisdiction: str = "GB", **changes: Any) -> Complaint:
    """A complaint that was received in the middle of the year."""
    received_at = START + timedelta(days=180)
    made = Complaint(
        id=new_complaint_id(QUOTE_ID, "app_one", "complaint-key-1"),
        about=QUOTE_ID,
        partner="ptn_one",
        opened_by="app_one",
        channel=ReportChannel.BROKER,
        category=Category.DELAY,
        received_at=received_at,
        jurisdiction=jurisdiction,
        currency=Currency.GBP,
        since=received_at,
    )
    return made.replace(**changes)


def paid_contract(territory: str = "GB", **parts: Any) -> ContractRecords:
    """A policy for the year 2026, paid in full at its start; `parts` are claims and complaints."""
    policy = parts.pop("policy", None) or policy_in(territory)
    account = parts.pop("account", None) or account_of(policy, policy.charged)
    quote = quote_in(territory, status=QuoteStatus.BOUND)
    return ContractRecords(stored(quote), stored(policy), stored(account, START), **parts)
