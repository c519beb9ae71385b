"""Catch up: bring every stream that waits to every consumer that lacks it, after an outage of any length."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Final, NamedTuple

from insurance.domain.core.delivery import Delivery, SetAside
from insurance.domain.core.identity import Mode
from insurance.operations.delivery.deliver_streams import DeliveryReport, Run, keep, whole
from insurance.operations.delivery.streams import StreamPorts

WAITING_MAX: Final = 1000
"""Streams that one run brings something to."""
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

    A stream whose turn fails is left for the next run, and holds up no other: not even one that ends the
    process, since each minute another stream comes first.
    """
    run = Run(ports)
    report = CatchUpReport(delivery=run.report)
    waiting = list(islice(_to_bring(wanted, ports, report), WAITING_MAX))
    report.finished = len(waiting) < WAITING_MAX
    if wanted.looks_only or not waiting:
        return report
    first = wanted.by.minute % len(waiting)
    for found in (*waiting[first:], *waiting[:first]):
        if time_is_up():
            report.finished = False
            break
        try:
            _bring(found.stream, run, wanted.now)
            if wanted.tries_set_aside:
                _try_again(found.stream, run, wanted.now)
        except Exception as error:
            run.report.left.append((found.stream, type(error).__name__))
    return report


def _to_bring(wanted: Wanted, ports: StreamPorts, report: CatchUpReport) -> Iterator[Delivery]:
    """The streams that a run can do something for. The report counts these and those in between, which have
    nothing but what was set aside: however many they are, they keep no other from its turn."""
    pages = (ports.deliveries.waiting(mode, by=wanted.by) for mode in wanted.modes)
    for found in chain.from_iterable(pages):
        report.behind += bool(found.lacking)
        report.set_aside += bool(found.set_aside)
        if len(report.named) < NAMED_MAX:
            report.named.append(found)
        if found.lacking or wanted.tries_set_aside:
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
        run.ports.consumers[entry.consumer](whole(arrived), arrived.appended_by(now).appended_at)
        return (stream, entry.sequence) not in run.ports.flush()
    except Exception:  # it stays set aside, whatever keeps it there
        return False
