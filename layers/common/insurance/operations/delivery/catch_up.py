"""Catch up: bring every stream that waits to every consumer that lacks it, after an outage of any length."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched, chain, islice
from typing import Final, NamedTuple

from insurance.domain.core.delivery import Delivery, SetAside
from insurance.domain.core.identity import Mode, mode_of
from insurance.operations.delivery.deliver_streams import DeliveryReport, Run, keep, whole
from insurance.operations.delivery.streams import StreamPorts

WAITING_MAX: Final = 1000
"""Streams that one run brings something to."""
AT_ONCE: Final = 50
"""Of those, after how many a run notes where it is: a run that ends in between goes on behind them."""
NAMED_MAX: Final = 50
"""Of those that wait, those that a report names."""


class Wanted(NamedTuple):
    """What a catching up is asked for."""

    by: datetime
    """Streams that have waited since then or longer."""
    now: datetime
    modes: Collection[Mode] = tuple(Mode)
    looks_only: bool = False
    """Says what it would do, and does nothing."""
    tries_set_aside: bool = False
    """Also gives consumers what was set aside for them: its cause was removed."""


@dataclass(slots=True)
class CatchUpReport:
    """What waited, and what came of it."""

    behind: int = 0
    """Streams of which a consumer lacked events."""
    set_aside: int = 0
    """Streams with an event that was set aside."""
    named: list[Delivery] = field(default_factory=list)
    """The first of them, as they were found."""
    delivery: DeliveryReport = field(default_factory=DeliveryReport)
    finished: bool = True
    """False: time was up, and another run goes on."""


def catch_up(
    wanted: Wanted, ports: StreamPorts, *, time_is_up: Callable[[], bool]
) -> CatchUpReport:
    """Bring what waits to those that lack it. Safe to repeat, and beside the delivery of new events.

    A stream whose turn fails is left for another run, and holds up no other, however many fail: each run begins
    behind the stream to which the last one came, and after the last stream comes the first. Not even one that ends
    the process: where the run is was noted before, and of those beside it each minute another comes first.
    """
    run = Run(ports)
    report = CatchUpReport(delivery=run.report)
    waiting = list(islice(_to_bring(wanted, ports, report), WAITING_MAX))
    report.finished = len(waiting) < WAITING_MAX
    if wanted.looks_only or not waiting:
        return report
    for some in batched(waiting, AT_ONCE, strict=False):
        if time_is_up():
            report.finished = False
            break
        ports.deliveries.set_bookmark(some[-1])
        first = wanted.by.minute % len(some)
        for found in (*some[first:], *some[:first]):
            if time_is_up():
                report.finished = False
                break
            _take_turn(found.stream, run, wanted)
    return report


def _take_turn(stream: str, run: Run, wanted: Wanted) -> None:
    try:
        _bring(stream, run, wanted.now)
        if wanted.tries_set_aside:
            _try_again(stream, run, wanted.now)
    except Exception as error:
        run.report.left.append((stream, type(error).__name__))


def _to_bring(wanted: Wanted, ports: StreamPorts, report: CatchUpReport) -> Iterator[Delivery]:
    """The streams that a run can do something for. The report counts these and those in between, which have
    nothing but what was set aside: however many they are, they keep no other from its turn."""
    for found in _in_turn(wanted, ports):
        report.behind += bool(found.lacking)
        report.set_aside += bool(found.set_aside)
        if len(report.named) < NAMED_MAX:
            report.named.append(found)
        if found.lacking or wanted.tries_set_aside:
            yield found


def _in_turn(wanted: Wanted, ports: StreamPorts) -> Iterator[Delivery]:
    """Every stream that waits, once: those behind the bookmark first."""
    modes, reached = list(wanted.modes), ports.deliveries.bookmark()
    if reached is None or mode_of(reached.stream) not in modes:
        for mode in modes:
            yield from ports.deliveries.waiting(mode, by=wanted.by)
        return
    seen = set()
    first = modes.index(mode_of(reached.stream))
    rest = [ports.deliveries.waiting(modes[first], by=wanted.by, after=reached)]
    rest += [
        ports.deliveries.waiting(mode, by=wanted.by)
        for mode in (*modes[first + 1 :], *modes[: first + 1])
    ]
    for found in chain.from_iterable(rest):
        if found.stream not in seen:
            seen.add(found.stream)
            yield found


def _bring(stream: str, run: Run, now: datetime) -> None:
    """Hand on what the stream's consumers in reach lack, page by page."""
    [standing] = run.ports.deliveries.read([stream])
    while lacking := set(standing.lacking).intersection(run.in_reach):
        lowest = standing.lowest(lacking)
        events = run.ports.stored.after(stream, lowest, last=standing.head)
        before = standing
        if events:
            standing = run.hand_on(before, [each.appended_by(now) for each in events])
        if standing.taken == before.taken:
            return  # nothing moves: a consumer is out of reach, or an event is not there


def _try_again(stream: str, run: Run, now: datetime) -> None:
    """Give consumers what was set aside for them; what they take now is no longer set aside."""
    [standing] = run.ports.deliveries.read([stream])
    released = [each for each in standing.set_aside if _takes(stream, each, run, now)]
    if released:
        keep(standing, lambda found: found.released(released), run.ports.deliveries)
        run.report.delivered += len({each.sequence for each in released})


def _takes(stream: str, entry: SetAside, run: Run, now: datetime) -> bool:
    try:
        [arrived] = run.ports.stored.after(stream, entry.sequence - 1, last=entry.sequence)
        take = run.ports.late.get(entry.consumer, run.ports.consumers[entry.consumer])
        take(whole(arrived), arrived.appended_by(now).appended_at)
        flush = run.ports.collectors.get(entry.consumer, dict)
        return (stream, entry.sequence) not in flush()
    except Exception:  # it stays set aside, whatever keeps it there
        return False
