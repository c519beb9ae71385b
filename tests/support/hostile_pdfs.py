"""PDFs that mean harm, and sound ones that resemble them: all built here, none stored."""

from base64 import a85encode
from collections.abc import Iterator, Mapping
from zlib import compress

from insurance.scanning import EICAR

from tests.support.hostile_pictures import BadFile, bomb, docx_of, jpeg_of, zip_of

type Objects = Mapping[int, bytes]

SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R%s>>"


def stream_of(
    content: bytes, beside: bytes = b"/Filter/FlateDecode", data: bytes | None = None
) -> bytes:
    """A stream object: deflated, unless its data are given."""
    body = compress(content) if data is None else data
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (beside, len(body), body)


def pdf_of(catalog: bytes = b"", page: bytes = b"", more: Objects | None = None) -> bytes:
    """One page, with entries of the catalog and of the page, and further objects from number 5 on."""
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: PAGE % page,
        4: stream_of(b"BT ET"),
        **(more or {}),
    }
    return _file(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", objects)


def _file(begins: bytes, objects: Objects, *, before: int | None = None) -> bytes:
    """Objects with their table. `before` is where the table of the file that this continues stands."""
    file, table = bytearray(begins), b"" if before else b"0 1\n0000000000 65535 f \n"
    for number, body in objects.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    previous = b"/Prev %d" % before if before else b""
    trailer = b"trailer\n<</Size %d/Root 1 0 R%s>>\n" % (max(objects) + 1, previous)
    return bytes(file) + b"xref\n%s%sstartxref\n%d\n%%%%EOF\n" % (table, trailer, len(file))


def updated(file: bytes, objects: Objects) -> bytes:
    """The file with a later edition of some objects behind it, as a signature is written."""
    before = int(file.rpartition(b"startxref\n")[2].partition(b"\n")[0])
    return _file(file, objects, before=before)


def packed(objects: Objects) -> bytes:
    """Objects in an object stream, with a table that is a stream: nothing of them is in clear."""
    fixed = {2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: PAGE % b"", 4: stream_of(b"BT ET")}
    inner = {1: b"<</Type/Catalog/Pages 2 0 R/OpenAction 6 0 R>>", **objects}
    heads, bodies = b"", b""
    for number, body in inner.items():
        heads += b"%d %d " % (number, len(bodies))
        bodies += body + b" "
    fixed[5] = stream_of(
        heads + bodies, b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (len(inner), len(heads))
    )
    file, rows = bytearray(b"%PDF-1.7\n"), {0: (0, 0, 255)}
    for number, body in fixed.items():
        rows[number] = (1, len(file), 0)
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows |= {number: (2, 5, index) for index, number in enumerate(inner)}
    own = max(rows) + 1
    rows[own] = (1, len(file), 0)
    table = b"".join(
        bytes((kind,)) + place.to_bytes(4) + bytes((index,))
        for kind, place, index in (rows.get(number, (0, 0, 0)) for number in range(own + 1))
    )
    beside = b"/Type/XRef/W[1 4 1]/Root 1 0 R/Size %d/Filter/FlateDecode" % (own + 1)
    end = b"startxref\n%d\n%%%%EOF\n" % len(file)
    return bytes(file) + b"%d 0 obj\n%s\nendobj\n" % (own, stream_of(table, beside)) + end


def picture_of(width: int, height: int, data: bytes, filters: bytes = b"/DCTDecode") -> bytes:
    beside = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8" % (width, height)
    return stream_of(b"", beside + b"/ColorSpace/DeviceGray/Filter" + filters, data)


def sound_pdfs() -> Iterator[tuple[str, bytes]]:
    """What people's programs write."""
    link = b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://a.example)>>>>]"
    field = b"/AcroForm<</Fields[5 0 R]/SigFlags 3>>"
    plain = pdf_of()
    yield "plain", plain
    yield "with_blanks_behind", plain + b"\r\n\0\0 "
    yield "that_opens_at_a_place", pdf_of(b"/OpenAction[3 0 R/Fit]")
    yield "that_opens_by_going_there", pdf_of(b"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>")
    yield "with_a_link", pdf_of(page=link)
    yield "with_a_form", pdf_of(field, more={5: b"<</FT/Tx/T(name)/Subtype/Widget/Rect[0 0 9 9]>>"})
    yield "with_a_photograph", pdf_of(more={5: picture_of(1, 1, jpeg_of(1, 1))})
    yield "changed_later", updated(plain, {3: PAGE % b"/Rotate 90"})
    yield "packed", packed({6: b"[3 0 R/Fit]"})
    yield "with_a_page_of_text", pdf_of(more={5: stream_of(b"(Launch JavaScript) Tj " * 40_000)})


def active_pdfs() -> Iterator[tuple[str, bytes]]:
    """What a reader would run, or send, or load."""
    yield "script_on_opening", pdf_of(b"/OpenAction" + SCRIPT)
    yield "script_elsewhere", pdf_of(b"/OpenAction 5 0 R", more={5: SCRIPT})
    yield "script_by_name", pdf_of(b"/Names<</JavaScript<</Names[(a) 5 0 R]>>>>", more={5: SCRIPT})
    yield "script_in_disguise", pdf_of(b"/OpenAction<</S/J#61vaScript/#4aS(1)>>")
    yield "script_of_a_name_elsewhere", pdf_of(b"/OpenAction<</S 5 0 R>>", more={5: b"/JavaScript"})
    yield "script_of_a_page", pdf_of(page=b"/AA<</O" + SCRIPT + b">>")
    yield "script_nobody_leads_to", pdf_of(more={5: SCRIPT})
    yield "script_that_is_packed", packed({6: SCRIPT})
    yield "script_in_an_old_edition", updated(pdf_of(more={5: SCRIPT}), {5: b"null"})
    yield (
        "script_in_no_table",
        pdf_of().replace(b"xref\n0 1", b"9 0 obj\n" + SCRIPT + b"\nendobj\nxref\n0 1"),
    )
    launch = b"/OpenAction<</S/Launch/F(cmd.exe)>>"
    yield "launch", pdf_of(launch)
    yield "address_on_opening", pdf_of(b"/OpenAction<</S/URI/URI(https://a.example/track)>>")
    yield (
        "place_and_then_more",
        pdf_of(b"/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next<</S/URI/URI(https://a.example)>>>>"),
    )
    yield "form_that_sends", pdf_of(page=b"/Annots[<</A<</S/SubmitForm/F(https://a.example)>>>>]")
    yield "form_that_loads", pdf_of(page=b"/Annots[<</A<</S/ImportData/F(a.fdf)>>>>]")
    yield "another_document", pdf_of(page=b"/Annots[<</A<</S/GoToR/F(\\\\\\\\a.example\\\\b)>>>>]")
    yield "xfa", pdf_of(b"/AcroForm<</Fields[]/XFA 5 0 R>>", more={5: stream_of(b"<xdp:xdp/>")})
    yield "film", pdf_of(page=b"/Annots[<</Subtype/RichMedia>>]")
    yield "data_elsewhere", pdf_of(more={5: stream_of(b"", b"/F(https://a.example)", b"")})


def embedding_pdfs() -> Iterator[tuple[str, bytes]]:
    """What is another file, too."""
    file = stream_of(b"MZ", b"/Type/EmbeddedFile/Filter/FlateDecode")
    spec = b"<</Type/Filespec/F(a.exe)/EF<</F 5 0 R>>>>"
    yield (
        "embedded_file",
        pdf_of(b"/Names<</EmbeddedFiles<</Names[(a)" + spec + b"]>>>>", more={5: file}),
    )
    yield (
        "attachment",
        pdf_of(page=b"/Annots[<</Subtype/FileAttachment/FS" + spec + b">>]", more={5: file}),
    )
    yield "portfolio", pdf_of(b"/Collection<</View/T>>")
    yield "associated_file", packed({6: b"[3 0 R/Fit]", 7: b"<</AF[" + spec + b"]>>"})


def mixed_pdfs() -> Iterator[tuple[str, bytes]]:
    """What another program takes for something else."""
    page = b"<html><script>alert(1)</script></html>"
    yield "page_in_a_comment", pdf_of().replace(b"%\xe2\xe3\xcf\xd3\n", b"%" + page + b"\n")
    yield "page_in_a_stream", pdf_of(more={5: stream_of(b"", b"", b"<!DOCTYPE html>" + page)})
    yield "page_in_a_string", pdf_of(b"/Lang(" + page + b")")
    yield "archive_in_a_stream", pdf_of(more={5: stream_of(b"", b"", zip_of("a.txt", b"a"))})


def other_pdfs() -> Iterator[tuple[str, bytes, str]]:
    """What else is refused, and why."""
    ascii85 = b"/Filter[/ASCII85Decode/FlateDecode]"
    whole = pdf_of()
    yield "archive_behind", whole + docx_of(b"word"), "mixed_types"
    yield "page_behind", whole + b"<HTML ><b>a</b>", "mixed_types"
    yield "program_behind", whole + b"MZ\x90\0", "trailing_content"
    yield "cut_short", whole[:-40], "unreadable"
    yield "cut_shorter", whole[: len(whole) // 2], "unreadable"
    yield "header_only", b"%PDF-1.7\n%%EOF\n", "unreadable"
    yield (
        "without_pages",
        whole.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[     ]/Count 0"),
        "unreadable",
    )
    yield "nested_deeply", pdf_of(b"/A" + b"[" * 100_000), "unreadable"
    yield "encrypted", whole.replace(b"/Root", b"/Encrypt<</Filter/Standard>>/Root"), "encrypted"
    yield "inflates", pdf_of(more={5: stream_of(b"", data=bomb(50 << 20))}), "inflates"
    yield (
        "inflates_twice",
        pdf_of(more={5: stream_of(bomb(50 << 20), b"/Filter[/FlateDecode/FlateDecode]")}),
        "inflates",
    )
    yield (
        "inflates_in_disguise",
        pdf_of(more={5: stream_of(b"", ascii85, a85encode(bomb(50 << 20)) + b"~>")}),
        "inflates",
    )
    yield (
        "inflates_in_many_parts",
        pdf_of(more={5 + each: stream_of(b"", data=bomb(1 << 20)) for each in range(50)}),
        "inflates",
    )
    yield "malware", pdf_of(more={5: stream_of(EICAR)}), "infected"
    yield "malware_in_clear", pdf_of(more={5: stream_of(b"", b"", EICAR)}), "infected"
    yield (
        "malware_in_disguise",
        pdf_of(more={5: stream_of(b"", ascii85, a85encode(compress(EICAR)) + b"~>")}),
        "infected",
    )
    yield "malware_in_an_archive", pdf_of(more={5: stream_of(zip_of("a.com", EICAR))}), "infected"
    yield "picture_too_large", pdf_of(more={5: picture_of(60_000, 60_000, b"")}), "too_many_pixels"
    yield (
        "picture_larger_than_said",
        pdf_of(more={5: picture_of(1, 1, jpeg_of(65_535, 65_535))}),
        "too_many_pixels",
    )


def hostile_pdfs() -> Iterator[BadFile]:
    """Every bad PDF."""
    groups = (
        (active_pdfs(), "active_content"),
        (embedding_pdfs(), "embedded_file"),
        (mixed_pdfs(), "mixed_types"),
    )
    for group, why in groups:
        for name, file in group:
            yield BadFile(name, file, "application/pdf", why)
    for name, file, why in other_pdfs():
        yield BadFile(name, file, "application/pdf", why)
