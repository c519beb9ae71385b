"""What operations on policies of other systems are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from insurance.operations.parties.ports import ScreeningPorts
    from insurance.operations.policy.ports import Policies
    from insurance.operations.quoting.ports import QuotingPorts


@dataclass(frozen=True, slots=True)
class MigrationPorts:
    """What they need from outside."""

    quoting: QuotingPorts
    policies: Policies
    screening: ScreeningPorts
