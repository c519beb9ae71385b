"""Read the books: of one policy, exact; and of the whole house, from the control accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from insurance.domain.books import Format, PolicyBooks, export, keep_books
from insurance.domain.caller import Caller
from insurance.domain.errors import PolicyNotFound
from insurance.domain.event import Event
from insurance.domain.identity import Mode
from insurance.domain.ledger import Account
from insurance.domain.money import Currency
from insurance.domain.policy.conditions import Conditions
from insurance.operations.ports import BillingFile, Products


@dataclass(frozen=True, slots=True)
class Ledger:
    """A policy, its account, and the events of both in the order in which they were made."""

    file: BillingFile
    events: Sequence[Event]


class Ledgers(Protocol):
    def of_policy(self, policy_id: str) -> Ledger:
        """Raise PolicyNotFound when there is no such policy."""

    def control_accounts(self, mode: Mode, currency: Currency) -> Mapping[Account, int]:
        """Debits less credits of every account, in minor units, as far as they are booked."""


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """The control accounts, and whether they balance."""

    mode: Mode
    currency: Currency
    balances: Mapping[Account, int]

    @property
    def imbalance(self) -> int:
        return sum(self.balances.values())

    @property
    def written_apart(self) -> int:
        """Written premium less what is earned and unearned: nothing, or something is wrong."""
        of = self.balances.get
        written = -of(Account.WRITTEN_PREMIUM, 0)
        return written + of(Account.UNEARNED_PREMIUM, 0) + of(Account.EARNED_PREMIUM, 0)


def read_policy_books(
    policy_id: str, *, at: datetime, caller: Caller, products: Products, ledgers: Ledgers
) -> PolicyBooks:
    """Balances, what is earned by a date, and the checks."""
    ledger = _of_own_book(policy_id, caller, ledgers)
    policy = ledger.file.policy.record
    product = products.version(policy.product)
    account = ledger.file.account.record if ledger.file.account else None
    return keep_books(policy, account, ledger.events, at=at, conditions=Conditions.of(product))


def export_policy_books(policy_id: str, format: Format, *, caller: Caller, ledgers: Ledgers) -> str:
    """Every posting, as text."""
    return export(_of_own_book(policy_id, caller, ledgers).events, format)


def read_trial_balance(currency: Currency, *, caller: Caller, ledgers: Ledgers) -> TrialBalance:
    """The control accounts of the caller's mode: a fixed number of rows, however large the book."""
    return TrialBalance(caller.mode, currency, ledgers.control_accounts(caller.mode, currency))


def _of_own_book(policy_id: str, caller: Caller, ledgers: Ledgers) -> Ledger:
    ledger = ledgers.of_policy(policy_id)
    if not caller.sees(policy_id, ledger.file.policy.record.partner):
        raise PolicyNotFound(policy_id)
    return ledger
