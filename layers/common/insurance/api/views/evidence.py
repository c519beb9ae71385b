"""How evidence is shown: its announcement, its status and a download link."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.paging import Page, page_of
from insurance.api.views.documents import LinkView
from insurance.api.views.uploads import UploadView
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.classification import Personal, Sensitive
from insurance.domain.evidence.evidence import Evidence, EvidenceStatus
from insurance.domain.evidence.media import MediaType
from insurance.domain.evidence.refusal import ADVICE, Refusal
from insurance.operations.claims.read_evidence import LinkedEvidence
from insurance.operations.claims.take_evidence import AnnouncedEvidence


class EvidenceView(BaseModel):
    """A file that tells of a loss."""

    id: str
    code: str
    status: EvidenceStatus
    media_type: MediaType
    size_bytes: int
    sha256: Personal[str | None]
    """Of the file as it was sent, without what was taken out of it then."""
    name: Personal[str | None]
    refused_because: Refusal | None
    """A stable code (docs/claims.md, "Evidence")."""
    advice: str | None
    """What the sender can do about it."""
    same_file_as: str | None
    """Another claim that the same file came to; linked in `same_loss_as`."""
    requested_at: datetime
    received_at: datetime | None

    @classmethod
    def of(cls, evidence: Evidence, *, caller: Caller) -> Self:
        """As this caller may see it: a policyholder is not told of other claims."""
        own = caller.kind is CallerKind.POLICYHOLDER
        return cls(
            id=evidence.id,
            code=evidence.code,
            status=evidence.status,
            media_type=evidence.media_type,
            size_bytes=evidence.size_bytes,
            sha256=evidence.sha256 or None,
            name=evidence.name or None,
            refused_because=evidence.refused_because,
            advice=ADVICE[evidence.refused_because] if evidence.refused_because else None,
            same_file_as=None if own else evidence.same_file_as,
            requested_at=evidence.requested_at,
            received_at=evidence.received_at,
        )


class AnnouncedEvidenceView(BaseModel):
    """Evidence and how to send it. A replay answers with the first form, however old it is."""

    evidence: EvidenceView
    upload: UploadView

    @classmethod
    def of(cls, announced: AnnouncedEvidence, *, caller: Caller) -> Self:
        return cls(
            evidence=EvidenceView.of(announced.evidence, caller=caller),
            upload=UploadView.of(announced.upload),
        )


class LinkedEvidenceView(BaseModel):
    """Evidence and, once it was received, a link to it."""

    evidence: EvidenceView
    link: Sensitive[LinkView | None]

    @classmethod
    def of(cls, linked: LinkedEvidence, *, caller: Caller) -> Self:
        link = (
            LinkView(url=linked.link.url, expires_at=linked.link.expires_at)
            if linked.link
            else None
        )
        return cls(evidence=EvidenceView.of(linked.evidence, caller=caller), link=link)


class EvidenceListView(BaseModel):
    """A page of the evidence of a claim, in the order in which it was announced."""

    items: list[EvidenceView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, evidence: Sequence[Evidence], *, caller: Caller, page: Page) -> Self:
        shown, following = page_of(evidence, page)
        return cls(items=[EvidenceView.of(file, caller=caller) for file in shown], next=following)
