"""Read work: what waits for a role, and claims by state and by handler, over all policies."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from insurance.domain.claim import Claim
from insurance.domain.claim.attention import waits_from
from insurance.domain.complaint import Complaint
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import NoAuthority
from insurance.domain.core.tasks import TaskCode
from insurance.domain.jurisdiction.regulatory_deadline import RegulatoryDeadline
from insurance.domain.quote.quote import Quote
from insurance.operations.work.ports import Listed, Lists

OVERSEES: Mapping[str, frozenset[str]] = {
    "supervisor": frozenset({"claims_handler", "complaints_handler"}),
}
"""Whose work a role may see beside its own."""

WORKS_ON_CLAIMS = ("claims_handler", "supervisor")


@dataclass(frozen=True, slots=True)
class Work:
    """One thing that waits: what it is, since when, and the next deadline that runs on it."""

    kind: str
    id: str
    role: str
    code: TaskCode
    status: str
    waits_from: datetime
    deadline: RegulatoryDeadline | None
    handler: str | None
    partner: str

    def age_days(self, now: datetime) -> int:
        return (now - self.waits_from).days


@dataclass(frozen=True, slots=True)
class Page[T]:
    """Some of a list; `next` is the last place seen, None after the last page."""

    items: Sequence[T]
    next: str | None


def read_work(
    role: str, *, after: str, limit: int, caller: Caller, lists: Lists, now: datetime
) -> Page[Work]:
    """What waits for the role by now, the longest first, for those who work in it or oversee it."""
    overseen = (OVERSEES.get(own, frozenset()) for own in caller.roles)
    if role not in caller.roles.union(*overseen):
        raise NoAuthority(f"the work of {role}")
    found = lists.waiting(caller.mode, role, until=now, after=after, limit=limit)
    return _page(found, limit, lambda record: work_of(record, role))


def read_claims_in(
    handling: str, *, after: str, limit: int, caller: Caller, lists: Lists
) -> Page[Claim]:
    """Claims of every policy whose handling has come so far."""
    caller.require_role(*WORKS_ON_CLAIMS)
    return _page(lists.claims_in(caller.mode, handling, after=after, limit=limit), limit, _claim)


def read_claims_of(
    handler: str, *, after: str, limit: int, caller: Caller, lists: Lists
) -> Page[Claim]:
    """Claims that somebody has in hand."""
    caller.require_role(*WORKS_ON_CLAIMS)
    return _page(lists.claims_of(caller.mode, handler, after=after, limit=limit), limit, _claim)


def read_complaints_in(
    month: str, *, after: str, limit: int, caller: Caller, lists: Lists
) -> Page[Complaint]:
    """The register: complaints received in a month ("2027-01")."""
    caller.require_role("complaints_handler", "supervisor", "compliance")
    found = lists.complaints_in(caller.mode, month, after=after, limit=limit)
    return _page(found, limit, _complaint)


def work_of(record: Claim | Quote | Complaint, role: str) -> Work:
    """The record as the work list shows it."""
    if isinstance(record, Quote):
        return Work(
            kind="quote",
            id=record.id,
            role=role,
            code=TaskCode.REFERRAL,
            status=record.status,
            waits_from=record.created_at,
            deadline=None,
            handler=None,
            partner=record.partner,
        )
    if isinstance(record, Complaint):
        return Work(
            kind="complaint",
            id=record.id,
            role=role,
            code=record.task_code,
            status=record.status,
            waits_from=record.since,
            deadline=_running(record.deadlines),
            handler=record.handler,
            partner=record.partner,
        )
    since = waits_from(record)
    if since is None:
        raise ValueError(f"claim {record.id} stands in the list and waits for nobody")
    return Work(
        kind="claim",
        id=record.id,
        role=role,
        code=record.task.code if record.task else _code(record, since),
        status=record.handling,
        waits_from=since,
        deadline=_running(record.deadlines),
        handler=record.handler,
        partner=record.partner,
    )


def _running(deadlines: Sequence[RegulatoryDeadline]) -> RegulatoryDeadline | None:
    """The one that runs out first."""
    return min(
        (deadline for deadline in deadlines if deadline.is_running),
        key=lambda each: each.due_at,
        default=None,
    )


def _code(claim: Claim, since: datetime) -> TaskCode:
    """Why a claim without a task wants attention."""
    due = any(entry.on == since for entry in claim.diary)
    return TaskCode.FOLLOW_UP if due else TaskCode.DEADLINE_DUE


def _claim(record: Claim | Quote | Complaint) -> Claim:
    if not isinstance(record, Claim):
        raise TypeError("only claims stand in lists of claims")
    return record


def _complaint(record: Claim | Quote | Complaint) -> Complaint:
    if not isinstance(record, Complaint):
        raise TypeError("only complaints stand in the register")
    return record


def _page[T](
    found: Sequence[Listed], limit: int, shown: Callable[[Claim | Quote | Complaint], T]
) -> Page[T]:
    """What still stands there. A full page may have another behind it."""
    items = [shown(each.record) for each in found if each.record is not None]
    return Page(items, found[-1].position if len(found) == limit else None)
