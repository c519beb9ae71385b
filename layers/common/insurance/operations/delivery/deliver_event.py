"""Deliver an event: check that it is what was written, publish it, and post it to the ledger once."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.errors import InsuranceError
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account, Posting
from insurance.domain.ledger.sources import source_of
from insurance.domain.policy.conditions import Conditions
from insurance.operations.delivery.ports import DeliveryPorts


class BrokenEvent(InsuranceError):
    """An event whose content is not what was hashed."""

    def __init__(self, event: Event) -> None:
        super().__init__(f"Event {event.sequence} of {event.stream} is not what was hashed.")


@dataclass(frozen=True, slots=True)
class PostedAmounts:
    """What one event moved in the accounts that the dashboard shows, in minor units."""

    mode: Mode
    currency: Currency
    premium_bound: int
    claims_paid: int


def deliver_event(event: Event, appended_at: datetime, ports: DeliveryPorts) -> list[PostedAmounts]:
    """Publish the event and post it to the ledger. Safe to repeat: a stream may deliver it again.

    It is posted last, because what it moved is counted only the first time, and a failing bus must
    not lose that. Returns an empty list when the event was posted before.

    Raises:
        BrokenEvent: The event's content is not what was hashed.
        Unavailable: Other events of the same aggregate were posted at every attempt.
    """

    def conditions_of(product: ProductRef) -> Conditions:
        return Conditions.of(ports.products.version(product))

    if event.digest() != event.hash:
        raise BrokenEvent(event)
    ports.bus.publish(event)
    source = source_of(event, conditions_of)
    if source is None:
        return []
    if ports.control_accounts.post(event, source, appended_at=appended_at) is None:
        return []
    return _posted_amounts(event)


def _posted_amounts(event: Event) -> list[PostedAmounts]:
    currencies = dict.fromkeys(posting.amount.currency for posting in event.postings)
    return [
        PostedAmounts(
            mode=event.mode,
            currency=currency,
            premium_bound=-_net(event.postings, Account.WRITTEN_PREMIUM, currency),
            claims_paid=_net(event.postings, Account.CLAIMS_PAID, currency),
        )
        for currency in currencies
    ]


def _net(postings: tuple[Posting, ...], account: Account, currency: Currency) -> int:
    """Sum what the postings debit the account, less what they credit it."""
    net = 0
    for posting in postings:
        if posting.amount.currency is currency:
            net += posting.amount.amount * (posting.debit is account)
            net -= posting.amount.amount * (posting.credit is account)
    return net
