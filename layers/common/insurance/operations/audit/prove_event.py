"""Prove one event: what leads from it to a signed root, without any other event."""

from typing import NamedTuple

from insurance.domain.audit.root import EventProof, SignedRoot, is_late
from insurance.domain.audit.verification import DamagedEvent
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import EventNotFound, NoRootYet
from insurance.domain.core.event import Event
from insurance.domain.core.identity import mode_of
from insurance.domain.events.feed import Feed, feed_of
from insurance.operations.audit.ports import AuditPorts, EnteredRoot
from insurance.operations.command import Query
from insurance.operations.listing import ListPage

SHOWN_WHOLE = ("pol_",)
"""Streams of which a partner is shown events whole. Those of others hold the insurer's own work, too."""


class ProvedEvent(NamedTuple):
    """An event with its proof."""

    event: Event
    is_shown: bool
    """Whether the caller may have what the event says; otherwise its hash alone."""
    proof: EventProof
    signed: SignedRoot
    is_late: bool


def prove_event(stream: str, sequence: int, query: Query, ports: AuditPorts) -> ProvedEvent:
    """The proof of one event.

    A partner has those of its own book: of events that it was told of, as the feed tells them.

    Raises:
        EventNotFound: There is no such event, or the caller may not know of it.
        NoRootYet: The event is younger than the last root.
    """
    about = f"{stream}-{sequence}"
    event = _visible_event(stream, sequence, query.caller, ports)
    if event is None:
        raise EventNotFound(about)
    [*covering] = ports.records.covering(stream, after=sequence - 1, limit=1)
    if not covering:
        raise NoRootYet(about)
    [covered] = covering
    [entered] = ports.records.roots(event.mode, after=covered.number - 1, limit=1)
    return ProvedEvent(
        event=event,
        is_shown=query.caller.kind is CallerKind.STAFF or stream.startswith(SHOWN_WHOLE),
        proof=EventProof(covered.leaf, sequence, covered.leaf_index, covered.path),
        signed=entered.signed,
        is_late=is_late(event, entered.signed.root),
    )


def _visible_event(stream: str, sequence: int, caller: Caller, ports: AuditPorts) -> Event | None:
    if mode_of(stream) is not caller.mode or sequence < 1:
        return None
    for event in ports.events.page(stream, after=sequence - 1, limit=1):
        if isinstance(event, DamagedEvent) or event.sequence != sequence:
            return None
        own = Feed(caller.mode, caller.partner)
        return event if caller.kind is CallerKind.STAFF or feed_of(event) == own else None
    return None


def list_roots(after: int, limit: int, query: Query, ports: AuditPorts) -> ListPage[EnteredRoot]:
    """The roots of the caller's mode that follow number `after`, in order."""
    roots = ports.records.roots(query.caller.mode, after=after, limit=limit)
    more = len(roots) == limit
    return ListPage(roots, str(roots[-1].signed.root.number) if more else None)
