"""The ports of scheduler in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from datetime import datetime

from insurance.domain.schedule.scheduled_job import TRIES_MAX, Entry, Kind


class MemoryAgenda:
    """Entries by what they are for, with their failures; what is parked keeps its entry."""

    def __init__(self) -> None:
        self.entries: dict[tuple[Kind, str], Entry] = {}
        self.failures: dict[tuple[Kind, str], list[str]] = {}
        self.parked: set[tuple[Kind, str]] = set()

    def enter(self, entry: Entry) -> None:
        key = (entry.kind, entry.subject)
        if key not in self.entries or entry.due_at < self.entries[key].due_at:
            self.entries[key] = entry
            self._forget(key)

    def due(self, book: str, kind: Kind, shard: int, *, by: datetime, limit: int) -> list[Entry]:
        found = [
            entry
            for key, entry in self.entries.items()
            if (entry.book, entry.kind, entry.shard) == (book, kind, shard)
            and entry.due_at <= by
            and key not in self.parked
        ]
        return sorted(found, key=lambda entry: entry.due_at)[:limit]

    def move(self, entry: Entry, to: datetime | None) -> None:
        key = (entry.kind, entry.subject)
        if self.entries.get(key) != entry:
            return
        self._forget(key)
        if to is None:
            del self.entries[key]
        else:
            self.entries[key] = entry.moved(to)

    def failed(self, entry: Entry, error: str) -> bool:
        key = (entry.kind, entry.subject)
        if self.entries.get(key) != entry:
            return False
        self.failures.setdefault(key, []).append(error)
        if len(self.failures[key]) < TRIES_MAX:
            return False
        self.parked.add(key)
        return True

    def retry_parked(self, book: str, *, limit: int) -> int:
        back = [key for key in self.parked if self.entries[key].book == book][:limit]
        for key in back:
            self._forget(key)
        return len(back)

    def _forget(self, key: tuple[Kind, str]) -> None:
        self.parked.discard(key)
        self.failures.pop(key, None)
