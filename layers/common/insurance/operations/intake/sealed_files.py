"""The rows of a batch's file, sealed with the batch's key: pieces that are read one by one, and go when the key goes.

A file is read once, whatever its format, and its upload is deleted when the last piece is there. Sealing is the same for
the same rows, so who dies over it begins again and writes nothing twice.
"""

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any, Final, NamedTuple

from insurance.domain.core.errors import (
    Unavailable,
    UploadNotScanned,
    UploadNotSent,
    UploadRefused,
)
from insurance.domain.core.stored import PartyKey
from insurance.domain.intake.batch import DataBatch
from insurance.domain.intake.document import MappingDocument
from insurance.domain.intake.files import UnreadableFile
from insurance.domain.intake.row import RawRow
from insurance.operations.files.uploads import read_uploaded
from insurance.operations.intake.ports import IntakePorts

PIECE_ROWS: Final = 2_000
PIECE_CHARACTERS: Final = 2**20
"""Of values: one row more may go beyond it."""
SEALED: Final = "application/octet-stream"


class PieceRow(NamedTuple):
    """A row, and the piece of the sealed file in which it stands."""

    piece: int
    row: RawRow


def seal_file(
    batch: DataBatch, key: PartyKey, file: bytes, document: MappingDocument, ports: IntakePorts
) -> None:
    """Store the file's rows in sealed pieces, and delete the upload. The first piece is stored last: where it is, all are.

    Raises:
        Unavailable: The object store did not answer: the first run begins again.
    """
    rows: list[list[Any]] = []
    first: dict[str, Any] = {}
    piece = length = 0
    end: dict[str, Any] = {"last": True}
    try:
        for row in ports.read_rows(BytesIO(file), document):
            rows.append([row.number, row.fault, dict(row.values)])
            length += sum(map(len, row.values.values()))
            if len(rows) >= PIECE_ROWS or length >= PIECE_CHARACTERS:
                if piece:
                    _put(batch, key, piece, {"rows": rows}, ports)
                else:
                    first = {"rows": rows}
                piece, rows, length = piece + 1, [], 0
    except UnreadableFile as error:
        end |= {"code": error.code, "place": error.place}
    _put(batch, key, piece, {"rows": rows, **end}, ports)
    if piece:
        _put(batch, key, 0, first, ports)
    ports.uploads.objects.delete_all(batch.upload_id)


def check_sealed(
    batch: DataBatch, key: PartyKey, document: MappingDocument, ports: IntakePorts
) -> None:
    """Check that the file is sealed, before anything of it is read; seal it now, where it is not.

    Raises:
        UploadNotSent: It is not sealed, and its upload is gone: it went after some days, or with another source's batch of
            the same file.
        Unavailable: The object store did not answer.
    """
    if ports.uploads.objects.get(_name(batch, 0)) is not None:
        return
    with suppress(UploadNotScanned, UploadRefused):  # the first run says so
        file = read_uploaded(batch.upload_id, batch.sender, ports.uploads)
        seal_file(batch, key, file, document, ports)


def sealed_rows(
    batch: DataBatch,
    key: PartyKey | None,
    first: int,
    document: MappingDocument,
    ports: IntakePorts,
) -> Iterator[PieceRow]:
    """The rows of a batch's file from a piece on; sealed now, where they are not yet.

    Raises:
        UnreadableFile: The file cannot be read, or not from here on; or it is gone.
        Unavailable: The object store did not answer.
    """
    if key is None:
        raise UnreadableFile("file-gone")
    piece, more = first, True
    while more:
        name = _name(batch, piece)
        sealed = ports.uploads.objects.get(name)
        if sealed is None:
            seal_file(batch, key, _uploaded(batch, ports), document, ports)
            sealed = ports.uploads.objects.get(name)
        if sealed is None:
            raise UnreadableFile("file-gone")
        opened = key.unseal(sealed, name)
        for number, fault, values in opened["rows"]:
            yield PieceRow(piece, RawRow(number, values, fault))
        if "code" in opened:
            raise UnreadableFile(opened["code"], opened["place"])
        piece, more = piece + 1, "last" not in opened


def delete_sealed(batch: DataBatch, ports: IntakePorts) -> None:
    """Delete the pieces of a batch that has ended, and whose key is destroyed: nobody can read what is left of them. And
    the upload, where who sealed it died before that."""
    with suppress(Unavailable):  # the bucket deletes them in time
        for prefix in (f"sealed/{batch.id}/", batch.upload_id):
            ports.uploads.objects.delete_all(prefix)


def _put(
    batch: DataBatch, key: PartyKey, piece: int, content: dict[str, Any], ports: IntakePorts
) -> None:
    name = _name(batch, piece)
    ports.uploads.objects.put(name, key.seal(content, name), media_type=SEALED)


def _name(batch: DataBatch, piece: int) -> str:
    return f"sealed/{batch.id}/{piece:06d}"


def _uploaded(batch: DataBatch, ports: IntakePorts) -> bytes:
    try:
        return read_uploaded(batch.upload_id, batch.sender, ports.uploads)
    except (UploadNotSent, UploadNotScanned, UploadRefused) as error:
        raise UnreadableFile("file-gone") from error
