"""Regular expressions of a definition: only those that no text can keep busy."""

import re
from collections.abc import Iterable
from re import _parser  # type: ignore[attr-defined]  # its own reading of a pattern
from typing import Any, Final

from insurance.domain.product.faults import refuse


def sound_pattern(pattern: str, path: str) -> str:
    """A pattern that no text can keep busy: nothing repeated in what is repeated, no look-around.

    Raises:
        InvalidProduct: It is another pattern, or not a regular expression at all.
    """
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
    endless = 0
    for operation, argument in parsed:
        name = str(operation)
        if name not in SIMPLE:
            raise refuse(path, pattern, "letters, classes, groups, choices and repeats only")
        if name in REPEATS:
            _, most, inner = argument
            many = most > 1
            if many and repeated:
                raise refuse(path, pattern, "no repeat in what is repeated")
            endless += int(most is _parser.MAXREPEAT)
            endless += _endless(inner, path, pattern, repeated=repeated or many)
        elif name == "SUBPATTERN":
            endless += _endless(argument[-1], path, pattern, repeated=repeated)
        elif name == "BRANCH":
            if repeated:
                raise refuse(path, pattern, "no choice in what is repeated: a class such as [ab]")
            parts = [_endless(branch, path, pattern, repeated=repeated) for branch in argument[1]]
            endless += max(parts)
    return endless


ENDLESS_MAX: Final = 2
REPEATS: Final = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
SIMPLE: Final = REPEATS | {"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "SUBPATTERN", "BRANCH"}
