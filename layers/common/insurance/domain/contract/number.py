"""Policy and claim numbers: what people call a policy or claim by, in letters, in speech and in a search.

A number is formed from the object's id, so that no counter has to be kept. The store refuses a number that
is taken, and the next candidate is tried.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from insurance.domain.core.identity import ALPHABET, Mode, fingerprint, mode_of
from insurance.domain.core.value import Value

CANDIDATES: Final = 10
"""How many numbers are tried for one object. Even where half of a format's numbers are in use, all of them are taken
once in a thousand times."""

TEST_MARK: Final = "TEST"
"""A number of test mode begins with it."""

SYMBOLS: Final = {"digits": "0123456789", "letters_and_digits": ALPHABET.upper()}

_SEPARATORS: Final = str.maketrans("", "", " -/._\u2010\u2011\u2012\u2013\u2014\u00a0")
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")


class CheckScheme(StrEnum):
    """How the last characters of a number are worked out. A letter stands for two digits: A is 10, Z is 35."""

    MOD_97_10 = "mod_97_10"
    """Two digits, ISO/IEC 7064 MOD 97-10, as in an IBAN (ISO 13616), an LEI (ISO 17442) or a creditor's
    reference (ISO 11649). It finds each digit taken for another, each letter taken for another, and nearly all else."""
    LUHN = "luhn"
    """One digit, ISO/IEC 7812-1 Annex B, with letters as in an ISIN (ISO 6166)."""

    def digits(self, number: str) -> str:
        """The check digits of a number that has none yet."""
        written = _as_digits(number)
        if self is CheckScheme.MOD_97_10:
            return f"{98 - int(written + '00') % 97:02}"
        return str(-_luhn_sum(written + "0") % 10)

    def holds(self, number: str) -> bool:
        """Whether the check digits at the end of a number are right."""
        written = _as_digits(number)
        if not written:
            return False
        if self is CheckScheme.MOD_97_10:
            return int(written) % 97 == 1
        return _luhn_sum(written) % 10 == 0


class ReferenceNumber(Value):
    """A number as it was given to a policy or claim."""

    text: str
    stem: str
    """The number without its check digits and its term. A renewal may keep it."""
    term: int = 1
    """Which term of the same stem it is; 1 for new business."""


class NumberFormat(Value):
    """How a carrier forms its numbers: `CWM-27-7K3M9QX2-35`."""

    prefix: str
    year: Literal["none", "two_digits", "four_digits"]
    symbols: Literal["digits", "letters_and_digits"]
    length: int
    """Symbols between year and check digits."""
    check: CheckScheme
    separator: str

    def candidates(self, id: str, on: date) -> Iterator[ReferenceNumber]:
        """The numbers that an object may get, in the order in which they are tried.

        Args:
            id: The object's id.
            on: The local day whose year the number shows.
        """
        for attempt in range(1, CANDIDATES + 1):
            yield self._checked(self._stem(id, on, attempt), term=1)

    def next_term(self, number: ReferenceNumber) -> ReferenceNumber:
        """The number of the term that follows: the same stem, the term's own ending."""
        return self._checked(number.stem, term=number.term + 1)

    def _stem(self, id: str, on: date, attempt: int) -> str:
        year = {"none": "", "two_digits": f"{on.year % 100:02}", "four_digits": f"{on.year:04}"}
        mark = TEST_MARK if mode_of(id) is Mode.TEST else ""
        parts = (mark, self.prefix, year[self.year], self._own(id, attempt))
        return self.separator.join(part for part in parts if part)

    def _own(self, id: str, attempt: int) -> str:
        """The symbols that are the object's own."""
        symbols = SYMBOLS[self.symbols]
        number = int.from_bytes(fingerprint("number", id, str(attempt)), "big")
        return "".join(
            symbols[number // len(symbols) ** place % len(symbols)] for place in range(self.length)
        )

    def _checked(self, stem: str, term: int) -> ReferenceNumber:
        parts = [stem] if term == 1 else [stem, f"{term:02}"]
        text = self.separator.join([*parts, self.check.digits("".join(parts))])
        return ReferenceNumber(text=text, stem=stem, term=term)


def normalise_number(text: str) -> str:
    """A number as it is compared: capitals, no separators, and digits for letters that look like them."""
    return text.translate(_SEPARATORS).upper().translate(_LOOK_ALIKES)


def _as_digits(number: str) -> str:
    """Every character as a number in base 36, without separators; empty where there is another character."""
    compact = number.translate(_SEPARATORS).upper()
    if not (compact.isascii() and compact.isalnum()):
        return ""
    return "".join(str(int(character, 36)) for character in compact)


def _luhn_sum(digits: str) -> int:
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return sum(map(int, digits[-1::-2])) + sum(twice // 10 + twice % 10 for twice in doubled)
