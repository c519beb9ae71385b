"""Let contracts say what their holder demands of those who process their data: commands read it there."""

from typing import Final

from insurance.domain.core.event import Event
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.policy.event_types import PolicyEventType
from insurance.operations.parties.ports import ContractDemands

OF_PARTIES: Final = frozenset(
    {
        PartyEventType.RESTRICTED,
        PartyEventType.RESTRICTION_LIFTED,
        PartyEventType.JOINED,
        PartyEventType.LEFT,
        PartyEventType.PARTED,
    }
)
"""After these other demands may stand for some contracts."""
OF_POLICIES: Final = frozenset(
    {PolicyEventType.ISSUED, PolicyEventType.MIGRATED, PolicyEventType.TRANSFERRED}
)
"""After these a contract has a holder who may have demanded something before."""


def mark_contracts(event: Event, *, demands: ContractDemands) -> None:
    """Bring the demands that stand to the contracts that the event is about. Safe to repeat.

    It reads what stands now, so the order of events makes no difference.
    """
    if event.type in OF_PARTIES:
        demands.mark_all(event.stream)
    elif event.type in OF_POLICIES and event.facts.get("party_id"):
        demands.mark(event.stream, event.facts["party_id"])
