"""The parts of an Excel workbook: a zip of strangers, looked at before anything is unpacked.

We read the XML ourselves: a fast reader lays a sheet out as a rectangle, so that two cells at its far ends end the
process, and makes a float of every number (docs/data-mappings.md).
"""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, Final, NamedTuple
from xml.parsers import expat

from insurance.domain.intake.files import UnreadableFile

PARTS_MAX: Final = 2_000
DIRECTORY_MAX: Final = 2**20
UNPACKED_MAX: Final = 2**30
"""Bytes of all parts that are read. A million rows of twenty cells unpack to as much."""
RATIO_MAX: Final = 200
"""Unpacked to packed, of a part of more than a megabyte. Sheets of real numbers have 5 to 20."""
SMALL: Final = 2**20
BLOCK: Final = 2**16
SILENT_MAX: Final = 32
"""Blocks without a single tag or text: something in them is longer than any cell."""
OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
"""How old workbooks begin, and those that are protected by a password."""

type Start = Callable[[str, dict[str, str]], None]
type End = Callable[[str], None]
type Characters = Callable[[str], None]


class Handlers(NamedTuple):
    """What is done at each tag, by its name without namespace, and at each piece of text."""

    start: Start
    end: End
    characters: Characters


class Package:
    """The zip of a workbook."""

    def __init__(self, stream: BinaryIO) -> None:
        """Reads its directory, and no part.

        Raises:
            UnreadableFile: It is no zip, is protected, or unpacks to what nobody wants.
        """
        head = stream.read(len(OLE))
        stream.seek(0)
        if head == OLE:
            protected = "EncryptedPackage".encode("utf-16-le") in stream.read(2**20)
            raise UnreadableFile("encrypted" if protected else "not-a-workbook")
        _check_directory(stream)
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise UnreadableFile("not-a-workbook") from error
        self._parts = self._checked_parts()

    def _checked_parts(self) -> dict[str, zipfile.ZipInfo]:
        infos = self._zip.infolist()
        if len(infos) > PARTS_MAX:
            raise UnreadableFile("wrong-parts")
        parts: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            steps = info.filename.split("/")
            if info.filename.startswith("/") or ".." in steps or "\\" in info.orig_filename:
                raise UnreadableFile("wrong-parts")
            if info.flag_bits & 0x1:
                raise UnreadableFile("encrypted")
            if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise UnreadableFile("wrong-parts")
            if info.file_size > max(SMALL, RATIO_MAX * info.compress_size):
                raise UnreadableFile("too-large-unpacked")
            if parts.setdefault(info.filename.lower(), info) is not info:
                raise UnreadableFile("wrong-parts")
        if sum(info.file_size for info in infos) > UNPACKED_MAX:
            raise UnreadableFile("too-large-unpacked")
        return parts

    def has(self, name: str) -> bool:
        return name.lower() in self._parts

    def read(self, name: str, handlers: Handlers) -> None:
        """A whole part.

        Raises:
            UnreadableFile: It is not there, or cannot be read.
        """
        for _ in self.blocks(name, handlers):
            pass

    def blocks(self, name: str, handlers: Handlers) -> Iterator[None]:
        """A part block by block; after each its handlers were called.

        Raises:
            UnreadableFile: It is not there, or cannot be read.
        """
        if not self.has(name):
            raise UnreadableFile("wrong-parts")
        parser = _Parser(handlers)
        with _broken_is_refused(), self._zip.open(self._parts[name.lower()]) as part:
            yield from parser.parse(part)

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """By the id of a relation of a part: the last word of its type, and the part it leads to.

        Raises:
            UnreadableFile: The relations cannot be read.
        """
        folder, file = posixpath.split(name)
        relations = posixpath.join(folder, "_rels", f"{file}.rels")
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(
                    posixpath.join("/", folder, attributes.get("Target", ""))
                )
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = (kind, target.lstrip("/"))

        if self.has(relations):
            self.read(relations, Handlers(start, _nothing, _nothing))
        return found


def _check_directory(stream: BinaryIO) -> None:
    """Bounds the directory before zipfile reads all of it: at the end of the file, as zipfile finds it.

    Raises:
        UnreadableFile: There is none, it is too long, or it is one of more than 4 GB (zip64).
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _END_MAX))
    end = stream.read()
    at = len(end) - _END.size
    if at < 0 or not (end[at:].startswith(_SIGN) and end.endswith(b"\0\0")):
        at = end.rfind(_SIGN)
    if at < 0 or len(end) - at < _END.size:
        raise UnreadableFile("not-a-workbook")
    entries, length = _END.unpack_from(end, at)[4:6]
    if (
        entries > PARTS_MAX
        or length > DIRECTORY_MAX
        or end[max(0, at - 20) : at].startswith(_ZIP64)
    ):
        raise UnreadableFile("wrong-parts")
    stream.seek(0)


_END: Final = struct.Struct("<4s4H2LH")
_END_MAX: Final = _END.size + 2**16 + 20
_SIGN: Final = b"PK\x05\x06"
_ZIP64: Final = b"PK\x06\x07"


def _nothing(_: str) -> None:
    """Of no interest."""


@contextmanager
def _broken_is_refused() -> Iterator[None]:
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        raise UnreadableFile("wrong-parts") from error
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnreadableFile("not-xml") from error


class _Parser:
    """expat without document types and entities, which refuses what is longer than any cell."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers
        self._silent = 0
        self._expat = parser = expat.ParserCreate(namespace_separator="|")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse

    def parse(self, part: IO[bytes]) -> Iterator[None]:
        while block := part.read(BLOCK):
            self._silent += 1
            if self._silent > SILENT_MAX:
                raise UnreadableFile("cell-too-long")
            self._expat.Parse(block, False)  # noqa: FBT003 - expat's own signature
            yield
        self._expat.Parse(b"", True)  # noqa: FBT003 - the same
        yield

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._silent = 0
        self._handlers.start(name.rpartition("|")[2], attributes)

    def _end(self, name: str) -> None:
        self._handlers.end(name.rpartition("|")[2])

    def _characters(self, text: str) -> None:
        self._silent = 0
        self._handlers.characters(text)

    def _refuse(self, *_: Any) -> None:
        raise UnreadableFile("document-type")
