"""How large answers and facts may become: what a product asks has to fit into the request, or the upload, that tells it."""

from collections.abc import Iterable, Iterator
from re import _parser  # type: ignore[attr-defined]  # its own reading of a pattern
from typing import Final

from insurance.domain.product.definition.questions import Question
from insurance.domain.product.faults import Fault

ANSWERS_BYTES_MAX: Final = 1_000_000
"""Of all answers about a risk: what is more than a request takes is uploaded."""
LOOKED_UP_BYTES_MAX: Final = 200_000
"""Of the facts of all look-ups, which an underwriter may have to answer for in one request."""
FACTS_BYTES_MAX: Final = 128 * 1024
"""Of all facts about a loss together, and of the item that it names."""

BYTES_PER_CHARACTER_MAX: Final = 4
AROUND_A_FIELD: Final = len('"":,')
BYTES_BY_TYPE: Final = {
    "integer": len("-10000000000000"),
    "decimal": len('"-10000000000000.123456789012"'),
    "money": len('{"amount":-100000000000000000,"currency":"GBP"}'),
    "boolean": len("false"),
    "date": len('"2026-07-01"'),
}


def largest(questions: Iterable[Question]) -> int:
    """The most bytes of the answers to these questions, as JSON in UTF-8."""
    return len("{}") + sum(AROUND_A_FIELD + len(one.code) + _largest(one) for one in questions)


def size_faults(questions: Iterable[Question], most: int, path: str) -> Iterator[Fault]:
    """The fault of questions whose longest answers are more than this many bytes."""
    size = largest(questions)
    if size > most:
        yield Fault(
            path,
            f"answers of up to {size:,} bytes",
            f"at most {most:,}",
            "Give lists and texts a lower max, or texts a pattern with an end.",
        )


def _largest(one: Question) -> int:
    match one.type:
        case "list":
            return len("[]") + _maximum(one) * (1 + largest(one.fields))
        case "choice":
            return len('""') + max(len(choice.code) for choice in one.choices)
        case "text":
            longest = _maximum(one)
            if one.pattern:
                longest = min(longest, _parser.parse(one.pattern).getwidth()[1])
            return len('""') + BYTES_PER_CHARACTER_MAX * longest
    return BYTES_BY_TYPE[one.type]


def _maximum(one: Question) -> int:
    """Of a list or a text, which always has one."""
    return int(one.maximum)  # type: ignore[call-overload, no-any-return]
