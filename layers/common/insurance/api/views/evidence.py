"""How evidence is shown: what was announced, what became of it, and for a short time where it is."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.views.documents import LinkView
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.evidence.evidence import Evidence
from insurance.operations.claims.read_evidence import LentEvidence
from insurance.operations.claims.take_evidence import AskedEvidence


class EvidenceView(BaseModel):
    """A file that tells of a loss."""

    id: str
    code: str
    status: str
    media_type: str
    size_bytes: int
    sha256: str | None
    """Of the file as it was sent, without what was taken out of it then."""
    name: str | None
    refused_because: str | None
    same_file_as: str | None
    """Another claim that the same file came to; linked in `same_loss_as`."""
    asked_at: datetime
    received_at: datetime | None

    @classmethod
    def to(cls, caller: Caller, evidence: Evidence) -> Self:
        """As this caller may see it: what a claim is like is between the insurer's people."""
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
            same_file_as=None if own else evidence.same_file_as,
            asked_at=evidence.asked_at,
            received_at=evidence.received_at,
        )


class UploadView(BaseModel):
    """A form (`multipart/form-data`) that takes the announced file: all fields first, then `file`."""

    url: str
    fields: dict[str, str]
    expires_at: datetime


class AskedEvidenceView(BaseModel):
    """Evidence and how to send it. A replay answers with the first form, however old it is."""

    evidence: EvidenceView
    upload: UploadView

    @classmethod
    def to(cls, caller: Caller, asked: AskedEvidence) -> Self:
        upload = UploadView(
            url=asked.upload.form.url,
            fields=dict(asked.upload.form.fields),
            expires_at=asked.upload.expires_at,
        )
        return cls(evidence=EvidenceView.to(caller, asked.evidence), upload=upload)


class LentEvidenceView(BaseModel):
    """Evidence and, once it was received, where to read it."""

    evidence: EvidenceView
    link: LinkView | None

    @classmethod
    def to(cls, caller: Caller, lent: LentEvidence) -> Self:
        link = LinkView(url=lent.link.url, expires_at=lent.link.expires_at) if lent.link else None
        return cls(evidence=EvidenceView.to(caller, lent.evidence), link=link)


class EvidenceListView(BaseModel):
    """All the evidence of a claim, in the order in which it was announced."""

    items: list[EvidenceView]
