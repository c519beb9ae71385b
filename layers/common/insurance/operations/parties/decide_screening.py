"""Decide a screening case, and list the open ones."""

from insurance.domain.core.errors import AlreadyErased, ScreeningNotFound
from insurance.domain.core.event import Event
from insurance.domain.core.identity import mode_of
from insurance.domain.core.stored import Stored
from insurance.domain.screening.event_types import ScreeningEventType
from insurance.domain.screening.screening import ScreeningCase
from insurance.operations.command import Command, Query
from insurance.operations.listing import ListPage, ListRange, page_of
from insurance.operations.parties.ports import ScreeningPorts


def clear_screening(
    screening_id: str, reason: str, command: Command, ports: ScreeningPorts
) -> Stored[ScreeningCase]:
    """Decide that the policyholder is another person than the listed one.

    Raises:
        ScreeningNotFound: There is no such case, or it is of the other mode.
        WrongState: The case is decided already.
        AlreadyErased: The policyholder's personal data were erased.
    """
    return _decide(screening_id, ScreeningEventType.CLEARED, reason, command, ports)


def confirm_screening(
    screening_id: str, reason: str, command: Command, ports: ScreeningPorts
) -> Stored[ScreeningCase]:
    """Decide that the policyholder is the listed person. No policy is issued to them.

    Raises:
        ScreeningNotFound: There is no such case, or it is of the other mode.
        WrongState: The case is decided already.
        AlreadyErased: The policyholder's personal data were erased.
    """
    return _decide(screening_id, ScreeningEventType.CONFIRMED, reason, command, ports)


def list_open_screenings(
    part: ListRange, query: Query, ports: ScreeningPorts
) -> ListPage[ScreeningCase]:
    """Open cases in the order of their ids, without personal data."""
    entries = ports.cases.list_open(query.caller.mode, part)
    return page_of(entries, part.limit, lambda case: case)


def _decide(
    screening_id: str,
    type: ScreeningEventType,
    reason: str,
    command: Command,
    ports: ScreeningPorts,
) -> Stored[ScreeningCase]:
    if mode_of(screening_id) is not command.caller.mode:
        raise ScreeningNotFound(screening_id)
    before = ports.cases.load(screening_id, command)
    clear = type is ScreeningEventType.CLEARED
    case = before.record.decided(clear=clear, by=command.actor, reason=reason, at=command.now)
    if before.key is None:
        raise AlreadyErased(screening_id)
    event = Event.following(
        before.head,
        case,
        before.key,
        stream=screening_id,
        type=type,
        actor=command.actor,
        now=command.now,
    )
    stored = Stored(case, event.head, before.key)
    ports.cases.decide(event, before=before, command=command.with_answer(stored))
    return stored
