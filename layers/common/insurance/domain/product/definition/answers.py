"""Answers: typed, bounded, and the same however often they are read."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.rfc3339 import read_day
from insurance.domain.product.faults import did_you_mean
from insurance.domain.product.language.kinds import places

if TYPE_CHECKING:
    from insurance.domain.product.definition.questions import Question

TEXT_MAX: Final = 200
LIST_MAX: Final = 100
NUMBER_MAX: Final = 10**13


class Answers(NamedTuple):
    """What was answered: as JSON for people and storage, and as whole numbers for rating."""

    json: Mapping[str, object]
    held: Mapping[str, object]

    def to_json(self) -> dict[str, object]:
        """Canonical: reading it again gives the same answers."""
        return dict(self.json)


def answers_to(questions: Sequence["Question"], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Of answers to another version of a product, those to what these questions ask."""
    kept: dict[str, Any] = {}
    for question in questions:
        if question.code not in raw:
            continue
        answer = raw[question.code]
        if question.type == "list" and isinstance(answer, list):
            fields = {field.code for field in question.fields}
            answer = [{c: v for c, v in item.items() if c in fields} for item in answer]
        kept[question.code] = answer
    return kept


type Visible = Callable[[Mapping[str, object]], bool]


def read_answers(
    questions: Sequence["Question"],
    raw: object,
    *,
    at: str = "/answers",
    visible: Mapping[str, Visible] | None = None,
) -> Answers:
    """Answers, every one of them checked.

    Raises:
        InvalidFields: All their faults, each with its pointer.
    """
    faults: list[FieldFault] = []
    json, held = _record(questions, raw, at, faults, visible or {})
    if faults:
        raise InvalidFields(faults)
    return Answers(json, held)


def _record(
    questions: Sequence["Question"],
    raw: object,
    at: str,
    faults: list[FieldFault],
    visible: Mapping[str, Visible],
) -> tuple[dict[str, object], dict[str, object]]:
    json: dict[str, object] = {}
    held: dict[str, object] = {}
    if not isinstance(raw, Mapping):
        faults.append(FieldFault(at, "not-an-object", "Give an object of answers by code."))
        return json, held
    faults += _unknown(questions, raw, at)
    spoilt = False
    for question in questions:
        before = len(faults)
        pointer = f"{at}/{question.code}"
        wire = raw.get(question.code)
        is_asked = visible.get(question.code)
        if is_asked is not None and spoilt:  # it cannot be told from answers with faults
            held[question.code] = None
            continue
        seen = is_asked is None or is_asked(held)
        # What stands in for an answer that is not asked may be sent again: stored answers are.
        if not seen and wire is not None and wire != question.default:
            faults.append(FieldFault(pointer, "not-asked", "This is not asked here: leave it out."))
        if wire is None or not seen:
            wire = question.default
            if wire is None:
                if question.required and seen:
                    faults.append(FieldFault(pointer, "required", f"{question.label} is needed."))
                held[question.code] = None
                spoilt = spoilt or len(faults) > before
                continue
        value = READ[question.type](question, wire, pointer, faults)
        if len(faults) == before:
            held[question.code] = value
            json[question.code] = write(question, value)
        else:
            held[question.code], spoilt = None, True
    return json, held


def _unknown(
    questions: Sequence["Question"], raw: Mapping[str, object], at: str
) -> Iterator[FieldFault]:
    """Answers that nobody asked for."""
    known = {question.code for question in questions}
    for code in raw:
        if code not in known:
            hint = did_you_mean(str(code), known)
            pointer = f"{at}/{_escaped(str(code))}"
            yield FieldFault(pointer, "unknown", f"This is not asked. {hint}".strip())


def _escaped(key: str) -> str:
    return key[:TEXT_MAX].replace("~", "~0").replace("/", "~1")


def write(one: "Question", held: object) -> object:
    """An answer in the form of the wire."""
    match one.type, held:
        case _, None:
            return None
        case "money", int():
            return {"amount": held, "currency": one.currency}
        case "decimal", int():
            return format(Decimal(held).scaleb(-one.places), "f")
        case "date", date():
            return held.isoformat()
        case "list", list():
            return [
                {
                    field.code: write(field, item[field.code])
                    for field in one.fields
                    if item[field.code] is not None
                }
                for item in held
            ]
    return held


def _integer(one: "Question", wire: object, at: str, faults: list[FieldFault]) -> int | None:
    if not isinstance(wire, int) or isinstance(wire, bool):
        faults.append(FieldFault(at, "not-an-integer", "Give a whole number."))
        return None
    return wire if _inside(one, Decimal(wire), at, faults) else None


def _inside(one: "Question", value: Decimal, at: str, faults: list[FieldFault]) -> bool:
    low, high = one.minimum, one.maximum
    if isinstance(low, int | Decimal) and value < low:
        faults.append(FieldFault(at, "too-small", f"{one.label}: at least {low}."))
        return False
    if isinstance(high, int | Decimal) and value > high:
        faults.append(FieldFault(at, "too-large", f"{one.label}: at most {high}."))
        return False
    return True


def _decimal_number(one: "Question", wire: object, at: str, faults: list[FieldFault]) -> int | None:
    """Text such as "0.35", a Decimal or a whole number: never a float."""
    text = str(wire) if isinstance(wire, str | int | Decimal) else ""
    value = Decimal(text) if NUMERAL.fullmatch(text) else None
    if value is None or isinstance(wire, bool) or places(value) > one.places:
        detail = f'Give a decimal such as "0.35", at most {one.places} places.'
        faults.append(FieldFault(at, "not-a-decimal", detail))
        return None
    return int(value.scaleb(one.places)) if _inside(one, value, at, faults) else None


NUMERAL: Final = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,12})?")


def _money(one: "Question", wire: object, at: str, faults: list[FieldFault]) -> int | None:
    match wire:
        case {"amount": int(amount), "currency": str(currency), **rest} if not rest:
            if isinstance(amount, bool):
                pass
            elif currency != one.currency:
                faults.append(
                    FieldFault(f"{at}/currency", "wrong-currency", f"Give it in {one.currency}.")
                )
                return None
            elif len(str(amount)) > len(str(NUMBER_MAX)) + one.exponent:
                faults.append(FieldFault(f"{at}/amount", "too-large", "Too large."))
                return None
            else:
                value = Decimal(amount).scaleb(-one.exponent)
                return amount if _inside(one, value, at, faults) else None
    example = f'{{"amount": 1200000, "currency": "{one.currency}"}}'
    faults.append(FieldFault(at, "not-money", f"Give whole minor units: {example}."))
    return None


def _boolean(_: "Question", wire: object, at: str, faults: list[FieldFault]) -> bool | None:
    if isinstance(wire, bool):
        return wire
    faults.append(FieldFault(at, "not-a-boolean", "Give true or false."))
    return None


def _text(one: "Question", wire: object, at: str, faults: list[FieldFault]) -> str | None:
    if not isinstance(wire, str):
        faults.append(FieldFault(at, "not-text", "Give text."))
        return None
    text = wire.strip()
    if not text and one.required:
        faults.append(FieldFault(at, "required", f"{one.label} is needed."))
        return None
    if len(text) > int(one.maximum or TEXT_MAX):  # type: ignore[call-overload]
        faults.append(FieldFault(at, "too-long", f"At most {one.maximum} characters."))
        return None
    if not text.isprintable():
        faults.append(FieldFault(at, "not-text", "Give one line of printable text."))
        return None
    if one.pattern and not re.fullmatch(one.pattern, text):
        faults.append(FieldFault(at, "wrong-form", _other_form(one)))
        return None
    return text


def _other_form(one: "Question") -> str:
    """What the product says of the form; its pattern is for machines."""
    return f"{one.label}: {one.help}." if one.help else f"{one.label} has another form."


def _chosen(one: "Question", wire: object, at: str, faults: list[FieldFault]) -> str | None:
    codes = [choice.code for choice in one.choices]
    if isinstance(wire, str) and wire in codes:
        return wire
    hint = did_you_mean(str(wire)[:TEXT_MAX], codes)
    detail = f"Choose one of {', '.join(codes)}. {hint if hint.startswith('Did') else ''}"
    faults.append(FieldFault(at, "not-a-choice", detail.strip()))
    return None


def _date(one: "Question", wire: object, at: str, faults: list[FieldFault]) -> date | None:
    try:
        day = read_day(wire if isinstance(wire, str) else "")
    except ValueError:
        faults.append(FieldFault(at, "not-a-date", "Give a date such as 2026-07-01."))
        return None
    if one.until_today and day > one.maximum:  # type: ignore[operator]
        faults.append(FieldFault(at, "in-the-future", f"A day until {one.maximum}, please."))
        return None
    if not (one.minimum <= day <= one.maximum):  # type: ignore[operator]
        detail = f"Between {one.minimum} and {one.maximum}."
        faults.append(FieldFault(at, "out-of-range", detail))
        return None
    return day


def _list(
    one: "Question", wire: object, at: str, faults: list[FieldFault]
) -> list[dict[str, object]] | None:
    if not isinstance(wire, list | tuple):
        faults.append(FieldFault(at, "not-a-list", "Give a list."))
        return None
    fewest, most = int(one.minimum or 0), int(one.maximum or LIST_MAX)  # type: ignore[call-overload]
    if len(wire) < fewest:
        faults.append(FieldFault(at, "too-few", f"{one.label}: at least {fewest}."))
        return None
    if len(wire) > most:
        faults.append(FieldFault(at, "too-many", f"{one.label}: at most {most}."))
        return None
    return [
        _record(one.fields, item, f"{at}/{place}", faults, {})[1] for place, item in enumerate(wire)
    ]


type Reader = Callable[["Question", object, str, list[FieldFault]], object]

READ: Final[Mapping[str, Reader]] = {
    "integer": _integer,
    "decimal": _decimal_number,
    "money": _money,
    "boolean": _boolean,
    "text": _text,
    "choice": _chosen,
    "date": _date,
    "list": _list,
}
