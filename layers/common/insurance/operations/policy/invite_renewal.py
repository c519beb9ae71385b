"""Invite the policyholder to renew: the offer is stored as a quote, and the policy records it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from insurance.domain.core.errors import (
    AlreadyErased,
    KeyReused,
    PolicyNotFound,
    ProcessingRestricted,
    Stopped,
    TermsNotOffered,
    WrongState,
)
from insurance.domain.core.identity import mode_of
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.next_term import Invitation
from insurance.domain.policy.renewal import follows, invited_from
from insurance.domain.quote.quote import Quote
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.policy.ports import InvitationPorts
from insurance.operations.policy.renew_policy import (
    next_version,
    offer_again,
    offer_id_of,
    offer_renewal,
)
from insurance.operations.policy.store_policy import ChangedPolicy
from insurance.operations.system_command import command_for, instant_after

LOOK_AGAIN: Final[Mapping[type[Exception], timedelta]] = {
    ProcessingRestricted: timedelta(days=1),
    Stopped: timedelta(hours=1),
}
"""After how long the policyholder may have lifted their restriction, or two people the stop."""


def invite_renewal(policy_id: str, now: datetime, *, ports: InvitationPorts) -> datetime | None:
    """Invite once, when the invitation is due, and put an open offer right that a change of the policy has overtaken.

    Returns:
        When to try again; None: the policyholder was invited, or will not be.
    """
    try:
        before = ports.policies.get(policy_id)
    except PolicyNotFound:
        return None
    policy = before.record
    if before.key is None or now >= policy.period.end:
        return None
    due_at = invited_from(next_version(policy, ports.products), policy.period.end)
    if now < due_at:
        return due_at
    now = instant_after(now, before.head)
    try:
        quote = _offer(before, now, ports)
    except (WrongState, AlreadyErased, TermsNotOffered):
        return None  # not in force at its end, or not to be renewed
    except (ProcessingRestricted, Stopped) as held:
        return now + LOOK_AGAIN[type(held)]
    if policy.invitation is None:
        _record(before, quote, now, ports)
    return None


def _offer(before: Stored[Policy], now: datetime, ports: InvitationPorts) -> Quote:
    """The offer: made now, or before, as its id comes from the policy's and its holder's. One that is open, and that
    a change of the policy has overtaken, is made again.
    """
    policy, mode = before.record, mode_of(before.record.id)
    try:
        command = command_for(mode, "offer_renewal", policy.id, now)
        return offer_renewal(policy.id, command, ports).record
    except (AlreadyAnswered, KeyReused):
        offered = ports.quotes.get(offer_id_of(policy, ports.quotes))
    quote, basis = offered.record, offered.record.renewing
    if basis is None or follows(quote, basis, policy):
        return quote
    if not quote.is_open_at(now):
        return quote
    command = command_for(mode, "offer_again", f"{policy.id} {before.head.sequence}", now)
    return offer_again(offered, basis, command, ports).record


def _record(before: Stored[Policy], quote: Quote, now: datetime, ports: InvitationPorts) -> None:
    policy = before.record
    invitation = Invitation(quote_id=quote.id, outcome=str(quote.status), invited_at=now)
    command = command_for(mode_of(policy.id), "invite", f"{policy.id} {before.head.sequence}", now)
    changed = ChangedPolicy(policy.replace(invitation=invitation), PolicyEventType.RENEWAL_INVITED)
    event, stored = changed.following(before, command)
    ports.policies.change(event, stored, before=before, command=command.with_answer(None))
