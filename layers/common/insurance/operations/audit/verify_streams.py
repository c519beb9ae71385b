"""Find the first broken link: of one stream, or of every stream that a root covers, root by root."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from insurance.domain.audit.merkle import Tree, root_by_path
from insurance.domain.audit.root import Leaf, SignedRoot, due_days, previous_of
from insurance.domain.audit.verification import (
    BrokenLink,
    Checked,
    LinkFault,
    Recorded,
    check_stream,
)
from insurance.domain.core.errors import EventNotFound, FieldFault, InvalidFields
from insurance.domain.core.identity import Mode, mode_of
from insurance.operations.audit.locked_files import name_of, read_leaves
from insurance.operations.audit.make_roots import locked_root, read_all_leaves
from insurance.operations.audit.ports import AuditPorts, CoveredEvents
from insurance.operations.command import Query
from insurance.operations.listing import ListRange

EVENTS_MAX: Final = 1000
"""Events that one call checks."""
_PLACE: Final = re.compile(r"([0-9]{1,8})\.([0-9]{1,8})")

ROOTS: Final = "roots"
"""What a broken link in the chain of roots names for its stream."""


class Verification(NamedTuple):
    """What a call has checked, and what it has found."""

    roots: int
    streams: int
    events: int
    broken: Sequence[BrokenLink]
    """The first broken link of each stream, and of each root."""
    next: str | None
    """The place where the next call goes on; None: all was checked."""


def verify_stream(stream: str, after: int, query: Query, ports: AuditPorts) -> Verification:
    """Check one stream from the event behind number `after` to its last: its hashes, its links, its end, its roots.

    Raises:
        EventNotFound: Nothing is known of such a stream in the caller's mode.
    """
    if mode_of(stream) is not query.caller.mode:
        raise EventNotFound(stream)
    # What is recorded is read first: an event that is appended meanwhile is then no surprise.
    noted, [covered] = ports.records.noted(stream), ports.records.covered([stream])
    heads = [head for head in (noted, covered) if head]
    leaves = ports.records.covering(stream, after=after, limit=EVENTS_MAX)
    events = ports.events.page(stream, after=after, limit=EVENTS_MAX)
    if not events and not heads:
        raise EventNotFound(stream)
    reached = events[-1].sequence if events else after
    hashes = {head.last: head.hash for head in heads} | _hashes(each.leaf for each in leaves)
    more = len(events) == EVENTS_MAX
    last = reached if more else max((head.last for head in heads), default=0)
    previous = _hash_before(stream, after, ports)
    checked = check_stream(stream, events, Recorded(hashes, last), after=after, previous=previous)
    broken = checked.broken or _first_outside_root(stream, leaves, reached, ports)
    return Verification(
        roots=0,
        streams=1,
        events=len(checked.intact),
        broken=[broken] if broken else [],
        next=str(reached) if more and not broken else None,
    )


def verify_roots(part: ListRange, query: Query, ports: AuditPorts) -> Verification:
    """Check the chain of roots, and each stream as far as a root covers it: so many streams in one call.

    The place is the number of a root and that of a leaf in it. With the first leaf of a root the root itself is
    checked: its signature, the one before it, and the tree over all of its leaves.

    Raises:
        InvalidFields: There is no such place.
    """
    mode = query.caller.mode
    number, index = _place(part.after or "1.0")
    signed = locked_root(mode, number, ports)
    if signed is None:
        return _end_of_roots(mode, number, query.received_at, ports)
    broken: list[BrokenLink] = []
    if index == 0:
        broken += _broken_root(signed, ports)
    leaves = _leaves_from(signed, index, ports)[: part.limit]
    leaves = leaves[: _as_many_as_fit(leaves)]
    checked = _check_leaves(leaves, ports)
    broken += [each.broken for each in checked if each.broken]
    index += len(leaves)
    ends = index >= signed.root.heads or not leaves
    return Verification(
        roots=int(index == len(leaves)),
        streams=len(leaves),
        events=sum(len(each.intact) for each in checked),
        broken=broken,
        next=f"{number + 1}.0" if ends else f"{number}.{index}",
    )


def roots_to_look_at(newest: int) -> Sequence[int]:
    """Which roots a night reads again, once it has made this one: the one before, and an older one. Older ones take
    turns from the first on: each has its turn again by the time that there are four times as many."""
    turn = 1 + newest - (1 << newest.bit_length() - 1)
    return sorted({number for number in (turn, newest - 1) if 0 < number < newest})


def look_at_roots_again(mode: Mode, newest: int, ports: AuditPorts) -> Sequence[BrokenLink]:
    """Read two roots again as the locked bucket has them: signature, the root before, the tree over all leaves, and
    what the table says."""
    broken: list[BrokenLink] = []
    for number in roots_to_look_at(newest):
        signed = locked_root(mode, number, ports)
        gone = BrokenLink(ROOTS, number, LinkFault.ROOT_MISSING)
        broken += [gone] if signed is None else _broken_root(signed, ports)
    return broken


def _broken_root(signed: SignedRoot, ports: AuditPorts) -> list[BrokenLink]:
    root = signed.root
    before = locked_root(root.mode, root.number - 1, ports) if root.number > 1 else None
    fault = None
    [*entered] = ports.records.roots(root.mode, after=root.number - 1, limit=1)
    tree = Tree([leaf.hash for leaf in read_all_leaves(root, ports)])
    if not entered or entered[0].signed.root.number != root.number:
        fault = LinkFault.ROOT_MISSING
    elif (
        entered[0].signed != signed
        or not ports.is_signed(signed, ports.signer())
        or tree.root.hex() != root.root
    ):
        fault = LinkFault.ROOT_CHANGED
    elif root.previous != previous_of(before):
        fault = LinkFault.ROOT_UNLINKED
    return [BrokenLink(ROOTS, root.number, fault)] if fault else []


def _end_of_roots(mode: Mode, number: int, now: datetime, ports: AuditPorts) -> Verification:
    """Behind the last root: nothing, unless one is missing."""
    latest = ports.records.latest(mode)
    known = latest.signed.root.number if latest else 0
    day = latest.signed.root.day if latest else None
    broken = []
    if known >= number or due_days(day, now):
        broken.append(BrokenLink(ROOTS, number, LinkFault.ROOT_MISSING))
    return Verification(roots=0, streams=0, events=0, broken=broken, next=None)


def _leaves_from(signed: SignedRoot, index: int, ports: AuditPorts) -> list[Leaf]:
    """The leaves of a root from a place on: to the end of their page, or of the next one where it has none."""
    passed, number, root = 0, 0, signed.root
    while page := ports.locked.get(name_of(root.mode, root.number, f"leaves-{number:05}")):
        leaves = read_leaves(page)
        if passed + len(leaves) > index:
            return leaves[index - passed :]
        passed, number = passed + len(leaves), number + 1
    return []


def _as_many_as_fit(leaves: Sequence[Leaf]) -> int:
    """How many leaves have as many events as one call checks; one at least."""
    events, many = 0, 0
    for leaf in leaves:
        events += len(leaf.hashes)
        if many and events > EVENTS_MAX:
            break
        many += 1
    return many


def _check_leaves(leaves: Sequence[Leaf], ports: AuditPorts) -> list[Checked]:
    wanted = [(leaf.stream, range(leaf.first, leaf.last + 1)) for leaf in leaves]
    found = {
        stream: [event for _, event in some]
        for stream, some in groupby(ports.events.each(wanted), itemgetter(0))
    }
    return [
        check_stream(
            leaf.stream,
            found.get(leaf.stream, ()),
            Recorded(_hashes([leaf]), leaf.last),
            after=leaf.first - 1,
        )
        for leaf in leaves
    ]


def _first_outside_root(
    stream: str, leaves: Sequence[CoveredEvents], last: int, ports: AuditPorts
) -> BrokenLink | None:
    """The first leaf of the table that does not lead to a signed root."""
    mode, roots = mode_of(stream), dict[int, SignedRoot | None]()
    for each in leaves:
        if each.leaf.first > last:
            return None
        if each.number not in roots:
            roots[each.number] = locked_root(mode, each.number, ports)
        signed = roots[each.number]
        if signed is None or not ports.is_signed(signed, ports.signer()):
            return BrokenLink(ROOTS, each.number, LinkFault.ROOT_CHANGED)
        found = root_by_path(each.leaf.hash, each.leaf_index, signed.root.heads, each.path)
        if found is None or found.hex() != signed.root.root:
            return BrokenLink(stream, each.leaf.first, LinkFault.NOT_IN_ROOT)
    return None


def _hash_before(stream: str, after: int, ports: AuditPorts) -> bytes | None:
    """The hash of the event with which the call before ended."""
    events = ports.events.page(stream, after=after - 1, limit=1) if after else ()
    return getattr(events[0], "hash", None) if events else None


def _hashes(leaves: Iterable[Leaf]) -> dict[int, bytes]:
    return {number: each for leaf in leaves for number, each in enumerate(leaf.hashes, leaf.first)}


def _place(after: str) -> tuple[int, int]:
    found = _PLACE.fullmatch(after)
    if found is None:
        fault = FieldFault("after", "unknown-cursor", "This list gave no such cursor.")
        raise InvalidFields([fault])
    return int(found[1]), int(found[2])
