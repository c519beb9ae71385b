"""How an erasure and the access of persons are shown."""

from datetime import datetime
from typing import Self

from insurance.api.views.terms import View
from insurance.domain.party.party import Access, Erasure


class ErasureView(View):
    """The erasure of a party's personal data."""

    party_id: str
    reason: str
    erased_at: datetime

    @classmethod
    def of(cls, erasure: Erasure) -> Self:
        return cls(party_id=erasure.party_id, reason=erasure.reason, erased_at=erasure.erased_at)


class AccessView(View):
    """The parties whose policies a signed-in person sees."""

    person_id: str
    parties: list[str]

    @classmethod
    def of(cls, access: Access) -> Self:
        return cls(person_id=access.person_id, parties=list(access.parties))
