"""Faults in what was sent: one code for each kind, in plain words, at the place where it stands."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

from insurance.domain.core.errors import FieldFault

FAULTS_SHOWN_MAX = 50
KEY_ITSELF = "[key]"
"""What pydantic puts at the end of a place where the name is at fault and not what stands under it."""


class _Kind(NamedTuple):
    code: str
    detail: str
    """With what the check knows (`max_length`, `expected`, …) in braces."""


_INTEGER = _Kind("not-an-integer", "Give a whole number.")
_BOOLEAN = _Kind("not-a-boolean", "Give true or false.")
_DATE = _Kind("not-a-date", "Give a date such as 2026-07-01.")
_TIME = _Kind("not-a-time", "Give a time with its offset, such as 2026-07-01T09:30:00Z.")
_CHOICE = _Kind("not-a-choice", "Give one of {expected}.")
_OBJECT = _Kind("not-an-object", "Give an object.")
KINDS: Mapping[str, _Kind] = {
    "missing": _Kind("required", "This is needed."),
    "extra_forbidden": _Kind("unknown", "There is no such field: leave it out."),
    "string_type": _Kind("not-text", "Give text."),
    "string_too_short": _Kind("too-short", "Give at least {min_length} characters."),
    "string_too_long": _Kind("too-long", "Give at most {max_length} characters."),
    "too_short": _Kind("too-few", "Give at least {min_length}."),
    "too_long": _Kind("too-many", "Give at most {max_length}."),
    "greater_than": _Kind("too-small", "Give more than {gt}."),
    "greater_than_equal": _Kind("too-small", "Give at least {ge}."),
    "less_than": _Kind("too-large", "Give less than {lt}."),
    "less_than_equal": _Kind("too-large", "Give at most {le}."),
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), _INTEGER),
    **dict.fromkeys(("bool_type", "bool_parsing"), _BOOLEAN),
    **dict.fromkeys(
        (
            *("date_type", "date_parsing"),
            *("date_from_datetime_parsing", "date_from_datetime_inexact", "not_a_date"),
        ),
        _DATE,
    ),
    **dict.fromkeys(
        (
            *("datetime_type", "datetime_parsing", "datetime_object_invalid"),
            *("datetime_from_date_parsing", "timezone_aware", "not_a_time"),
        ),
        _TIME,
    ),
    **dict.fromkeys(("literal_error", "enum"), _CHOICE),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), _Kind("not-a-list", "Give a list.")),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), _OBJECT),
}  # fmt: skip
FORMS: Mapping[str, str] = {
    r"^[a-z][a-z0-9_]{0,63}$": "Give a code: small letters, digits and `_`, beginning with a letter.",
    r"^[a-z][a-z0-9_-]{0,63}$": "Give a code: small letters, digits, `_` and `-`, beginning with a letter.",
    r"^[a-z][a-z0-9-]{1,31}$": "Give a code of 2 to 32 small letters, digits and `-`, beginning with a letter.",
    r"^[a-z][a-z0-9-]{1,39}$": "Give a code of 2 to 40 small letters, digits and `-`, beginning with a letter.",
    r"^[0-9A-Za-z][0-9A-Za-z .,&'()/-]{0,79}$": "Give a name of at most 80 letters, digits, blanks and `.,&'()/-`.",
    r"^https://[a-z0-9.-]{1,100}(/[A-Za-z0-9._~-]{1,60}){0,3}$": "Give an https address with at most three parts in its path.",
    r"^[A-Za-z0-9_-]{43}$": "Give a SHA-256 in base64url: 43 characters.",
    r"^[0-9A-Za-z][0-9A-Za-z./_:+-]*$": "Give a reference of letters, digits and `./_:+-`, without blanks.",
    r"^[0-9A-Za-z][0-9A-Za-z./_-]{0,63}$": "Give a reference of at most 64 letters, digits and `./_-`.",
    r"^[^@\s]+@[^@\s]+$": "Give an e-mail address such as ada@example.com.",
    r"^[A-Za-z0-9_-]{1,64}$": "Give the person's subject in the user pool.",
    r"^\+[1-9][0-9]{6,14}$": "Give a telephone number with its country, such as +441632960001.",
    r"^[a-z]{2,3}(-[A-Z]{2})?$": "Give a language such as en-GB.",
    r"^[a-z]{2}$": "Give a language such as en.",
    r"^[A-Z]{2}$": "Give a country of two letters, such as GB.",
    r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$": "Give a country or a part of it, such as GB or US-NY.",
    r"^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}$": "Give a version such as 0.10.0.",
    r"^/v[1-9][0-9]?/[a-z-]{1,40}$": "Give a path in front of operations, such as /v2/quotes.",
    r"^[a-z][A-Za-z]{1,59}$": "Give an operation by its id in the definition, such as createQuote.",
    r"^[A-Z][A-Za-z]+(/[A-Z][A-Za-z_-]+){0,2}$": "Give a time zone such as Europe/London.",
    r"^[A-Z]{3}$": "Give a currency such as GBP.",
    r"^[0-9]{2}-?[0-9]{2}-?[0-9]{2}$": "Give a sort code such as 20-15-55.",
    r"^[0-9]{8}$": "Give an account number of eight digits.",
    r"^[!-~]{1,256}$": "Give the name as the token has it: visible ASCII characters.",
    r"^[a-z_]+\.[a-z_]+$": "Give a type of the event catalogue, such as policy.issued.",
    r"^[a-z]{3}_(test_)?[0-9a-z_-]{1,60}$": "Give the id of an object as the feed or a message names it.",
    r"^[0-9a-z_-]{1,60}$": "Give the id of an event as the feed or a message names it.",
    r"^[0-9a-f]{64}$": "Give the SHA-256 of the file as 64 hexadecimal digits.",
    r"^(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])$": "Give a month such as 2027-02.",
    r"^20[0-9]{2}-(0[1-9]|1[0-2])$": "Give a month such as 2027-02.",
    r"^[01](\.[0-9]{1,6})?$": "Give a share from 0 to 1 as text, such as 0.25.",
    r"^-?[0-9]{1,2}(\.[0-9]{1,6})?$": "Give a decimal as text, such as 0.25.",
    r"^([0123456789abcdefghjkmnpqrstvwxyz]#(pol_(test_)?[0123456789abcdefghjkmnpqrstvwxyz]{16})?)?$": (
        "Give the `next` of the answer before, or nothing."
    ),
}
"""What a pattern asks for, in words: nobody should have to read one."""
_ID = re.compile(r"\^\(*([a-z]{3})[_|]")


def faults_of(details: Iterable[ErrorDetails], sent: Any) -> list[FieldFault]:
    """What a model found wrong with what was sent: each fault with a JSON pointer to it."""
    found = [
        FieldFault(_pointer(detail, sent), *_worded(detail))
        for detail in list(details)[:FAULTS_SHOWN_MAX]
    ]
    return list({(fault.pointer, fault.code): fault for fault in found}.values())


def _worded(detail: ErrorDetails) -> _Kind:
    kind, known = detail["type"], detail.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return _Kind("wrong-form", form_of(str(known["pattern"])))
    if kind == "value_error":
        return _Kind("one-of", _sentence(str(known["error"])))
    if kind in KINDS:
        code, words = KINDS[kind]
        return _Kind(code, words.format_map(known))
    return _Kind(kind.replace("_", "-"), detail["msg"])


def form_of(pattern: str) -> str:
    """What text a pattern asks for."""
    if pattern in FORMS:
        return FORMS[pattern]
    if id := _ID.match(pattern):
        return f"Give the id as it was answered: it begins with `{id[1]}_`."
    return "Give it in the form that the definition of the API says."


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].removesuffix('.')}."


def _pointer(detail: ErrorDetails, sent: Any) -> str:
    """Only what was sent, or a field that is missing in it, is pointed at: not the branches of a type."""
    steps: list[str] = []
    for place, step in enumerate(detail["loc"]):
        last = place == len(detail["loc"]) - 1
        if isinstance(sent, Mapping) and (step in sent or (last and step != KEY_ITSELF)):
            sent = sent.get(step)
        elif _is_place(step, sent):
            sent = sent[step]
        else:
            continue
        steps.append(escaped(str(step)))
    return "".join(f"/{step}" for step in steps)


def _is_place(step: Any, sent: Any) -> bool:
    is_list = isinstance(sent, Sequence) and not isinstance(sent, str)
    return is_list and isinstance(step, int) and step < len(sent)


def escaped(part: str) -> str:
    """A reference token of a JSON pointer (RFC 6901)."""
    return part.replace("~", "~0").replace("/", "~1")
