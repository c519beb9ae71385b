"""Content: what a document says, in order and in words, before anybody decides how it looks."""

from typing import Literal

from insurance.domain.core.value import Value

type Row = tuple[str, ...]


class Facts(Value):
    """Names and what they stand for."""

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
    """One document. The same content, set by the same edition, is the same file."""

    title: str
    language: str
    region: str
    mark: str = ""
    """What nobody may overlook: that it was made in test mode."""
    carrier: str
    contact: tuple[str, ...]
    """How the carrier is reached."""
    addressee: tuple[str, ...]
    timestamp: int
    """Unix seconds, for the file's own data: when that was known which it says."""
    reference: tuple[Row, ...]
    """Names and numbers to be quoted."""
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...] = ()
    signature: str = ""
    footer: str
    page: str
    """With `{page}` and `{pages}`."""
