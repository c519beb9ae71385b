"""Register an issued policy among the policies in force, so that all of them can be screened later."""

from typing import Protocol

from insurance.domain.core.event import Event


class InForceRegister(Protocol):
    def register(self, policy_id: str) -> None:
        """Add the policy, once."""


def register_in_force(event: Event, *, policies: InForceRegister) -> None:
    """Register the policy of its first event. Safe to repeat: a stream may deliver an event twice."""
    if event.stream.startswith("pol_") and event.sequence == 1:
        policies.register(event.stream)
