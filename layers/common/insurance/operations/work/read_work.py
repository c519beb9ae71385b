"""Read work: what waits for a role, and claims by state and by handler, over all policies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from insurance.domain.claim import Claim
from insurance.domain.complaint import Complaint
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import NoAuthority
from insurance.domain.quote.quote import Quote
from insurance.domain.work.work_item import WorkItem, may_see_work_of, work_item_of
from insurance.operations.work.ports import Listed, Lists

WORKS_ON_CLAIMS = ("claims_handler", "supervisor")


@dataclass(frozen=True, slots=True)
class Page[T]:
    """Some of a list; `next` is the last place seen, None after the last page."""

    items: Sequence[T]
    next: str | None


def read_work(
    role: str, *, after: str, limit: int, caller: Caller, lists: Lists, now: datetime
) -> Page[WorkItem]:
    """What waits for the role by now, the longest first, for those who work in it or oversee it."""
    if not may_see_work_of(role, caller.roles):
        raise NoAuthority(f"the work of {role}")
    found = lists.waiting(caller.mode, role, until=now, after=after, limit=limit)
    return _page(found, limit, lambda record: work_item_of(record, role))


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
