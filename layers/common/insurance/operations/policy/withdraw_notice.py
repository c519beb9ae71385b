"""Withdraw a notice before it takes effect."""

from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.notice import NoticeEnd
from insurance.domain.policy.notice_rules import notice_of
from insurance.operations.command import Command
from insurance.operations.policy.ports import ServicingPorts
from insurance.operations.policy.store_notice import NoticeResult, store_notice
from insurance.operations.policy.store_policy import ChangedPolicy, load_policy


def withdraw_notice(
    policy_id: str, number: int, command: Command, ports: ServicingPorts
) -> NoticeResult:
    """Withdraw a notice in the insurer's name.

    Raises:
        PolicyNotFound: The policy does not exist.
        NoticeNotFound: The policy has no notice of this number.
        StaleRevision: The policy has changed since the caller read it.
        WrongState: The notice has ended before.
        AlreadyErased: The policy's personal data were erased.
    """
    before = load_policy(policy_id, command, ports.policies)
    policy = before.record
    ended = notice_of(policy, number).ending(NoticeEnd.WITHDRAWN, command.now)
    changed = ChangedPolicy(policy.with_notice(ended), PolicyEventType.NOTICE_WITHDRAWN)
    return store_notice(changed, ended, before, command, ports)
