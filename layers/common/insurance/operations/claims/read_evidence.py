"""Read evidence: all that a claim has, or one file with a link that ends soon."""

from dataclasses import dataclass
from typing import NamedTuple

from insurance.domain.claim.evidence import find_evidence, visible_evidence
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import AlreadyErased, EvidenceNotFound
from insurance.domain.core.roles import Role
from insurance.domain.evidence.evidence import Evidence, EvidenceStatus
from insurance.domain.evidence.media import ENDINGS
from insurance.operations.claims.evidence_objects import refused_key, sealed_key, unseal_file
from insurance.operations.claims.ports import EvidencePorts
from insurance.operations.claims.read_claim import read_claim
from insurance.operations.command import Query
from insurance.operations.files.issue_download_link import Link, ReadableCopy, issue_download_link


@dataclass(frozen=True, slots=True)
class LinkedEvidence:
    """Evidence, and where to read the file."""

    evidence: Evidence
    link: Link | None
    """None unless the file was received, or was refused and the caller may look into that."""


class _Object(NamedTuple):
    """A stored file, and what it is called when it is downloaded."""

    key: str
    name: str


def read_evidence(
    claim_id: str, evidence_id: str, query: Query, ports: EvidencePorts
) -> LinkedEvidence:
    """One file of a claim with a link to it.

    A refused file is linked for supervisors alone, under a name that no program opens.

    Raises:
        ClaimNotFound: The claim does not exist, or the caller may not see it.
        EvidenceNotFound: The claim has no such evidence, or the caller may not see it.
        AlreadyErased: The claim's people were erased: nobody can read the file any more.
    """
    stored = read_claim(claim_id, query.caller, ports.claims)
    evidence = find_evidence(stored.record, evidence_id, query.caller)
    if stored.key is None:
        raise AlreadyErased(claim_id)
    key = _object_of(evidence, query.caller)
    if key is None:
        return LinkedEvidence(evidence, None)
    sealed = ports.objects.get(key.key)
    if sealed is None and evidence.status is EvidenceStatus.REFUSED:
        return LinkedEvidence(evidence, None)  # the bucket's rule has deleted it
    if sealed is None:
        raise EvidenceNotFound(evidence_id)
    link = issue_download_link(
        ReadableCopy(evidence.id, stored.record.party, key.name),
        unseal_file(sealed, evidence_id, stored.key),
        objects=ports.objects,
        now=query.received_at,
    )
    return LinkedEvidence(evidence, link)


def list_evidence(claim_id: str, query: Query, ports: EvidencePorts) -> tuple[Evidence, ...]:
    """The evidence of a claim that the caller may see, in the order in which it was announced.

    Raises:
        ClaimNotFound: The claim does not exist, or the caller may not see it.
    """
    claim = read_claim(claim_id, query.caller, ports.claims).record
    return visible_evidence(claim, query.caller)


def _object_of(evidence: Evidence, caller: Caller) -> _Object | None:
    """The file that the caller may read; None: none."""
    name = evidence.code.replace("_", "-")
    if evidence.status is EvidenceStatus.RECEIVED:
        ending = ENDINGS[evidence.media_type]
        return _Object(sealed_key(evidence.id), f"{name}.{ending}")
    supervises = caller.kind is CallerKind.STAFF and Role.SUPERVISOR in caller.roles
    if evidence.status is EvidenceStatus.REFUSED and supervises:
        return _Object(refused_key(evidence.id), f"refused-{name}.bin")
    return None
