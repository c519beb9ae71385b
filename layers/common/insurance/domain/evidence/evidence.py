"""One piece of evidence on a claim: a file that was announced, and what became of it."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from insurance.domain.core.errors import WrongState
from insurance.domain.core.identity import ClaimId, EvidenceId
from insurance.domain.core.value import Value
from insurance.domain.evidence.media import MediaType
from insurance.domain.evidence.refusal import Refusal

EVIDENCE_MAX = 20
"""Files on one claim, whatever became of them."""

OTHER = "other"
"""A file that the cover does not ask for."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class EvidenceStatus(StrEnum):
    EXPECTED = "expected"
    """Announced: the file may be sent."""
    RECEIVED = "received"
    """Checked, as announced, and stored."""
    REFUSED = "refused"
    """Checked, and not stored."""


class Evidence(Value):
    """A file that somebody announced. Its texts are sealed with the claim's."""

    id: EvidenceId
    code: str
    """What the cover asks for and this is, or `other`."""
    media_type: MediaType
    size_bytes: int
    sha256: str = ""
    """Of the file as it was announced; empty once it was erased."""
    name: str = ""
    """The sender's name for the file; empty if none was given, or once it was erased."""
    status: EvidenceStatus = EvidenceStatus.EXPECTED
    requested_by: str
    requested_at: AwareDatetime
    received_at: AwareDatetime | None = None
    refused_because: Refusal | None = None
    stored_sha256: Digest | None = None
    """Of the sealed file, as it is stored: holds after an erasure too."""
    mark: str | None = None
    """By which the file is known again on the policy's other claims, if it was seen here first."""
    same_file_as: ClaimId | None = None
    """The claim of the policy on which the same file was received first."""

    def check_expected(self, step: str) -> None:
        """Check that the file is still expected.

        Raises:
            WrongState: It was received or refused already.
        """
        if self.status is not EvidenceStatus.EXPECTED:
            raise WrongState(f"Evidence {self.id}", self.status, step)
