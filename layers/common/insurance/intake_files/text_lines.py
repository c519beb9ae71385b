"""Bytes of a file as lines of text, bounded, whatever they hold."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO, Final

from insurance.domain.intake.document import Encoding
from insurance.domain.intake.files import UnreadableFile

BLOCK: Final = 2**16
LINE_MAX: Final = 2**17
"""Characters. No row of data is as long."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CODECS: Final = {
    Encoding.UTF_8: "utf-8",
    Encoding.UTF_16: "utf-16-le",
    Encoding.LATIN_1: "latin-1",
    Encoding.WINDOWS_1252: "cp1252",
}


def lines_of(stream: BinaryIO, encoding: Encoding) -> Iterator[str]:
    """Lines with their ends, each CR LF, LF or CR made one LF. A byte order mark counts for more than `encoding`.

    Raises:
        UnreadableFile: The bytes are no text in that encoding, hold NUL, or a line has no end.
    """
    first = stream.read(BLOCK)
    mark, codec = next(
        (known for known in _MARKS if first.startswith(known[0])), (b"", _CODECS[encoding])
    )
    decoder = codecs.getincrementaldecoder(codec)(errors="strict")
    block, rest, number = first[len(mark) :], "", 0
    while True:
        try:
            text = rest + decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            before = bytes(error.object[: error.start])
            raise UnreadableFile("wrong-encoding", number + 1 + before.count(b"\n")) from error
        if "\0" in text:
            raise UnreadableFile("nul", number + 1 + text[: text.index("\0")].count("\n"))
        held = "\r" if block and text.endswith("\r") else ""  # its LF may begin the next block
        text = text.removesuffix(held).replace("\r\n", "\n").replace("\r", "\n")
        *whole, rest = text.split("\n")
        rest += held
        for line in whole:
            number += 1
            if len(line) > LINE_MAX:
                raise UnreadableFile("line-too-long", number)
            yield f"{line}\n"
        if len(rest) > LINE_MAX:
            raise UnreadableFile("line-too-long", number + 1)
        if not block:
            if rest:
                yield rest
            return
        block = stream.read(BLOCK)
