"""Register a partner, and read partners."""

from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import CodeTaken, PartnerNotFound
from insurance.domain.core.stored import Stored
from insurance.domain.partner.event_types import PartnerEventType
from insurance.domain.partner.partner import Partner
from insurance.operations.command import Command, Query
from insurance.operations.listing import ListPage, ListRange, page_of
from insurance.operations.partners.ports import PartnerPorts


def register_partner(
    code: str, name: str, command: Command, ports: PartnerPorts
) -> Stored[Partner]:
    """Register a partner of the caller's mode.

    Raises:
        CodeTaken: There is a partner of this code.
    """
    if ports.partners.load_partner(code, command) is not None:
        raise CodeTaken("partner", code)
    mode = command.caller.mode
    partner = Partner.registered(mode, code, name, by=command.actor, now=command.now)
    event = command.event(partner.id, partner, PartnerEventType.REGISTERED, None)
    stored = Stored(partner, event.head, None)
    ports.partners.register(event, partner, command.with_answer(stored))
    return stored


def read_partner(code: str, query: Query, ports: PartnerPorts) -> Stored[Partner]:
    """A partner of the caller's mode; a developer's own alone.

    Raises:
        PartnerNotFound: There is none.
    """
    caller = query.caller
    if caller.kind is CallerKind.DEVELOPER and code != caller.partner:
        raise PartnerNotFound(code)
    return ports.partners.partner(caller.mode, code)


def list_partners(part: ListRange, query: Query, ports: PartnerPorts) -> ListPage[Partner]:
    """Part of the partners of the caller's mode; to a developer their own."""
    caller = query.caller
    if caller.kind is CallerKind.DEVELOPER:
        own = ports.partners.partner(caller.mode, caller.partner).record
        return ListPage([own] if own.code > part.after else [], None)
    entries = ports.partners.partners(caller.mode, part)
    return page_of(entries, part.limit, lambda partner: partner)
