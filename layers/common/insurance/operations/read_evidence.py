"""Read evidence again: all that a claim has, or one file with a link that ends soon."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.caller import Caller
from insurance.domain.claim.files import evidence_of, shown_to
from insurance.domain.errors import AlreadyErased, EvidenceNotFound
from insurance.domain.evidence.evidence import Evidence, EvidenceStatus
from insurance.domain.evidence.media import ENDINGS
from insurance.operations.lend_file import Link, lend_file
from insurance.operations.ports import Claims, Objects
from insurance.operations.read_claim import read_claim
from insurance.operations.take_evidence import opened, stored_key


@dataclass(frozen=True, slots=True)
class LentEvidence:
    evidence: Evidence
    link: Link | None
    """None unless the file was received."""


def read_evidence(
    claim_id: str,
    evidence_id: str,
    *,
    caller: Caller,
    claims: Claims,
    objects: Objects,
    now: datetime,
) -> LentEvidence:
    """Only a file that was received is ever lent. AlreadyErased: nobody can read it any more."""
    kept = read_claim(claim_id, caller=caller, claims=claims)
    evidence = evidence_of(kept.record, evidence_id, caller)
    if kept.key is None:
        raise AlreadyErased(claim_id)
    if evidence.status is not EvidenceStatus.RECEIVED:
        return LentEvidence(evidence, None)
    sealed = objects.get(stored_key(evidence_id))
    if sealed is None:
        raise EvidenceNotFound(evidence_id)
    link = lend_file(
        evidence.id,
        opened(sealed, evidence_id, kept.key),
        media_type=evidence.media_type,
        name=f"{evidence.code.replace('_', '-')}.{ENDINGS[evidence.media_type]}",
        objects=objects,
        now=now,
    )
    return LentEvidence(evidence, link)


def list_evidence(claim_id: str, *, caller: Caller, claims: Claims) -> tuple[Evidence, ...]:
    return shown_to(caller, read_claim(claim_id, caller=caller, claims=claims).record)
