"""Which search key a caller means: one mark of a customer or of the insured thing, in its normal form."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.search import normalise
from insurance.domain.search.entry import SearchField, SearchKey

PHONE_DIGITS_MIN: Final = 6


@dataclass(frozen=True, slots=True)
class Marks:
    """What a caller knows of what is searched: one mark, or a name with what belongs to it."""

    registration: str | None = None
    reference: str | None = None
    email: str | None = None
    phone: str | None = None
    name: str | None = None
    date_of_birth: date | None = None
    postcode: str | None = None


def search_key_of(marks: Marks) -> SearchKey:
    """The one search key that the marks stand for.

    Raises:
        InvalidFields: They are none, more than one, or too short to be looked up.
    """
    alone = {
        SearchField.REGISTRATION: (marks.registration, normalise.code),
        SearchField.REFERENCE: (marks.reference, normalise.reference),
        SearchField.EMAIL: (marks.email, normalise.email),
        SearchField.PHONE: (marks.phone, normalise.phone),
    }
    found = [SearchKey(field, form(text)) for field, (text, form) in alone.items() if text]
    if marks.name or marks.date_of_birth or marks.postcode:
        found.append(_name_key(marks))
    if len(found) != 1:
        raise _refused(
            "", "one-key", "Give one: a mark alone, or a name with date_of_birth or postcode."
        )
    [key] = found
    if not key.value or (key.field is SearchField.PHONE and len(key.value) < PHONE_DIGITS_MIN):
        raise _refused(f"/{key.field}", "too-short", "Too little is left of it in its normal form.")
    return key


def _name_key(marks: Marks) -> SearchKey:
    if not marks.name or (marks.date_of_birth is None) is (marks.postcode is None):
        detail = "A name is searched with date_of_birth or with postcode, and they with a name."
        raise _refused("/name", "one-key", detail)
    name = normalise.name_key(marks.name)
    if not name:
        raise _refused(
            "/name", "too-short", "Three letters of one word are enough, or a whole name."
        )
    if marks.date_of_birth:
        return SearchKey(
            SearchField.NAME_AND_BIRTH, normalise.name_with_birth(name, marks.date_of_birth)
        )
    return SearchKey(
        SearchField.NAME_AND_POSTCODE, normalise.name_with_postcode(name, marks.postcode or "")
    )


def _refused(pointer: str, code: str, detail: str) -> InvalidFields:
    return InvalidFields([FieldFault(pointer, code, detail)])
