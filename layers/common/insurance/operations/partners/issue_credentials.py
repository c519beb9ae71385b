"""Give an application its credentials, change them and take them back.

The user pool and the gateway are outside our transactions, and neither knows a call again. So the command that
goes to them first claims the application, for longer than it may run; what an earlier one that broke off has left
there is then found by the application's id, and used or removed. A secret is in the answer that the call gives,
and in nothing that is stored: the answer that is recorded is another, without it.
"""

from dataclasses import dataclass, field

from insurance.domain.core.stored import Stored
from insurance.domain.partner.application import (
    ApplicationStatus,
    ApplicationStep,
    PartnerApplication,
    Secret,
)
from insurance.domain.partner.event_types import ApplicationEventType
from insurance.operations.command import Command
from insurance.operations.partners.change_application import (
    load_application,
    store_application,
)
from insurance.operations.partners.ports import IssuedSecret, PartnerPorts


@dataclass(frozen=True, slots=True)
class Credentials:
    """An application, and the secret that was made for it; None in a recorded answer."""

    stored: Stored[PartnerApplication]
    secret: str | None = field(default=None, repr=False)


def provision_application(
    application_id: str, command: Command, ports: PartnerPorts
) -> Credentials:
    """Make an approved application's key and client, and admit it.

    Raises:
        ApplicationNotFound: There is none in the caller's mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: It is not approved, or it is active.
        Unavailable: Another call is doing it; or the user pool or the gateway did not answer.
    """
    before = _claim(application_id, ApplicationStep.PROVISION, command, ports)
    application = before.record
    key_id = ports.keys.put(application.id, application.plan)
    client_id, secret = _client_of(application, ports)
    active = application.activated(client_id, key_id, secret.id, now=command.now)
    return _stored(active, ApplicationEventType.ACTIVATED, before, secret, command, ports)


def add_secret(application_id: str, command: Command, ports: PartnerPorts) -> Credentials:
    """Make a second secret. Both live until one is withdrawn.

    Raises:
        ApplicationNotFound: There is none in the caller's mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: It is not active, or has two secrets.
        Unavailable: Another call is doing it; or the user pool did not answer.
    """
    before = _claim(application_id, ApplicationStep.ADD_SECRET, command, ports)
    application = before.record
    _remove_unanswered(application.client_id, application.secret_ids, ports)
    secret = ports.clients.add_secret(application.client_id)
    after = application.with_secret(secret.id, now=command.now)
    return _stored(after, ApplicationEventType.SECRET_ADDED, before, secret, command, ports)


def withdraw_secret(
    application_id: str, secret: Secret, command: Command, ports: PartnerPorts
) -> Stored[PartnerApplication]:
    """End one of two secrets: the older once the newer is in use, or the newer if its answer was lost.

    Raises:
        ApplicationNotFound: There is none in the caller's mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: It is not active, or has one secret alone.
        Unavailable: Another call is doing it; or the user pool did not answer.
    """
    before = _claim(application_id, ApplicationStep.WITHDRAW_SECRET, command, ports)
    after = before.record.without_secret(secret, now=command.now)
    _remove_unanswered(after.client_id, after.secret_ids, ports)
    type = ApplicationEventType.SECRET_WITHDRAWN
    return store_application(after, type, before, command, ports)


def approve_change(
    application_id: str, command: Command, ports: PartnerPorts
) -> Stored[PartnerApplication]:
    """Put an active application on the plan, and give it the API products and scopes, that another person asked for.

    The key in the other plan is made before the authorizer may name it, so no call is turned away between them. The
    one in the plan before stays there: nobody knows its value, and the authorizer names it no more. A call that
    broke off is repeated half a minute later.

    Raises:
        ApplicationNotFound: There is none in the caller's mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: It is not active, or nothing was asked for.
        SamePerson: Who asked for it would approve it.
        Unavailable: Another call is doing it; or the user pool or the gateway did not answer.
    """
    step = ApplicationStep.APPROVE_CHANGE
    before = load_application(application_id, command, ports)
    before.record.pending_change(step, by=command.actor)
    before = _claimed(before, step, command, ports)
    application = before.record
    change, key_id = application.pending_change(step, by=command.actor), application.key_id
    if change.plan is not application.plan:
        key_id = ports.keys.put(application.id, change.plan, is_keyed_by_plan=True)
    if set(change.scopes) != set(application.scopes):
        ports.clients.allow(application.client_id, change.scopes)
    after = application.changed(change, key_id, by=command.actor, now=command.now)
    return store_application(after, ApplicationEventType.CHANGED, before, command, ports)


def cancel_application(
    application_id: str, reason: str, command: Command, ports: PartnerPorts
) -> Stored[PartnerApplication]:
    """End a suspended application with its client, or one that is not active yet.

    It is cancelled before its client is removed, so nobody resumes it in between; cancelled again, it ends a
    client that was left. The key in the usage plan stays: nobody knows its value, and the authorizer names it no
    more.

    Raises:
        ApplicationNotFound: There is none in the caller's mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: It is active, or was never approved.
        Unavailable: Another call makes its credentials; or the user pool did not answer.
    """
    stored = load_application(application_id, command, ports)
    at = command.idempotency.received_at
    cancelled = stored.record.cancelled(now=command.now, at=at, reason=reason)
    if stored.record.status is not ApplicationStatus.CANCELLED:
        event = command.event(cancelled.id, cancelled, ApplicationEventType.CANCELLED, stored)
        ports.partners.store(event, cancelled, stored, command)
        stored = Stored(cancelled, event.head, None)
    client_id = stored.record.client_id or ports.clients.find(application_id)
    if client_id:
        ports.clients.remove(client_id)
    ports.partners.record_answer(command.with_answer(stored))
    return stored


def _claim(
    application_id: str, step: ApplicationStep, command: Command, ports: PartnerPorts
) -> Stored[PartnerApplication]:
    """The application, which for a while no other call may take this step of."""
    return _claimed(load_application(application_id, command, ports), step, command, ports)


def _claimed(
    before: Stored[PartnerApplication],
    step: ApplicationStep,
    command: Command,
    ports: PartnerPorts,
) -> Stored[PartnerApplication]:
    at = command.idempotency.received_at
    claimed = before.record.claimed(step, now=command.now, at=at)
    type = ApplicationEventType.CREDENTIALS_CLAIMED
    event = command.event(claimed.id, claimed, type, before)
    ports.partners.store(event, claimed, before, command)
    return Stored(claimed, event.head, None)


def _client_of(application: PartnerApplication, ports: PartnerPorts) -> tuple[str, IssuedSecret]:
    """The application's one client, with a secret that nobody has been told.

    Of a client that an earlier call has left nobody knows the secret: it gets another.
    """
    client_id = ports.clients.find(application.id)
    if client_id is None:
        return ports.clients.create(application.id, application.scopes)
    left = ports.clients.secret_ids(client_id)
    for secret_id in left[1:]:
        ports.clients.remove_secret(client_id, secret_id)
    secret = ports.clients.add_secret(client_id)
    for secret_id in left[:1]:
        ports.clients.remove_secret(client_id, secret_id)
    return client_id, secret


def _remove_unanswered(client_id: str, answered: tuple[str, ...], ports: PartnerPorts) -> None:
    """End the secrets that were made and never answered, and those that are withdrawn."""
    for secret_id in ports.clients.secret_ids(client_id):
        if secret_id not in answered:
            ports.clients.remove_secret(client_id, secret_id)


def _stored(
    application: PartnerApplication,
    type: ApplicationEventType,
    before: Stored[PartnerApplication],
    secret: IssuedSecret,
    command: Command,
    ports: PartnerPorts,
) -> Credentials:
    """Store what the application has become. The answer that is recorded lacks the secret."""
    event = command.event(application.id, application, type, before)
    stored = Stored(application, event.head, None)
    ports.partners.store(event, application, before, command.with_answer(Credentials(stored)))
    return Credentials(stored, secret.value)
