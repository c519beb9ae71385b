"""Text of cells as values: strict and exact."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.core.errors import InvalidFields
from insurance.domain.intake.mapping import compile_mapping
from insurance.domain.intake.row import RawRow


def mapping(**field):
    return compile_mapping(
        {"kind": "parties", "columns": {"c": {}}, "fields": {"x": {"from": "c", **field}}}
    )


def value(text, **field):
    """The value in the record, or the code of what is against it."""
    compiled = mapping(**field)
    row = RawRow(2, {"c": text})
    [made] = compiled.check([row], [])
    assert made == compiled.checked(row, [])
    return made.findings[0].code if made.findings else made.record.get("x")


MONEY = {"as": "money", "currency": "GBP"}


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ({"as": "integer"}, "12", 12),
        ({"as": "integer"}, "-12", -12),
        ({"as": "integer"}, "12.", "not-an-integer"),
        ({"as": "integer"}, "12.0", "not-an-integer"),
        ({"as": "integer"}, "1_2", "not-an-integer"),
        ({"as": "integer"}, "٣", "not-an-integer"),
        ({"as": "integer"}, "9" * 19, "not-an-integer"),
        ({"as": "integer"}, "1,234", "not-an-integer"),
        ({"as": "integer", "group_mark": ","}, "1,234", 1234),
        ({"as": "integer", "group_mark": ","}, "12,34", "not-an-integer"),
        ({"as": "integer", "min": 3}, "2", "too-small"),
        ({"as": "decimal", "places": 3}, "0.125", "0.125"),
        ({"as": "decimal", "places": 3}, "7.5", "7.5"),
        ({"as": "decimal", "places": 3}, "0.1251", "not-a-decimal"),
        ({"as": "decimal"}, "1e400", "not-a-decimal"),
        ({"as": "decimal"}, "NaN", "not-a-decimal"),
        ({"as": "decimal", "decimal_mark": ","}, "0,5", "0.5"),
        (MONEY, "12.34", {"amount": 1234, "currency": "GBP"}),
        (MONEY, "12.3", {"amount": 1230, "currency": "GBP"}),
        (MONEY, "12.340", {"amount": 1234, "currency": "GBP"}),
        (MONEY, "12.345", "not-money"),
        (MONEY, "£12", {"amount": 1200, "currency": "GBP"}),
        (MONEY, "-£12", {"amount": -1200, "currency": "GBP"}),
        (MONEY, "12 GBP", {"amount": 1200, "currency": "GBP"}),
        (MONEY, "€12", "not-money"),
        (MONEY, "12.", "not-money"),
        ({**MONEY, "unit": "minor"}, "1234", {"amount": 1234, "currency": "GBP"}),
        ({"as": "money", "currency": "JPY"}, "500", {"amount": 500, "currency": "JPY"}),
        ({**MONEY, "max": "99.99"}, "100", "too-large"),
        ({"as": "date"}, "2026-07-01", "2026-07-01"),
        ({"as": "date"}, "2026-W01-1", "not-a-date"),
        ({"as": "date", "date": ["%d/%m/%Y"]}, "1/7/2026", "2026-07-01"),
        ({"as": "date", "date": ["%d/%m/%Y"]}, "29/02/2025", "not-a-date"),
        ({"as": "date", "date": ["%d %b %y"]}, "1 Jul 68", "2068-07-01"),
        ({"as": "date", "date": ["%d %b %y"]}, "1 JUL 69", "1969-07-01"),
        ({"as": "date", "date": ["%m/%d/%Y %H:%M:%S"]}, "07/01/2026 09:30:00", "2026-07-01"),
        ({"as": "date", "max": "2026-01-01"}, "2026-07-01", "too-large"),
        ({"as": "boolean"}, "Yes", True),
        ({"as": "boolean"}, "0", False),
        ({"as": "boolean"}, "maybe", "not-a-boolean"),
        ({"as": "boolean", "codes": {"J": "true", "N": "false"}}, "n", False),
        ({"as": "code", "codes": {"P": "petrol", "p": "paraffin"}}, "p", "paraffin"),
        ({"as": "code", "codes": {"P": "petrol"}}, "Q", "not-a-choice"),
        ({}, "a\nb", "invisible-characters"),
        ({}, "x" * 1_001, "too-long"),
        ({"checksum": "iban"}, "GB29NWBK60161331926819", "GB29NWBK60161331926819"),
        ({"checksum": "iban"}, "GB29NWBK60161331926818", "wrong-checksum"),
        ({"checksum": "vin"}, "1M8GDM9AXKP042788", "1M8GDM9AXKP042788"),
        ({"checksum": "vin"}, "1M8GDM9AXKP042789", "wrong-checksum"),
        ({"checksum": "us_ssn"}, "203-32-6034", "203-32-6034"),
        ({"checksum": "us_ssn"}, "000-12-3456", "wrong-checksum"),
        ({"checksum": "gb_nino"}, "QQ123456C", "wrong-checksum"),
        ({"checksum": "gb_nino"}, "AB123456C", "AB123456C"),
        ({"checksum": "luhn"}, "79927398713", "79927398713"),
        ({"checksum": "gb_plate"}, "AB12 CDE", "AB12 CDE"),
        ({"default": "7", "as": "integer"}, "", 7),
        ({"required": True}, "", "required"),
    ],
)  # fmt: skip
def test_a_cell_is_a_value_or_has_a_reason_against_it(field, text, expected):
    assert value(text, **field) == expected


def test_a_finding_shows_no_more_of_a_value_than_a_reader_wants():
    [made] = mapping().check([RawRow(2, {"c": "x" * 100_000})], [])
    assert made.findings[0].before == "x" * 1_000


@pytest.mark.parametrize(
    "field",
    [
        {"as": "date", "date": ["%d/%m"]},
        {"as": "date", "date": ["%d/%m/%Q"]},
        {"as": "decimal", "group_mark": "."},
        {"as": "boolean", "codes": {"J": "ja"}},
        {"as": "integer", "min": "1.5"},
        {"as": "integer", "pattern": "[0-9]+"},
        {"as": "integer", "default": "none"},
        {"min": 3},
        {"pattern": "(a+)+"},
        {"reference": "nowhere"},
        {"actions": {"blanks": "warn"}},
        {"actions": {"range": "clean"}},
    ],
)
def test_a_field_that_contradicts_itself_is_refused(field):
    with pytest.raises(InvalidFields):
        mapping(**field)


@given(st.integers(-(10**17), 10**17))
def test_every_sum_of_pence_is_read_as_it_was_written(amount):
    sign, whole = ("-" if amount < 0 else ""), abs(amount)
    text = f"{sign}{whole // 100}.{whole % 100:02}"
    assert value(text, **MONEY) == {"amount": amount, "currency": "GBP"}


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%m.%d.%Y"]))
def test_every_day_is_read_as_it_was_written(day, form):
    assert value(day.strftime(form), **{"as": "date", "date": [form]}) == day.isoformat()
