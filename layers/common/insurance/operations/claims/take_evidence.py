"""Take evidence: a form to send one file with, and the file read, checked, cleaned and sealed."""

from dataclasses import dataclass
from hashlib import sha256

from insurance.domain.claim import Claim
from insurance.domain.claim.change import ClaimChange
from insurance.domain.claim.context import ClaimContext
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.claim.evidence import (
    announce_evidence,
    check_code,
    find_evidence,
    find_same_file,
    with_evidence,
    with_received,
)
from insurance.domain.claim.notice import with_missing
from insurance.domain.claim.verification import verify_claim
from insurance.domain.core.errors import AlreadyErased, EvidenceNotScanned, EvidenceNotSent
from insurance.domain.core.identity import evidence_id_for, file_mark
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.evidence.evidence import Evidence, EvidenceStatus
from insurance.domain.evidence.media import MediaType, check_as_announced
from insurance.domain.evidence.pictures import without_metadata
from insurance.domain.evidence.refusal import FileRefused, Refusal
from insurance.domain.product import Product
from insurance.operations.claims.claim_context import load_claim, store_claim
from insurance.operations.claims.evidence_objects import (
    inbox_key,
    refused_key,
    seal_file,
    sealed_key,
)
from insurance.operations.claims.ports import EvidencePorts
from insurance.operations.command import Command
from insurance.operations.files.ports import ScanVerdict
from insurance.operations.files.uploads import FileInput, Upload, issue_upload_form


@dataclass(frozen=True, slots=True)
class EvidenceInput:
    """A file that a caller has, as they describe it."""

    code: str
    media_type: MediaType
    size_bytes: int
    sha256: str
    """In hexadecimal."""
    name: str


@dataclass(frozen=True, slots=True)
class AnnouncedEvidence:
    """Evidence, and the form to send it with."""

    evidence: Evidence
    upload: Upload


def announce_file(
    claim_id: str, file: EvidenceInput, command: Command, ports: EvidencePorts
) -> AnnouncedEvidence:
    """Announce a file. The same file again is the same evidence, with a new form.

    Raises:
        ClaimNotFound: The claim does not exist, or the caller may not see it.
        StaleRevision: Somebody else has changed it since the caller read it.
        AlreadyErased: The claim's people were erased.
        InvalidFields: The cover asks for no such evidence.
        WrongState: The same file was received already, or the claim is closed.
        ClaimFull: The claim has as many files as it can hold.
    """
    context = load_claim(claim_id, command, ports.claims, with_evidence=True)
    claim, _ = _not_erased(context.claim)
    check_code(file.code, claim, ports.products.version(context.policy.product))
    earlier = find_same_file(claim, file.sha256)
    if earlier is not None:
        earlier.check_expected("be sent again")
    evidence = Evidence(
        id=earlier.id if earlier else evidence_id_for(claim.id, len(claim.evidence) + 1),
        code=file.code,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        name=file.name,
        requested_by=command.actor,
        requested_at=command.now,
    )
    announced = AnnouncedEvidence(evidence, _upload(evidence, command, ports))
    change = announce_evidence(claim, evidence)
    store_claim(change, context.claim, command, ports.claims, answer=announced)
    return announced


def receive_file(
    claim_id: str, evidence_id: str, command: Command, ports: EvidencePorts
) -> Evidence:
    """Read a file that was sent: store it sealed and clean, or refuse it and say why.

    A refused file is stored apart for a while as it was sent, sealed as well. The file is stored
    before the claim says so, under a key that only it can have, and the inbox is emptied last: a
    call that is cut off in between is finished by the next one.

    Raises:
        ClaimNotFound: The claim does not exist, or the caller may not see it.
        EvidenceNotFound: The claim has no such evidence, or the caller may not see it.
        StaleRevision: Somebody else has changed the claim since the caller read it.
        AlreadyErased: The claim's people were erased.
        WrongState: The file was received or refused already.
        EvidenceNotSent: Nothing was sent yet.
        EvidenceNotScanned: The scan for malware has not come to the file yet.
        Unavailable: The file could not be scanned.
    """
    context = load_claim(claim_id, command, ports.claims, with_evidence=True)
    claim, key = _not_erased(context.claim)
    evidence = find_evidence(claim, evidence_id, command.caller)
    evidence.check_expected("be received")
    verdict, sent = _read_inbox(evidence_id, ports)
    evidence = evidence.replace(received_at=command.now)
    clean = _clean(sent, verdict, evidence, ports)
    if isinstance(clean, Refusal):
        sealed = seal_file(refused_key(evidence_id), sent, evidence, key, ports.objects)
        change = _refused(claim, evidence, clean, sealed)
    else:
        sealed = seal_file(sealed_key(evidence_id), clean, evidence, key, ports.objects)
        product = ports.products.version(context.policy.product)
        change = _received(context, evidence, key, product, sealed)
    changed = find_evidence(change.claim, evidence_id, command.caller)
    store_claim(change, context.claim, command, ports.claims, answer=changed)
    ports.objects.delete(inbox_key(evidence_id))
    return changed


def _not_erased(stored: Stored[Claim]) -> tuple[Claim, PartyKey]:
    if stored.key is None:
        raise AlreadyErased(stored.record.id)
    return stored.record, stored.key


def _upload(evidence: Evidence, command: Command, ports: EvidencePorts) -> Upload:
    return issue_upload_form(
        inbox_key(evidence.id),
        FileInput(evidence.size_bytes, evidence.sha256),
        media_type=evidence.media_type,
        received_at=command.idempotency.received_at,
        objects=ports.objects,
    )


def _read_inbox(evidence_id: str, ports: EvidencePorts) -> tuple[ScanVerdict, bytes]:
    """What the scan says of the file, and then the file: nothing reads one that was not scanned."""
    verdict = ports.scans.verdict(inbox_key(evidence_id))
    if verdict is ScanVerdict.PENDING:
        raise EvidenceNotScanned(evidence_id)
    sent = None if verdict is None else ports.objects.get(inbox_key(evidence_id))
    if verdict is None or sent is None:
        raise EvidenceNotSent(evidence_id)
    return verdict, sent


def _clean(
    sent: bytes, verdict: ScanVerdict, evidence: Evidence, ports: EvidencePorts
) -> bytes | Refusal:
    """The file as it is stored, or why it is refused. Only a file as announced is looked into."""
    try:
        check_as_announced(sent, evidence.media_type, evidence.size_bytes, evidence.sha256)
        if verdict is ScanVerdict.INFECTED or ports.scanner.found_in(sent) is not None:
            return Refusal.INFECTED
        is_pdf = evidence.media_type is MediaType.PDF
        refusal = ports.pdfs.refusal_of(sent) if is_pdf else None
        if refusal is None and verdict is ScanVerdict.NOT_SCANNABLE:
            return Refusal.NOT_SCANNABLE
        return refusal or without_metadata(sent, evidence.media_type)
    except FileRefused as refused:
        return refused.refusal


def _refused(claim: Claim, evidence: Evidence, refusal: Refusal, sealed: bytes) -> ClaimChange:
    refused = evidence.replace(
        status=EvidenceStatus.REFUSED,
        refused_because=refusal,
        stored_sha256=sha256(sealed).hexdigest(),
    )
    return ClaimChange(with_evidence(claim, refused), ClaimEventType.EVIDENCE_REFUSED)


def _received(
    context: ClaimContext, evidence: Evidence, key: PartyKey, product: Product, sealed: bytes
) -> ClaimChange:
    claim = context.claim.record
    mark = file_mark(claim.policy_id, key.seal({"sha256": evidence.sha256}, claim.policy_id))
    evidence = evidence.replace(stored_sha256=sha256(sealed).hexdigest())
    received = with_received(claim, evidence, mark, context.seen.get(mark))
    missing = verify_claim(received, context.policy, product, context.used).missing
    return ClaimChange(with_missing(received, missing), ClaimEventType.EVIDENCE_RECEIVED)
