"""Work items: claims, quotes, complaints and parties as a work list shows them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from insurance.domain.claim import Claim
from insurance.domain.claim.attention import waits_from
from insurance.domain.claim.lifecycle import Handling
from insurance.domain.complaint import Complaint
from insurance.domain.complaint.lifecycle import ComplaintStatus
from insurance.domain.core.roles import EVERY_ROLE, Role
from insurance.domain.core.tasks import TaskCode
from insurance.domain.jurisdiction.regulatory_deadline import RegulatoryDeadline
from insurance.domain.party.record import Party
from insurance.domain.quote.quote import Quote, QuoteStatus

OVERSEES: Final[Mapping[str, frozenset[Role]]] = MappingProxyType(
    {
        Role.SUPERVISOR: frozenset({Role.CLAIMS_HANDLER, Role.COMPLAINTS_HANDLER}),
        Role.AUDITOR: EVERY_ROLE,
    }
)
"""The roles whose work a role sees beside its own."""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One task that waits for a role: since when, and the next deadline that runs on it."""

    kind: str
    """"claim", "quote", "complaint" or "party"."""
    id: str
    role: str
    code: TaskCode
    status: QuoteStatus | Handling | ComplaintStatus | None
    """Of the quote, claim or complaint; a party has none."""
    waits_from: datetime
    deadline: RegulatoryDeadline | None
    handler: str | None
    partner: str
    number: str | None = None
    """Of a claim."""

    def age_days(self, now: datetime) -> int:
        """How long it has been waiting, in whole days."""
        return (now - self.waits_from).days


def may_see_work_of(role: str, roles: Iterable[str]) -> bool:
    """Whether a person with these roles works in the role, or oversees it."""
    return any(role == own or role in OVERSEES.get(own, ()) for own in roles)


def work_item_of(record: Claim | Quote | Complaint | Party, role: str) -> WorkItem:
    """The record as the work list of the role shows it."""
    match record:
        case Quote():
            return _of_quote(record, role)
        case Complaint():
            return _of_complaint(record, role)
        case Claim():
            return _of_claim(record, role)
        case Party():
            return _of_party(record, role)


def _of_quote(quote: Quote, role: str) -> WorkItem:
    return WorkItem(
        kind="quote",
        id=quote.id,
        role=role,
        code=TaskCode.REFERRAL,
        status=quote.status,
        waits_from=quote.created_at,
        deadline=None,
        handler=None,
        partner=quote.partner,
    )


def _of_complaint(complaint: Complaint, role: str) -> WorkItem:
    return WorkItem(
        kind="complaint",
        id=complaint.id,
        role=role,
        code=complaint.task_code,
        status=complaint.status,
        waits_from=complaint.since,
        deadline=_next_running(complaint.deadlines),
        handler=complaint.handler,
        partner=complaint.partner,
    )


def _of_party(party: Party, role: str) -> WorkItem:
    request = party.request_due
    if request is None:
        raise ValueError(f"party {party.id} is in the work list and nothing waits")
    return WorkItem(
        kind="party",
        id=party.id,
        role=role,
        code=request.kind.task,
        status=None,
        waits_from=request.deadline.started_at,
        deadline=request.deadline,
        handler=None,
        partner=party.partner,
    )


def _of_claim(claim: Claim, role: str) -> WorkItem:
    since = waits_from(claim)
    if since is None:
        raise ValueError(f"claim {claim.id} is in the work list and has no task")
    return WorkItem(
        kind="claim",
        id=claim.id,
        role=role,
        code=claim.task.code if claim.task else _code_without_task(claim, since),
        status=claim.handling,
        waits_from=since,
        deadline=_next_running(claim.deadlines),
        handler=claim.handler,
        partner=claim.partner,
        number=claim.number,
    )


def _next_running(deadlines: Sequence[RegulatoryDeadline]) -> RegulatoryDeadline | None:
    running = (deadline for deadline in deadlines if deadline.is_running)
    return min(running, key=lambda deadline: deadline.due_at, default=None)


def _code_without_task(claim: Claim, since: datetime) -> TaskCode:
    due = any(entry.on == since for entry in claim.diary)
    return TaskCode.DIARY_ENTRY_DUE if due else TaskCode.DEADLINE_DUE
