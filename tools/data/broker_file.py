"""A broker's list of cars, made from a seed: clean, or with faults planted that are known by row."""

import csv
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

COLUMNS: Final = (
    *("Policy Ref", "Inception", "Surname", "First Name", "Date of Birth", "Postcode", "Email"),
    *("IBAN", "Reg", "VIN", "Make", "Value", "Fuel", "Year", "Mileage", "NCD"),
    *("Licence Since", "Homeowner", "Monthly", "Annual"),
)
MAKES: Final = ("Audi", "BMW", "Citroën", "Fiat", "Ford", "Kia", "Mini", "Nissan", "Škoda", "Vauxhall")  # fmt: skip
SURNAMES: Final = ("Adeyemi", "Brown", "Clarke", "D'Arcy", "Evans", "Fitzgerald", "García", "Hughes", "Khan", "Łukasik", "Mac Donald", "Núñez", "O'Neill", "Patel", "Smith-Jones", "Wójcik")  # fmt: skip
NAMES: Final = ("Ada", "Björn", "Chloé", "Dev", "Eve", "Femi", "Grace", "Hugh", "Ines", "Jo", "Kit", "Lea", "Mo", "Nia")  # fmt: skip
AREAS: Final = "ABCDEFGHKLMNOPRSTVWY"
"""Letters that both halves of a plate may have."""
VIN_SIGNS: Final = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
VIN_VALUES: Final = dict(zip(VIN_SIGNS, (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))  # fmt: skip
VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
RATE: Final = 0.03
REMEMBERED: Final = 1_000
"""Clean rows that a later one may repeat."""

type Row = dict[str, str]


def day(when: date) -> str:
    return when.strftime("%d/%m/%Y")


def pence(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02}"


def plate(number: int) -> str:
    """The number-th plate: no two alike below 16,000,000."""
    number, last = divmod(number, 20)
    number, middle = divmod(number, 20)
    number, first = divmod(number, 20)
    area, age = divmod(number, 100)
    letters = AREAS[area // 20] + AREAS[area % 20]
    return f"{letters}{age:02} {AREAS[first]}{AREAS[middle]}{AREAS[last]}"


def vin(chance: Random) -> str:
    signs = chance.choices(VIN_SIGNS, k=17)
    rest = sum(VIN_VALUES[sign] * weight for sign, weight in zip(signs, VIN_WEIGHTS, strict=True))
    signs[8] = "0123456789X"[rest % 11]
    return "".join(signs)


def iban(chance: Random) -> str:
    account = f"NWBK{chance.randrange(10**14):014}"
    digits = "".join(str(int(sign, 36)) for sign in f"{account}GB00")
    return f"GB{98 - int(digits) % 97:02}{account}"


def clean_row(number: int, chance: Random) -> Row:
    """A row without a fault."""
    start = date(2026, 1, 1) + timedelta(days=chance.randrange(365))
    age = chance.randrange(19, 85)
    born = date(2025 - age, chance.randrange(1, 13), chance.randrange(1, 29))
    licence = born + timedelta(days=chance.randrange(17 * 366, 18 * 365))
    driven = max((start - licence).days // 366 - 1, 0)
    monthly = chance.randrange(1_500, 30_000)
    surname, name = chance.choice(SURNAMES), chance.choice(NAMES)
    value = chance.randrange(500, 60_000)
    return {
        "Policy Ref": f"BRK-{number:08}",
        "Inception": day(start),
        "Surname": surname,
        "First Name": name,
        "Date of Birth": day(born),
        "Postcode": f"{chance.choice('BEGLMNSW')}{chance.randrange(1, 30)} {chance.randrange(10)}"
        f"{chance.choice('ABDEFGHJ')}{chance.choice('LNPQRSTU')}",
        "Email": chance.choice(("", f"{name}.{number}@example.com".lower())),
        "IBAN": iban(chance),
        "Reg": plate(number),
        "VIN": vin(chance),
        "Make": chance.choice(MAKES),
        "Value": chance.choice((str(value), f"{value:,}", f"£{value:,}.00")),
        "Fuel": chance.choice("PPPDDEHp"),
        "Year": str(chance.randrange(1965, 2026)),
        "Mileage": chance.choice(("N/A", f"{chance.randrange(500, 60_000):,}")),
        "NCD": str(chance.randrange(min(driven, 15) + 1)),
        "Licence Since": day(licence),
        "Homeowner": chance.choice(("Yes", "No", "Y", "n", "")),
        "Monthly": pence(monthly),
        "Annual": pence(monthly * 12),
    }


type Plant = Callable[[Row, Row, Random], Row]
"""A clean row with a fault in it; the second row is an earlier clean one."""


class FaultKind(NamedTuple):
    """A kind of fault, and what must be said of the row: the rule and the code."""

    rule: str
    code: str
    plant: Plant


def _put(**cells: tuple[str, ...]) -> Plant:
    """One of several texts in a column, whose name has `_` for each blank."""

    def plant(row: Row, _: Row, chance: Random) -> Row:
        return row | {name.replace("_", " "): chance.choice(texts) for name, texts in cells.items()}

    return plant


def _changed(column: str, change: Callable[[str, Random], str]) -> Plant:
    return lambda row, _, chance: row | {column: change(row[column], chance)}


def _another_digit(text: str, chance: Random) -> str:
    places = [place for place, sign in enumerate(text) if sign in "0123456789" and place > 3]  # noqa: PLR2004 - behind country and check digits
    place = chance.choice(places)
    digit = str((int(text[place]) + chance.randrange(1, 9)) % 10)
    return text[:place] + digit + text[place + 1 :]


def _another_vin(text: str, chance: Random) -> str:
    place = chance.choice([place for place in range(17) if place != 8])  # noqa: PLR2004 - the check digit
    others = [sign for sign in VIN_SIGNS if (VIN_VALUES[sign] - VIN_VALUES[text[place]]) * VIN_WEIGHTS[place] % 11]  # fmt: skip
    return text[:place] + chance.choice(others) + text[place + 1 :]


def _start_year(row: Row) -> int:
    return int(row["Inception"][-4:])


def _without_last(row: Row, _: Row, chance: Random) -> Row:
    kept = list(row)[: -chance.randrange(1, 4)]
    return {name: row[name] for name in kept}


KINDS: Final = {
    "registration missing": FaultKind("answers.registration/required", "required", _put(Reg=("", " ", "N/A"))),
    "surname missing": FaultKind("holder.family_name/required", "required", _put(Surname=("", "N/A"))),
    "value in words": FaultKind("answers.value/type", "not-money", _put(Value=("twelve thousand", "12.000.00", "1,00", "12k"))),
    "value too small": FaultKind("answers.value/range", "too-small", _put(Value=("0", "-500", "99.99"))),
    "value too large": FaultKind("answers.value/range", "too-large", _put(Value=("250,000.01", "999999999"))),
    "mileage no number": FaultKind("answers.mileage/type", "not-an-integer", _put(Mileage=("NaN", "1e400", "12.5", "inf", "0x1F"))),
    "date of birth in another form": FaultKind("holder.birth_date/type", "not-a-date", _put(Date_of_Birth=("1980-03-04", "12/31/1980", "4 March 1980"))),
    "date of birth long ago": FaultKind("holder.birth_date/range", "too-small", _put(Date_of_Birth=("31/12/1899", "01/01/0001"))),
    "inception on no day": FaultKind("start/type", "not-a-date", _put(Inception=("31/02/2026", "00/01/2026", "29/02/2026"))),
    "too young": FaultKind("too-young", "too-young", lambda row, _, __: row | {"Date of Birth": f"01/01/{_start_year(row) - 10}", "Licence Since": ""}),
    "licence too early": FaultKind("licence-before-16", "licence-before-16", _changed("Licence Since", lambda text, chance: f"01{text[2:6]}{int(text[6:]) - chance.randrange(3, 8)}")),
    "more bonus than licence": FaultKind("more-bonus-than-licence", "more-bonus-than-licence", _put(NCD=("80", "95"))),
    "car of the future": FaultKind("car-of-the-future", "car-of-the-future", lambda row, _, __: row | {"Year": str(_start_year(row) + 1)}),
    "VIN mistyped": FaultKind("answers.vin/checksum", "wrong-checksum", _changed("VIN", _another_vin)),
    "IBAN mistyped": FaultKind("account/checksum", "wrong-checksum", _changed("IBAN", _another_digit)),
    "no plate": FaultKind("answers.registration/checksum", "wrong-checksum", _put(Reg=("TBA TBA TBA", "AB12CDEF", "1234567", "Q-1"))),
    "unknown make": FaultKind("answers.make/reference", "unknown", _put(Make=("Fjord", "ford", "Tesle"))),
    "unknown fuel": FaultKind("answers.fuel/reference", "not-a-choice", _put(Fuel=("X", "steam", "PD"))),
    "blanks around": FaultKind("holder.family_name/blanks", "blanks-around", _changed("Surname", lambda text, chance: chance.choice((f" {text}", f"{text}  ", f"\u00a0{text}")))),
    "invisible characters": FaultKind("holder.given_name/controls", "invisible-characters", _changed("First Name", lambda text, chance: f"{text[:1]}{chance.choice('\u200b\u202e\ufeff\x07')}{text[1:]}")),
    "no postcode": FaultKind("holder.postcode/pattern", "wrong-form", _put(Postcode=("SW1", "12345", "sw1a 1aa", "SW1A1AA"))),
    "same policy twice": FaultKind("same-policy-twice", "repeated", lambda row, other, _: row | {"Policy Ref": other["Policy Ref"]}),
    "same car twice": FaultKind("same-car-twice", "repeated", lambda row, other, _: row | {"Reg": other["Reg"], "Inception": other["Inception"], "Year": "1990"}),
    "too few cells": FaultKind("row", "too-few-cells", _without_last),
}  # fmt: skip


class Planted(NamedTuple):
    """A row of the file, and the kind of its fault; empty: it has none."""

    cells: list[str]
    kind: str


def rows(seed: int, count: int, rate: float = RATE) -> Iterator[Planted]:
    """Rows of a file, the same ones for the same seed."""
    chance = Random(seed)  # noqa: S311 - the same file again, no secret
    names = list(KINDS)
    earlier: list[Row] = []
    for number in range(count):
        row = clean_row(number, chance)
        kind = ""
        if earlier and chance.random() < rate:
            kind = chance.choice(names)
            row = KINDS[kind].plant(row, chance.choice(earlier), chance)
        elif len(earlier) < REMEMBERED:
            earlier.append(row)
        yield Planted(list(row.values()), kind)


def write(file: Path, seed: int, count: int, rate: float = RATE) -> Path:
    """The file, and beside it the kind of each row's fault; where those are is answered."""
    truth = file.with_suffix(".faults")
    with file.open("w", encoding="utf-8", newline="") as cells, truth.open("w") as kinds:
        writer = csv.writer(cells)
        writer.writerow(COLUMNS)
        for row in rows(seed, count, rate):
            writer.writerow(row.cells)
            kinds.write(f"{row.kind}\n")
    return truth
