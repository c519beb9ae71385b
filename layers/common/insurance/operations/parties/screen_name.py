"""Screen one policyholder's name, and store a case for matches that nobody has decided."""

from dataclasses import dataclass

from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.stored import PartyKey
from insurance.domain.screening.event_types import ScreeningEventType
from insurance.domain.screening.screening import ScreeningCase, ScreeningSubject, case_of_matches
from insurance.operations.command import Command, Query
from insurance.operations.parties.ports import ScreeningPorts


@dataclass(frozen=True, slots=True)
class NameScreening:
    """The case of a name that matches the sanctions list, and whether this screening opened it."""

    case: ScreeningCase
    opened: bool


def screen_name(
    subject: ScreeningSubject, key: PartyKey, call: Command | Query, ports: ScreeningPorts
) -> NameScreening | None:
    """Compare the name with the sanctions list. None if there is no match.

    Matches that are neither open nor cleared open the case, at once and in a write of its own: the
    caller may refuse its command then, and the case stays.

    Raises:
        StaleRevision: The case has changed since it was read.
    """
    matches = ports.list.matches(subject.name)
    if not matches:
        return None
    before = ports.cases.find(subject, key)
    current = before.record if before else None
    if current is not None and current.party != subject.party_id:
        current = None  # the contract has passed on since: the case is about another party
    case = case_of_matches(current, subject, matches, call.now)
    if case is current:
        return NameScreening(case, opened=False)
    event = Event.following(
        before.head if before else StreamPosition(),
        case,
        key,
        stream=case.id,
        type=ScreeningEventType.OPENED,
        actor=call.caller.principal,
        now=call.now,
    )
    ports.cases.store(event, before=before)
    return NameScreening(case, opened=True)
