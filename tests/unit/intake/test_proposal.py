"""A proposed mapping: from headings and values, to be confirmed."""

from hypothesis import given, settings
from hypothesis import strategies as st
from insurance.domain.intake.mapping import compile_mapping
from insurance.domain.intake.proposal import propose_mapping
from insurance.domain.intake.row import RawRow

from tools.data import broker_file


def rows(count=60, rate=0.0):
    return [
        dict(zip(broker_file.COLUMNS, row.cells, strict=False))
        for row in broker_file.rows(3, count, rate)
    ]


def test_a_brokers_columns_are_known_by_names_and_values():
    document = propose_mapping(broker_file.COLUMNS, rows(), "quotes")
    fields = document["fields"]
    assert fields["reference"] == {"from": "Policy Ref", "as": "text", "required": True}
    assert fields["start"] == {
        "from": "Inception",
        "as": "date",
        "date": ["%d/%m/%Y"],
        "required": True,
    }
    assert fields["birth_date"]["date"] == ["%d/%m/%Y"]
    assert fields["year"] == {"from": "Year", "as": "integer", "required": True}
    assert fields["monthly"] == {"from": "Monthly", "as": "decimal", "required": True}
    assert fields["fuel"]["codes"].keys() == {"P", "D", "E", "H", "p"}
    assert fields["homeowner"]["as"] == "boolean"
    assert "required" not in fields["email"]
    personal = {name for name, column in document["columns"].items() if column["personal"]}
    assert personal == {
        *("Surname", "First Name", "Date of Birth", "Postcode", "Email", "IBAN", "Reg", "VIN"),
        "Licence Since",
    }


def test_a_file_with_dirt_is_proposed_as_the_clean_one_and_its_dirt_is_reported():
    dirty = rows(200, 0.05)
    document = propose_mapping(broker_file.COLUMNS, dirty, "quotes")
    assert document["fields"]["year"]["as"] == "integer"
    raw = [RawRow(number, values) for number, values in enumerate(dirty, 2)]
    made = list(compile_mapping(document).check(raw))
    assert 0 < sum(not row.is_accepted for row in made) < 20


def test_a_column_goes_where_the_kind_takes_it():
    targets = {"policyholder.birth_date", "answers.registration", "answers.value"}
    document = propose_mapping(broker_file.COLUMNS, rows(), "quotes", targets=targets)
    sources = {path: field["from"] for path, field in document["fields"].items()}
    assert {path: sources[path] for path in targets} == {
        "policyholder.birth_date": "Date of Birth",
        "answers.registration": "Reg",
        "answers.value": "Value",
    }


def test_numbers_that_begin_with_zero_are_names():
    said = [{"n": "007"}, {"n": "123"}]
    assert propose_mapping(["n"], said, "parties")["fields"]["n"]["as"] == "text"


def test_two_forms_of_days_in_one_column_are_both_proposed():
    said = [{"d": "2026-07-01"}, {"d": "31/12/2026"}] * 5
    field = propose_mapping(["d"], said, "parties")["fields"]["d"]
    assert sorted(field["date"]) == ["%Y-%m-%d", "%d/%m/%Y"]


TEXT = st.text(max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXT, max_size=6), st.data())
def test_whatever_the_headings_and_values_the_proposal_compiles(headings, data):
    headings = [*headings, "a"]
    said = data.draw(st.lists(st.dictionaries(st.sampled_from(headings), TEXT), max_size=25))
    compiled = compile_mapping(propose_mapping(headings, said, "parties"))
    assert len(list(compiled.check([RawRow(2, row) for row in said]))) == len(said)
