"""Plan the agenda: after an event, what must be looked at again, and when."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from pydantic_core import to_json

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.classification import JsonObject
from insurance.domain.core.event import Event
from insurance.domain.core.identity import policy_id_for
from insurance.domain.jurisdiction import local_midnight
from insurance.domain.jurisdiction.regulatory_deadline import RegulatoryDeadline, next_deadline
from insurance.domain.ledger.calendar import end_of, period_of
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.renewal import invited_from
from insurance.domain.product import Product
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.schedule.scheduled_job import Entry, Kind, book_of
from insurance.operations.claims.offset_arrears import KEPT_BACK, TAKEN_BACK
from insurance.operations.products.ports import Products
from insurance.operations.scheduler.system_actor import CLOCKWORK

CLOCKED = {"clm": Kind.CLAIM, "cmp": Kind.COMPLAINT}
RESTORES = frozenset(
    {PolicyEventType.REINSTATED, PolicyEventType.TRANSACTION_REVERSED, PolicyEventType.LAPSE_UNDONE}
)
"""After these a policy may go on that had come to its end."""
CHANGES = frozenset(
    {
        PolicyEventType.ENDORSED,
        PolicyEventType.CANCELLED,
        PolicyEventType.REINSTATED,
        PolicyEventType.TRANSACTION_REVERSED,
        PolicyEventType.LAPSE_UNDONE,
        PolicyEventType.LIMIT_REINSTATED,
    }
)
FOR_OTHERS = frozenset({PolicyEventType.LIMIT_REINSTATED, PolicyEventType.LAPSE_UNDONE})
"""What the clockwork does in one kind of look that gives another kind something to look at."""
LOOKED_AT = frozenset({PolicyEventType.NOTICE_WITHDRAWN, "billing.plan_chosen", TAKEN_BACK})
"""After these what is due, or its notice, is not what it was."""


class Plans(Protocol):
    """The agenda, for those who enter something into it."""

    def enter(self, entry: Entry) -> None:
        """Look then, or when an earlier entry for the same says so."""


def plan_agenda(event: Event, *, products: Products, agenda: Plans) -> None:
    """Enter what the event gives to look at; what the clockwork did itself, it plans itself, unless
    it is for another kind of look.

    Safe to repeat: what was done is seen to be done.
    """
    if event.actor != CLOCKWORK or event.type in FOR_OTHERS:
        for entry in (*entries_after(event, products), *clocks_after(event)):
            agenda.enter(entry)


def clocks_after(event: Event) -> Iterator[Entry]:
    """When the first of a regulator's deadlines runs out that run on a claim or a complaint."""
    kind = CLOCKED.get(event.stream[:3])
    if kind is not None:
        told = event.facts.get("deadlines", ())
        due_at = next_deadline(
            [RegulatoryDeadline.model_validate_json(to_json(each)) for each in told]
        )
        if due_at is not None:
            yield _entry(event, kind, due_at)


def entries_after(event: Event, products: Products) -> Iterator[Entry]:
    """Derived from the event alone, so that the command that made it pays nothing for them."""
    facts: JsonObject = event.facts
    if event.type in {QuoteEventType.ACCEPTED, QuoteEventType.REFERRAL_ACCEPTED}:
        yield _entry(event, Kind.QUOTE, _instant(facts["valid_until"]))
    elif event.type == PolicyEventType.ISSUED:
        yield from _of_new_policy(event, _product(facts, products))
    elif event.facts.get("reinstatements") and event.stream.startswith("clm_"):
        yield _entry(event, Kind.LIMIT, event.processed_at)
    elif event.type in CHANGES:
        end = _instant(facts["period"]["end"])
        yield _entry(event, Kind.BILLING, event.processed_at)
        if event.type in RESTORES and event.processed_at < end:
            yield _entry(event, Kind.RENEWAL, invited_from(_product(facts, products), end))
        yield _entry(event, Kind.EARNING, end_of(period_of(event.processed_at)))
    elif event.type == PolicyEventType.NOTICE_DISPATCHED:
        for notice in facts["notices"]:
            if "ended" not in notice and "effective_at" in notice:
                yield _entry(event, Kind.BILLING, _instant(notice["effective_at"]))
    elif event.type in LOOKED_AT or (
        event.type in {"billing.payment_received", KEPT_BACK}
        and "under_notice" in facts["paid_in"][-1]
    ):
        yield _entry(event, Kind.BILLING, event.processed_at)


def _of_new_policy(event: Event, product: Product) -> Iterator[Entry]:
    start, end = (_instant(event.facts["period"][name]) for name in ("start", "end"))
    first_due = local_midnight(start.astimezone(product.zone).date(), product.zone)
    yield _entry(event, Kind.BILLING, first_due)
    yield _entry(event, Kind.RENEWAL, invited_from(product, end))
    yield _entry(event, Kind.EARNING, end_of(period_of(start)))


def _entry(event: Event, kind: Kind, due_at: datetime) -> Entry:
    of_policy = event.stream.startswith(("pol_", "bil_"))
    return Entry(
        kind=kind,
        subject=policy_id_for(event.stream) if of_policy else event.stream,
        book=book_of(event.mode, event.facts["partner"]),
        due_at=due_at,
    )


def _product(facts: JsonObject, products: Products) -> Product:
    return products.version(ProductRef.model_validate(facts["product"]))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
