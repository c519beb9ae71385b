"""Read evidence again: all that a claim has, or one file with a link that ends soon."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from insurance.domain.caller import Caller
from insurance.domain.claim.files import evidence_of
from insurance.domain.errors import AlreadyErased, EvidenceNotFound
from insurance.domain.evidence.evidence import Evidence, EvidenceStatus
from insurance.domain.evidence.media import ENDINGS
from insurance.operations.ports import Claims, Objects
from insurance.operations.read_claim import read_claim
from insurance.operations.take_evidence import opened, stored_key

LENT_FOR = timedelta(minutes=5)
"""How long a link can be read. What it reads is gone a day or two later."""


@dataclass(frozen=True, slots=True)
class EvidenceLink:
    """Where a file can be read for a short time, by whoever has the link."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LentEvidence:
    evidence: Evidence
    link: EvidenceLink | None
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
    evidence = evidence_of(kept.record, evidence_id)
    if kept.key is None:
        raise AlreadyErased(claim_id)
    if evidence.status is not EvidenceStatus.RECEIVED:
        return LentEvidence(evidence, None)
    sealed = objects.get(stored_key(evidence_id))
    if sealed is None:
        raise EvidenceNotFound(evidence_id)
    key = lent_key(evidence, now.date())
    objects.put(key, opened(sealed, evidence_id, kept.key), media_type=evidence.media_type)
    name = f"{evidence.code.replace('_', '-')}.{ENDINGS[evidence.media_type]}"
    url = objects.link(key, seconds=int(LENT_FOR.total_seconds()), name=name)
    return LentEvidence(evidence, EvidenceLink(url, now + LENT_FOR))


def lent_key(evidence: Evidence, day: date) -> str:
    """A new copy each day, so that none is deleted while a link to it is good."""
    return f"lent/{day.isoformat()}/{evidence.id}.{ENDINGS[evidence.media_type]}"


def list_evidence(claim_id: str, *, caller: Caller, claims: Claims) -> tuple[Evidence, ...]:
    return read_claim(claim_id, caller=caller, claims=claims).record.evidence
