"""Make the daily roots: what each covers is written down once and for all before it is signed.

A run may end anywhere, and two may run at once: the list of streams, each page of leaves and the root itself are
written once in the locked bucket, and the next run goes on from what stands there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import batched, groupby
from operator import itemgetter

from insurance.domain.audit.merkle import Tree
from insurance.domain.audit.root import (
    LEAF_EVENTS_MAX,
    Leaf,
    Root,
    SignedRoot,
    belongs,
    due_days,
    previous_of,
)
from insurance.domain.audit.verification import BrokenLink, Recorded, check_stream
from insurance.domain.core.identity import Mode
from insurance.domain.core.packing import pack, unpack
from insurance.operations.audit.locked_files import (
    STREAMS_OF_A_PAGE,
    keep,
    name_of,
    packed_leaves,
    read_leaves,
    read_signed,
    signed_json,
)
from insurance.operations.audit.ports import AuditPorts, CoveredEvents, RecordedHead

type TimeIsUp = Callable[[], bool]


class _TimeIsUp(Exception):
    """The next run goes on."""


@dataclass(slots=True)
class RootReport:
    """What a run came to."""

    made: list[Root] = field(default_factory=list)
    missing: int = 0
    """Days that ended a while ago and still have no root."""
    broken: list[BrokenLink] = field(default_factory=list)
    """Where streams that moved are not what was recorded: what follows stands in no root."""


def make_roots(
    mode: Mode,
    ports: AuditPorts,
    *,
    now: datetime,
    time_is_up: TimeIsUp,
    closes_today: bool = False,
) -> RootReport:
    """Make every root of a mode that is due, and those parts of the last one that are missing.

    Args:
        mode: Live or test: they have a chain of roots each.
        ports: What it needs from outside.
        now: The time by our own clock.
        time_is_up: Whether to leave the rest to the next run.
        closes_today: Also make a root of today, for test mode alone.

    Raises:
        Unavailable: Something was out of reach; the next run goes on.
    """
    report = RootReport()
    days = list(due_days(_latest_day(mode, ports), now))
    today = now.astimezone(UTC).date() if closes_today and mode is Mode.TEST else None
    if today:
        days.append(today)
    report.missing = len(days)
    try:
        before = _finished_latest(mode, ports, time_is_up)
        for day in days:
            if before is None or before.day < day or before.day == day == today:
                made = _RootOfDay(mode, day, before, ports, time_is_up).make(report.broken)
                report.made.append(made)
            report.missing -= 1
            before = _finished_latest(mode, ports, time_is_up)
    except _TimeIsUp:
        pass
    return report


def _latest_day(mode: Mode, ports: AuditPorts) -> date | None:
    latest = ports.records.latest(mode)
    return latest.signed.root.day if latest else None


def _finished_latest(mode: Mode, ports: AuditPorts, time_is_up: TimeIsUp) -> Root | None:
    """The newest root, once all its leaves are entered: the next one covers what they do not.

    Another run may have closed days since this one began.
    """
    latest = ports.records.latest(mode)
    if latest is None:
        return None
    root = latest.signed.root
    if not latest.is_entered:
        _enter(latest.signed, read_all_leaves(root, ports), ports, time_is_up)
    return root


def locked_root(mode: Mode, number: int, ports: AuditPorts) -> SignedRoot | None:
    """A root as the locked bucket has it; None: there is none of this number."""
    found = ports.locked.get(name_of(mode, number, "root.json"))
    return read_signed(found) if found else None


def read_all_leaves(root: Root, ports: AuditPorts) -> list[Leaf]:
    """Every leaf of a root, in the order of its tree, as the locked bucket has them."""
    return [leaf for page in leaf_pages(root, ports) for leaf in read_leaves(page)]


def leaf_pages(root: Root, ports: AuditPorts) -> Iterator[bytes]:
    """The pages of leaves of a root."""
    number = 0
    while page := ports.locked.get(name_of(root.mode, root.number, f"leaves-{number:05}")):
        yield page
        number += 1


class _RootOfDay:
    """The root that closes one day, behind one that is finished."""

    def __init__(
        self,
        mode: Mode,
        day: date,
        before: Root | None,
        ports: AuditPorts,
        time_is_up: TimeIsUp,
    ) -> None:
        self._mode, self._ports, self._time_is_up = mode, ports, time_is_up
        self._before = locked_root(mode, before.number, ports) if before else None
        self._number = self._before.root.number + 1 if self._before else 1
        self._day = day

    def make(self, broken: list[BrokenLink]) -> Root:
        """Make it, or what is missing of it."""
        heads = self._heads()
        leaves: list[Leaf] = []
        for number, page in enumerate(batched(heads, STREAMS_OF_A_PAGE, strict=False)):
            if self._time_is_up():
                raise _TimeIsUp
            leaves += self._page(number, page, broken)
        signed = self._sign(leaves)
        self._ports.records.add_root(signed)
        _enter(signed, leaves, self._ports, self._time_is_up)
        return signed.root

    def _heads(self) -> Sequence[tuple[str, int]]:
        """The streams that moved, and how far: those that waited when the first run looked. Its day counts, too."""
        waiting = self._ports.records.waiting(self._mode)
        found = {
            "day": self._day.isoformat(),
            "streams": [[head.stream, head.last] for head in waiting],
        }
        written = unpack(keep(self._ports.locked, self._name("streams"), pack(found)))
        self._day = date.fromisoformat(written["day"])
        closed = self._before.root.day if self._before else date.min
        if self._day < closed or (self._day == closed and self._mode is Mode.LIVE):
            raise ValueError(f"{self._name('streams')} is of {self._day}, and {closed} is closed")
        return [(stream, last) for stream, last in written["streams"]]

    def _page(
        self, number: int, heads: Sequence[tuple[str, int]], broken: list[BrokenLink]
    ) -> list[Leaf]:
        """A page of leaves: as it stands, or made now."""
        name = self._name(f"leaves-{number:05}")
        standing = self._ports.locked.get(name)
        if standing is None:
            made = packed_leaves(list(self._leaves(heads, broken)))
            standing = keep(self._ports.locked, name, made)
        return read_leaves(standing)

    def _leaves(self, heads: Sequence[tuple[str, int]], broken: list[BrokenLink]) -> Iterator[Leaf]:
        covered = self._ports.records.covered([stream for stream, _ in heads])
        wanted = {
            stream: (before or RecordedHead(stream, 0, b""), last)
            for (stream, last), before in zip(heads, covered, strict=True)
            if before is None or before.last < last
        }
        ranges = (
            (stream, range(before.last + 1, min(last, before.last + LEAF_EVENTS_MAX) + 1))
            for stream, (before, last) in wanted.items()
        )
        found = {
            stream: [event for _, event in some]
            for stream, some in groupby(self._ports.events.each(ranges), itemgetter(0))
        }
        for stream, (before, last) in wanted.items():
            recorded = Recorded({}, min(last, before.last + LEAF_EVENTS_MAX))
            checked = check_stream(
                stream,
                found.get(stream, ()),
                recorded,
                after=before.last,
                previous=before.hash or None,
            )
            if checked.broken:
                broken.append(checked.broken)
            hashes = tuple(each.hash for each in checked.intact if belongs(each, self._day))
            if hashes:
                yield Leaf(stream, before.last + 1, hashes)

    def _sign(self, leaves: Sequence[Leaf]) -> SignedRoot:
        name = self._name("root.json")
        standing = self._ports.locked.get(name)
        if standing is None:
            signer = self._ports.signer()
            root = Root(
                mode=self._mode,
                number=self._number,
                day=self._day,
                heads=len(leaves),
                root=Tree([leaf.hash for leaf in leaves]).root.hex(),
                previous=previous_of(self._before),
                key_id=signer.key_id,
            )
            signed = SignedRoot(
                root=root, signature=signer.sign(root.document), public_key=signer.public_key
            )
            standing = keep(
                self._ports.locked, name, signed_json(signed), media_type="application/json"
            )
        return read_signed(standing)

    def _name(self, part: str) -> str:
        return name_of(self._mode, self._number, part)


def _enter(
    signed: SignedRoot, leaves: Sequence[Leaf], ports: AuditPorts, time_is_up: TimeIsUp
) -> None:
    """Enter the leaves in the table, so that the root of an event is found by the event."""
    tree = Tree([leaf.hash for leaf in leaves])
    placed = (
        CoveredEvents(leaf, signed.root.number, index, tree.path(index))
        for index, leaf in enumerate(leaves)
    )
    for some in batched(placed, STREAMS_OF_A_PAGE, strict=False):
        if time_is_up():
            raise _TimeIsUp
        ports.records.enter(some)
    ports.records.finish_root(signed)
