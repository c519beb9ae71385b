"""Questions of a product, and answers: typed, bounded, and the same however often they are read."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from re import _parser  # type: ignore[attr-defined]  # its own reading of a pattern
from typing import Any, Final, NamedTuple

from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.product.faults import did_you_mean, refuse
from insurance.domain.product.language.kinds import (
    BOOL,
    CODE,
    DATE,
    TEXT,
    Kind,
    Type,
    money,
    number,
    places,
)

TEXT_MAX: Final = 200
LIST_MAX: Final = 100
NUMBER_MAX: Final = 10**13
PLACES_MAX: Final = 6
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2200, 12, 31)

type Plain = Mapping[str, object]
"""A piece of a definition, as JSON has it."""


class Choice(NamedTuple):
    code: str
    label: str


class Question(NamedTuple):
    """One thing that is asked, or that a look-up tells."""

    code: str
    type: str
    label: str
    required: bool
    default: object
    minimum: object
    maximum: object
    places: int
    pattern: str
    choices: tuple[Choice, ...]
    fields: "tuple[Question, ...]"
    classification: str
    visible_when: str
    help: str
    currency: str
    exponent: int

    @property
    def kind(self) -> Type:
        """The type that expressions see."""
        missing = self.default is None and (not self.required or bool(self.visible_when))
        return self._sure_kind()._replace(optional=missing)

    def _sure_kind(self) -> Type:  # noqa: PLR0911 - one for each type of answer
        low, high = _decimal(self.minimum), _decimal(self.maximum)
        match self.type:
            case "integer":
                return number(0, low, high)
            case "decimal":
                return number(self.places, low, high)
            case "money":
                return money(self.exponent, low, high)
            case "boolean":
                return BOOL
            case "choice":
                return TEXT._replace(choices=tuple(choice.code for choice in self.choices))
            case "date":
                return DATE
            case "list":
                fields = {field.code: field.kind for field in self.fields}
                fewest, most = int(low or 0), int(high or 0)
                return Type(Kind.LIST, fields=fields, fewest=fewest, most=most)
            case _:
                return TEXT


def _decimal(bound: object) -> Decimal | None:
    return Decimal(bound) if isinstance(bound, int | Decimal) else None


TYPES: Final = ("text", "integer", "decimal", "money", "boolean", "choice", "date", "list")


def question(plain: Plain, path: str, *, currency: str, exponent: int) -> Question:
    """A question from its definition."""
    code, kind = str(plain.get("code", "")), str(plain.get("type", ""))
    if not CODE.fullmatch(code):
        raise refuse(f"{path}/code", code, "small letters, digits and _, a letter first")
    if kind not in TYPES:
        raise refuse(f"{path}/type", kind, "a type of answer", did_you_mean(kind, TYPES))
    fields = tuple(
        question(field, f"{path}/fields/{place}", currency=currency, exponent=exponent)
        for place, field in enumerate(_pieces(plain, "fields"))
    )
    if (kind == "list") != bool(fields) or any(field.type == "list" for field in fields):
        raise refuse(f"{path}/fields", f"a {kind}", "fields for a list, of single answers")
    choices = tuple(_choice(choice) for choice in _listed(plain, "choices"))
    if (kind == "choice") != bool(choices):
        raise refuse(f"{path}/choices", f"a {kind}", "choices for a choice, and for nothing else")
    made = Question(
        code=code,
        type=kind,
        label=str(plain.get("label", code.replace("_", " ").capitalize())),
        required=bool(plain.get("required", True)),
        default=plain.get("default"),
        minimum=_bound(plain, "min", kind, path),
        maximum=_bound(plain, "max", kind, path),
        places=_whole(plain.get("places", 2), f"{path}/places", PLACES_MAX),
        pattern=sound_pattern(str(plain.get("pattern", "")), f"{path}/pattern"),
        choices=choices,
        fields=fields,
        classification=str(plain.get("classification", "public")),
        visible_when=str(plain.get("visible_when", "")),
        help=str(plain.get("help", "")),
        currency=currency if kind == "money" else "",
        exponent=exponent,
    )
    low, high = made.minimum, made.maximum
    if low is not None and low > high:  # type: ignore[operator]  # both of the type of its answers
        raise refuse(f"{path}/min", f"{low}, above max {high}", "a min that is not above the max")
    codes = [choice.code for choice in choices]
    if len(set(codes)) != len(codes):
        raise refuse(f"{path}/choices", codes, "each choice once")
    return made._replace(default=_default(made, path))


def sound_pattern(pattern: str, path: str) -> str:
    """A pattern that no text can keep busy: nothing repeated in what is repeated, no look-around."""
    if not pattern:
        return pattern
    try:
        parsed = _parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise refuse(path, pattern, "a regular expression", f"{error}.") from error
    endless = _endless(parsed, path, pattern, repeated=False)
    if endless > ENDLESS_MAX:
        raise refuse(path, pattern, f"at most {ENDLESS_MAX} parts without an end")
    return pattern


def _endless(parsed: Iterable[Any], path: str, pattern: str, *, repeated: bool) -> int:
    """How many parts may go on for ever. Raises InvalidProduct for what may take for ever to fail."""
    found = 0
    for operation, argument in parsed:
        name = str(operation)
        if name not in SIMPLE:
            raise refuse(path, pattern, "letters, classes, groups, choices and repeats only")
        if name in REPEATS:
            _, most, inner = argument
            many = most > 1
            if many and repeated:
                raise refuse(path, pattern, "no repeat in what is repeated")
            found += int(most is _parser.MAXREPEAT)
            found += _endless(inner, path, pattern, repeated=repeated or many)
        elif name == "SUBPATTERN":
            found += _endless(argument[-1], path, pattern, repeated=repeated)
        elif name == "BRANCH":
            if repeated:
                raise refuse(path, pattern, "no choice in what is repeated: a class such as [ab]")
            parts = [_endless(one, path, pattern, repeated=repeated) for one in argument[1]]
            found += max(parts)
    return found


ENDLESS_MAX: Final = 2
REPEATS: Final = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
SIMPLE: Final = REPEATS | {"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "SUBPATTERN", "BRANCH"}


def _pieces(plain: Plain, name: str) -> list[Plain]:
    return [piece for piece in _listed(plain, name) if isinstance(piece, Mapping)]


def _listed(plain: Plain, name: str) -> list[object]:
    found = plain.get(name, [])
    return found if isinstance(found, list) else []


def _choice(plain: object) -> Choice:
    if isinstance(plain, Mapping):
        return Choice(str(plain["code"]), str(plain.get("label", plain["code"])))
    code = str(plain)
    return Choice(code, code.replace("_", " ").capitalize())


def _whole(found: object, path: str, most: int) -> int:
    if isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= most:
        return found
    raise refuse(path, found, f"a whole number from 0 to {most}")


def _bound(plain: Plain, name: str, kind: str, path: str) -> object:
    """Declared bounds, or wide ones: nothing that is asked is unbounded."""
    wide = {
        "integer": (-NUMBER_MAX, NUMBER_MAX),
        "decimal": (-NUMBER_MAX, NUMBER_MAX),
        "money": (0, NUMBER_MAX),
        "list": (0, LIST_MAX),
        "text": (0, TEXT_MAX),
        "date": (FIRST_DAY, LAST_DAY),
    }
    if kind not in wide:
        return None
    found = plain.get(name, wide[kind][name == "max"])
    if kind == "date":
        return found if isinstance(found, date) else _day(found, f"{path}/{name}")
    number = isinstance(found, int | Decimal) and not isinstance(found, bool)
    if not number or abs(Decimal(found)) > NUMBER_MAX:  # type: ignore[arg-type]
        raise refuse(f"{path}/{name}", found, "a number")
    if kind in {"list", "text"} and not 0 <= found <= 10 * LIST_MAX:  # type: ignore[operator]
        raise refuse(f"{path}/{name}", found, f"0 to {10 * LIST_MAX}")
    return found


def _day(found: object, path: str) -> date:
    try:
        return date.fromisoformat(str(found))
    except ValueError as error:
        raise refuse(path, found, "a date such as 2026-07-01") from error


def _default(made: Question, path: str) -> object:
    """A default is held as an answer would be: in the form of the wire."""
    if made.default is None:
        return [] if made.type == "list" and not made.minimum else None
    wire = made.default
    if made.type == "money" and isinstance(wire, int | Decimal):
        wire = {"amount": int(Decimal(wire).scaleb(made.exponent)), "currency": made.currency}
    elif made.type == "decimal":
        wire = str(wire)
    faults: list[FieldFault] = []
    held = READ[made.type](made, wire, "", faults)
    if held is None or faults:
        detail = faults[0].detail if faults else "an answer"
        raise refuse(f"{path}/default", made.default, f"an answer: {detail}")
    return wire


class Answers(NamedTuple):
    """What was answered: as JSON for people and storage, and as whole numbers for rating."""

    json: Mapping[str, object]
    held: Mapping[str, object]

    def to_json(self) -> dict[str, object]:
        """Canonical: reading it again gives the same answers."""
        return dict(self.json)


type Visible = Callable[[Mapping[str, object]], bool]


def read_answers(
    questions: Sequence[Question],
    raw: object,
    *,
    at: str = "/answers",
    visible: Mapping[str, Visible] | None = None,
) -> Answers:
    """Every answer checked; all faults in one refusal, each with its pointer."""
    faults: list[FieldFault] = []
    json, held = _record(questions, raw, at, faults, visible or {})
    if faults:
        raise InvalidFields(faults)
    return Answers(json, held)


def _record(  # noqa: PLR0917 - a reader's arguments, and what is visible
    questions: Sequence[Question],
    raw: object,
    at: str,
    faults: list[FieldFault],
    visible: Mapping[str, Visible],
    outer: Mapping[str, object] | None = None,
) -> tuple[dict[str, object], dict[str, object]]:
    json: dict[str, object] = {}
    held: dict[str, object] = {}
    if not isinstance(raw, Mapping):
        faults.append(FieldFault(at, "not_an_object", "Give an object of answers by code."))
        return json, held
    known = {one.code for one in questions}
    for code in raw:
        if code not in known:
            hint = did_you_mean(str(code), known)
            pointer = f"{at}/{_escaped(str(code))}"
            faults.append(FieldFault(pointer, "unknown", f"This is not asked. {hint}".strip()))
    for one in questions:
        before = len(faults)
        pointer = f"{at}/{one.code}"
        wire = raw.get(one.code)
        asks = visible.get(pointer.removeprefix("/answers/")) or visible.get(one.code)
        seen = asks is None or asks({**(outer or {}), **held})
        if not seen and wire is not None:
            faults.append(FieldFault(pointer, "not_asked", "This is not asked here: leave it out."))
        if wire is None or not seen:
            wire = one.default
            if wire is None:
                if one.required and seen:
                    faults.append(FieldFault(pointer, "required", f"{one.label} is needed."))
                held[one.code] = None
                continue
        found = READ[one.type](one, wire, pointer, faults)
        if len(faults) == before:
            held[one.code] = found
            json[one.code] = write(one, found)
        else:
            held[one.code] = None
    return json, held


def _escaped(key: str) -> str:
    return key[:TEXT_MAX].replace("~", "~0").replace("/", "~1")


def write(one: Question, held: object) -> object:
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


def _integer(one: Question, wire: object, at: str, faults: list[FieldFault]) -> int | None:
    if not isinstance(wire, int) or isinstance(wire, bool):
        faults.append(FieldFault(at, "not_an_integer", "Give a whole number."))
        return None
    return wire if _inside(one, Decimal(wire), at, faults) else None


def _inside(one: Question, value: Decimal, at: str, faults: list[FieldFault]) -> bool:
    low, high = one.minimum, one.maximum
    if isinstance(low, int | Decimal) and value < low:
        faults.append(FieldFault(at, "too_small", f"{one.label}: at least {low}."))
        return False
    if isinstance(high, int | Decimal) and value > high:
        faults.append(FieldFault(at, "too_large", f"{one.label}: at most {high}."))
        return False
    return True


def _decimal_number(one: Question, wire: object, at: str, faults: list[FieldFault]) -> int | None:
    """Text such as "0.35", a Decimal or a whole number: never a float."""
    text = str(wire) if isinstance(wire, str | int | Decimal) else ""
    value = Decimal(text) if NUMERAL.fullmatch(text) else None
    if value is None or isinstance(wire, bool) or places(value) > one.places:
        detail = f'Give a decimal such as "0.35", at most {one.places} places.'
        faults.append(FieldFault(at, "not_a_decimal", detail))
        return None
    return int(value.scaleb(one.places)) if _inside(one, value, at, faults) else None


NUMERAL: Final = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,12})?")


def _money(one: Question, wire: object, at: str, faults: list[FieldFault]) -> int | None:
    match wire:
        case {"amount": int(amount), "currency": str(currency), **rest} if not rest:
            if isinstance(amount, bool):
                pass
            elif currency != one.currency:
                faults.append(
                    FieldFault(f"{at}/currency", "wrong_currency", f"Give it in {one.currency}.")
                )
                return None
            elif len(str(amount)) > len(str(NUMBER_MAX)) + one.exponent:
                faults.append(FieldFault(f"{at}/amount", "too_large", "Too large."))
                return None
            else:
                value = Decimal(amount).scaleb(-one.exponent)
                return amount if _inside(one, value, at, faults) else None
    example = f'{{"amount": 1200000, "currency": "{one.currency}"}}'
    faults.append(FieldFault(at, "not_money", f"Give whole minor units: {example}."))
    return None


def _boolean(_: Question, wire: object, at: str, faults: list[FieldFault]) -> bool | None:
    if isinstance(wire, bool):
        return wire
    faults.append(FieldFault(at, "not_a_boolean", "Give true or false."))
    return None


def _text(one: Question, wire: object, at: str, faults: list[FieldFault]) -> str | None:
    if not isinstance(wire, str):
        faults.append(FieldFault(at, "not_text", "Give text."))
        return None
    text = wire.strip()
    if not text and one.required:
        faults.append(FieldFault(at, "required", f"{one.label} is needed."))
        return None
    if len(text) > int(one.maximum or TEXT_MAX):  # type: ignore[call-overload]
        faults.append(FieldFault(at, "too_long", f"At most {one.maximum} characters."))
        return None
    if not text.isprintable():
        faults.append(FieldFault(at, "not_text", "Give one line of printable text."))
        return None
    if one.pattern and not re.fullmatch(one.pattern, text):
        faults.append(FieldFault(at, "wrong_form", f"{one.label}: {one.help or one.pattern}."))
        return None
    return text


def _chosen(one: Question, wire: object, at: str, faults: list[FieldFault]) -> str | None:
    codes = [choice.code for choice in one.choices]
    if isinstance(wire, str) and wire in codes:
        return wire
    hint = did_you_mean(str(wire)[:TEXT_MAX], codes)
    detail = f"Choose one of {', '.join(codes)}. {hint if hint.startswith('Did') else ''}"
    faults.append(FieldFault(at, "not_a_choice", detail.strip()))
    return None


def _date(one: Question, wire: object, at: str, faults: list[FieldFault]) -> date | None:
    try:
        if not isinstance(wire, str) or not DAY.fullmatch(wire):
            raise ValueError  # noqa: TRY301 - one answer to every wrong form
        day = date.fromisoformat(wire)
    except ValueError:
        faults.append(FieldFault(at, "not_a_date", "Give a date such as 2026-07-01."))
        return None
    if not (one.minimum <= day <= one.maximum):  # type: ignore[operator]
        detail = f"Between {one.minimum} and {one.maximum}."
        faults.append(FieldFault(at, "out_of_range", detail))
        return None
    return day


DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _list(
    one: Question, wire: object, at: str, faults: list[FieldFault]
) -> list[dict[str, object]] | None:
    if not isinstance(wire, list | tuple):
        faults.append(FieldFault(at, "not_a_list", "Give a list."))
        return None
    fewest, most = int(one.minimum or 0), int(one.maximum or LIST_MAX)  # type: ignore[call-overload]
    if len(wire) < fewest:
        faults.append(FieldFault(at, "too_few", f"{one.label}: at least {fewest}."))
        return None
    if len(wire) > most:
        faults.append(FieldFault(at, "too_many", f"{one.label}: at most {most}."))
        return None
    return [
        _record(one.fields, item, f"{at}/{place}", faults, {})[1] for place, item in enumerate(wire)
    ]


type Reader = Callable[[Question, object, str, list[FieldFault]], object]

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
