"""Names as people write them, made comparable: case, accents, signs and the order of the words do not matter."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_UNWRITTEN: Final = re.compile("['\u2019`\u00b4.]")
"""Signs inside a word that many people leave out: O'Neill, St. Ives."""


def letters(text: str) -> str:
    """Lower case letters of the basic alphabet, digits and spaces: accents and other signs dropped."""
    folded = unicodedata.normalize("NFKD", _UNWRITTEN.sub("", text).casefold())
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return " ".join(_words(plain))


def is_same_name(one: str, other: str) -> bool:
    """Whether two texts name one person or company, in the same words."""
    name = comparable(one)
    return bool(name) and name == comparable(other)


def comparable(name: str) -> str:
    """A name as every writing of it comes out: its words in plain letters, in one order."""
    return " ".join(sorted(letters(name).split()))


def _words(text: str) -> Iterable[str]:
    """Words of letters and digits; letters of other alphabets stand as they are."""
    return "".join(sign if sign.isalnum() else " " for sign in text).split()
