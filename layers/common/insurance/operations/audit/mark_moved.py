"""Note which streams moved: a consumer of events that collects, and notes what it collected together."""

from collections.abc import Mapping

from insurance.domain.core.event import Event
from insurance.operations.audit.ports import AuditRecords, RecordedHead
from insurance.operations.delivery.streams import Place


class MovedStreams:
    """The audit as a consumer of events."""

    def __init__(self, records: AuditRecords) -> None:
        self._records = records
        self._moved: dict[str, RecordedHead] = {}
        self._taken: list[Place] = []

    def take(self, event: Event) -> None:
        """Note the event's stream with the next `flush`."""
        self._taken.append((event.stream, event.sequence))
        known = self._moved.get(event.stream)
        if known is None or known.last < event.sequence:
            self._moved[event.stream] = RecordedHead(event.stream, event.sequence, event.hash)

    def flush(self) -> Mapping[Place, Exception]:
        """Note what waits; which events were not noted, and why."""
        moved, self._moved = list(self._moved.values()), {}
        taken, self._taken = self._taken, []
        try:
            self._records.mark(moved)
        except Exception as error:  # what it means is for others to say
            return dict.fromkeys(taken, error)
        return {}
