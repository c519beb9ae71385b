"""Normal forms of what people search by: two ways to write a value have one form."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from insurance.domain.party.names import letters

GRAMS: Final = range(3, 9)
"""The lengths of the beginnings of a name's words that are indexed, beside the whole words."""

NAME_WORDS_MAX: Final = 8
"""The first words of a name are indexed, and no more: a long name of a firm says enough by them."""


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, each once, in order of the alphabet: people give them in any order."""
    return tuple(sorted(dict.fromkeys(letters(name).split()[:NAME_WORDS_MAX])))


def name_keys(name: str) -> Iterator[str]:
    """All that a name is found by: the beginnings of each word, each word, and the whole name."""
    words = name_words(name)
    for word in words:
        yield from (word[:length] for length in GRAMS if length < len(word))
        yield word
    if len(words) > 1:
        yield " ".join(words)


def name_key(searched: str) -> str:
    """By what a searched name is looked up: one word or its beginning, or a whole name."""
    return " ".join(name_words(searched))


def email(text: str) -> str:
    """An e-mail address without the case that mail servers ignore."""
    return text.strip().casefold()


def phone(text: str) -> str:
    """A number by its last nine digits: with or without the country, the digits are the same."""
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())[-9:]


def code(text: str) -> str:
    """A postcode, a registration or a number: capital letters and digits alone."""
    return letters(text).replace(" ", "").upper()


def reference(text: str) -> str:
    """An outside reference: the sender's own letters, without the spaces around it."""
    return text.strip()


def name_with_birth(key: str, born: date) -> str:
    return f"{key}|{born.isoformat()}"


def name_with_postcode(key: str, postcode: str) -> str:
    return f"{key}|{code(postcode)}"
