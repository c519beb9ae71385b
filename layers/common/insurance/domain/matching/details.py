"""What is known of a customer, in the forms in which two records are compared."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from insurance.domain.party.names import letters
from insurance.domain.party.record import ContactKind, Party, PartyKind
from insurance.domain.search import normalise

TITLES: Final = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "dame", "rev"))
FORMS: Final = frozenset(
    ("ltd", "limited", "llp", "plc", "inc", "llc", "corp", "co", "gmbh", "ag", "bv", "sa", "the")
)
"""Legal forms of firms, which some write and others leave out."""
PHONE_DIGITS_MIN: Final = 6
COMPARED: Final = 3
"""The last names and addresses are compared: those before them find a customer who has moved or married."""


class Place(NamedTuple):
    """An address: its postcode, the number of the house, and the line."""

    postcode: str
    house: str
    line: str


class Details(NamedTuple):
    """A record's marks, each in its normal form. What is not known is empty."""

    is_person: bool
    names: tuple[tuple[str, ...], ...]
    """The words of each name, as they are written; the last name counts first."""
    born: date | None
    places: tuple[Place, ...]
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    number: str
    """A national number of a person, or the registration of a firm."""


def details_of(party: Party) -> Details:
    """What a party's record says of them. Empty of one that was erased."""
    addresses = [dated.address for dated in party.addresses[-COMPARED:]]
    contacts = tuple(reversed(party.contacts))
    return made_of(
        is_person=party.kind is PartyKind.PERSON,
        names=[dated.name for dated in reversed(party.names[-COMPARED:])],
        born=party.date_of_birth,
        places=[(each.lines[0], each.postcode or "") for each in reversed(addresses)],
        emails=[each.value for each in contacts if each.kind is ContactKind.EMAIL],
        phones=[each.value for each in contacts if each.kind is ContactKind.PHONE],
        number=party.registration_number or "",
    )


def made_of(  # noqa: PLR0913 - one argument a mark
    *,
    is_person: bool,
    names: Sequence[str],
    born: date | None = None,
    places: Sequence[tuple[str, str]] = (),
    emails: Sequence[str] = (),
    phones: Sequence[str] = (),
    number: str = "",
) -> Details:
    """Details of texts as people wrote them. A place is its first line and its postcode."""
    left_out = TITLES if is_person else FORMS
    phoned = [normalise.phone(text) for text in phones]
    return Details(
        is_person,
        tuple([_words(name, left_out) for name in names]),
        born,
        tuple([_place(line, postcode) for line, postcode in places if postcode or line]),
        tuple([normalise.email(text) for text in emails if text]),
        tuple([digits for digits in phoned if len(digits) >= PHONE_DIGITS_MIN]),
        normalise.code(number),
    )


def _words(name: str, left_out: frozenset[str]) -> tuple[str, ...]:
    words = letters(name).split()
    return tuple([word for word in words if word not in left_out] or words)


def _place(line: str, postcode: str) -> Place:
    words = letters(line).split()
    house = next((word for word in words if "0" <= word[:1] <= "9"), "")
    return Place(normalise.code(postcode), house, " ".join(words))
