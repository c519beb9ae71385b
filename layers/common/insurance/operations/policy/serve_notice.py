"""Serve notice: announce a cancellation in the insurer's name, prove that a notice was sent, take one
back; and note that another term is not wanted."""

from dataclasses import dataclass
from datetime import date, datetime

from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    FieldFault,
    InvalidFields,
    NoAuthority,
    PolicyNotFound,
    TermsNotOffered,
    WrongState,
)
from insurance.domain.core.event import Event
from insurance.domain.core.stored import Stored
from insurance.domain.jurisdiction import Channel, NoticeKind
from insurance.domain.policy import Initiator, Policy
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.notice import NON_PAYMENT, Dispatch, Notice, NoticeEnd
from insurance.domain.policy.notice_rules import announced, earliest_effect, notice_of
from insurance.domain.policy.policy import NonRenewal
from insurance.operations.idempotency import Idempotency
from insurance.operations.policy.ports import PolicyChanges
from insurance.operations.products.ports import Products


@dataclass(frozen=True, slots=True)
class NoticeResult:
    """A notice, on the policy as it stands with it."""

    kept: Stored[Policy]
    notice: Notice


@dataclass(frozen=True, slots=True)
class DispatchInput:
    """The proof of a dispatch as a caller reports it."""

    channel: Channel
    reference: str
    dispatched_at: datetime


def announce_cancellation(
    policy_id: str,
    *,
    reason: str,
    effective_on: date | None,
    caller: Caller,
    products: Products,
    policies: PolicyChanges,
    receipt: Idempotency,
) -> NoticeResult:
    """Draw up the notice of a cancellation; nothing ends before its dispatch is proven and the days
    of notice are over."""
    before = policies.load(policy_id, receipt)
    policy = _seen(before.record, caller)
    _our_people(caller)
    if reason == NON_PAYMENT:
        fault = FieldFault("/reason", "not-yours", "Arrears are announced by the scheduler.")
        raise InvalidFields([fault])
    product = products.version(policy.product)
    if Conditions.of(product).for_cancelling(Initiator.INSURER, reason) is None:
        raise TermsNotOffered("a cancellation by the insurer")
    wanted = product.moment(effective_on) if effective_on else None
    notice = Notice(
        number=len(policy.notices) + 1,
        kind=NoticeKind.CANCELLATION,
        reason=reason,
        given_at=receipt.now,
        given_by=caller.principal,
        wanted_at=wanted,
    )
    with_it = announced(policy, notice)
    return _store(with_it, notice, PolicyEventType.NOTICE_GIVEN, before, caller, policies, receipt)


def report_dispatch(
    policy_id: str,
    number: int,
    reported: DispatchInput,
    *,
    caller: Caller,
    products: Products,
    policies: PolicyChanges,
    receipt: Idempotency,
) -> NoticeResult:
    """Record the proof; from now on it is known when the notice takes effect."""
    before = policies.load(policy_id, receipt)
    policy = _seen(before.record, caller)
    _our_people(caller)
    notice = notice_of(policy, number)
    product = products.version(policy.product)
    dispatch = Dispatch(
        channel=reported.channel,
        reference=reported.reference,
        dispatched_at=reported.dispatched_at,
        reported_by=caller.principal,
    )
    earliest = earliest_effect(
        notice, dispatch, product.life.jurisdiction, product.zone, now=receipt.now
    )
    sent = notice.dispatched(dispatch, earliest=earliest)
    return _store(
        policy.with_notice(sent),
        sent,
        PolicyEventType.NOTICE_DISPATCHED,
        before,
        caller,
        policies,
        receipt,
    )


def withdraw_notice(
    policy_id: str, number: int, *, caller: Caller, policies: PolicyChanges, receipt: Idempotency
) -> NoticeResult:
    """Take a notice back before it takes effect."""
    before = policies.load(policy_id, receipt)
    policy = _seen(before.record, caller)
    _our_people(caller)
    ended = notice_of(policy, number).ending(NoticeEnd.WITHDRAWN, receipt.now)
    return _store(
        policy.with_notice(ended),
        ended,
        PolicyEventType.NOTICE_WITHDRAWN,
        before,
        caller,
        policies,
        receipt,
    )


def refuse_renewal(
    policy_id: str,
    *,
    by: Initiator,
    reason: str | None,
    caller: Caller,
    policies: PolicyChanges,
    receipt: Idempotency,
) -> Stored[Policy]:
    """Note that the policyholder, or the insurer, does not want another term."""
    before = policies.load(policy_id, receipt)
    policy = _seen(before.record, caller)
    if by is Initiator.INSURER:
        _our_people(caller)
    if receipt.now >= policy.period.end:
        raise WrongState(policy.id, "over", "be kept from renewing")
    marked = policy.replace(non_renewal=NonRenewal(by=by, reason=reason, since=receipt.now))
    kept, event = _following(
        marked, PolicyEventType.NON_RENEWAL_NOTED, before, caller.principal, receipt
    )
    policies.change(event, kept, before=before, receipt=receipt.record(kept))
    return kept


def _store(  # noqa: PLR0917 - the notice as it moved, and what storing it takes
    policy: Policy,
    notice: Notice,
    type: str,
    before: Stored[Policy],
    caller: Caller,
    policies: PolicyChanges,
    receipt: Idempotency,
) -> NoticeResult:
    kept, event = _following(policy, type, before, caller.principal, receipt)
    served = NoticeResult(kept, notice)
    policies.change(event, kept, before=before, receipt=receipt.record(served))
    return served


def _following(
    policy: Policy, type: str, before: Stored[Policy], actor: str, receipt: Idempotency
) -> tuple[Stored[Policy], Event]:
    if before.key is None:
        raise AlreadyErased(policy.id)
    event = Event.following(
        before.head, policy, before.key, stream=policy.id, type=type, actor=actor, now=receipt.now
    )
    return Stored(policy, event.head, before.key), event


def _our_people(caller: Caller) -> None:
    if caller.kind is not CallerKind.STAFF:
        raise NoAuthority("a step in the insurer's name")


def _seen(policy: Policy, caller: Caller) -> Policy:
    if not caller.sees(policy.id, policy.partner):
        raise PolicyNotFound(policy.id)
    return policy
