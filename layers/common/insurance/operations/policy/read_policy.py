"""Read a policy, and the events of its stream."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from insurance.domain.core.errors import PolicyNotFound
from insurance.domain.core.event import Event, first_broken_link
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.operations.command import Query
from insurance.operations.policy.ports import IssuingPorts, ReadingPorts


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events of a stream in order, and whether their chain of hashes holds within the page."""

    events: Sequence[Event]
    verified: bool
    last: int | None
    """The number of the last event, to continue after; None: there are no more."""


def read_policy(
    policy_id: str, query: Query, ports: ReadingPorts, *, known_at: datetime | None = None
) -> Stored[Policy]:
    """The policy as it is known now, or was known at a time. A joint holder of that version sees it too.

    Raises:
        PolicyNotFound: The policy does not exist, or belongs to another partner.
    """
    policies = ports.policies
    stored = policies.as_known(policy_id, known_at) if known_at else policies.get(policy_id)
    policy, caller = stored.record, query.caller
    if not any(caller.sees(policy_id, policy.partner, holder) for holder in policy.holders):
        raise PolicyNotFound(policy_id)
    return stored


def read_policy_events(
    policy_id: str, query: Query, ports: IssuingPorts, *, after: int, limit: int
) -> EventPage:
    """One page of the policy's stream.

    The page is verified when each event has its own hash, follows the one before it, and the last
    event of the stream is the one that the policy's header names. The hash before the first event
    of a later page is taken on trust.

    Raises:
        PolicyNotFound: The policy does not exist, or belongs to another partner.
    """
    stored = read_policy(policy_id, query, ports)
    events = ports.policies.events(policy_id, after=after, limit=limit)
    reached = events[-1].sequence if events else after
    ends = reached >= stored.head.sequence
    verified = first_broken_link(events, after=after) is None
    if ends:
        verified = verified and (events[-1].hash == stored.head.hash if events else after > 0)
    return EventPage(events, verified, None if ends else reached)
