"""Content: the text of a document, in order, before it is laid out."""

from typing import Literal

from insurance.domain.core.value import Value

type Row = tuple[str, ...]


class Facts(Value):
    """Names with their values."""

    part: Literal["facts"] = "facts"
    rows: tuple[Row, ...]


class Table(Value):
    """Rows under headings; from `first_number` on, columns hold amounts."""

    part: Literal["table"] = "table"
    headings: Row
    rows: tuple[Row, ...]
    first_number: int
    total: Row = ()


class Paragraphs(Value):
    part: Literal["paragraphs"] = "paragraphs"
    texts: tuple[str, ...]


class Points(Value):
    part: Literal["points"] = "points"
    texts: tuple[str, ...]


type Part = Facts | Table | Paragraphs | Points


class Section(Value):
    heading: str
    parts: tuple[Part, ...]


class Content(Value):
    """One document. The same content, set by the same edition, gives the same file."""

    title: str
    language: str
    region: str
    mark: str = ""
    """A conspicuous mark: the document was made in test mode."""
    carrier: str
    contact: tuple[str, ...]
    """Contact details of the carrier."""
    addressee: tuple[str, ...]
    timestamp: int
    """Unix seconds, for the metadata of the file: when its facts were known."""
    reference: tuple[Row, ...]
    """Names and numbers to be quoted."""
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...] = ()
    signature: str = ""
    footer: str
    page: str
    """With `{page}` and `{pages}`."""
