"""Which jobs an event gives rise to, read from the event alone.

So the command that made the event pays nothing for them, and all jobs can be scheduled again from
the events.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from pydantic_core import to_json

from insurance.domain.billing.event_types import BillingEventType
from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.classification import JsonObject
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, party_id_for, policy_id_for
from insurance.domain.core.system_actor import SYSTEM_ACTOR
from insurance.domain.intake.event_types import BatchEventType
from insurance.domain.intake.retention import KEPT_FOR
from insurance.domain.intake.source import RowKind
from insurance.domain.jurisdiction.jurisdiction import local_midnight
from insurance.domain.jurisdiction.regulatory_deadline import RegulatoryDeadline, next_deadline
from insurance.domain.ledger.calendar import end_of, period_of
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.renewal import invited_from
from insurance.domain.product import Product
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.schedule.scheduled_job import JobKind, ScheduledJob, partition_for

DEADLINE_JOBS: Final = {"clm": JobKind.CLAIM, "cmp": JobKind.COMPLAINT}
"""By the prefix of the stream."""

QUOTE_ACCEPTED: Final = frozenset({QuoteEventType.ACCEPTED, QuoteEventType.REFERRAL_ACCEPTED})
REINSTATES: Final = frozenset(
    {PolicyEventType.REINSTATED, PolicyEventType.TRANSACTION_REVERSED, PolicyEventType.LAPSE_UNDONE}
)
"""A policy that had ended may be in force again after these."""
CHANGES: Final = REINSTATES | {
    PolicyEventType.ENDORSED,
    PolicyEventType.CANCELLED,
    PolicyEventType.TRANSFERRED,
    PolicyEventType.LIMIT_REINSTATED,
}
"""After these the premium may not be what it was."""
OVERTAKES: Final = frozenset({PolicyEventType.ENDORSED, PolicyEventType.TRANSFERRED})
"""After these an offer of the next term may not be what it was, or not for who holds the policy."""
MAKES_OTHER_JOBS: Final = frozenset(
    {PolicyEventType.LIMIT_REINSTATED, PolicyEventType.LAPSE_UNDONE}
)
"""Events of one kind of job that give rise to jobs of another kind."""
BEGINS: Final = frozenset({PolicyEventType.ISSUED, PolicyEventType.MIGRATED})
BILLING_CHANGES: Final = frozenset(
    {
        PolicyEventType.NOTICE_WITHDRAWN,
        BillingEventType.PLAN_CHOSEN,
        BillingEventType.OFFSET_TAKEN_BACK,
    }
)
"""After these what is due, or the notice about it, is not what it was."""
BATCH_GOES_ON: Final = frozenset(
    {
        BatchEventType.DRY_RUN_STARTED,
        BatchEventType.STARTED,
        BatchEventType.RESUMED,
        BatchEventType.CUT_OVER_STARTED,
        BatchEventType.REVERSAL_STARTED,
    }
)
"""After these the scheduler works on a batch: a live one, for test data are worked when their owner calls."""
BATCH_ENDS: Final = frozenset(
    {BatchEventType.FINISHED, BatchEventType.HALTED, BatchEventType.CANCELLED}
)
PAYMENTS: Final = frozenset({BillingEventType.PAYMENT_RECEIVED, BillingEventType.ARREARS_OFFSET})

MATCHED: Final = frozenset(
    {
        PartyEventType.REGISTERED,
        PartyEventType.CORRECTED,
        PartyEventType.RESTRICTION_LIFTED,
        PolicyEventType.ISSUED,
    }
)
"""After these other records of the customer are looked for: a live one's, for test data are looked at when somebody calls."""
MATCHED_AFTER: Final = timedelta(minutes=1)
"""By then the search index has the record, mostly."""

SWEPT_AFTER: Final = timedelta(minutes=15)
"""When what is left of an erased party is looked for again: long after every command that had read it."""

type ProductOf = Callable[[ProductRef], Product]


def jobs_after(event: Event, product_of: ProductOf) -> Iterator[ScheduledJob]:
    """The jobs to schedule after the event.

    A job schedules its own next run, so its events give rise to jobs of other kinds only.
    """
    if event.actor != SYSTEM_ACTOR or event.type in MAKES_OTHER_JOBS:
        yield from _business_jobs(event, product_of)
        yield from _deadline_jobs(event)
    if _corrects_holder(event):
        yield _job(event, JobKind.DOCUMENT, event.processed_at)
    if event.type in BATCH_GOES_ON and event.mode is Mode.LIVE:
        yield _job(event, JobKind.BATCH, event.processed_at)
    if event.type in BATCH_ENDS and event.mode is Mode.LIVE:
        kept = KEPT_FOR[RowKind(event.facts["kind"])]
        yield _job(event, JobKind.EXPIRED_ROWS, event.processed_at + kept)
    if event.facts.get("payee_corrected_in") == event.sequence:
        yield _job(event, JobKind.PAYEE, event.processed_at)
    if event.type in MATCHED and event.mode is Mode.LIVE:
        yield _match_job(event)
    if event.type == PartyEventType.ERASURE_REQUESTED:
        yield _job(event, JobKind.ERASURE, _instant(event.facts["erasure"]["check_at"]))
    elif event.type == PartyEventType.ERASED:
        yield _job(event, JobKind.ERASURE, event.processed_at + SWEPT_AFTER)
        if event.mode is Mode.LIVE:
            yield _job(event, JobKind.ERASED_ROWS, event.processed_at)


def _deadline_jobs(event: Event) -> Iterator[ScheduledJob]:
    """The first regulatory deadline that runs on a claim or a complaint."""
    kind = DEADLINE_JOBS.get(event.stream[:3])
    if kind is not None:
        deadlines = [
            RegulatoryDeadline.model_validate_json(to_json(deadline))
            for deadline in event.facts.get("deadlines", ())
        ]
        due_at = next_deadline(deadlines)
        if due_at is not None:
            yield _job(event, kind, due_at)


def _business_jobs(event: Event, product_of: ProductOf) -> Iterator[ScheduledJob]:
    facts: JsonObject = event.facts
    if event.type in QUOTE_ACCEPTED:
        yield _job(event, JobKind.QUOTE, _instant(facts["valid_until"]))
    elif event.type in BEGINS:
        yield from _first_jobs(event, _product(facts, product_of))
    elif facts.get("reinstatements") and event.stream.startswith("clm_"):
        yield _job(event, JobKind.LIMIT, event.processed_at)
    elif event.type in CHANGES:
        end = _instant(facts["period"]["end"])
        yield _job(event, JobKind.BILLING, event.processed_at)
        yield from _next_offer(event, end, product_of)
        yield _job(event, JobKind.EARNING, end_of(period_of(event.processed_at)))
    elif event.type == PolicyEventType.NOTICE_DISPATCHED:
        for notice in facts["notices"]:
            if "ended" not in notice and "effective_at" in notice:
                yield _job(event, JobKind.BILLING, _instant(notice["effective_at"]))
    elif event.type in BILLING_CHANGES or _is_paid_under_notice(event):
        yield _job(event, JobKind.BILLING, event.processed_at)


def _next_offer(event: Event, end: datetime, product_of: ProductOf) -> Iterator[ScheduledJob]:
    """The next term may be wanted again, or in another book; and an offer that was made follows a change of terms,
    and is made to a new holder."""
    wanted = event.type in REINSTATES or event.facts.get("former_partners")
    if (wanted or event.type in OVERTAKES) and event.processed_at < end:
        due_at = invited_from(_product(event.facts, product_of), end)
        if wanted or due_at <= event.processed_at:
            yield _job(event, JobKind.RENEWAL, max(due_at, event.processed_at))


def _first_jobs(event: Event, product: Product) -> Iterator[ScheduledJob]:
    start, end = (_instant(event.facts["period"][name]) for name in ("start", "end"))
    first_due = local_midnight(start.astimezone(product.zone).date(), product.zone)
    yield _job(event, JobKind.BILLING, first_due)
    yield _job(event, JobKind.RENEWAL, invited_from(product, end))
    yield _job(event, JobKind.EARNING, end_of(period_of(start)))


def _corrects_holder(event: Event) -> bool:
    """Whether a corrected detail of its holder changed the policy."""
    last = event.facts.get("last_correction") if event.stream.startswith("pol_") else None
    return last is not None and last["revision"] == event.sequence


def _is_paid_under_notice(event: Event) -> bool:
    return event.type in PAYMENTS and "under_notice" in event.facts["paid_in"][-1]


def _match_job(event: Event) -> ScheduledJob:
    """Of the party, or of the one that took out the policy."""
    of_party = event.stream.startswith("pty_")
    party_id = event.stream if of_party else event.facts.get("party_id")
    return ScheduledJob(
        kind=JobKind.MATCH,
        subject=party_id or party_id_for(event.stream),
        partition=partition_for(event.mode, event.facts.get("partner", "")),
        due_at=event.processed_at + MATCHED_AFTER,
    )


def _job(event: Event, kind: JobKind, due_at: datetime) -> ScheduledJob:
    of_policy = event.stream.startswith(("pol_", "bil_"))
    return ScheduledJob(
        kind=kind,
        subject=policy_id_for(event.stream) if of_policy else event.stream,
        partition=partition_for(event.mode, event.facts.get("partner", "")),
        due_at=due_at,
    )


def _product(facts: JsonObject, product_of: ProductOf) -> Product:
    return product_of(ProductRef.model_validate(facts["product"]))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
