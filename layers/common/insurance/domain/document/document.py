"""A document of a policy: its kind, what it shows, when it was made, and its hashes."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.classification import Classification, Internal
from insurance.domain.core.identity import DocumentId, PolicyId
from insurance.domain.core.party_record import PartyRecord


class DocumentKind(StrEnum):
    SCHEDULE = "schedule"
    CERTIFICATE = "certificate"
    ENDORSEMENT_LETTER = "endorsement_letter"
    CANCELLATION_LETTER = "cancellation_letter"
    NOTICE_LETTER = "notice_letter"
    RENEWAL_LETTER = "renewal_letter"


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Document(PartyRecord):
    """One document of a policy. Its file is stored once, sealed with the party's key."""

    id: Internal[DocumentId]
    policy_id: Internal[PolicyId]
    partner: Internal[str] = ""
    """Whose business it is; empty on documents from before it was kept."""
    kind: Internal[DocumentKind]
    as_at: Internal[AwareDatetime]
    """The instant whose terms it shows."""
    policy_revision: Internal[int]
    """The revision of the policy that it shows."""
    transaction: Internal[int | None] = None
    """Of a letter about a transaction: its number."""
    notice: Internal[int | None] = None
    """Of a notice letter: the number of the notice. Its dispatch names this document's id."""
    product: Internal[ProductRef]
    language: Internal[str]
    """As BCP 47 has it: `en-GB`."""
    edition: Internal[str]
    """Of layout and typesetter: another edition of the same content is another document."""
    size_bytes: Internal[int]
    sha256: Annotated[Digest | None, Classification.PERSONAL] = None
    """Of the readable file. Personal: a guessed name could be checked against it."""
    stored_sha256: Internal[Digest]
    """Of the sealed file as it is stored: valid after an erasure too."""
    made_at: Internal[AwareDatetime]
    made_by: Internal[str]
