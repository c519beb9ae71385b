"""A mapping proposed from headings and values: a rule, not a model. A person confirms it, or writes another."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from insurance.domain.core.money import Currency
from insurance.domain.intake import cells
from insurance.domain.intake.document import COLUMNS_MAX, HEADING_MAX, FieldMapping, read_document

SAMPLE_MAX: Final = 1_000
READS: Final = Fraction(9, 10)
"""Of the values that are there: the share that a kind must read to be proposed. The rest is dirt, and is reported."""
CODES_MAX: Final = 12
CODED_LEAST: Final = 20
"""Values below which few different ones say nothing."""

DAYS: Final = (
    *("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d.%m.%Y", "%d-%m-%Y", "%d %b %Y"),
    *("%d-%b-%y", "%d/%m/%y", "%m/%d/%y", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S"),
)  # fmt: skip
"""In the order in which they are tried: where a column reads by day and month either way, the day is first."""

KNOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "given_name": ("firstname", "forename", "givenname"),
    "family_name": ("lastname", "surname", "familyname"),
    "birth_date": ("dob", "dateofbirth", "birthdate", "customerdob"),
    "email": ("email", "emailid", "emailaddress", "mail"),
    "phone": ("phone", "phoneno", "phonenumber", "mobile", "telephone"),
    "postcode": ("postcode", "postalcode", "zip", "zipcode"),
    "street": ("street", "address", "addressstreet", "addressline1"),
    "national_id": ("nationalid", "ssn", "nino", "nationalinsurancenumber"),
    "registration": ("reg", "regno", "registration", "registrationnumber", "vrm", "plate"),
    "vin": ("vin", "chassis", "chassisnumber"),
    "iban": ("iban",),
    "reference": ("policyid", "policyref", "policyno", "policynumber", "reference"),
    "start": ("inception", "inceptiondate", "startdate", "effectivedate", "policyeffectivedate"),
}
"""Our words, each with headings of others in small letters without anything between."""
PERSONAL: Final = frozenset(
    {
        *("given_name", "family_name", "birth_date", "email", "phone", "postcode", "street"),
        *("national_id", "registration", "vin", "iban"),
    }
)
_PERSONAL_WORD: Final = re.compile(
    r"name|birth|dob|mail|phone|mobile|street|address|zip|post|national|ssn|iban|account"
    r"|licen[cs]e|passport|gender|sex|marital|income|occupation|beneficiary|city"
)
_PERSONAL_VALUE: Final = re.compile(
    r"[^@\s]+@[^@\s]+\.[a-z]+|[0-9]{3}-[0-9]{2}-[0-9]{4}|[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}"
)
_NO_LETTER: Final = re.compile(r"[^a-z0-9]+")
_SIGNS: Final = {"£": Currency.GBP, "€": Currency.EUR, "$": Currency.USD}


def propose_mapping(
    headings: Sequence[str],
    sample_rows: Sequence[Mapping[str, str]],
    kind: str,
    *,
    layout: Mapping[str, str] | None = None,
    targets: Collection[str] = (),
) -> dict[str, Any]:
    """A mapping of these columns, which compiles.

    Args:
        headings: Of the file; what is no heading, or comes twice, is left out.
        sample_rows: Some of its rows, the first thousand at most.
        kind: What the rows become, as the mapping will say.
        layout: What the document says of the file itself: its format, encoding, delimiter.
        targets: Paths that the kind takes. A column whose name is the last word of one goes there.
    """
    known = {word: ours for ours, words in KNOWN.items() for word in (*words, _bare(ours))}
    ends = {_bare(path.rpartition(".")[2]): path for path in sorted(targets)}
    columns: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    names: set[str] = set()
    for heading in dict.fromkeys(headings):
        if not heading.strip() or len(heading) > HEADING_MAX or len(columns) >= COLUMNS_MAX:
            continue
        values = [
            text for row in sample_rows[:SAMPLE_MAX] if (text := row.get(heading, "").strip())
        ]
        bare = _bare(heading)
        ours = known.get(bare, "")
        path = ends.get(bare) or ends.get(_bare(ours)) or ours
        if not path or path in fields:
            path = _free(_name(heading), fields)
        columns[heading] = {
            "personal": ours in PERSONAL or _looks_personal(heading, values),
            "name": _free(_name(heading), names),
        }
        names.add(columns[heading]["name"])
        is_full = bool(sample_rows) and len(values) == len(sample_rows[:SAMPLE_MAX])
        fields[path] = {
            "from": heading,
            **_read_as(values),
            **({"required": True} if is_full else {}),
        }
    document = {**(layout or {}), "kind": kind, "columns": columns, "fields": fields}
    read_document(document)
    return document


def _bare(text: str) -> str:
    return _NO_LETTER.sub("", text.lower())


def _name(heading: str) -> str:
    words = _NO_LETTER.sub("_", heading.lower()).strip("_")[:36].strip("_")
    return words if words[:1].isalpha() else f"column_{words}".rstrip("_")


def _free(name: str, taken: Collection[str]) -> str:
    """The name, or with the first number that nobody has."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _looks_personal(heading: str, values: Sequence[str]) -> bool:
    if _PERSONAL_WORD.search(_bare(heading)):
        return True
    return any(_PERSONAL_VALUE.fullmatch(text) for text in values)


def _read_as(values: Sequence[str]) -> dict[str, Any]:
    """How the values are read: the first kind that reads nearly all."""
    if not values:
        return {"as": "text"}
    for field in ({"as": "integer"}, {"as": "integer", "group_mark": ","}):
        if _share(values, field) >= READS:
            return _codes_of(values) or _without_numbers_that_are_names(values, field)
    days = _days(values)
    if days:
        return {"as": "date", "date": days}
    sign = Counter(text.strip("-+ ")[:1] for text in values).most_common(1)[0][0]
    figures: list[dict[str, Any]] = [{"as": "decimal", "group_mark": ","}, {"as": "decimal"}]
    if sign in _SIGNS:
        figures = [{"as": "money", "currency": _SIGNS[sign].value, "group_mark": ","}]
    for field in figures[::-1]:
        if _share(values, field) >= READS:
            return field
    if {text.lower() for text in values} <= {"true", "false", "yes", "no", "y", "n"}:
        return {"as": "boolean"}
    return _codes_of(values) or {"as": "text"}


def _without_numbers_that_are_names(values: Sequence[str], field: dict[str, Any]) -> dict[str, Any]:
    """A number that begins with 0 or is longer than any figure names something: it stays text."""
    names = any(
        (text[0] == "0" and len(text) > 1) or len(text) > cells.DIGITS_MAX - 3 for text in values
    )
    return {"as": "text"} if names else field


def _codes_of(values: Sequence[str]) -> dict[str, Any] | None:
    different = sorted(set(values))
    few = len(values) >= CODED_LEAST and len(different) <= CODES_MAX
    if not few or any(not text.isprintable() for text in different):
        return None
    if all(text.isdecimal() for text in different if text.isascii()):
        return None
    return {"as": "code", "codes": {text: text for text in different}}


def _days(values: Sequence[str]) -> list[str]:
    """One form that reads nearly all, or two where one alone does not."""
    shares = {form: _share(values, {"as": "date", "date": [form]}) for form in DAYS}
    best = max(DAYS, key=lambda form: (shares[form], -DAYS.index(form)))
    if shares[best] == 1:
        return [best]
    for other in DAYS:
        both = [best, other]
        if shares[other] and _share(values, {"as": "date", "date": both}) == 1:
            return both
    return [best] if shares[best] >= READS else []


def _share(values: Sequence[str], field: Mapping[str, Any]) -> Fraction:
    """How many of the values a field reads."""
    read = cells.reader_of(FieldMapping.model_validate({"from": "x", **field}, strict=False))
    return Fraction(sum(read(text) is not None for text in values), len(values))
