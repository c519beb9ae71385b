"""Suspense: money that came in for a policy that is not there."""

from datetime import date

from pydantic import AwareDatetime

from insurance.domain.billing.account import Reference
from insurance.domain.classification import Record
from insurance.domain.identity import SuspenseId
from insurance.domain.ledger import Account, Posting, post
from insurance.domain.money import Money


class SuspendedPayment(Record):
    """One payment that nobody could match, waiting for a person."""

    id: SuspenseId
    reference: Reference
    amount: Money
    received_on: date
    named: str | None = None
    """The policy that it was said to be for, as far as that looks like one."""
    booked_at: AwareDatetime

    def postings(self) -> tuple[Posting, ...]:
        return post(Account.CASH, Account.SUSPENSE, self.amount)
