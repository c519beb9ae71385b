"""Whom a row names: what an erasure or an export of a person's data finds it by, stored as keyed hashes alone.

A name marks a row that says no birth date; with one, name and birth date do together, and that there is one. So a row
of somebody of the same name and another birth date is found only for a party of whom no birth date is known.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from insurance.domain.intake.document import MappingDocument
from insurance.domain.party.record import Party

MARKS_MAX: Final = 40
"""Of one row: each is an entry of the index. Names come first, so nobody whom a row names is left out for another's
telephone."""
MARK_FIELD: Final = "intake"
"""The field of their index tokens."""
MARKING: Final = frozenset({"email", "phone", "reference", "registration_number", "iban"})
"""Names of values in a record that mark a person by themselves."""
BIRTH: Final = ("date_of_birth", "birth_date")
NAME: Final = "name:"
SOME_DAY: Final = "born"
"""In the place of a birth date: a row says one, or none is known of a party."""
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()./-]{6,20}")
_DAY: Final = re.compile(r"[0-9]{1,4}([./-])[0-9]{1,2}\1[0-9]{1,4}")


def marks_in_row(
    record: Mapping[str, Any], values: Mapping[str, str], document: MappingDocument
) -> tuple[str, ...]:
    """The marks of whom a row names: by what it became, and by every value that may be personal.

    A column that the mapping does not know counts as personal: nobody has said what stands in it.

    Args:
        record: What could be mapped of it.
        values: What the file says.
        document: The mapping, which classifies the columns.
    """
    marks = list(_marks_in(record))
    named = {mark.partition("|")[0] for mark in marks if mark.startswith(NAME)}
    for heading, value in values.items():
        column = document.columns.get(heading)
        if column is not None and not column.personal:
            continue
        mark = _mark_of(value)
        if mark and mark not in named:
            marks.append(mark)
    distinct = dict.fromkeys(marks)
    return tuple(sorted(distinct, key=lambda mark: not mark.startswith(NAME)))[:MARKS_MAX]


def marks_of_party(party: Party) -> tuple[str, ...]:
    """Every mark by which a row may name the party, now or before."""
    marks = list[str]()
    for each in party.names:
        marks.append(_named(each.name))
        born = party.date_of_birth.isoformat() if party.date_of_birth else SOME_DAY
        marks.append(_named(each.name, born))
    marks += [_marked(str(contact.kind), contact.value) for contact in party.contacts]
    marks += [_marked("iban", each.account.iban) for each in party.accounts if each.account.iban]
    for name in ("reference", "registration_number"):
        value = getattr(party, name)
        if value:
            marks.append(_marked(name, value))
    return tuple(dict.fromkeys(marks))


def _marks_in(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for inner in value:
            yield from _marks_in(inner)
    if not isinstance(value, Mapping):
        return
    name = value.get("name")
    if isinstance(name, str) and name.strip():
        born = next((str(value[each]) for each in BIRTH if value.get(each)), "")
        yield _named(name, born)
        if born:
            yield _named(name, SOME_DAY)
    for key, inner in value.items():
        if key in MARKING and isinstance(inner, str) and inner.strip():
            yield _marked(key, inner)
        else:
            yield from _marks_in(inner)


def _mark_of(value: str) -> str | None:
    """What a value of a column marks, by its form."""
    text = value.strip()
    if "@" in text:
        return _marked("email", text)
    if _DAY.fullmatch(text):
        return None
    if _PHONE.fullmatch(text):
        return _marked("phone", text)
    return _named(text) if " " in text and any(sign.isalpha() for sign in text) else None


def _named(name: str, born: str = "") -> str:
    return _marked("name", name) + (f"|{born}" if born else "")


def _marked(kind: str, value: str) -> str:
    folded = " ".join(value.casefold().split())
    if kind == "phone":
        folded = "".join(sign for sign in folded if sign in "0123456789")
    if kind == "iban":
        folded = folded.replace(" ", "")
    return f"{kind}:{folded}"
