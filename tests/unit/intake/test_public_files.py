"""Public insurance files come in by a mapping alone, and their dirt is said (AWS InsuranceLake, MIT-0; chainladder, MPL-2.0)."""

import io
import json
from collections import Counter
from pathlib import Path

import pytest
from insurance.domain.intake.document import FileFormat
from insurance.domain.intake.mapping import compile_mapping
from insurance.intake_files.reading import read_rows, read_sample

from tools.data.__main__ import HERE, main

FILES = Path(__file__).parent / "insurancelake"


def checked(file, mapping, folder=FILES):
    compiled = compile_mapping(json.loads((HERE / f"{mapping}.json").read_text("utf-8")))
    with (folder / file).open("rb") as stream:
        rows = list(compiled.check(read_rows(stream, compiled.document)))
    found = Counter((one.rule, one.code) for row in rows for one in row.findings)
    return rows, found


@pytest.mark.parametrize(
    ("file", "mapping", "accepted", "dirt"),
    [
        (
            "policies.csv",
            "life_policies",
            (73, 75),
            {
                ("holder.phone/pattern", "wrong-form"): 27,
                ("status/reference", "not-a-choice"): 2,
                ("ended-without-reason", "ended-without-reason"): 1,
            },
        ),
        (
            "claims.csv",
            "life_claims",
            (59, 59),
            {("decided-without-payment", "decided-without-payment"): 19},
        ),
        (
            "customer_A01_entitymatch_day1.csv",
            "people",
            (11, 11),
            {("earns-as-a-child", "earns-as-a-child"): 6, ("phone/pattern", "wrong-form"): 4},
        ),
        (
            "customer_A01_entitymatch_day2.csv",
            "people",
            (5, 5),
            {
                ("phone/pattern", "wrong-form"): 3,
                ("earns-as-a-child", "earns-as-a-child"): 2,
                ("name-is-an-initial", "name-is-an-initial"): 1,
            },
        ),
        (
            "customer_F15_entitymatch_day1.csv",
            "people",
            (3, 3),
            {
                ("earns-as-a-child", "earns-as-a-child"): 2,
                ("name-is-an-initial", "name-is-an-initial"): 2,
                ("phone/pattern", "wrong-form"): 1,
            },
        ),
        (
            "customer_C25_entitymatch_day1.csv",
            "people",
            (9, 9),
            {
                ("earns-as-a-child", "earns-as-a-child"): 5,
                ("phone/pattern", "wrong-form"): 3,
                ("name-is-an-initial", "name-is-an-initial"): 2,
            },
        ),
    ],
)
def test_a_public_file_comes_in_and_its_dirt_is_said(file, mapping, accepted, dirt):
    rows, found = checked(file, mapping)
    assert (sum(row.is_accepted for row in rows), len(rows)) == accepted
    assert found == dirt


def test_losses_of_american_insurers_come_in_and_their_dirt_is_said():
    """The first thousand rows of a sample of PyPI `chainladder`."""
    rows, found = checked("clrd.csv", "loss_development", FILES.parent / "chainladder")
    assert (sum(row.is_accepted for row in rows), len(rows)) == (956, 1_000)
    assert found == {
        ("premium-below-nothing", "premium-below-nothing"): 44,
        ("paid-above-incurred", "paid-above-incurred"): 5,
        ("losses-without-premium", "losses-without-premium"): 1,
    }
    assert rows[0].record["incurred"] == {"amount": 36_740_400, "currency": "USD"}


def test_a_policy_of_another_system_is_a_record_of_ours():
    rows, _ = checked("policies.csv", "life_policies")
    record = rows[0].record
    assert record["start"] == "2022-11-28"
    assert record["sum_insured"] == {"amount": 9_600_000, "currency": "USD"}
    assert record["premium"]["monthly"] == {"amount": 1_284, "currency": "USD"}
    assert record["holder"]["birth_date"] == "1964-05-02"
    assert "end_reason" not in record


@pytest.mark.parametrize("file", sorted(one.name for one in FILES.glob("*.csv")))
def test_a_mapping_that_is_proposed_reads_the_file_it_was_proposed_for(
    file, capsys, monkeypatch, tmp_path
):
    monkeypatch.setattr("sys.argv", ["data", "--file", str(FILES / file)])
    assert main()
    mapping = tmp_path / "mapping.json"
    mapping.write_text(capsys.readouterr().out)
    monkeypatch.setattr(
        "sys.argv", ["data", "--file", str(FILES / file), "--mapping", str(mapping)]
    )
    assert main()
    said = capsys.readouterr().out
    assert said.startswith(f"{len((FILES / file).read_text().splitlines()) - 1} accepted")


def test_encoding_and_delimiter_of_an_unmapped_file_are_seen():
    sample = read_sample(io.BytesIO("name;born\nJosé;1980\n".encode("cp1252")), FileFormat.CSV)
    assert sample.layout == {"format": "csv", "encoding": "windows-1252", "delimiter": ";"}
    assert sample.headings == ("name", "born")
    assert dict(sample.rows[0].values) == {"name": "José", "born": "1980"}
