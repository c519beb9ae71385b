"""Take evidence: a form to send one file with, and the file read, checked, cleaned and kept sealed."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from insurance.domain.claim import Claim
from insurance.domain.claim.files import (
    announced,
    evidence_of,
    received,
    same_file,
    with_evidence,
)
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import (
    AlreadyErased,
    EvidenceNotSent,
    FieldFault,
    InvalidFields,
    StaleRevision,
)
from insurance.domain.core.identity import evidence_id_for, file_mark
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.evidence.evidence import OTHER, Evidence, EvidenceStatus
from insurance.domain.evidence.media import BYTES_MAX, MediaType, Refusal, mismatch
from insurance.domain.evidence.pictures import Unreadable, without_metadata
from insurance.domain.product import Product
from insurance.operations.claims.change_claim import load_claim, store_claim
from insurance.operations.claims.complete_notice import lacking
from insurance.operations.claims.ports import ClaimContext, Claims, Scanner
from insurance.operations.claims.verify_claim import verify_filed
from insurance.operations.files.ports import Objects, UploadForm
from insurance.operations.idempotency import Idempotency
from insurance.operations.products.ports import Products

SENT_WITHIN = timedelta(minutes=10)
"""How long a form takes the file. What was sent and never asked about is gone a day or two later."""


@dataclass(frozen=True, slots=True)
class EvidenceOffered:
    """A file that somebody has, as they describe it."""

    code: str
    media_type: MediaType
    size_bytes: int
    sha256: str
    """In hexadecimal."""
    name: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A form that takes this one file and no other, for a short time."""

    form: UploadForm
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AskedEvidence:
    evidence: Evidence
    upload: Upload


def ask_for_evidence(
    claim_id: str,
    offered: EvidenceOffered,
    *,
    expected_revision: int | None,
    caller: Caller,
    products: Products,
    claims: Claims,
    objects: Objects,
    receipt: Idempotency,
) -> AskedEvidence:
    """Announce a file. The same file again is the same evidence, with a new form."""
    file = load_claim(
        claim_id,
        expected_revision=expected_revision,
        caller=caller,
        claims=claims,
        receipt=receipt,
        evidence=True,
    )
    claim, _ = _open(file.claim)
    listed = [*_asked_for(claim, _product(file, products)), OTHER]
    if offered.code not in listed:
        detail = f"What can be sent: {', '.join(listed)}."
        raise InvalidFields([FieldFault("/code", "unknown", detail)])
    earlier = same_file(claim, offered.sha256)
    if earlier is not None:
        earlier.check_expected("be sent again")
    evidence = Evidence(
        id=earlier.id if earlier else evidence_id_for(claim.id, len(claim.evidence) + 1),
        code=offered.code,
        media_type=offered.media_type,
        size_bytes=offered.size_bytes,
        sha256=offered.sha256,
        name=offered.name,
        asked_by=caller.principal,
        asked_at=receipt.now,
    )
    form = objects.upload_form(
        inbox_key(evidence),
        media_type=evidence.media_type,
        sha256=b64encode(bytes.fromhex(evidence.sha256)).decode(),
        largest=min(evidence.size_bytes, BYTES_MAX),
        seconds=int(SENT_WITHIN.total_seconds()),
    )
    asked = AskedEvidence(evidence, Upload(form, receipt.received_at + SENT_WITHIN))
    store_claim(
        announced(claim, evidence),
        "claim.evidence_asked",
        before=file.claim,
        caller=caller,
        claims=claims,
        receipt=receipt,
        answer=asked,
    )
    return asked


def receive_evidence(
    claim_id: str,
    evidence_id: str,
    *,
    expected_revision: int | None,
    caller: Caller,
    products: Products,
    claims: Claims,
    objects: Objects,
    scanner: Scanner,
    receipt: Idempotency,
) -> Evidence:
    """Read the file that was sent: keep it sealed and clean, or refuse it and say why.

    What is refused is kept apart for a while as it was sent, sealed as well. The file is stored before the claim says so, under a key that only it can have, and what
    was sent is deleted after: whoever dies in between is finished by the next try.
    """
    file = load_claim(
        claim_id,
        expected_revision=expected_revision,
        caller=caller,
        claims=claims,
        receipt=receipt,
        evidence=True,
    )
    claim, key = _open(file.claim)
    evidence = evidence_of(claim, evidence_id, caller)
    evidence.check_expected("be received")
    sent = objects.get(inbox_key(evidence))
    if sent is None:
        raise EvidenceNotSent(evidence_id)
    evidence = evidence.replace(received_at=receipt.now)
    clean = _clean(sent, evidence, scanner)
    if isinstance(clean, Refusal):
        stored = _stored(refused_key(evidence.id), sent, evidence, key, objects)
        evidence = evidence.replace(
            status=EvidenceStatus.REFUSED,
            refused_because=clean,
            stored_sha256=sha256(stored).hexdigest(),
        )
        claim, type = with_evidence(claim, evidence), "claim.evidence_refused"
    else:
        stored = _stored(stored_key(evidence.id), clean, evidence, key, objects)
        evidence = evidence.replace(stored_sha256=sha256(stored).hexdigest())
        claim, type = (
            _with_received(claim, evidence, key, file, products),
            "claim.evidence_received",
        )
    evidence = evidence_of(claim, evidence_id, caller)
    store_claim(
        claim,
        type,
        before=file.claim,
        caller=caller,
        claims=claims,
        receipt=receipt,
        answer=evidence,
    )
    objects.delete(inbox_key(evidence))
    return evidence


def inbox_key(evidence: Evidence) -> str:
    """Where the file is sent to. Neither an id nor a key names a person."""
    return f"inbox/{evidence.id}"


def stored_key(evidence_id: str) -> str:
    """Where the clean file is for good, sealed."""
    return f"sealed/{evidence_id}"


def refused_key(evidence_id: str) -> str:
    """Where a refused file is as it was sent, sealed, until the bucket's rule deletes it."""
    return f"refused/{evidence_id}"


def opened(sealed: bytes, evidence_id: str, key: PartyKey) -> bytes:
    """The file again."""
    return b64decode(str(key.unseal(sealed, evidence_id)["file"]))


def _open(kept: Stored[Claim]) -> tuple[Claim, PartyKey]:
    if kept.key is None:
        raise AlreadyErased(kept.record.id)
    return kept.record, kept.key


def _product(file: ClaimContext, products: Products) -> Product:
    return products.version(file.policy.product)


def _asked_for(claim: Claim, product: Product) -> list[str]:
    """What the cover wants to see. A code that is a question too is answered, not shown."""
    cover = product.claims.of(claim.cover)
    questions = {ask.code for ask in cover.asks}
    return [one.code for one in cover.evidence if one.code not in questions]


def _clean(sent: bytes, evidence: Evidence, scanner: Scanner) -> bytes | Refusal:
    """The file as it is kept, or why it is not."""
    wrong = mismatch(sent, evidence.media_type, evidence.size_bytes, evidence.sha256)
    if wrong is not None:
        return wrong
    if scanner.found_in(sent) is not None:
        return Refusal.INFECTED
    try:
        return without_metadata(sent, evidence.media_type)
    except Unreadable:
        return Refusal.UNREADABLE


def _stored(where: str, file: bytes, evidence: Evidence, key: PartyKey, objects: Objects) -> bytes:
    """The file as it is stored: sealed with the party's key, so that an erasure reaches it."""
    sealed = key.seal({"file": b64encode(file).decode()}, evidence.id)
    if objects.put(where, sealed, media_type="application/octet-stream"):
        return sealed
    there = objects.get(where)
    if there is None:
        raise StaleRevision(evidence.id)
    return there


def _with_received(
    claim: Claim, evidence: Evidence, key: PartyKey, file: ClaimContext, products: Products
) -> Claim:
    mark = file_mark(claim.policy_id, key.seal({"sha256": evidence.sha256}, claim.policy_id))
    taken = received(
        claim,
        evidence,
        mark=mark,
        seen_on=file.seen.get(mark),
        answers=evidence.code != OTHER,
    )
    return lacking(taken, verify_filed(taken, file, _product(file, products)).missing)
