"""Watch the regulator's clocks: the clockwork looks when one runs out, and takes note once."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.claim.attention import miss_deadlines
from insurance.domain.core.errors import ClaimNotFound, ComplaintNotFound
from insurance.domain.core.identity import mode_of
from insurance.domain.jurisdiction.regulatory_deadline import next_deadline
from insurance.operations.claims.change_claim import store_claim
from insurance.operations.claims.ports import Claims
from insurance.operations.complaints.handle_complaint import store_complaint
from insurance.operations.complaints.ports import Complaints
from insurance.operations.scheduler.system_actor import clockwork, receipt_for

STEP = "breach"


@dataclass(frozen=True, slots=True)
class ClaimWatcher:
    """The look at a claim on which a deadline runs."""

    claims: Claims

    def look(self, claim_id: str, now: datetime) -> datetime | None:
        """Append the breach of what ran out; look again when the next deadline does."""
        try:
            before = self.claims.get(claim_id)
        except ClaimNotFound:
            return None
        claim = miss_deadlines(before.record, now)
        if claim is None:
            return next_deadline(before.record.deadlines)
        mode = mode_of(claim_id)
        kept = store_claim(
            claim,
            "claim.deadline_missed",
            before=before,
            caller=clockwork(mode),
            claims=self.claims,
            receipt=receipt_for(mode, STEP, f"{claim_id} {before.head.sequence}", now),
        )
        return next_deadline(kept.record.deadlines)


@dataclass(frozen=True, slots=True)
class ComplaintWatcher:
    """The look at a complaint on which a deadline runs."""

    complaints: Complaints

    def look(self, complaint_id: str, now: datetime) -> datetime | None:
        """Append the breach of what ran out; look again when the next deadline does."""
        try:
            before = self.complaints.get(complaint_id)
        except ComplaintNotFound:
            return None
        complaint = before.record.miss_deadlines(now)
        if complaint is None:
            return next_deadline(before.record.deadlines)
        mode = mode_of(complaint_id)
        kept = store_complaint(
            complaint,
            "complaint.deadline_missed",
            before=before,
            caller=clockwork(mode),
            complaints=self.complaints,
            receipt=receipt_for(mode, STEP, f"{complaint_id} {before.head.sequence}", now),
        )
        return next_deadline(kept.record.deadlines)
