"""What a PDF may hold: pages, pictures, fonts, links; nothing that runs, opens by itself, or is another file.

A file is seen twice. As bytes: whatever reader opens it, and whatever that reader takes for the file's
objects, stands in the bytes or is deflated in them. And as the objects that a reader finds (pypdf), where
names may be written in other ways and streams be encoded in others.
Names and actions: ISO 32000-2, 7.7.2 (catalog), 7.11.4 (embedded files), 12.6.4 (actions).
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

from pypdf import PdfReader
from pypdf.errors import LimitReachedError
from pypdf.generic import DictionaryObject, IndirectObject, StreamObject

from insurance.domain.evidence.bounds import check_size
from insurance.domain.evidence.inflation import INFLATED_MAX
from insurance.domain.evidence.jpeg import clean_jpeg
from insurance.domain.evidence.refusal import FileRefused, Refusal
from insurance.domain.evidence.unpacking import contents
from insurance.scanning import BundledScanner

BEGINS: Final = re.compile(rb"%PDF-[12]\.[0-9]\s")
ENDS: Final = re.compile(rb"%%EOF[\s\0]*\Z")
OTHER_TYPES: Final = re.compile(
    rb"<(?:html|script|!doctype\s+html|iframe)[\s>]|<\?php\s", re.IGNORECASE
)
ARCHIVE_ENDS, ARCHIVE_TAIL = b"PK\x05\x06", 66_000
"""By which an archive is found, from the end: its last record and the longest comment behind it."""

EMBEDDED_KEYS: Final = frozenset({"/EF", "/EmbeddedFiles", "/Collection"})
ACTIVE_KEYS: Final = frozenset({"/JS", "/JavaScript", "/AA", "/XFA", "/RichMediaContent"})
ACTIONS: Final = frozenset(
    [
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToR",
        "/GoToE",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/GoTo3DView",
        "/RichMediaExecute",
    ]
)
ANNOTATIONS: Final = frozenset(["/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"])


def _written(*names: str) -> re.Pattern[bytes]:
    """Names as a PDF may write them: each character as itself or as `#` and its number."""
    either = "|".join(
        "".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name) for name in names
    )
    return re.compile(rf"/(?:{either})(?=[\s\0()<>\[\]{{}}/%]|\Z)".encode())


ENCRYPTED: Final = _written("Encrypt")
ACTIVE: Final = _written(
    *("JavaScript", "Launch", "SubmitForm", "ImportData", "GoToR", "GoToE"),
    *("Rendition", "RichMedia", "XFA"),
)
EMBEDDED: Final = _written("EmbeddedFile", "EmbeddedFiles", "FileAttachment")


def check_pdf(pdf: bytes) -> None:
    """Check that a PDF is whole, is nothing else, and holds nothing that is active or not seen.

    Raises:
        FileRefused: It is not.
    """
    _check_bytes(pdf)
    reader = PdfReader(BytesIO(pdf), strict=False)
    left = INFLATED_MAX
    for value in _objects(reader):
        _check_value(value)
        if isinstance(value, StreamObject):
            left -= _check_stream(value)
            if left < 0:
                raise FileRefused(Refusal.INFLATES)
    if not any(True for _ in reader.pages):
        raise FileRefused(Refusal.UNREADABLE)


def _check_bytes(pdf: bytes) -> None:
    if not BEGINS.match(pdf) or b"%%EOF" not in pdf:
        raise FileRefused(Refusal.UNREADABLE)
    if ENCRYPTED.search(pdf):
        raise FileRefused(Refusal.ENCRYPTED)
    if OTHER_TYPES.search(pdf) or ARCHIVE_ENDS in pdf[-ARCHIVE_TAIL:]:
        raise FileRefused(Refusal.MIXED_TYPES)
    if not ENDS.search(pdf, pdf.rindex(b"%%EOF")):
        raise FileRefused(Refusal.TRAILING_CONTENT)
    for content in contents(pdf):
        if EMBEDDED.search(content):
            raise FileRefused(Refusal.EMBEDDED_FILE)
        if ACTIVE.search(content):
            raise FileRefused(Refusal.ACTIVE_CONTENT)


def _objects(reader: PdfReader) -> Iterator[Any]:
    """Every object that the file's tables name, whether or not something leads to it."""
    yield reader.trailer
    for generation, numbers in list(reader.xref.items()):
        for number in list(numbers):
            yield IndirectObject(number, generation, reader).get_object()
    for number in list(reader.xref_objStm):
        yield IndirectObject(number, 0, reader).get_object()


def _check_value(value: Any) -> None:
    """Everything that stands in an object itself; what it refers to is another object."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, DictionaryObject):
            _check_dictionary(part)
            waiting.extend(dict.values(part))
        elif isinstance(part, list):
            waiting.extend(part)


def _check_dictionary(part: DictionaryObject) -> None:
    kinds = {_value(part, key) for key in ("/Type", "/Subtype", "/S")}
    if part.keys() & EMBEDDED_KEYS or kinds & {"/EmbeddedFile", "/FileAttachment"}:
        raise FileRefused(Refusal.EMBEDDED_FILE)
    if part.keys() & ACTIVE_KEYS or kinds & ACTIONS or kinds & ANNOTATIONS:
        raise FileRefused(Refusal.ACTIVE_CONTENT)
    opens = _value(part, "/OpenAction")  # at a place in the document, as many programs write
    if isinstance(opens, DictionaryObject) and (_value(opens, "/S") != "/GoTo" or "/Next" in opens):
        raise FileRefused(Refusal.ACTIVE_CONTENT)


def _value(part: DictionaryObject, key: str) -> Any:
    """What stands under a key, there or where it refers to; None: nothing."""
    return part[key] if key in part else None  # noqa: SIM401 - `get` follows no reference


def _check_stream(stream: StreamObject) -> int:
    """The bytes that it decodes to. Pictures are not decoded: their size is read."""
    if "/F" in stream:  # its data are in another file
        raise FileRefused(Refusal.ACTIVE_CONTENT)
    if _value(stream, "/Subtype") == "/Image":
        check_size(int(_value(stream, "/Width")), int(_value(stream, "/Height")))
        filters = _value(stream, "/Filter")
        if (filters[-1] if isinstance(filters, list) and filters else filters) in {
            "/DCTDecode",
            "/DCT",
        }:
            _check_jpeg(stream.get_data())
        return 0
    try:
        decoded = stream.get_data()
    except LimitReachedError:
        raise FileRefused(Refusal.INFLATES) from None
    if BundledScanner().found_in(decoded):
        raise FileRefused(Refusal.INFECTED)
    return len(decoded)


def _check_jpeg(picture: bytes) -> None:
    """What a JPEG says of its size, which need not be what the PDF says."""
    try:
        clean_jpeg(picture)
    except FileRefused as refused:
        if refused.refusal is not Refusal.UNREADABLE:
            raise
