"""How an erasure is shown."""

from datetime import datetime
from typing import Self

from insurance.api.views.terms import View
from insurance.domain.party import Erasure


class ErasureView(View):
    party_id: str
    reason: str
    erased_at: datetime

    @classmethod
    def of(cls, erasure: Erasure) -> Self:
        return cls(party_id=erasure.party_id, reason=erasure.reason, erased_at=erasure.erased_at)
