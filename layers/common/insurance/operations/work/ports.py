"""What operations on work lists are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from insurance.domain.core.identity import Mode
    from insurance.domain.work.work_item import Waiting
    from insurance.operations.listing import ListEntry, ListRange


class WorkLists(Protocol):
    """Lists over many policies, in order, without personal data.

    An entry may appear a moment late. An entry that has left its list comes without a record.
    """

    def waiting(
        self, mode: Mode, role: str, until: datetime, part: ListRange
    ) -> Sequence[ListEntry[Waiting]]:
        """What waits for a role at the time `until`, the longest wait first."""


@dataclass(frozen=True, slots=True)
class WorkPorts:
    """What operations on work lists need from outside."""

    lists: WorkLists
