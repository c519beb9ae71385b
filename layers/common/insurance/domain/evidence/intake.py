"""The check of an uploaded file: its clean content, or the reason to refuse it."""

from insurance.domain.evidence.evidence import Evidence
from insurance.domain.evidence.media import mismatch
from insurance.domain.evidence.pictures import without_metadata
from insurance.domain.evidence.refusal import FileRefused, Refusal


def differs(sent: bytes, evidence: Evidence) -> Refusal | None:
    """How a file differs from what was announced; None: it does not."""
    return mismatch(sent, evidence.media_type, evidence.size_bytes, evidence.sha256)


def cleaned(sent: bytes, evidence: Evidence) -> bytes | Refusal:
    """The file as it is stored, without what a camera writes beside a picture."""
    try:
        return without_metadata(sent, evidence.media_type)
    except FileRefused as refused:
        return refused.refusal
