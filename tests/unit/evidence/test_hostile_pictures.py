"""Pictures that mean harm are refused with their reason, soon and without much memory."""

import tracemalloc
from zlib import compress

import pytest
from insurance.domain.evidence.media import BYTES_MAX, MediaType
from insurance.domain.evidence.pictures import without_metadata
from insurance.domain.evidence.refusal import ADVICE, FileRefused, Refusal
from insurance.scanning import EICAR, BundledScanner

from tests.support.hostile_pictures import (
    bomb,
    docx_of,
    header,
    hostile_pictures,
    jpeg_of,
    png_of,
    zip_of,
)
from tests.support.pictures import END, chunk

PARSED = [
    pytest.param(bad, id=bad.name)
    for bad in hostile_pictures()
    if bad.why not in {Refusal.WRONG_TYPE, Refusal.INFECTED}
]


@pytest.mark.parametrize("bad", PARSED)
def test_a_hostile_picture_is_refused_with_its_reason_in_little_memory(bad):
    tracemalloc.start()

    with pytest.raises(FileRefused) as refused:
        without_metadata(bad.file, MediaType(bad.media_type))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert refused.value.refusal == bad.why
    assert peak < 4 * BYTES_MAX


@pytest.mark.parametrize(
    ("width", "height", "colour"), [(10_000, 10_000, 0), (30_000, 3_333, 0), (5_000, 20_000, 6)]
)
def test_a_picture_of_the_largest_size_is_taken(width, height, colour):
    assert without_metadata(jpeg_of(width, height), MediaType.JPEG)
    assert without_metadata(png_of(width, height, colour=colour), MediaType.PNG)


@pytest.mark.parametrize(
    ("width", "height", "depth", "colour", "size"),
    # counted by hand: the rows of each of Adam7's passes that has pixels, each with its filter's byte
    [(1, 1, 8, 0, 2), (2, 2, 8, 0, 2 + 2 + 3), (8, 8, 1, 0, 30), (3, 1, 16, 6, 9 + 9 + 9)],
)
def test_an_interlaced_picture_has_as_many_pixels_as_its_passes(width, height, depth, colour, size):
    parts = header(width, height, depth=depth, colour=colour, laced=1)

    def laced(amount):
        body = chunk(b"IDAT", bomb(amount))
        return b"\x89PNG\r\n\x1a\n" + parts + body + END

    assert without_metadata(laced(size), MediaType.PNG)
    for wrong in (size - 1, size + 1):
        with pytest.raises(FileRefused):
            without_metadata(laced(wrong), MediaType.PNG)


def test_the_scanner_looks_into_what_is_deflated():
    stream = b"%PDF-1.7\n1 0 obj <</Filter/FlateDecode>> stream\r\n" + compress(EICAR)
    for file in (
        stream,
        zip_of("eicar.com", EICAR),
        docx_of(EICAR),
        zip_of("inner.zip", docx_of(EICAR)),
        b"%PDF-1.7\nstream\n" + compress(docx_of(EICAR)),
        stream[:-1],
    ):
        assert EICAR not in file
        assert BundledScanner().found_in(file) == "EICAR-Test-File"


def found_in(file):
    try:
        return BundledScanner().found_in(file)
    except FileRefused as refused:
        return refused.refusal


EMPTY = b"\0\0\0\xff\xff"
"""A deflated block with nothing in it."""


@pytest.mark.parametrize(
    ("file", "ends"),
    [
        (b"stream\n" * (BYTES_MAX // 7), Refusal.TOO_COMPLEX),
        (b"PK\x03\x04" * (BYTES_MAX // 4), Refusal.TOO_COMPLEX),
        ((b"stream\n\x78\x9c" + EMPTY * 2) * 50_000, Refusal.TOO_COMPLEX),
        (b"stream\n\x78\x9c" + EMPTY * (BYTES_MAX // 5), None),
        ((b"stream\n" + bomb(1 << 20)) * 1_000, Refusal.INFLATES),
        (b"stream\n" + bomb(50 << 20), Refusal.INFLATES),
    ],
    ids=["starts", "archives", "short_nothings", "nothing", "bombs", "one_bomb"],
)
def test_the_scanner_comes_to_an_end(file, ends):
    tracemalloc.start()

    found = found_in(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found == ends
    assert peak < 150 << 20


def test_every_reason_tells_the_sender_what_to_do():
    assert set(ADVICE) == set(Refusal)
