"""Watch the regulator's clocks: the clockwork looks when one runs out, and takes note once."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.claim.attention import late
from insurance.domain.clocks import next_unnoticed
from insurance.domain.errors import ClaimNotFound, ComplaintNotFound
from insurance.domain.identity import mode_of
from insurance.operations.by_clockwork import clockwork, receipt_for
from insurance.operations.change_claim import store_claim
from insurance.operations.handle_complaint import store_complaint
from insurance.operations.ports import Claims, Complaints

STEP = "breach"


@dataclass(frozen=True, slots=True)
class ClaimWatcher:
    """The look at a claim on which a clock runs."""

    claims: Claims

    def look(self, claim_id: str, now: datetime) -> datetime | None:
        """Append the breach of what ran out; look again when the next clock does."""
        try:
            was = self.claims.get(claim_id)
        except ClaimNotFound:
            return None
        claim = late(was.record, now)
        if claim is None:
            return next_unnoticed(was.record.clocks)
        mode = mode_of(claim_id)
        kept = store_claim(
            claim,
            "claim.clock_breached",
            was=was,
            caller=clockwork(mode),
            claims=self.claims,
            receipt=receipt_for(mode, STEP, f"{claim_id} {was.head.sequence}", now),
        )
        return next_unnoticed(kept.record.clocks)


@dataclass(frozen=True, slots=True)
class ComplaintWatcher:
    """The look at a complaint on which a clock runs."""

    complaints: Complaints

    def look(self, complaint_id: str, now: datetime) -> datetime | None:
        """Append the breach of what ran out; look again when the next clock does."""
        try:
            was = self.complaints.get(complaint_id)
        except ComplaintNotFound:
            return None
        complaint = was.record.late(now)
        if complaint is None:
            return next_unnoticed(was.record.clocks)
        mode = mode_of(complaint_id)
        kept = store_complaint(
            complaint,
            "complaint.clock_breached",
            was=was,
            caller=clockwork(mode),
            complaints=self.complaints,
            receipt=receipt_for(mode, STEP, f"{complaint_id} {was.head.sequence}", now),
        )
        return next_unnoticed(kept.record.clocks)
