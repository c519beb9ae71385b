"""What is taken out of pictures, and what stays as it was."""

import pytest
from insurance.domain.evidence.media import MediaType
from insurance.domain.evidence.pictures import without_metadata
from insurance.domain.evidence.refusal import FileRefused, Refusal

from tests.support.pictures import (
    END,
    HEADER,
    PICTURE,
    PIXELS,
    PLACE,
    chunk,
    exif,
    jpeg,
    photograph,
    png,
    segment,
)


def test_a_photograph_says_no_more_where_it_was_taken():
    taken = photograph()
    assert taken.count(PLACE) == 6

    clean = without_metadata(taken, MediaType.JPEG)

    assert PLACE not in clean
    assert b"GPS" not in clean
    assert b"\x88\x25" not in clean, "the tag that leads to a place"


def test_the_picture_itself_its_colours_and_its_orientation_stay():
    clean = without_metadata(photograph(orientation=6), MediaType.JPEG)

    assert PICTURE in clean
    assert b"JFIF\0" in clean
    assert b"ICC_PROFILE\0\x01\x01colours" in clean
    assert clean.endswith(PICTURE[-4:] + b"\xff\xd9")
    assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in clean


@pytest.mark.parametrize("order", ["big", "little"])
@pytest.mark.parametrize("orientation", range(2, 9))
def test_an_orientation_is_read_in_both_byte_orders(order, orientation):
    clean = without_metadata(jpeg(exif(orientation, order)), MediaType.JPEG)

    assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00" + bytes([orientation]) in clean


@pytest.mark.parametrize("orientation", [0, 1, 9, 60_000])
def test_an_upright_or_senseless_orientation_is_not_written(orientation):
    assert without_metadata(jpeg(exif(orientation)), MediaType.JPEG) == jpeg()


@pytest.mark.parametrize("tiff", [b"", b"MM", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff"])
def test_exif_that_is_cut_short_says_nothing(tiff):
    taken = jpeg(segment(0xE1, b"Exif\0\0" + tiff))

    assert without_metadata(taken, MediaType.JPEG) == jpeg()


def test_cleaning_twice_changes_nothing_more():
    once = without_metadata(photograph(), MediaType.JPEG)

    assert without_metadata(once, MediaType.JPEG) == once


@pytest.mark.parametrize("cut", range(2, len(jpeg(exif()))))
def test_a_photograph_that_ends_early_is_unreadable(cut):
    with pytest.raises(FileRefused, match=Refusal.UNREADABLE):
        without_metadata(jpeg(exif())[:cut], MediaType.JPEG)


def test_a_jpeg_without_a_picture_is_unreadable():
    with pytest.raises(FileRefused, match=Refusal.UNREADABLE):
        without_metadata(b"\xff\xd8\xff\xd9", MediaType.JPEG)


def test_a_png_keeps_what_is_needed_to_show_it():
    colours = chunk(b"gAMA", b"\0\0\xb1\x8f")
    taken = png(
        colours,
        chunk(b"eXIf", PLACE),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0" + PLACE),
        chunk(b"tEXt", b"Comment\0" + PLACE),
        chunk(b"zTXt", PLACE),
        chunk(b"tIME", bytes(7)),
        chunk(b"caBX", PLACE),
        after=PLACE,
    )

    assert without_metadata(taken, MediaType.PNG) == png(colours)
    assert HEADER + colours + PIXELS + END in without_metadata(taken, MediaType.PNG)


@pytest.mark.parametrize("cut", range(8, len(png())))
def test_a_png_that_ends_early_is_unreadable(cut):
    with pytest.raises(FileRefused, match=Refusal.UNREADABLE):
        without_metadata(png()[:cut], MediaType.PNG)


def test_a_png_whose_sums_do_not_hold_is_unreadable():
    with pytest.raises(FileRefused, match=Refusal.UNREADABLE):
        without_metadata(png().replace(PIXELS, PIXELS[:-1] + b"\0"), MediaType.PNG)


def test_a_pdf_stays_as_it_is():
    assert without_metadata(b"%PDF-1.7 and so on", MediaType.PDF) == b"%PDF-1.7 and so on"
