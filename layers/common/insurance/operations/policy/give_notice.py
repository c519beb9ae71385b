"""Give notice: announce in the insurer's name that a policy will be cancelled."""

from datetime import date

from insurance.domain.core.errors import FieldFault, InvalidFields, TermsNotOffered
from insurance.domain.jurisdiction.jurisdiction import NoticeKind
from insurance.domain.policy import Initiator
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.notice import NON_PAYMENT, Notice
from insurance.domain.policy.notice_rules import announced
from insurance.operations.command import Command
from insurance.operations.policy.ports import ServicingPorts
from insurance.operations.policy.store_notice import NoticeResult, store_notice
from insurance.operations.policy.store_policy import ChangedPolicy, load_policy


def give_notice(
    policy_id: str,
    reason: str,
    effective_on: date | None,
    command: Command,
    ports: ServicingPorts,
) -> NoticeResult:
    """Give notice of a cancellation by the insurer.

    Cover ends when the notice's dispatch is proven and the days of notice are over.

    Raises:
        PolicyNotFound: The policy does not exist.
        StaleRevision: The policy has changed since the caller read it.
        InvalidFields: The reason is arrears, of which the scheduler gives notice itself.
        TermsNotOffered: The product has no cancellation by the insurer for this reason.
        WrongState: There is an open notice of this kind, or cover has ended or is ending.
        TooManyChanges: The policy has had all the notices that it may have.
        AlreadyErased: The policy's personal data were erased.
    """
    before = load_policy(policy_id, command, ports.policies)
    policy = before.record
    if reason == NON_PAYMENT:
        detail = "The scheduler gives notice of a lapse for arrears."
        raise InvalidFields([FieldFault("/reason", "not-yours", detail)])
    product = ports.products.version(policy.product)
    if Conditions.of(product).for_cancelling(Initiator.INSURER, reason) is None:
        raise TermsNotOffered("a cancellation by the insurer")
    notice = Notice(
        number=len(policy.notices) + 1,
        kind=NoticeKind.CANCELLATION,
        reason=reason,
        given_at=command.now,
        given_by=command.actor,
        wanted_at=product.moment(effective_on) if effective_on else None,
    )
    changed = ChangedPolicy(announced(policy, notice), PolicyEventType.NOTICE_GIVEN)
    return store_notice(changed, notice, before, command, ports)
