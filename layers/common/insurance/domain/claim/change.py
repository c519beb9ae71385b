"""A change of a claim: who made it, what it leaves, and the event that records it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from insurance.domain.claim.attention import with_deadlines, with_waiting_task
from insurance.domain.claim.postings import postings_between
from insurance.domain.core.event import DestroyedKey, Event, StreamPosition

if TYPE_CHECKING:
    from datetime import datetime

    from insurance.domain.claim.claim import Claim
    from insurance.domain.claim.event_types import ClaimEventType
    from insurance.domain.claim.set_off import SetOffEntry
    from insurance.domain.core.caller import Caller
    from insurance.domain.core.running_totals import LimitMovement
    from insurance.domain.core.stored import PartyKey, Stored


class Act(NamedTuple):
    """Who takes a step on a claim, and when."""

    caller: Caller
    at: datetime

    @property
    def by(self) -> str:
        return self.caller.principal


class ClaimChange(NamedTuple):
    """What a step leaves of a claim, and of the account of its policy."""

    claim: Claim
    event_type: ClaimEventType
    account: SetOffEntry | None = None
    """Set where premium is set off against a payment, or that is undone."""
    totals: tuple[LimitMovement, ...] = ()
    """What counts to running totals, where nobody else looks at a payment."""


def first_event(change: ClaimChange, key: PartyKey, act: Act) -> Event:
    """The event that makes a claim. It takes effect when the loss happened."""
    return Event.following(
        StreamPosition(),
        change.claim,
        key,
        stream=change.claim.id,
        type=change.event_type,
        actor=act.by,
        now=act.at,
        effective_at=change.claim.occurred_at,
        postings=postings_between(None, change.claim),
    )


def next_event(change: ClaimChange, before: Stored[Claim], act: Act) -> tuple[Claim, Event]:
    """The claim as it is stored after a step, and the event that records the step.

    A claim whose people were erased can still be paid, refused or closed: nothing of them is in
    it. Texts that are written about such a step are not stored, since no key can seal them.
    """
    claim = with_deadlines(with_waiting_task(change.claim, act.at), act.at)
    if before.key is None:
        claim = claim.without_texts()
    event = Event.following(
        before.head,
        claim,
        before.key or DestroyedKey(),
        stream=claim.id,
        type=change.event_type,
        actor=act.by,
        now=act.at,
        postings=postings_between(before.record, claim),
    )
    return claim, event
