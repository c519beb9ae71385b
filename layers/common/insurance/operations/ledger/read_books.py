"""Read the books of one policy, exact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import PolicyNotFound
from insurance.domain.core.event import Event
from insurance.domain.ledger.booking import Booked
from insurance.domain.ledger.export import Format, export, written
from insurance.domain.ledger.policy_books import PolicyBooks, keep_books
from insurance.domain.policy.conditions import Conditions
from insurance.operations.billing.ports import BillingContext
from insurance.operations.products.ports import Products


@dataclass(frozen=True, slots=True)
class Ledger:
    """A policy, its account, and the events of both in the order in which they were made."""

    file: BillingContext
    events: Sequence[Event]


class Ledgers(Protocol):
    def of_policy(self, policy_id: str) -> Ledger:
        """Raise PolicyNotFound when there is no such policy."""

    def booked(self, stream: str) -> Mapping[int, Booked]:
        """Where each event of a stream was booked, by its number."""


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
    ledger = _of_own_book(policy_id, caller, ledgers)
    booked = {stream: ledgers.booked(stream) for stream in {each.stream for each in ledger.events}}
    return export([written(each, booked[each.stream]) for each in ledger.events], format)


def _of_own_book(policy_id: str, caller: Caller, ledgers: Ledgers) -> Ledger:
    ledger = ledgers.of_policy(policy_id)
    if not caller.sees(policy_id, ledger.file.policy.record.partner):
        raise PolicyNotFound(policy_id)
    return ledger
