"""Customers as several sources have them, made from a seed: who is the same person is known.

The names are invented. There are families at one address, couples with one e-mail address, twins, sons named as their fathers, people of one name,
and firms. A second record of somebody differs as records of life do: a short name, a slip of the finger, a new name or address,
day and month exchanged, what nobody asked for.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

PEOPLE: Final = 20_000
RECORDS: Final = 24_000
SHORT: Final = {
    "Alexander": ("Alex", "Sandy", "Sasha"),
    "Andrew": ("Andy", "Drew"),
    "Anthony": ("Tony",),
    "Barbara": ("Barb", "Babs"),
    "Catherine": ("Kate", "Cathy", "Kitty"),
    "Christopher": ("Chris", "Kit"),
    "Daniel": ("Dan", "Danny"),
    "David": ("Dave",),
    "Deborah": ("Debbie", "Deb"),
    "Edward": ("Ted", "Eddie", "Ned"),
    "Elizabeth": ("Liz", "Beth", "Betty"),
    "Francesca": ("Fran", "Chessie"),
    "Frederick": ("Fred", "Freddie"),
    "Harold": ("Harry", "Hal"),
    "Isabella": ("Bella", "Izzy"),
    "Jacqueline": ("Jackie",),
    "James": ("Jim", "Jamie"),
    "Jennifer": ("Jen", "Jenny"),
    "Jonathan": ("Jon", "Jonty"),
    "Joseph": ("Joe", "Joey"),
    "Katarzyna": ("Kasia",),
    "Lawrence": ("Larry", "Laurie"),
    "Leonard": ("Len", "Lenny"),
    "Margaret": ("Maggie", "Peggy", "Meg"),
    "Matthew": ("Matt",),
    "Michael": ("Mike", "Mick"),
    "Nicholas": ("Nick", "Nicky"),
    "Oluwaseun": ("Seun",),
    "Patricia": ("Pat", "Trish"),
    "Philippa": ("Pippa",),
    "Rebecca": ("Becky", "Bex"),
    "Richard": ("Rick", "Dick"),
    "Robert": ("Bob", "Rob", "Bobby"),
    "Samantha": ("Sam",),
    "Samuel": ("Sam", "Sammy"),
    "Siddharth": ("Sid",),
    "Stephen": ("Steve",),
    "Susan": ("Sue", "Suzie"),
    "Theodore": ("Theo", "Ted"),
    "Thomas": ("Tom", "Tommy"),
    "Victoria": ("Vicky", "Tori"),
    "William": ("Bill", "Will", "Billy"),
}
GIVEN: Final = (
    *SHORT,
    *("Ada", "Aisha", "Amit", "Björn", "Carys", "Chloé", "Dev", "Erin", "Eve", "Farah", "Femi", "Grace", "Hugh", "Imran"),
    *("Ines", "Ivy", "Jakub", "Kiran", "Lea", "Lily", "Liam", "Maja", "Marcus", "Mei", "Milan", "Nadia", "Niamh", "Noah"),
    *("Olga", "Omar", "Owen", "Paul", "Peter", "Priya", "Rhys", "Rosa", "Ruth", "Sara", "Simon", "Sofia", "Tariq", "Uma"),
    *("Vera", "Wei", "Yusuf", "Zara", "Zoë", "Alan", "Brian", "Claire", "Diane", "Emma", "Fiona", "Gavin", "Helen"),
)  # fmt: skip
HEADS: Final = ("Ash", "Bar", "Black", "Brad", "Bux", "Car", "Col", "Dar", "Den", "East", "Elm", "Fair", "Far", "Gar", "Hal", "Ham", "Har", "Hol", "Kel", "Lang", "Mar", "Mel", "Nor", "Oak", "Pem", "Ral", "Row", "Stan", "Thorn", "Wal", "West", "Win")  # fmt: skip
TAILS: Final = ("berry", "bourne", "bridge", "brook", "by", "combe", "croft", "den", "field", "ford", "gate", "ham", "hurst", "ley", "low", "man", "mere", "more", "ridge", "sey", "shaw", "son", "stead", "ton", "wall", "well", "wick", "wood", "worth", "yard")  # fmt: skip
COMMON: Final = ("Adeyemi", "Ahmed", "Begum", "Brown", "Clarke", "Davies", "Evans", "García", "Hughes", "Hussain", "Jones", "Kaur", "Khan", "Mac Donald", "Mbeki", "Nowak", "O'Neill", "Patel", "Singh", "Smith", "Smyth", "Taylor", "Williams", "Wójcik")  # fmt: skip
STREETS: Final = ("Road", "Street", "Lane", "Avenue", "Close", "Drive")
ABBREVIATED: Final = {"Road": "Rd", "Street": "St", "Lane": "Ln", "Avenue": "Ave", "Close": "Cl", "Drive": "Dr"}  # fmt: skip
TRADES: Final = ("Bakery", "Builders", "Couriers", "Dental", "Electrical", "Joinery", "Logistics", "Motors", "Plumbing", "Printing", "Roofing", "Taxis")  # fmt: skip
FORMS: Final = {"Ltd": "Limited", "LLP": "LLP", "plc": "PLC"}
MAILS: Final = ("example.com", "example.net", "example.org")
FIRST_BIRTH: Final = date(1935, 1, 1)
BIRTH_DAYS: Final = 26_000


class Customer(NamedTuple):
    """One source's record. `person` is the truth, which no contender reads."""

    id: str
    person: str
    kind: str
    given: str
    family: str
    born: str
    line: str
    postcode: str
    email: str
    phone: str
    number: str


FIRST_GAPS: Final = {"number": 0.6, "phone": 0.2, "email": 0.15, "born": 0.04, "postcode": 0.03}
AGAIN_GAPS: Final = {"number": 0.6, "phone": 0.25, "email": 0.25, "born": 0.05, "postcode": 0.05}
"""Which share of the records lacks which mark."""
_MARKS: Final = slice(Customer._fields.index("born"), None)
_MARKS_MIN: Final = 3
"""A postcode counts twice, with its line."""


class _Home(NamedTuple):
    line: str
    postcode: str
    phone: str


def records(seed: int, count: int = RECORDS, people: int = PEOPLE) -> list[Customer]:
    """So many records of so many people, in any order. One seed makes one set."""
    chance = Random(seed)  # noqa: S311 - a set that anybody can make again
    known = list(_people(chance, people))
    firsts = [_as_told(chance, each) for each in known]
    again = [_again(chance, chance.choice(known)) for _ in range(count - people)]
    together = [*firsts, *again]
    chance.shuffle(together)
    return [each._replace(id=f"r{place}") for place, each in enumerate(together)]


def write(file: Path, seed: int, count: int = RECORDS, people: int = PEOPLE) -> None:
    """The records as a CSV file."""
    with file.open("w", encoding="utf-8", newline="") as cells:
        writer = csv.writer(cells)
        writer.writerow(Customer._fields)
        writer.writerows(records(seed, count, people))


def _people(chance: Random, count: int) -> Iterator[Customer]:
    """Household by household, until there are so many."""
    number = 0
    while number < count:
        for member in _household(chance):
            if number < count:
                yield member._replace(person=f"p{number}")
                number += 1


def _household(chance: Random) -> Iterator[Customer]:
    home = _home(chance)
    if chance.random() < 0.04:
        yield _firm(chance, home)
        return
    family = _family(chance)
    size = chance.choices((1, 2, 3, 4, 5), (45, 25, 12, 13, 5))[0]
    parents = [_person(chance, home, family, _day(chance)) for _ in range(min(size, 2))]
    if size > 1 and chance.random() < 0.25:
        parents[1] = parents[1]._replace(email=parents[0].email)
    if size > 1 and chance.random() < 0.2:  # not every couple has one name
        parents[1] = parents[1]._replace(family=_family(chance))
    yield from parents
    born = date.fromisoformat(parents[0].born)
    names = {each.given for each in parents}
    for place in range(size - 2):
        given = _given(chance)
        if place == 0 and chance.random() < 0.06:
            given = parents[0].given  # the son is called as his father
        while given in names and given != parents[0].given:
            given = _given(chance)
        names.add(given)
        if place == 0 or chance.random() > 0.12:  # else a twin of the one before
            born = _child_born(chance, date.fromisoformat(parents[0].born))
        yield _person(chance, home, family, born)._replace(given=given)


def _child_born(chance: Random, parent: date) -> date:
    return parent + timedelta(days=chance.randrange(18 * 365, 42 * 365))


def _person(chance: Random, home: _Home, family: str, born: date) -> Customer:
    given = _given(chance)
    phone = home.phone if chance.random() < 0.3 else _phone(chance)
    number = f"{chance.choice('ABCEHJLMNPRST')}{chance.choice('ABCEHJLMNPRST')}{chance.randrange(10**6):06}{chance.choice('ABCD')}"  # fmt: skip
    email = _email(chance, given, family)
    return Customer("", "", "person", given, family, born.isoformat(), home.line, home.postcode, email, phone, number)  # fmt: skip


def _firm(chance: Random, home: _Home) -> Customer:
    name = f"{_family(chance)} {chance.choice(TRADES)} {chance.choice(tuple(FORMS))}"
    email = f"office@{name.split(maxsplit=1)[0].lower()}{chance.randrange(900)}.example"
    number = f"{chance.randrange(10**8):08}"
    return Customer("", "", "organisation", "", name, "", home.line, home.postcode, email, home.phone, number)  # fmt: skip


def _as_told(chance: Random, person: Customer) -> Customer:
    """The first record: right, but not complete."""
    return _with_gaps(chance, person, FIRST_GAPS)


def _again(chance: Random, person: Customer) -> Customer:
    """The same customer, as another source has them."""
    made = _told_name(chance, person)
    if made.born and chance.random() < 0.06:
        made = made._replace(born=_slipped_day(chance, made.born))
    if chance.random() < 0.12:
        moved = _home(chance)
        made = made._replace(line=moved.line, postcode=moved.postcode)
    else:
        made = made._replace(line=_told_line(chance, made.line))
        if chance.random() < 0.03:
            made = made._replace(postcode=_slip(chance, made.postcode))
    if chance.random() < 0.12:
        made = made._replace(email=_email(chance, made.given or "office", made.family.split()[0]))
    if chance.random() < 0.12:
        made = made._replace(phone=_phone(chance))
    elif chance.random() < 0.5:
        made = made._replace(phone=f"+44 {made.phone[1:5]} {made.phone[5:]}")
    return _with_gaps(chance, made, AGAIN_GAPS)


def _told_name(chance: Random, person: Customer) -> Customer:
    if person.kind == "organisation":
        head, form = person.family.rsplit(" ", 1)
        family = f"{head} {FORMS[form] if chance.random() < 0.5 else form}"
        return person._replace(family=_slip(chance, family) if chance.random() < 0.08 else family)
    given, family = _told_given(chance, person.given), _told_family(chance, person.family)
    if chance.random() < 0.06:
        given, family = family, given
    if chance.random() < 0.1:
        given, family = given.upper(), family.upper()
    return person._replace(given=given, family=family)


def _told_given(chance: Random, given: str) -> str:
    fate = chance.random()
    if fate < 0.14 and given in SHORT:
        return chance.choice(SHORT[given])
    if fate < 0.2:
        return _slip(chance, given)
    if fate < 0.22:
        return given[0]
    return f"{given} {_given(chance)}" if fate < 0.3 else given


def _told_family(chance: Random, family: str) -> str:
    fate = chance.random()
    if fate < 0.06:
        return _slip(chance, family)
    if fate < 0.08:
        return _family(chance)  # married, or no longer
    return f"{family}-{_family(chance)}" if fate < 0.1 else family


def _with_gaps(chance: Random, person: Customer, shares: Mapping[str, float]) -> Customer:
    """Without what nobody asked for. Two marks beside the name stay: no source knows a customer by less."""
    for mark, share in shares.items():
        if chance.random() < share and sum(map(bool, person[_MARKS])) > _MARKS_MIN:
            person = person._replace(**{mark: ""})
            if mark == "postcode":
                person = person._replace(line="")
    return person


def _given(chance: Random) -> str:
    return chance.choice(GIVEN)


def _family(chance: Random) -> str:
    if chance.random() < 0.25:
        return chance.choice(COMMON)
    return chance.choice(HEADS) + chance.choice(TAILS)


def _day(chance: Random) -> date:
    return FIRST_BIRTH + timedelta(days=chance.randrange(BIRTH_DAYS))


def _home(chance: Random) -> _Home:
    street = f"{chance.choice(HEADS)}{chance.choice(TAILS)} {chance.choice(STREETS)}"
    area = chance.choice(("B", "BS", "CF", "E", "G", "L", "LS", "M", "N", "NE", "SE", "SW"))
    unit = "".join(chance.choices("ABDEFGHJLNPQRSTUWXYZ", k=2))
    postcode = f"{area}{chance.randrange(1, 30)} {chance.randrange(10)}{unit}"
    return _Home(f"{chance.randrange(1, 250)} {street}", postcode, _phone(chance))


def _phone(chance: Random) -> str:
    return f"07{chance.randrange(10**9):09}"


def _email(chance: Random, given: str, family: str) -> str:
    plain = "".join(sign for sign in f"{given}.{family}".lower() if sign.isascii() and sign != " ")
    return f"{plain}{chance.randrange(1000)}@{chance.choice(MAILS)}"


def _told_line(chance: Random, line: str) -> str:
    fate = chance.random()
    if fate < 0.25:
        *head, street = line.split()
        return " ".join([*head, ABBREVIATED[street]])
    return _slip(chance, line) if fate < 0.33 else line


def _slipped_day(chance: Random, born: str) -> str:
    year, month, day = born.split("-")
    if int(day) <= 12 and day != month and chance.random() < 0.7:
        return f"{year}-{day}-{month}"
    if chance.random() < 0.5:
        return f"{year}-{month}-{chance.randrange(1, 29):02}"
    return f"{int(year) + chance.choice((-10, -1, 1, 10))}-{month}-{min(int(day), 28):02}"


def _slip(chance: Random, text: str) -> str:
    """One slip of the finger: two letters exchanged, one lost, doubled or another."""
    if len(text) < 3:
        return text
    place = chance.randrange(len(text) - 1)
    letter = chance.choice("aeinorst")
    return chance.choice(
        (
            text[:place] + text[place + 1] + text[place] + text[place + 2 :],
            text[:place] + text[place + 1 :],
            text[: place + 1] + text[place:],
            text[:place] + letter + text[place + 1 :],
        )
    )
