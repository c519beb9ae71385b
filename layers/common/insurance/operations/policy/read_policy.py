"""Read a policy of one's own book, and the events that made it what it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import PolicyNotFound
from insurance.domain.core.event import Event, first_broken_link
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.operations.policy.ports import Policies, PolicyReads

EVENTS_READ_MAX = 100


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events of a stream in order, and whether the chain holds as far as this page sees."""

    events: Sequence[Event]
    verified: bool
    last: int | None
    """The number to go on after; None when there are no more."""


def read_policy(
    policy_id: str, *, known_at: datetime | None = None, caller: Caller, policies: PolicyReads
) -> Stored[Policy]:
    """The policy as it is known, or as it was known then.

    Another partner's policy is as unknown as one that never was.
    """
    kept = policies.as_known(policy_id, known_at) if known_at else policies.get(policy_id)
    if not caller.sees(policy_id, kept.record.partner):
        raise PolicyNotFound(policy_id)
    return kept


def read_policy_events(
    policy_id: str, *, after: int, limit: int, caller: Caller, policies: Policies
) -> EventPage:
    """One page of the policy's stream.

    Verified means: each event is what was hashed, follows the one before it, and the last one is
    the one that the policy's header knows. A page that starts later takes the hash before its
    first event on trust.
    """
    kept = read_policy(policy_id, caller=caller, policies=policies)
    events = policies.events(policy_id, after=after, limit=limit)
    reached = events[-1].sequence if events else after
    ends = reached >= kept.head.sequence
    held = first_broken_link(events, after=after) is None
    if ends:
        held = held and (events[-1].hash == kept.head.hash if events else after > 0)
    return EventPage(events, held, None if ends else reached)
