"""Statements: what is due on a policy, what of it is paid, and how the payer stands on a day."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from insurance.domain.billing.account import BillingAccount
from insurance.domain.billing.instalments import Due, plans_of, schedule
from insurance.domain.contract.proration import Share
from insurance.domain.core.event import StreamPosition
from insurance.domain.core.money import Money
from insurance.domain.core.money import total as total_of
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.domain.product import Product


class Invoice(NamedTuple):
    """One due amount, and how much of it is paid."""

    due: Due
    paid: Money

    @property
    def open(self) -> Money:
        return self.due.amount - self.paid


class Statement(NamedTuple):
    """What an account owes and has received on a day."""

    owed: Money
    received: Money
    invoices: tuple[Invoice, ...]
    overdue: Money
    overdue_since: date | None
    credit: Money
    """What was paid and is not owed any more: it can be refunded."""


def statement(
    account: BillingAccount,
    policy: Policy,
    today: date,
    *,
    zone: ZoneInfo,
    received: Money | None = None,
) -> Statement:
    """Work out what is due when, with what was paid set against the oldest dues first.

    Args:
        account: The account as the policy stands.
        policy: The policy that it pays for.
        today: The day of the statement, where the risk is.
        zone: The time zone of the risk: it says on which day a change was made.
        received: As if so much had been paid; None: what was paid.
    """
    dues = _dues(account, policy, zone)
    left = account.received if received is None else received
    invoices = []
    for due in dues:
        paid = min(left, due.amount)
        left -= paid
        invoices.append(Invoice(due, paid))
    late = [invoice for invoice in invoices if invoice.due.due_on < today and invoice.open]
    return Statement(
        owed=account.owed(policy),
        received=account.received,
        invoices=tuple(invoices),
        overdue=total_of((invoice.open for invoice in late), left.currency),
        overdue_since=late[0].due.due_on if late else None,
        credit=left,
    )


def _dues(account: BillingAccount, policy: Policy, zone: ZoneInfo) -> list[Due]:
    """The plan's instalments, with every later change spread over those that were still to come.

    A change that comes when none is left is due at once; one that gives back more than is left
    to pay empties the last instalments first.
    """
    first = policy.premium.total + account.charge
    dues = list(schedule(first, account.plan, account.first_due, policy.period).dues)
    for processed_at, amount in _changes(policy):
        dues = _spread(dues, amount, processed_at.astimezone(zone).date())
    return dues


def premium_not_due(account: BillingAccount, policy: Policy, at: datetime, zone: ZoneInfo) -> Share:
    """What of the premium of the term falls due on the day of this instant or later."""
    day, dues = at.astimezone(zone).date(), _dues(account, policy, zone)
    whole = sum(due.amount.amount for due in dues)
    part = sum(due.amount.amount for due in dues if due.due_on >= day)
    unit = f"{account.charge.currency.value} in minor units of premium"
    return Share(part=part, whole=whole, unit=unit) if whole else Share(part=0, whole=1, unit=unit)


def _changes(policy: Policy) -> list[tuple[datetime, Money]]:
    """By how much each transaction changed the sum, in the order in which they were made."""
    changes = []
    for transaction in policy.transactions:
        total = transaction.computation.total
        reversed_totals = (
            other.computation.total
            for other in policy.transactions
            if other.reversed_by == transaction.number
        )
        amount = total - total_of(reversed_totals, total.currency)
        changes.append((transaction.processed_at, amount))
    return changes


def _spread(dues: list[Due], amount: Money, made_on: date) -> list[Due]:
    if amount.amount < 0:
        return _reduced(dues, -amount)
    if not amount:
        return dues
    open_places = [place for place, due in enumerate(dues) if due.due_on > made_on]
    if not open_places:
        return [*dues, Due(number=len(dues) + 1, due_on=made_on, amount=amount)]
    shares = amount.split([1] * len(open_places))
    spread = list(dues)
    for place, share in zip(open_places, shares, strict=True):
        spread[place] = dues[place].replace(amount=dues[place].amount + share)
    return spread


def _reduced(dues: list[Due], amount: Money) -> list[Due]:
    reduced = []
    for due in reversed(dues):
        less = min(amount, due.amount)
        amount -= less
        reduced.append(due.replace(amount=due.amount - less))
    return reduced[::-1]


class BillingStatus(StrEnum):
    """How a payer stands."""

    PAID = "paid"
    """Nothing is open."""
    CURRENT = "current"
    """Something is open, and nothing of it is late."""
    OVERDUE = "overdue"
    """Something is late, within the days of grace."""
    DELINQUENT = "delinquent"
    """Overdue for longer than the days of grace."""


@dataclass(frozen=True, slots=True)
class BillingSummary:
    """A billing account on a day, with its statement."""

    account: BillingAccount
    policy: Policy
    head: StreamPosition
    statement: Statement
    grace_days: int
    today: date

    @classmethod
    def of(
        cls,
        account: BillingAccount,
        head: StreamPosition,
        policy: Policy,
        product: Product,
        at: datetime,
    ) -> "BillingSummary":
        """Summarise an account on the day that it is at this instant where the risk is."""
        today = at.astimezone(product.zone).date()
        on_the_day = statement(account, policy, today, zone=product.zone)
        return cls(account, policy, head, on_the_day, product.life.grace_days, today)

    @property
    def status(self) -> BillingStatus:
        """How the payer stands on the day."""
        since = self.statement.overdue_since
        if since is not None:
            late = (self.today - since).days > self.grace_days
            return BillingStatus.DELINQUENT if late else BillingStatus.OVERDUE
        open_invoices = any(invoice.open for invoice in self.statement.invoices)
        return BillingStatus.CURRENT if open_invoices else BillingStatus.PAID


class PolicyInvoice(NamedTuple):
    """One invoice, and the account that it belongs to."""

    summary: BillingSummary
    invoice: Invoice


def current_account(
    policy: Policy, stored: Stored[BillingAccount] | None, product: Product
) -> BillingAccount:
    """The account as the policy stands.

    Where nothing is stored, no plan was chosen and nothing was paid: the account of the plan that
    every product has, all at once.
    """
    if stored is not None:
        return stored.record.updated_for(policy)
    return BillingAccount.opened(policy, plans_of(product)[0], first_due_of(policy, product))


def first_due_of(policy: Policy, product: Product) -> date:
    """The day on which cover begins where the risk is: the first instalment is due on it."""
    return policy.period.start.astimezone(product.zone).date()
