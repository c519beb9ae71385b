"""Reading ahead: what a run over many events will read one by one is read for all of them together.

Each place is handed out as often as it was expected, and then read anew. What a run writes is handed out once before it
is written, and once more as it was written. So what is handed out may be as old as the run. Only those get it who ask for it
(`load_expected`): their writes are refused where it has changed, and are decided again on what is read then. That is
handed out from then on.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from insurance.dynamodb.codec import Item

type Place = tuple[str, Item]
"""A table and a key in it."""
type Load = Callable[[Sequence[Place]], Sequence[Item | None]]

KEYS_MAX: Final = 100
"""Of one BatchGetItem."""


class _Read:
    """What was read ahead, and how often each of it is still expected."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, ...], Item | None] = {}
        self.expected: Counter[tuple[str, ...]] = Counter()
        self.keys: dict[str, tuple[str, ...]] = {}
        """The names of each table's key."""


_ahead: Final[ContextVar[_Read | None]] = ContextVar("ahead", default=None)


@contextmanager
def reading_ahead(
    load: Load, places: Sequence[Place], *, written: Sequence[Place] = ()
) -> Iterator[None]:
    """Read these places now, for those who will ask for them meanwhile: once for each time it is named.

    Where that fails, everybody reads for themselves, and finds out what is wrong.

    Args:
        load: Reads places.
        places: Those that the run only reads.
        written: Those that it writes when it has read them.
    """
    read = _Read()
    wanted: dict[tuple[str, ...], Place] = {}
    for place in places:
        wanted[_named(place)] = place
        read.expected[_named(place)] += 1
    for place in written:
        wanted[_named(place)] = place
        read.expected[_named(place)] = 1
    for some in batched(wanted.items(), KEYS_MAX, strict=False):
        try:
            items = load([place for _, place in some])
        except Exception:  # noqa: S112 - as said above
            continue
        read.items.update(zip((name for name, _ in some), items, strict=True))
    read.keys = {table: tuple(key) for table, key in wanted.values()}
    token = _ahead.set(read)
    try:
        yield
    finally:
        _ahead.reset(token)


def read_before(places: Sequence[Place]) -> dict[int, Item | None]:
    """Which of these were read ahead: by their number, the item or None."""
    read = _ahead.get()
    if read is None:
        return {}
    found = {}
    for number, place in enumerate(places):
        name = _named(place)
        if read.expected[name] > 0 and name in read.items:
            read.expected[name] -= 1
            found[number] = read.items[name]
    return found


def note_read(places: Sequence[Place], items: Sequence[Item | None]) -> None:
    """What was read just now is newer than what was read ahead."""
    read = _ahead.get()
    if read is None:
        return
    for place, item in zip(places, items, strict=True):
        name = _named(place)
        if name in read.items:
            read.items[name] = item


def note_written(writes: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """What was written by the calls of these actions stands there now."""
    read = _ahead.get()
    if read is None:
        return
    for action, request in writes:
        table = request["TableName"]
        names = read.keys.get(table)
        held = request.get("Item") or request["Key"]
        if names is None or action == "ConditionCheck":
            continue
        name = _named((table, {each: held[each] for each in names}))
        if name in read.items:
            read.expected[name] = int(action == "Put")
            read.items[name] = request.get("Item")


def _named(place: Place) -> tuple[str, ...]:
    table, key = place
    return (table, *(str(value) for held in key.values() for value in held.values()))
