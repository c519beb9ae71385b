"""Deliver an event: check that it is what was written, book its postings once, and tell the bus."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.errors import InsuranceError
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account, Posting
from insurance.domain.ledger.booking import Booked as Booking
from insurance.domain.ledger.sources import ConditionsOf, Source, source_of
from insurance.domain.policy.conditions import Conditions
from insurance.operations.products.ports import Products


class BrokenEvent(InsuranceError):
    """An event whose content is not what was hashed."""

    def __init__(self, event: Event) -> None:
        super().__init__(f"Event {event.sequence} of {event.stream} is not what was hashed.")


class Balances(Protocol):
    """Control accounts, summed from the stream of events."""

    def book(self, event: Event, source: Source, *, appended_at: datetime) -> Booking | None:
        """Add the event's postings to the accounts once, and what its aggregate's facts say now.

        Nothing is booked into a closed period: what belongs there goes to the first open one.
        None when the event was booked already.
        """

    def imbalance(self, mode: Mode, currency: Currency) -> int:
        """Debits less credits over all accounts, in minor units: zero, or something is wrong."""


class EventBus(Protocol):
    def publish(self, event: Event) -> None:
        """Hand the event on; raise when the bus did not take it."""


@dataclass(frozen=True, slots=True)
class Booked:
    """What one event moved, in minor units, for the dashboard; nothing when it was booked before."""

    mode: Mode
    currency: Currency
    premium_bound: int
    claims_paid: int


def deliver_event(
    event: Event, *, balances: Balances, bus: EventBus, products: Products, appended_at: datetime
) -> list[Booked]:
    """Publish and book; safe to repeat, so a stream may deliver an event more than once.

    Booking comes last: what it moved is counted once, and a bus that fails must not take that away.
    """
    if event.digest() != event.hash:
        raise BrokenEvent(event)
    bus.publish(event)
    source = source_of(event, _conditions(products))
    if source is None or balances.book(event, source, appended_at=appended_at) is None:
        return []
    return _moved(event)


def _conditions(products: Products) -> ConditionsOf:
    def conditions(product: ProductRef) -> Conditions:
        return Conditions.of(products.version(product))

    return conditions


def _moved(event: Event) -> list[Booked]:
    currencies = dict.fromkeys(posting.amount.currency for posting in event.postings)
    return [
        Booked(
            mode=event.mode,
            currency=currency,
            premium_bound=-_net(event.postings, Account.WRITTEN_PREMIUM, currency),
            claims_paid=_net(event.postings, Account.CLAIMS_PAID, currency),
        )
        for currency in currencies
    ]


def _net(postings: tuple[Posting, ...], account: Account, currency: Currency) -> int:
    """What the postings debit the account, less what they credit it."""
    net = 0
    for posting in postings:
        if posting.amount.currency is currency:
            net += posting.amount.amount * (posting.debit is account)
            net -= posting.amount.amount * (posting.credit is account)
    return net
