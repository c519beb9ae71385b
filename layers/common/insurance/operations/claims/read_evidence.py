"""Read evidence again: all that a claim has, or one file with a link that ends soon."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.claim.files import evidence_of, shown_to
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import AlreadyErased, EvidenceNotFound
from insurance.domain.evidence.evidence import Evidence, EvidenceStatus
from insurance.domain.evidence.media import ENDINGS
from insurance.operations.claims.ports import Claims
from insurance.operations.claims.read_claim import read_claim
from insurance.operations.claims.take_evidence import opened, refused_key, stored_key
from insurance.operations.files.issue_download_link import Link, issue_download_link
from insurance.operations.files.ports import Objects

INVESTIGATOR = "supervisor"
"""Whose work it is to look into a file that was refused."""


@dataclass(frozen=True, slots=True)
class LentEvidence:
    evidence: Evidence
    link: Link | None
    """None unless the file was received, or was refused and the caller looks into that."""


def read_evidence(
    claim_id: str,
    evidence_id: str,
    *,
    caller: Caller,
    claims: Claims,
    objects: Objects,
    now: datetime,
) -> LentEvidence:
    """A file that was received is lent to whoever sees it; one that was refused to those who look
    into why, under a name that nothing opens. AlreadyErased: nobody can read it any more."""
    kept = read_claim(claim_id, caller=caller, claims=claims)
    evidence = evidence_of(kept.record, evidence_id, caller)
    if kept.key is None:
        raise AlreadyErased(claim_id)
    looks_into_it = caller.kind is CallerKind.STAFF and INVESTIGATOR in caller.roles
    if evidence.status is EvidenceStatus.RECEIVED:
        where, media_type = stored_key(evidence_id), str(evidence.media_type)
        name = f"{evidence.code.replace('_', '-')}.{ENDINGS[evidence.media_type]}"
    elif evidence.status is EvidenceStatus.REFUSED and looks_into_it:
        where, media_type = refused_key(evidence_id), "application/octet-stream"
        name = f"refused-{evidence.code.replace('_', '-')}.bin"
    else:
        return LentEvidence(evidence, None)
    sealed = objects.get(where)
    if sealed is None and evidence.status is EvidenceStatus.REFUSED:
        return LentEvidence(evidence, None)  # its time is over
    if sealed is None:
        raise EvidenceNotFound(evidence_id)
    file = opened(sealed, evidence_id, kept.key)
    link = issue_download_link(
        evidence.id, file, media_type=media_type, name=name, objects=objects, now=now
    )
    return LentEvidence(evidence, link)


def list_evidence(claim_id: str, *, caller: Caller, claims: Claims) -> tuple[Evidence, ...]:
    return shown_to(caller, read_claim(claim_id, caller=caller, claims=claims).record)
