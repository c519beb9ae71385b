"""How the insurer's own notes on a claim are shown: the handler, notes, the diary."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.etag import etag
from insurance.api.views.terms import View
from insurance.domain.claim import Claim
from insurance.domain.core.classification import Personal, Sensitive
from insurance.domain.core.stored import Stored


class NoteView(BaseModel):
    """A note on a claim."""

    text: str
    by: str
    at: datetime


class DiaryEntryView(BaseModel):
    """A time from which the claim stands on the work list again."""

    number: int
    on: datetime
    about: str
    by: str


class InternalClaimView(View):
    """A claim's handler, notes and diary. Partners and policyholders never see them."""

    claim_id: str
    claim_number: str | None
    revision: int
    handler: str | None
    notes: Sensitive[list[NoteView]]
    diary: Personal[list[DiaryEntryView]]

    @classmethod
    def of(cls, stored: Stored[Claim]) -> Self:
        claim = stored.record
        return cls(
            etag=etag(stored.head.sequence, "internal"),
            claim_id=claim.id,
            claim_number=claim.number,
            revision=stored.head.sequence,
            handler=claim.handler,
            notes=[NoteView(**note.model_dump()) for note in claim.notes],
            diary=[DiaryEntryView(**entry.model_dump()) for entry in claim.diary],
        )
