"""Uploads: a form that takes one file and no other, and the file read when a command names it.

Nothing is stored of an announcement. The id of an upload is derived from the caller and the file's hash,
so it says whose file it is and what is in it; the bucket deletes it after a day or two.
"""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import UploadNotScanned, UploadNotSent, UploadRefused
from insurance.domain.core.identity import UploadId, upload_id_for
from insurance.domain.evidence.refusal import FileRefused
from insurance.operations.command import Query
from insurance.operations.files.ports import Objects, ScanVerdict, UploadForm, UploadPorts

FORM_VALID_FOR: Final = timedelta(minutes=10)
"""How long a form takes the file."""

UPLOAD_BYTES_MAX: Final = 4 * 1024 * 1024
"""Of a file that a command takes whole into memory."""


@dataclass(frozen=True, slots=True)
class FileInput:
    """A file that a caller has, as they describe it."""

    size_bytes: int
    sha256: str
    """In hexadecimal."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A form that takes this one file and no other, for a short time."""

    form: UploadForm
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AnnouncedUpload:
    """The id by which a command names the file, and the form to send it with."""

    id: UploadId
    upload: Upload


def issue_upload_form(
    key: str, file: FileInput, *, media_type: str, received_at: datetime, objects: Objects
) -> Upload:
    """A form by which exactly this file can be stored under `key`."""
    form = objects.upload_form(
        key,
        media_type=media_type,
        sha256=b64encode(bytes.fromhex(file.sha256)).decode(),
        largest=file.size_bytes,
        seconds=int(FORM_VALID_FOR.total_seconds()),
    )
    return Upload(form, received_at + FORM_VALID_FOR)


def announce_upload(file: FileInput, query: Query, ports: UploadPorts) -> AnnouncedUpload:
    """Announce a file that a command will name. The same file again has the same id, and a new form."""
    id = upload_id_for(query.caller.mode, query.caller.principal, file.sha256)
    upload = issue_upload_form(
        id,
        file,
        media_type="application/octet-stream",
        received_at=query.received_at,
        objects=ports.objects,
    )
    return AnnouncedUpload(id, upload)


def read_upload(upload_id: UploadId, caller: Caller, ports: UploadPorts) -> str:
    """The text of a file that this caller uploaded.

    Raises:
        UploadNotSent: Nothing of this caller's is there: never sent, or deleted since.
        UploadNotScanned: The scan for malware has not come to it yet.
        UploadRefused: It holds malware, more than can be looked at, or no UTF-8.
        Unavailable: It could not be scanned.
    """
    try:
        return read_uploaded(upload_id, caller, ports).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UploadRefused("it is not UTF-8") from error


def read_uploaded(upload_id: UploadId, caller: Caller, ports: UploadPorts) -> bytes:
    """A file that this caller uploaded.

    Raises:
        UploadNotSent: Nothing of this caller's is there: never sent, or deleted since.
        UploadNotScanned: The scan for malware has not come to it yet.
        UploadRefused: It holds malware, or more than can be looked at.
        Unavailable: It could not be scanned.
    """
    verdict = ports.scans.verdict(upload_id)
    if verdict is ScanVerdict.PENDING:
        raise UploadNotScanned(upload_id)
    file = None if verdict is None else ports.objects.get(upload_id)
    if file is None:
        raise UploadNotSent(upload_id)
    if upload_id_for(caller.mode, caller.principal, sha256(file).hexdigest()) != upload_id:
        raise UploadNotSent(upload_id)  # another caller's
    _check_clean(file, verdict, ports)
    return file


def _check_clean(file: bytes, verdict: ScanVerdict | None, ports: UploadPorts) -> None:
    if verdict is ScanVerdict.NOT_SCANNABLE:
        raise UploadRefused("it cannot be scanned")
    try:
        found = ports.scanner.found_in(file)
    except FileRefused as refused:
        raise UploadRefused(f"it cannot be scanned ({refused.refusal})") from None
    if found is not None or verdict is not ScanVerdict.CLEAN:
        raise UploadRefused("it holds malware")
