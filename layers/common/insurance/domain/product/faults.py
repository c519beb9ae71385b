"""What can be wrong with a product definition, said so that its author can put it right."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from insurance.domain.core.errors import Refused


class Fault(NamedTuple):
    """One fault: where it is, what was found there, what was expected, and a suggestion."""

    path: str
    found: str
    expected: str
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.path}: found {self.found}, expected {self.expected}"
        return f"{text}. {self.hint}" if self.hint else text


class InvalidProduct(Refused):
    """A definition that cannot become a product; every fault that could be found is listed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


class NoRate(Refused):
    """A rate table has no row for this risk. Never a factor of 1."""

    def __init__(self, table: str, keys: Sequence[object]) -> None:
        shown = ", ".join(str(key) for key in keys)
        super().__init__(f"The table {table} has no row for ({shown}).")
        self.table = table


def refuse(path: str, found: object, expected: str, hint: str = "") -> InvalidProduct:
    """One fault as an exception, ready to raise."""
    return InvalidProduct([Fault(path, shown(found), expected, hint)])


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A suggestion, or the choice when it is short."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a refused definition needs it

    choice = sorted(known)
    close = get_close_matches(word, choice, n=1)
    if close:
        return f"Did you mean {close[0]}?"
    return f"There is: {', '.join(choice)}." if 0 < len(choice) <= SHORT else ""


def shown(found: object) -> str:
    """What was found, short enough for one line."""
    text = found if isinstance(found, str) else repr(found)
    return text if len(text) <= LINE else f"{text[:LINE]}…"


LINE = 80
SHORT = 12
