"""The evidence of a claim: announced, received or refused, and recognised on another claim."""

from collections.abc import Sequence
from typing import Any

from insurance.domain.claim.change import ClaimChange
from insurance.domain.claim.claim import Claim
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.claim.lifecycle import ClaimStep
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import ClaimFull, EvidenceNotFound, FieldFault, InvalidFields
from insurance.domain.core.identity import ClaimId
from insurance.domain.evidence.evidence import EVIDENCE_MAX, OTHER, Evidence, EvidenceStatus
from insurance.domain.product import Product


def visible_evidence(claim: Claim, caller: Caller) -> tuple[Evidence, ...]:
    """The evidence that a caller may see: a policyholder sees what they sent themselves.

    Other files may be about other people, or about what the insurer thinks of the claim.
    """
    if caller.kind is not CallerKind.POLICYHOLDER:
        return claim.evidence
    return tuple(file for file in claim.evidence if file.requested_by == caller.principal)


def find_evidence(claim: Claim, evidence_id: str, caller: Caller) -> Evidence:
    """One file of the claim.

    Raises:
        EvidenceNotFound: The claim has none of this id, or the caller may not see it.
    """
    for evidence in visible_evidence(claim, caller):
        if evidence.id == evidence_id:
            return evidence
    raise EvidenceNotFound(evidence_id)


def find_same_file(claim: Claim, sha256: str) -> Evidence | None:
    """The claim's own evidence with this content. A refused file does not count: it may be retried."""
    for evidence in claim.evidence:
        if evidence.sha256 == sha256 and evidence.status is not EvidenceStatus.REFUSED:
            return evidence
    return None


def check_code(code: str, claim: Claim, product: Product) -> None:
    """Check that a file of this code can be sent for the claim.

    Raises:
        InvalidFields: The cover asks for no such evidence.
    """
    codes = [*_codes_of(claim, product), OTHER]
    if code not in codes:
        detail = f"What can be sent: {', '.join(codes)}."
        raise InvalidFields([FieldFault("/code", "unknown", detail)])


def announce_evidence(claim: Claim, evidence: Evidence) -> ClaimChange:
    """Expect a file. If it was announced before, it may be sent for longer.

    Raises:
        ClaimFull: The claim has as many files as it can hold.
        WrongState: The claim is closed.
    """
    others = tuple(file for file in claim.evidence if file.id != evidence.id)
    if len(others) >= EVIDENCE_MAX:
        raise ClaimFull(claim.id, EVIDENCE_MAX, "files of evidence")
    if len(others) < len(claim.evidence):
        announced = with_evidence(claim, evidence)
    else:
        announced = claim.moved(ClaimStep.TAKE_EVIDENCE, evidence=(*others, evidence))
    return ClaimChange(announced, ClaimEventType.EVIDENCE_ASKED)


def with_evidence(claim: Claim, changed: Evidence) -> Claim:
    """The claim with a file in its place.

    Raises:
        WrongState: The claim is closed.
    """
    evidence = tuple(changed if file.id == changed.id else file for file in claim.evidence)
    return claim.moved(ClaimStep.TAKE_EVIDENCE, evidence=evidence)


def with_received(claim: Claim, evidence: Evidence, mark: str, seen_on: ClaimId | None) -> Claim:
    """The claim with a file that was received.

    A file that came to another claim of the policy before links the two: it is very likely one
    loss. A file that the cover asks for answers the question of the same code.

    Args:
        claim: The claim.
        evidence: The file.
        mark: The mark by which the file is recognised on the policy's claims.
        seen_on: The claim on which it came first; None: on none yet.

    Raises:
        WrongState: The claim is closed.
    """
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
    if evidence.code != OTHER and not facts.get(evidence.code):
        changes["facts"] = facts | {evidence.code: evidence.id}
    return with_evidence(claim, evidence).replace(**changes)


def first_seen(before: Claim, claim: Claim) -> Sequence[str]:
    """The marks of files that no claim of the policy had before this one."""
    known = {file.mark for file in before.evidence}
    return [file.mark for file in claim.evidence if file.mark and file.mark not in known]


def _codes_of(claim: Claim, product: Product) -> list[str]:
    """The evidence that the cover asks for. A code that is a question too is answered, not sent."""
    cover = product.claims.of(claim.cover)
    questions = {ask.code for ask in cover.asks}
    return [wanted.code for wanted in cover.evidence if wanted.code not in questions]
