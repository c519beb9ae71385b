"""The evidence of a claim: announced, received or refused, and known again on another claim."""

from collections.abc import Sequence
from typing import Any

from insurance.domain.claim.claim import Claim
from insurance.domain.claim.lifecycle import Step
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import ClaimFull, EvidenceNotFound
from insurance.domain.core.identity import ClaimId
from insurance.domain.evidence.evidence import EVIDENCE_MAX, Evidence, EvidenceStatus


def shown_to(caller: Caller, claim: Claim) -> tuple[Evidence, ...]:
    """What this caller sees: a policyholder what they sent. Other files may tell of other people, or
    of what is thought of the claim."""
    if caller.kind is not CallerKind.POLICYHOLDER:
        return claim.evidence
    return tuple(each for each in claim.evidence if each.asked_by == caller.principal)


def evidence_of(claim: Claim, evidence_id: str, caller: Caller) -> Evidence:
    for evidence in shown_to(caller, claim):
        if evidence.id == evidence_id:
            return evidence
    raise EvidenceNotFound(evidence_id)


def same_file(claim: Claim, sha256: str) -> Evidence | None:
    """The claim's own evidence with this content, unless it was refused: then it may be tried again."""
    for evidence in claim.evidence:
        if evidence.sha256 == sha256 and evidence.status is not EvidenceStatus.REFUSED:
            return evidence
    return None


def announced(claim: Claim, evidence: Evidence) -> Claim:
    """With a file that may be sent; one that was announced before may be sent for longer."""
    others = tuple(each for each in claim.evidence if each.id != evidence.id)
    if len(others) >= EVIDENCE_MAX:
        raise ClaimFull(claim.id, EVIDENCE_MAX, "files of evidence")
    if len(others) < len(claim.evidence):
        return with_evidence(claim, evidence)
    return claim.moved(Step.TAKE_EVIDENCE, evidence=(*others, evidence))


def with_evidence(claim: Claim, changed: Evidence) -> Claim:
    kept = tuple(changed if each.id == changed.id else each for each in claim.evidence)
    return claim.moved(Step.TAKE_EVIDENCE, evidence=kept)


def received(
    claim: Claim, evidence: Evidence, *, mark: str, seen_on: ClaimId | None, answers: bool
) -> Claim:
    """With a file that was found good. The same file on another claim: very likely one loss."""
    elsewhere = seen_on if seen_on != claim.id else None
    evidence = evidence.replace(
        status=EvidenceStatus.RECEIVED,
        mark=None if elsewhere else mark,
        same_file_as=elsewhere,
    )
    changes: dict[str, Any] = {}
    if elsewhere and elsewhere not in claim.same_loss_as:
        changes["same_loss_as"] = (*claim.same_loss_as, elsewhere)
    facts = claim.facts or {}
    if answers and not facts.get(evidence.code):
        changes["facts"] = facts | {evidence.code: evidence.id}
    return with_evidence(claim, evidence).replace(**changes)


def first_seen(before: Claim, claim: Claim) -> Sequence[str]:
    """The marks of files that no claim of the policy had before this one."""
    known = {each.mark for each in before.evidence}
    return [each.mark for each in claim.evidence if each.mark and each.mark not in known]
