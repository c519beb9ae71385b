"""Whether a file is what was said of it, and whether the bundled scanner finds what it knows."""

from hashlib import sha256

import pytest
from insurance.domain.evidence.media import MediaType, check_as_announced
from insurance.domain.evidence.refusal import FileRefused, Refusal
from insurance.scanning import EICAR, BundledScanner

from tests.support.pictures import jpeg, png

FILES = {MediaType.JPEG: jpeg(), MediaType.PNG: png(), MediaType.PDF: b"%PDF-1.7\n"}


def found(file, media_type, *, size=None, digest=None):
    try:
        check_as_announced(
            file,
            media_type,
            len(file) if size is None else size,
            digest or sha256(file).hexdigest(),
        )
    except FileRefused as refused:
        return refused.refusal
    return None


@pytest.mark.parametrize("kind", MediaType)
@pytest.mark.parametrize("announced", MediaType)
def test_a_file_is_known_by_how_it_begins_whatever_was_said(kind, announced):
    wrong = found(FILES[kind], announced)

    assert wrong is (None if kind is announced else Refusal.WRONG_TYPE)


@pytest.mark.parametrize("file", [b"", b"<html>", b"MZ\x90\0", b" %PDF-1.7", b"\xff\xd8"])
@pytest.mark.parametrize("announced", MediaType)
def test_what_is_none_of_them_is_of_the_wrong_type(file, announced):
    assert found(file, announced) is Refusal.WRONG_TYPE


def test_another_size_and_another_content_are_told_apart():
    assert found(jpeg(), MediaType.JPEG, size=1) is Refusal.WRONG_SIZE
    assert found(jpeg(), MediaType.JPEG, digest="0" * 64) is Refusal.WRONG_HASH


def test_the_scanner_finds_the_test_file_alone_and_inside_another():
    assert len(EICAR) == 68
    for file in (EICAR, b"%PDF-1.7\n" + EICAR + b"\n%%EOF", jpeg(after=EICAR)):
        assert BundledScanner().found_in(file) == "EICAR-Test-File"
    assert BundledScanner().found_in(jpeg()) is None
    assert BundledScanner().found_in(EICAR[:-1]) is None
