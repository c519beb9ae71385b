"""Whom a row names, and which parties it is found for."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from insurance.domain.intake.document import MappingDocument, read_document
from insurance.domain.intake.persons import MARKS_MAX, marks_in_row, marks_of_party

from tests.support.intake import motor_mapping

NAME = "Ada Lovelace"


@pytest.fixture
def document() -> MappingDocument:
    return read_document(motor_mapping())


def party(name: str, born: date | None = None) -> Any:
    return SimpleNamespace(
        names=[SimpleNamespace(name=name)],
        date_of_birth=born,
        contacts=[],
        accounts=[],
        reference=None,
        registration_number=None,
    )


def is_found(row: tuple[str, ...], who: Any) -> bool:
    return not set(row).isdisjoint(marks_of_party(who))


@pytest.mark.parametrize(
    ("row_born", "party_born", "found"),
    [
        (None, None, True),
        (None, date(1990, 2, 1), True),
        ("1990-02-01", None, True),
        ("1990-02-01", date(1990, 2, 1), True),
        ("1990-02-01", date(1991, 2, 1), False),
    ],
)
def test_a_row_is_found_by_name_unless_both_have_a_birth_date_and_they_differ(
    document: MappingDocument, row_born: str | None, party_born: date | None, found: bool
) -> None:
    holder = {"name": NAME} | ({"date_of_birth": row_born} if row_born else {})

    row = marks_in_row({"policyholder": holder}, {"Driver": NAME}, document)

    assert is_found(row, party(NAME, party_born)) is found


def test_everybody_whom_a_row_names_is_found_whatever_else_it_says(
    document: MappingDocument,
) -> None:
    people = [
        {
            "name": f"Ada {chr(65 + place)}",
            "date_of_birth": "1990-02-01",
            "email": f"ada{place}@example.com",
            "phone": f"020 7946 00{place:02d}",
        }
        for place in range(15)
    ]
    unmapped = {f"Driver {place}": f"Ben {chr(65 + place)}" for place in range(8)}

    row = marks_in_row({"drivers": people}, unmapped, document)

    assert len(row) <= MARKS_MAX
    names = [*(each["name"] for each in people), *unmapped.values()]
    assert [name for name in names if not is_found(row, party(name))] == []


def test_a_second_person_in_a_personal_column_is_found_beside_the_one_that_is_mapped(
    document: MappingDocument,
) -> None:
    row = marks_in_row({"policyholder": {"name": NAME}}, {"Second": "Ben Young"}, document)

    assert is_found(row, party("Ben Young"))
    assert is_found(row, party(NAME))
