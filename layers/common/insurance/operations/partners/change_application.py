"""Request an application, decide about it, suspend and resume it; and read applications."""

from collections.abc import Iterable
from typing import Final

from insurance.api_products import ApiProduct
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    ApplicationNotFound,
    FieldFault,
    InvalidFields,
    PartnerNotFound,
)
from insurance.domain.core.identity import Mode
from insurance.domain.core.stored import Stored
from insurance.domain.partner.api_product import ApiProductLife, ApiVersionStatus
from insurance.domain.partner.application import (
    ApplicationChange,
    ApplicationInput,
    ApplicationStep,
    PartnerApplication,
    not_on_offer,
)
from insurance.domain.partner.event_types import ApplicationEventType
from insurance.operations.command import Command, Query
from insurance.operations.listing import ListPage, ListRange, page_of
from insurance.operations.partners.ports import PartnerPorts
from insurance.operations.partners.register_partner import read_partner

EVENTS: Final = {
    ApplicationStep.APPROVE: ApplicationEventType.APPROVED,
    ApplicationStep.REJECT: ApplicationEventType.REJECTED,
    ApplicationStep.SUSPEND: ApplicationEventType.SUSPENDED,
    ApplicationStep.RESUME: ApplicationEventType.RESUMED,
}


def request_application(
    partner: str, requested: ApplicationInput, command: Command, ports: PartnerPorts
) -> Stored[PartnerApplication]:
    """Request an application for a partner of the caller's mode.

    Raises:
        PartnerNotFound: There is no such partner.
        InvalidFields: Its API products are not published, not on this plan, or ask for other scopes; or in live mode
            what reads claims or moves money must prove its sender.
        CodeTaken: There is an application of this code.
    """
    if ports.partners.load_partner(partner, command) is None:
        raise PartnerNotFound(partner)
    mode = command.caller.mode
    faults = not_on_offer(requested.plan, requested.products, requested.scopes)
    faults += not_published(requested.products, mode, ports)
    if faults:
        raise InvalidFields(faults)
    application = requested.of(partner, mode, by=command.actor, now=command.now)
    if application.must_prove_its_sender and application.proof is None:
        raise InvalidFields([FieldFault("/proof", "required", SENDER_MUST_PROVE)])
    return store_application(application, ApplicationEventType.REQUESTED, None, command, ports)


SENDER_MUST_PROVE: Final = (
    "In live mode an application that has claims proves its sender: name its keys."
)


def decide_application(
    application_id: str, step: ApplicationStep, reason: str, command: Command, ports: PartnerPorts
) -> Stored[PartnerApplication]:
    """Approve or reject a request.

    Raises:
        ApplicationNotFound: There is none in the caller's mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: It is decided already.
        SamePerson: Who requested it would approve it.
    """
    before = load_application(application_id, command, ports)
    decided = before.record.decided(step, by=command.actor, now=command.now, reason=reason)
    return store_application(decided, EVENTS[step], before, command, ports)


def not_published(
    products: Iterable[ApiProduct], mode: Mode, ports: PartnerPorts, at: str = ""
) -> list[FieldFault]:
    """The API products among these that nobody new may have: drafts, and those that are deprecated or retired."""
    lives = ports.api_products.lives(mode)
    faults = []
    for code in products:
        life = lives[code].record if code in lives else ApiProductLife.seed(mode, code.offer)
        if life.served is None or life.served.status is not ApiVersionStatus.PUBLISHED:
            detail = f"{code} is not published, or not any more."
            faults.append(FieldFault(f"{at}/products", "not-offered", detail))
    return faults


def request_change(
    application_id: str, asked: ApplicationChange, command: Command, ports: PartnerPorts
) -> Stored[PartnerApplication]:
    """Ask for another plan, other API products or scopes for an active application. Another person decides.

    Raises:
        ApplicationNotFound: There is none in the caller's mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: It is not active.
        Unavailable: A call changes its credentials now.
        InvalidFields: As for a request of an application. API products that it has may be deprecated.
    """
    before = load_application(application_id, command, ports)
    application, at = before.record, command.idempotency.received_at
    after = application.with_change(asked, by=command.actor, now=command.now, at=at)
    added = [each for each in asked.products if each not in application.products]
    faults = not_on_offer(asked.plan, asked.products, asked.scopes, "/to")
    faults += not_published(added, application.mode, ports, "/to")
    would_be = after.changed(asked, application.key_id, by=command.actor, now=command.now)
    if would_be.must_prove_its_sender and application.proof is None:
        faults.append(FieldFault("/to/products", "not-offered", SENDER_MUST_PROVE))
    if faults:
        raise InvalidFields(faults)
    return store_application(after, ApplicationEventType.CHANGE_REQUESTED, before, command, ports)


def reject_change(
    application_id: str, reason: str, command: Command, ports: PartnerPorts
) -> Stored[PartnerApplication]:
    """Reject what was asked for: the application stays as it is. Who asked for it may, too.

    Raises:
        ApplicationNotFound: There is none in the caller's mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: It is not active, or nothing was asked for.
        Unavailable: A call carries the change out now.
    """
    before = load_application(application_id, command, ports)
    before.record.pending_change(ApplicationStep.REJECT_CHANGE, by=command.actor)
    at = command.idempotency.received_at
    after = before.record.without_change(now=command.now, at=at, reason=reason)
    return store_application(after, ApplicationEventType.CHANGE_REJECTED, before, command, ports)


def advance_application(
    application_id: str, step: ApplicationStep, reason: str, command: Command, ports: PartnerPorts
) -> Stored[PartnerApplication]:
    """Suspend or resume an application. The authorizer knows it from the next call that it is asked about.

    Raises:
        ApplicationNotFound: There is none in the caller's mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The step does not follow from where the application stands.
    """
    before = load_application(application_id, command, ports)
    after = before.record.taken(step, now=command.now, reason=reason)
    return store_application(after, EVENTS[step], before, command, ports)


def read_application(
    application_id: str, query: Query, ports: PartnerPorts
) -> Stored[PartnerApplication]:
    """An application of the caller's mode; of a developer's own partner alone.

    Raises:
        ApplicationNotFound: There is none.
    """
    caller, stored = query.caller, ports.partners.application(application_id)
    theirs = caller.kind is CallerKind.DEVELOPER and stored.record.partner != caller.partner
    if stored.record.mode is not caller.mode or theirs:
        raise ApplicationNotFound(application_id)
    return stored


def list_applications(
    partner: str, part: ListRange, query: Query, ports: PartnerPorts
) -> ListPage[PartnerApplication]:
    """Part of the applications of a partner of the caller's mode; of a developer's own alone.

    Raises:
        PartnerNotFound: There is none.
    """
    read_partner(partner, query, ports)
    entries = ports.partners.applications(query.caller.mode, partner, part)
    return page_of(entries, part.limit, lambda application: application)


def load_application(
    application_id: str, command: Command, ports: PartnerPorts
) -> Stored[PartnerApplication]:
    """An application of the caller's mode, at the caller's revision.

    Raises:
        ApplicationNotFound: There is none.
        StaleRevision: Somebody else has changed it since the caller read it.
    """
    before = ports.partners.load_application(application_id, command)
    if before.record.mode is not command.caller.mode:
        raise ApplicationNotFound(application_id)
    command.check_revision(before, application_id)
    return before


def store_application(
    application: PartnerApplication,
    type: ApplicationEventType,
    before: Stored[PartnerApplication] | None,
    command: Command,
    ports: PartnerPorts,
) -> Stored[PartnerApplication]:
    """Store what an application has become, with the command's answer."""
    event = command.event(application.id, application, type, before)
    stored = Stored(application, event.head, None)
    ports.partners.store(event, application, before, command.with_answer(stored))
    return stored
