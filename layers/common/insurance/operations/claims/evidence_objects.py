"""Where evidence files are stored, and how they are sealed: shared by taking and reading evidence."""

from base64 import b64decode, b64encode

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.stored import PartyKey
from insurance.domain.evidence.evidence import Evidence
from insurance.operations.files.ports import Objects


def inbox_key(evidence_id: str) -> str:
    """Where the file is sent to. Neither the id nor the key names a person."""
    return f"inbox/{evidence_id}"


def sealed_key(evidence_id: str) -> str:
    """Where the clean file stays, sealed."""
    return f"sealed/{evidence_id}"


def refused_key(evidence_id: str) -> str:
    """Where a refused file stays as it was sent, sealed, until the bucket's rule deletes it."""
    return f"refused/{evidence_id}"


def seal_file(
    object_key: str, file: bytes, evidence: Evidence, key: PartyKey, objects: Objects
) -> bytes:
    """Seal a file with the party's key, so that an erasure reaches it, and store it once.

    Returns:
        The sealed file as it is stored, by this call or by an earlier one that was cut off.

    Raises:
        StaleRevision: Another call has deleted it meanwhile.
    """
    sealed = key.seal({"file": b64encode(file).decode()}, evidence.id)
    if objects.put(object_key, sealed, media_type="application/octet-stream"):
        return sealed
    earlier = objects.get(object_key)
    if earlier is None:
        raise StaleRevision(evidence.id)
    return earlier


def unseal_file(sealed: bytes, evidence_id: str, key: PartyKey) -> bytes:
    """The file as it was sealed."""
    return b64decode(str(key.unseal(sealed, evidence_id)["file"]))
