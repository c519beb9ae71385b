"""Report the dispatch of a notice: the proof that it was sent decides when it takes effect."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.jurisdiction.jurisdiction import DispatchChannel
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.notice import Dispatch
from insurance.domain.policy.notice_rules import earliest_effect, notice_of
from insurance.operations.command import Command
from insurance.operations.policy.ports import ServicingPorts
from insurance.operations.policy.store_notice import NoticeResult, store_notice
from insurance.operations.policy.store_policy import ChangedPolicy, load_policy


@dataclass(frozen=True, slots=True)
class DispatchInput:
    """The proof of a dispatch as a caller reports it."""

    channel: DispatchChannel
    reference: str
    dispatched_at: datetime


def report_dispatch(
    policy_id: str, number: int, reported: DispatchInput, command: Command, ports: ServicingPorts
) -> NoticeResult:
    """Record the proof of dispatch, and with it the instant at which the notice takes effect.

    Raises:
        PolicyNotFound: The policy does not exist.
        NoticeNotFound: The policy has no notice of this number.
        StaleRevision: The policy has changed since the caller read it.
        InvalidFields: The dispatch lies before the notice or in the future, or proves nothing.
        WrongState: The notice was dispatched before, or has ended.
        AlreadyErased: The policy's personal data were erased.
    """
    before = load_policy(policy_id, command, ports.policies)
    policy = before.record
    notice = notice_of(policy, number)
    product = ports.products.version(policy.product)
    dispatch = Dispatch(
        channel=reported.channel,
        reference=reported.reference,
        dispatched_at=reported.dispatched_at,
        reported_by=command.actor,
    )
    earliest = earliest_effect(
        notice, dispatch, product.life.jurisdiction, product.zone, now=command.now
    )
    sent = notice.dispatched(dispatch, earliest=earliest)
    changed = ChangedPolicy(policy.with_notice(sent), PolicyEventType.NOTICE_DISPATCHED)
    return store_notice(changed, sent, before, command, ports)
