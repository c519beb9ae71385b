"""A policy's register of claims: enough of each to find a loss that was reported twice."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import AwareDatetime

from insurance.domain.core.identity import ClaimId
from insurance.domain.core.value import Value


class NoticedClaim(Value):
    """A claim in its policy's register."""

    claim_id: ClaimId
    cover: str
    occurred_at: AwareDatetime
    reference_mark: str | None = None

    def same_loss(self, cover: str, occurred_at: datetime, reference_mark: str | None) -> bool:
        """The same reference, or the same cover within a day: very likely one loss."""
        if reference_mark is not None and self.reference_mark == reference_mark:
            return True
        return self.cover == cover and abs(self.occurred_at - occurred_at).days < 1


def same_loss(
    register: Sequence[NoticedClaim],
    cover: str,
    occurred_at: datetime,
    reference_mark: str | None = None,
) -> tuple[ClaimId, ...]:
    """The claims in the register that were very likely made for the same loss."""
    return tuple(
        claim.claim_id for claim in register if claim.same_loss(cover, occurred_at, reference_mark)
    )
