"""A mapping is data: a document becomes a function from rows to records and reasons."""

import io

import pytest
from insurance.domain.core.errors import InvalidFields
from insurance.domain.intake.document import read_document
from insurance.domain.intake.mapping import compile_mapping
from insurance.domain.intake.row import Action, CheckedRow, RawRow
from insurance.intake_files.reading import read_rows


def mapping(**changes):
    """A broker's list of cars, as its author would begin it."""
    return {
        "format": "csv",
        "kind": "quotes",
        "columns": {
            "Reg No": {"personal": True, "required": True},
            "Value": {},
            "Born": {"personal": True},
            "Fuel": {},
        },
        "fields": {
            "product": {"value": "'personal_motor'"},
            "answers.registration": {"from": "Reg No", "required": True},
            "answers.value": {"from": "Value", "as": "money", "currency": "GBP", "min": 1},
            "answers.drivers.0.born": {"from": "Born", "as": "date", "date": ["%d/%m/%Y"]},
            "answers.fuel": {
                "from": "Fuel",
                "as": "code",
                "codes": {"P": "petrol", "D": "diesel"},
            },
        },
        **changes,
    }


def row(number=2, **values):
    said = {"Reg No": "AB12 CDE", "Value": "12500", "Born": "04/03/1980", "Fuel": "P"}
    return RawRow(number, said | values)


def checked(document, *rows: RawRow) -> list[CheckedRow]:
    return list(compile_mapping(document).check(rows))


def test_a_row_of_csv_becomes_a_record_by_its_mapping():
    file = io.BytesIO(b"Reg No,Value,Born,Fuel\nAB12 CDE,12500.50,04/03/1980,p\n")
    document = read_document(mapping())
    [made] = compile_mapping(document).check(read_rows(file, document))
    assert made.record == {
        "product": "personal_motor",
        "answers": {
            "registration": "AB12 CDE",
            "value": {"amount": 1250050, "currency": "GBP"},
            "drivers": [{"born": "1980-03-04"}],
            "fuel": "petrol",
        },
    }
    assert made.findings == ()
    assert made.is_accepted
    assert made.number == 2


def test_every_reason_against_a_row_is_said():
    bad = row(**{"Reg No": " ", "Value": "0", "Born": "31/02/1980", "Fuel": "steam"})
    [made] = checked(mapping(), bad)
    assert [(one.rule, one.code) for one in made.findings] == [
        ("answers.drivers.0.born/type", "not-a-date"),
        ("answers.fuel/reference", "not-a-choice"),
        ("answers.registration/required", "required"),
        ("answers.value/range", "too-small"),
    ]
    assert not made.is_accepted


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"fields": {"a": {"from": "Nowhere"}}}, "/fields/a/from", "unknown"),
        ({"fields": {"a": {"from": "Value", "as": "money"}}}, "/fields/a", "wrong-form"),
        ({"fields": {"a": {"from": "Value", "of": "money"}}}, "/fields/a/of", "unknown"),
        ({"fields": {"a": {"value": "b"}}}, "/fields/a/value", "wrong-form"),
        ({"format": "pdf"}, "/format", "not-a-choice"),
        ({"kind": None}, "/kind", "wrong-form"),
        ({"columns": {}}, "/columns", "too-few"),
        ({"rules": [{"code": "x", "when": "answers_value"}]}, "/rules/0/when", "wrong-form"),
        (
            {"rules": [{"code": "x", "at": "across", "unique": ["no"]}]},
            "/rules/0/unique",
            "unknown",
        ),
    ],
)
def test_a_fault_of_the_document_is_pointed_at(changes, pointer, code):
    with pytest.raises(InvalidFields) as refusal:
        compile_mapping(mapping(**changes))
    assert (pointer, code) in {(one.pointer, one.code) for one in refusal.value.faults}


def test_rules_across_rows_are_as_many_as_fit_into_memory():
    once = {"at": "across", "unique": ["answers.registration"]}
    rules = [{"code": "warned", "action": "warn"}, *({"code": f"x{n}", **once} for n in range(10))]
    compile_mapping(mapping(rules=rules[:9]))
    with pytest.raises(InvalidFields) as refusal:
        compile_mapping(mapping(rules=rules))
    faults = [(one.pointer, one.code) for one in refusal.value.faults]
    assert faults == [("/rules/9/at", "too-many"), ("/rules/10/at", "too-many")]


def test_a_rule_cleans_with_before_and_after():
    rule = {
        "code": "fuel-by-hand",
        "when": "given(answers_fuel) and answers_fuel == 'diesel'",
        "action": "clean",
        "set": {"answers.fuel": "'petrol'"},
    }
    [made] = checked(mapping(rules=[rule]), row(Fuel="D"))
    assert made.record["answers"]["fuel"] == "petrol"
    [finding] = made.findings
    assert (finding.action, finding.before, finding.after) == (Action.CLEAN, "diesel", "petrol")
    assert made.is_accepted
    assert made.is_cleaned


def test_a_rule_whose_cleaning_does_not_help_keeps_the_row_back():
    rule = {
        "code": "no-diesel",
        "when": "given(answers_fuel)",
        "action": "clean",
        "set": {"answers.fuel": "'petrol'"},
    }
    [made] = checked(mapping(rules=[rule]), row(Fuel="D"))
    assert [one.action for one in made.findings] == [Action.QUARANTINE]


def test_a_rule_before_mapping_sees_cells_by_the_names_of_their_columns():
    rule = {
        "code": "no-plate",
        "at": "raw",
        "when": "reg_no == 'TBA'",
        "action": "clean",
        "set": {"Reg No": "'Q1 TBA'"},
    }
    [made] = checked(mapping(rules=[rule]), row(**{"Reg No": "TBA"}))
    assert made.record["answers"]["registration"] == "Q1 TBA"


def test_a_second_row_with_the_same_key_names_the_first():
    rule = {"code": "same-car", "at": "across", "unique": ["answers.registration"]}
    made = checked(mapping(rules=[rule]), row(2), row(3), row(4))
    assert [one.is_accepted for one in made] == [True, False, False]
    assert made[2].findings[0] == (
        "same-car",
        Action.QUARANTINE,
        "answers.registration",
        "repeated",
        None,
        "2",
    )


def test_after_a_reason_to_halt_no_row_is_checked():
    rule = {"code": "wrong-file", "when": "answers_value > 1000000", "action": "halt"}
    document = mapping(rules=[rule])
    document["fields"]["answers.value"]["required"] = True
    made = checked(document, row(2), row(3, Value="2000000"), row(4))
    assert [one.number for one in made] == [2, 3]


def test_a_value_is_worked_out_from_fields():
    document = mapping()
    document["fields"]["answers.age"] = {
        "value": "years(answers_drivers_0_born, date('2026-01-01'))",
        "max": 40,
    }
    document["fields"]["answers.drivers.0.born"]["required"] = True
    [made] = checked(document, row())
    assert made.record["answers"]["age"] == 45
    assert made.findings[0].code == "too-large"
