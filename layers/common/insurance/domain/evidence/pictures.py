"""Pictures without what cameras write beside them: where, when, by whom, and smaller copies of it all.

The picture itself stays as it was, bit by bit. What is not known to be needed for showing it goes (Exif,
XMP, IPTC, comments, maker's notes, whatever follows its end); of Exif only the orientation is written again.

No picture is decoded. One that would cost a viewer too much is refused by what it says of its size; of a
PNG the pixels are counted, so that it has as many as it says.
"""

from insurance.domain.evidence.jpeg import clean_jpeg
from insurance.domain.evidence.media import MediaType
from insurance.domain.evidence.png import clean_png


def without_metadata(file: bytes, media_type: MediaType) -> bytes:
    """The same picture, saying only what it shows; any other file as it is.

    Raises:
        FileRefused: The picture is put together wrong, ends early, or is too large to be shown.
    """
    match media_type:
        case MediaType.JPEG:
            return clean_jpeg(file)
        case MediaType.PNG:
            return clean_png(file)
    return file
