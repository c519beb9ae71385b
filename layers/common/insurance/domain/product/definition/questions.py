"""Questions of a product, as expressions and readers of answers take them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from insurance.domain.core.errors import FieldFault
from insurance.domain.core.money import Currency
from insurance.domain.product.definition import model
from insurance.domain.product.definition.answers import LIST_MAX, NUMBER_MAX, READ, TEXT_MAX
from insurance.domain.product.definition.model.part import spelt_out
from insurance.domain.product.definition.patterns import sound_pattern
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
)

FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2200, 12, 31)
TODAY: Final = "today"
"""The greatest date of a question about what has happened."""


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
    until_today: bool
    """A day that has passed, or today: a date of birth, of a diagnosis."""

    @property
    def asks_past(self) -> bool:
        """Whether a day is asked that may not be still to come."""
        return self.until_today or any(field.until_today for field in self.fields)

    def on(self, today: date) -> "Question":
        """The question as it is put on this day."""
        fields = tuple(field.on(today) for field in self.fields)
        moves = self.until_today and today < self.maximum  # type: ignore[operator]
        return self._replace(fields=fields, maximum=today if moves else self.maximum)

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


def question(asked: model.Ask | model.ListField, currency: Currency) -> Question:
    """A question from its definition.

    Raises:
        InvalidProduct: It contradicts itself: choices of a number, a min above the max, a default
            that is no answer.
    """
    kind = asked.type
    if not CODE.fullmatch(asked.code):
        raise refuse(asked.at("code"), asked.code, "small letters, digits and _, a letter first")
    inner = asked.fields if isinstance(asked, model.Ask) else ()
    fields = tuple(question(field, currency) for field in inner)
    _check_each_once([field.code for field in fields], asked.at("fields"))
    if (kind == "list") != bool(fields):
        raise refuse(asked.at("fields"), f"a {kind}", "fields for a list, of single answers")
    choices = tuple(_choice(choice) for choice in asked.choices)
    if (kind == "choice") != bool(choices):
        raise refuse(asked.at("choices"), f"a {kind}", "choices for a choice, and for nothing else")
    low, high = _bounds(asked, kind)
    made = Question(
        code=asked.code,
        type=kind,
        label=asked.label or spelt_out(asked.code),
        required=asked.required,
        default=asked.default,
        minimum=low,
        maximum=high,
        places=asked.places,
        pattern=sound_pattern(asked.pattern, asked.at("pattern")),
        choices=choices,
        fields=fields,
        classification=asked.classification,
        visible_when=asked.visible_when if isinstance(asked, model.Question) else "",
        help=asked.help,
        currency=currency.value if kind == "money" else "",
        exponent=currency.exponent,
        until_today=kind == "date" and asked.max == TODAY,
    )
    _check_each_once([choice.code for choice in choices], asked.at("choices"))
    default = _default(made, asked.at("default"))
    return made if default is made.default else made._replace(default=default)


def _check_each_once(codes: Sequence[str], path: str) -> None:
    if len(set(codes)) != len(codes):
        raise refuse(path, codes, "each code once")


def _choice(choice: str | model.Choice) -> Choice:
    if isinstance(choice, model.Choice):
        return Choice(choice.code, choice.label or choice.code)
    return Choice(choice, spelt_out(choice))


WIDE: Final[dict[str, tuple[object, object]]] = {
    "integer": (-NUMBER_MAX, NUMBER_MAX),
    "decimal": (-NUMBER_MAX, NUMBER_MAX),
    "money": (0, NUMBER_MAX),
    "list": (0, LIST_MAX),
    "text": (0, TEXT_MAX),
    "date": (FIRST_DAY, LAST_DAY),
}
"""The bounds of an answer that declares none: nothing that is asked is unbounded."""


def _bounds(asked: model.Answerable, kind: str) -> tuple[object, object]:
    if kind not in WIDE:
        return None, None
    lowest, highest = WIDE[kind]
    low = _bound(asked.min, lowest, kind, asked.at("min"))
    moving = kind == "date" and asked.max == TODAY
    high = _bound(None if moving else asked.max, highest, kind, asked.at("max"))
    if low > high:  # type: ignore[operator]  # both of the type of its answers
        found = f"{low}, above max {high}"
        raise refuse(asked.at("min"), found, "a min that is not above the max")
    return low, high


def _bound(declared: object, wide: object, kind: str, path: str) -> object:
    if declared is None:
        return wide
    if kind == "date":
        return _day(declared, path)
    is_number = isinstance(declared, int | Decimal) and not isinstance(declared, bool)
    if not is_number or abs(Decimal(declared)) > NUMBER_MAX:  # type: ignore[arg-type]
        raise refuse(path, declared, "a number")
    if kind in {"list", "text"} and not 0 <= declared <= 10 * LIST_MAX:  # type: ignore[operator]
        raise refuse(path, declared, f"0 to {10 * LIST_MAX}")
    return declared


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
        raise refuse(path, made.default, f"an answer: {detail}")
    return wire


def by_code(questions: Sequence[Question], path: str = "/questions") -> dict[str, Question]:
    """Questions by their codes.

    Raises:
        InvalidProduct: Two have the same.
    """
    questions_by_code: dict[str, Question] = {}
    for place, question in enumerate(questions):
        if question.code in questions_by_code:
            raise refuse(f"{path}/{place}/code", question.code, "a code of its own")
        questions_by_code[question.code] = question
    return questions_by_code


def question_paths(definition: model.Definition, type: str) -> set[str]:
    """The questions of one type as paths in answers: `registration`, or `vehicles/registration` of a list."""
    top = {question.code for question in definition.questions if question.type == type}
    return top | {
        f"{question.code}/{inner.code}"
        for question in definition.questions
        for inner in question.fields
        if inner.type == type
    }


def search_questions(definition: model.Definition) -> tuple[str, ...]:
    """The questions whose answers find a quote or a policy, as paths in answers: `registration`, or
    `vehicles/registration` of a list.

    Raises:
        InvalidProduct: A path leads to no question, or to one that is not answered by a text.
    """
    texts = question_paths(definition, "text")
    for place, path in enumerate(definition.searched_by):
        if path not in texts:
            at = f"{definition.at('searched_by')}/{place}"
            raise refuse(at, path, "a question for a text", did_you_mean(path, texts))
    return definition.searched_by
