"""How an erasure is shown, and who may see what of their own."""

from datetime import datetime
from typing import Self

from insurance.api.views.terms import View
from insurance.domain.party.party import Access, Erasure


class ErasureView(View):
    party_id: str
    reason: str
    erased_at: datetime

    @classmethod
    def of(cls, erasure: Erasure) -> Self:
        return cls(party_id=erasure.party_id, reason=erasure.reason, erased_at=erasure.erased_at)


class AccessView(View):
    """The parties that a signed-in person is: they see the policies of these, and no others."""

    person_id: str
    parties: list[str]

    @classmethod
    def of(cls, access: Access) -> Self:
        return cls(person_id=access.person_id, parties=list(access.parties))
