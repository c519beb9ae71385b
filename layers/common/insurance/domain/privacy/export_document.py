"""An export of a person's data as a document that people can read: the same values, section by section."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.money import Money
from insurance.domain.core.rfc3339 import DAY
from insurance.domain.document.content import Content, Row, Section, Table
from insurance.domain.document.letterhead import addressee
from insurance.domain.document.wording import Wording
from insurance.domain.party.party import Policyholder

INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}.*(Z|[+-][0-9]{2}:[0-9]{2})"
)
MONEY: Final = {"amount", "currency"}
RARE: Final = re.compile("[^\n -\u052f\u1e00-\u1fff\u2010-\u2044\u20a0-\u20bf\u2212]")
"""Characters that the typeface may lack: all beyond the Latin, Greek and Cyrillic alphabets."""
SHOWN_INSTEAD: Final = "?"


class ExportLetter(NamedTuple):
    """Who sends an export, to whom, and about which request."""

    carrier: str
    holder: Policyholder
    number: int
    """Of the request."""
    made_at: datetime
    as_of: datetime
    """All parts together have the contracts that there were then."""
    mark: str = ""


def export_content(exported: JsonObject, letter: ExportLetter, wording: Wording) -> Content:
    """The content of the document: a table for each thing that is stored, with a row for each value."""
    values = {"carrier": letter.carrier, "name": letter.holder.name, "request": str(letter.number)}
    return Content(
        title=wording.say("export.title"),
        language=wording.language,
        region=wording.region,
        mark=letter.mark,
        carrier=letter.carrier,
        contact=wording.say_all("export.contact", **values),
        addressee=addressee(letter.holder, wording),
        timestamp=int(letter.made_at.timestamp()),
        reference=(
            (wording.say("export.request"), str(letter.number)),
            (wording.say("reference.date"), wording.local_day(letter.made_at)),
            (wording.say("export.as_of"), wording.local_day(letter.as_of)),
        ),
        opening=wording.say_all("export.opening", **values),
        sections=tuple(_sections(exported, wording)),
        closing=wording.say_all("export.closing", **values),
        signature=wording.say("signature", **values),
        footer=wording.say("export.footer", **values),
        page=wording.say("page", page="{page}", pages="{pages}"),
    )


def in_common_letters(content: Content) -> Content:
    """The content with a question mark for each character that a typeface may lack."""
    return Content.model_validate(
        _each_text(content.model_dump(), lambda text: RARE.sub(SHOWN_INSTEAD, text))
    )


def _sections(exported: JsonObject, wording: Wording) -> Iterator[Section]:
    for party in exported["parties"]:
        yield from _section(wording.say("export.party"), party, wording)
    for contract in exported["contracts"]:
        for kind in ("quote", "policy", "account"):
            if kind in contract:
                yield from _section(wording.say(f"export.{kind}"), contract[kind], wording)
        for kind in ("claims", "complaints", "documents"):
            for record in contract.get(kind, ()):
                yield from _section(wording.say(f"export.{kind}"), record, wording)


def _section(heading: str, record: JsonObject, wording: Wording) -> Iterator[Section]:
    rows = tuple(_rows(record, (), wording))
    headings = (wording.say("export.name"), wording.say("export.value"))
    name = record.get("number") or record["id"]
    named = name["text"] if isinstance(name, dict) else str(name)
    yield Section(
        heading=f"{heading} {named}",
        parts=(Table(headings=headings, rows=rows, first_number=2),),
    )


def _rows(value: Any, path: tuple[str, ...], wording: Wording) -> Iterator[Row]:
    """A row for each single value, named by its path: `Drivers 2: Age`."""
    if isinstance(value, dict) and value.keys() != MONEY:
        for name, inner in value.items():
            yield from _rows(inner, (*path, _words(name)), wording)
    elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        *outer, last = path or ("",)
        for place, inner in enumerate(value, start=1):
            yield from _rows(inner, (*outer, f"{last} {place}"), wording)
    elif value not in ([], ""):
        yield ": ".join(path), _written(value, wording)


def _words(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _written(value: Any, wording: Wording) -> str:  # noqa: PLR0911 - one form for each type
    match value:
        case bool():
            return wording.say("value.yes" if value else "value.no")
        case int():
            return wording.number(str(value))
        case list():
            return ", ".join(_written(each, wording) for each in value)
        case dict():
            return wording.money(Money.model_validate(value, strict=False))
        case str() if INSTANT.fullmatch(value):
            return wording.instant(datetime.fromisoformat(value))
        case str() if DAY.fullmatch(value):
            return wording.day(date.fromisoformat(value))
    return str(value)


def _each_text(value: Any, change: Any) -> Any:
    match value:
        case str():
            return change(value)
        case dict():
            return {name: _each_text(inner, change) for name, inner in value.items()}
        case tuple() | list():
            return tuple(_each_text(inner, change) for inner in value)
    return value
