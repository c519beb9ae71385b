"""Work items: claims, quotes, complaints, parties, matches and batches as a work list shows them."""

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
from insurance.domain.intake.batch import BatchStatus, DataBatch
from insurance.domain.jurisdiction.regulatory_deadline import RegulatoryDeadline
from insurance.domain.party.match import Match, MatchStatus
from insurance.domain.party.record import Party
from insurance.domain.quote.quote import Quote, QuoteStatus

type Waiting = Claim | Quote | Complaint | Party | DataBatch | Match
"""What can wait for a role."""

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
    """"claim", "quote", "complaint", "party", "batch" or "match"."""
    id: str
    role: str
    code: TaskCode
    status: QuoteStatus | Handling | ComplaintStatus | BatchStatus | MatchStatus | None
    """Of the quote, claim, complaint, batch or match; a party has none."""
    waits_from: datetime
    deadline: RegulatoryDeadline | None
    handler: str | None
    partner: str
    number: str | None = None
    """Of a claim."""
    rows: int | None = None
    """Of a batch: those that wait."""

    def age_days(self, now: datetime) -> int:
        """How long it has been waiting, in whole days."""
        return (now - self.waits_from).days


def may_see_work_of(role: str, roles: Iterable[str]) -> bool:
    """Whether a person with these roles works in the role, or oversees it."""
    return any(role == own or role in OVERSEES.get(own, ()) for own in roles)


def work_item_of(record: Waiting, role: str) -> WorkItem:
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
        case DataBatch():
            return _of_batch(record, role)
        case Match():
            return _of_match(record, role)


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


def _of_batch(batch: DataBatch, role: str) -> WorkItem:
    since = batch.waits_from
    if since is None:
        raise ValueError(f"batch {batch.id} is in the work list and no row waits")
    return WorkItem(
        kind="batch",
        id=batch.id,
        role=role,
        code=TaskCode.ROWS_IN_QUARANTINE,
        status=batch.status,
        waits_from=since,
        deadline=None,
        handler=None,
        partner=batch.partner,
        rows=batch.open_rows,
    )


def _of_match(match: Match, role: str) -> WorkItem:
    return WorkItem(
        kind="match",
        id=match.id,
        role=role,
        code=TaskCode.MATCH_DOUBTFUL,
        status=match.status,
        waits_from=match.found_at,
        deadline=None,
        handler=None,
        partner=match.partner,
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
