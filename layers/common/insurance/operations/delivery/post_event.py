"""Post an event to the general ledger, once."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account, Posting
from insurance.domain.ledger.sources import source_of
from insurance.domain.policy.conditions import Conditions
from insurance.operations.delivery.ports import BooksPorts


@dataclass(frozen=True, slots=True)
class PostedAmounts:
    """What one event moved in the accounts that the dashboard shows, in minor units."""

    mode: Mode
    currency: Currency
    premium_bound: int
    claims_paid: int


def post_event(event: Event, appended_at: datetime, ports: BooksPorts) -> list[PostedAmounts]:
    """Post the event to the ledger. Safe to repeat: a stream may deliver it again.

    Returns an empty list when the event was posted before.

    Raises:
        Unavailable: Other events of the same aggregate were posted at every attempt.
    """

    def conditions_of(product: ProductRef) -> Conditions:
        return Conditions.of(ports.products.version(product))

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
