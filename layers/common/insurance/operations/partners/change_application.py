"""Request an application, decide about it, suspend and resume it; and read applications."""

from typing import Final

from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    ApplicationNotFound,
    FieldFault,
    InvalidFields,
    PartnerNotFound,
)
from insurance.domain.core.stored import Stored
from insurance.domain.partner.application import (
    ApplicationInput,
    ApplicationStep,
    PartnerApplication,
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
        InvalidFields: Its API products are not on this plan, or ask for other scopes; or in live mode what reads
            claims or moves money must prove its sender.
        CodeTaken: There is an application of this code.
    """
    if ports.partners.load_partner(partner, command) is None:
        raise PartnerNotFound(partner)
    if faults := requested.not_on_offer():
        raise InvalidFields(faults)
    mode = command.caller.mode
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
