"""What every change of a policy has in common: how it is loaded, and the event that records it."""

from datetime import datetime
from typing import NamedTuple

from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import AlreadyErased, NoAuthority, PolicyNotFound
from insurance.domain.core.event import Event
from insurance.domain.core.posting import Posting
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.operations.command import Command
from insurance.operations.policy.ports import PolicyChanges


class ChangedPolicy(NamedTuple):
    """A policy as a command leaves it, and what its event says."""

    policy: Policy
    type: PolicyEventType
    effective_at: datetime | None = None
    """None: now."""
    postings: tuple[Posting, ...] = ()

    def following(self, before: Stored[Policy], command: Command) -> tuple[Event, Stored[Policy]]:
        """The event of the change, and the policy after it.

        Raises:
            AlreadyErased: The policy's personal data were erased, so that it can change no more.
        """
        if before.key is None:
            raise AlreadyErased(self.policy.id)
        event = Event.following(
            before.head,
            self.policy,
            before.key,
            stream=self.policy.id,
            type=self.type,
            actor=command.actor,
            now=command.now,
            effective_at=self.effective_at,
            postings=self.postings,
        )
        return event, Stored(self.policy, event.head, before.key)


def load_policy(policy_id: str, command: Command, policies: PolicyChanges) -> Stored[Policy]:
    """The policy as it stands, if the caller may see it and it is at the revision they read.

    Raises:
        PolicyNotFound: The policy does not exist, or belongs to another partner.
        StaleRevision: The policy has changed since the caller read it.
        AlreadyAnswered: This call was answered before.
        KeyReused: The caller's key was used for another request.
    """
    before = policies.load(policy_id, command)
    check_visible(before.record, command.caller)
    command.check_revision(before, policy_id)
    return before


def check_visible(policy: Policy, caller: Caller) -> None:
    """Check that the caller may see the policy.

    Raises:
        PolicyNotFound: The policy belongs to another partner, or is of the other mode.
    """
    if not caller.sees(policy.id, policy.partner, policy.party):
        raise PolicyNotFound(policy.id)


def check_acts_for_insurer(caller: Caller) -> None:
    """Check that the caller may act in the insurer's name.

    Raises:
        NoAuthority: The caller is not a member of staff.
    """
    if caller.kind is not CallerKind.STAFF:
        raise NoAuthority("a step in the insurer's name")
