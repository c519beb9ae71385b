"""What every change of a notice has in common: how it is stored, and what it answers."""

from dataclasses import dataclass

from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.domain.policy.notice import Notice
from insurance.operations.command import Command
from insurance.operations.policy.ports import ServicingPorts
from insurance.operations.policy.store_policy import ChangedPolicy


@dataclass(frozen=True, slots=True)
class NoticeResult:
    """A notice, and the policy with it."""

    policy: Stored[Policy]
    notice: Notice


def store_notice(
    changed: ChangedPolicy,
    notice: Notice,
    before: Stored[Policy],
    command: Command,
    ports: ServicingPorts,
) -> NoticeResult:
    """Store a policy with a new or changed notice.

    Raises:
        AlreadyErased: The policy's personal data were erased, so that it can change no more.
        StaleRevision: The policy has changed since it was loaded.
    """
    event, stored = changed.following(before, command)
    result = NoticeResult(stored, notice)
    ports.policies.change(event, stored, before=before, command=command.with_answer(result))
    return result
