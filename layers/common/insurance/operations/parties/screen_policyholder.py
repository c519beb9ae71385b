"""Screen who takes out a policy: when it is issued, and the book in force when the list changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import ScreeningNotFound, ScreeningOpen
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode, mode_of, screening_id_for
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.policy import Policy, PolicyStatus
from insurance.domain.quote.quote import Quote
from insurance.domain.screening.event_types import ScreeningEventType
from insurance.domain.screening.screening import (
    ScreeningCase,
    ScreeningMatch,
    ScreeningStatus,
    new_case,
    without_cleared,
)
from insurance.operations.idempotency import Idempotency
from insurance.operations.parties.ports import Screening

IN_FORCE = frozenset({PolicyStatus.PENDING, PolicyStatus.ON_RISK})


class Screenings(Protocol):
    """What people were, or are to be, looked at for."""

    def find(self, screening_id: str, key: PartyKey) -> Stored[ScreeningCase] | None: ...

    def load(self, screening_id: str, receipt: Idempotency) -> Stored[ScreeningCase]:
        """Raise ScreeningNotFound when there is none, AlreadyAnswered or KeyReused."""

    def store(self, event: Event, *, before: Stored[ScreeningCase] | None) -> None:
        """Store the case; raise StaleRevision when it has moved on."""

    def decide(self, event: Event, *, before: Stored[ScreeningCase], receipt: Idempotency) -> None:
        """As `store`, with the receipt."""

    def listed_open(self, mode: Mode, *, after: str, limit: int) -> Sequence[ScreeningCase]:
        """Cases that wait for a person, by id, without what is personal in them."""


class Page(NamedTuple):
    """Part of the book, and from where to go on; nothing when that was the last of it."""

    policies: Sequence[Stored[Policy]]
    next: str | None


class Book(Protocol):
    def page(self, mode: Mode, after: str) -> Page:
        """Policies that were issued, some at a time, wherever they stand now."""


class BookScreened(NamedTuple):
    """What one call screened of the book, and from where the next one goes on."""

    list_version: str
    policies: int
    opened: tuple[str, ...]
    next: str | None


def screen_policyholder(
    quote: Quote,
    key: PartyKey,
    *,
    caller: Caller,
    screening: Screening,
    screenings: Screenings,
    now: datetime,
) -> None:
    """Raise ScreeningOpen while a person must look, or has found that it is who the list means.

    Most names resemble nothing, and cost nothing. A resemblance is kept as a case before the call is
    refused, so that somebody is told.
    """
    name = quote.policyholder.name if quote.policyholder else ""
    found = screening.matches(name)
    if not found:
        return
    case_id = screening_id_for(quote.id)
    before = screenings.find(case_id, key)
    if before is None or before.record.has_news(name, found):
        event = _opening(
            case_id,
            partner=quote.partner,
            name=name,
            found=found,
            before=before,
            key=key,
            caller=caller,
            now=now,
        )
        screenings.store(event, before=before)
    elif before.record.status is ScreeningStatus.CLEARED:
        return
    raise ScreeningOpen("who takes out the policy", case_id)


def screen_book(
    after: str,
    *,
    caller: Caller,
    book: Book,
    screening: Screening,
    screenings: Screenings,
    now: datetime,
) -> BookScreened:
    """Part of the policies in force against the list as it is now.

    It may be stopped and repeated anywhere: a case is opened once for what was found.
    """
    page = book.page(caller.mode, after)
    opened = [
        case_id
        for kept in page.policies
        if (case_id := _screened(kept, caller, screening, screenings, now)) is not None
    ]
    return BookScreened(screening.version, len(page.policies), tuple(opened), page.next)


def decide_screening_case(
    screening_id: str,
    *,
    clear: bool,
    reason: str,
    caller: Caller,
    screenings: Screenings,
    receipt: Idempotency,
) -> Stored[ScreeningCase]:
    """It is somebody else, and the policy may be issued; or it is not."""
    if mode_of(screening_id) is not caller.mode:
        raise ScreeningNotFound(screening_id)
    before = screenings.load(screening_id, receipt)
    decided = before.record.decided(clear=clear, by=caller.principal, reason=reason, at=receipt.now)
    type = ScreeningEventType.CLEARED if clear else ScreeningEventType.CONFIRMED
    event = _event(before.head, decided, key=before.key, type=type, caller=caller, now=receipt.now)
    kept = Stored(decided, event.head, before.key)
    screenings.decide(event, before=before, receipt=receipt.record(kept))
    return kept


def _screened(
    kept: Stored[Policy],
    caller: Caller,
    screening: Screening,
    screenings: Screenings,
    now: datetime,
) -> str | None:
    """The case that this policy's holder needs and did not have."""
    policy = kept.record
    if kept.key is None or policy.policyholder is None:
        return None  # erased
    if not IN_FORCE.intersection(policy.status_at(now)):
        return None
    name = policy.policyholder.name
    found = screening.matches(name)
    if not found:
        return None
    case_id = screening_id_for(policy.id)
    before = screenings.find(case_id, kept.key)
    if before is not None and not before.record.has_news(name, found):
        return None
    event = _opening(
        case_id,
        partner=policy.partner,
        name=name,
        found=found,
        before=before,
        key=kept.key,
        caller=caller,
        now=now,
    )
    screenings.store(event, before=before)
    return case_id


def _opening(
    case_id: str,
    *,
    partner: str,
    name: str,
    found: Sequence[ScreeningMatch],
    before: Stored[ScreeningCase] | None,
    key: PartyKey,
    caller: Caller,
    now: datetime,
) -> Event:
    if before is None:
        case, head = new_case(case_id, partner, name, found, now), StreamPosition()
    else:
        left = without_cleared(name, found, before.record.cleared)
        case, head = before.record.opened(name, left, now), before.head
    return _event(head, case, key=key, type=ScreeningEventType.OPENED, caller=caller, now=now)


def _event(
    head: StreamPosition,
    case: ScreeningCase,
    *,
    key: PartyKey | None,
    type: ScreeningEventType,
    caller: Caller,
    now: datetime,
) -> Event:
    if key is None:
        raise ScreeningNotFound(case.id)  # whoever it was about was erased
    return Event.following(
        head, case, key, stream=case.id, type=type, actor=caller.principal, now=now
    )
