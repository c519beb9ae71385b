"""Check regulatory deadlines: record those that a claim or a complaint has missed, each once."""

from datetime import datetime
from typing import Final

from insurance.domain.claim.attention import miss_deadlines
from insurance.domain.claim.change import ClaimChange
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.complaint import ComplaintEventType
from insurance.domain.core.errors import ClaimNotFound, ComplaintNotFound
from insurance.domain.core.identity import mode_of
from insurance.domain.jurisdiction.regulatory_deadline import next_deadline
from insurance.operations.claims.claim_context import store_claim
from insurance.operations.claims.ports import Claims
from insurance.operations.complaints.change_complaint import store_complaint
from insurance.operations.complaints.ports import Complaints
from insurance.operations.system_command import command_for

STEP: Final = "missed deadline"


def check_claim_deadlines(claim_id: str, now: datetime, claims: Claims) -> datetime | None:
    """Record the deadlines of a claim that have passed; returns when the next one does."""
    try:
        before = claims.get(claim_id)
    except ClaimNotFound:
        return None
    claim = miss_deadlines(before.record, now)
    if claim is None:
        return next_deadline(before.record.deadlines)
    mode = mode_of(claim_id)
    stored = store_claim(
        ClaimChange(claim, ClaimEventType.DEADLINE_MISSED),
        before,
        command_for(mode, STEP, f"{claim_id} {before.head.sequence}", now),
        claims,
    )
    return next_deadline(stored.record.deadlines)


def check_complaint_deadlines(
    complaint_id: str, now: datetime, complaints: Complaints
) -> datetime | None:
    """Record the deadlines of a complaint that have passed; returns when the next one does."""
    try:
        before = complaints.get(complaint_id)
    except ComplaintNotFound:
        return None
    complaint = before.record.miss_deadlines(now)
    if complaint is None:
        return next_deadline(before.record.deadlines)
    mode = mode_of(complaint_id)
    stored = store_complaint(
        complaint,
        ComplaintEventType.DEADLINE_MISSED,
        before,
        command_for(mode, STEP, f"{complaint_id} {before.head.sequence}", now),
        complaints,
    )
    return next_deadline(stored.record.deadlines)
