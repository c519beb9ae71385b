"""scenarios.schema.json says what the scenarios' runner reads, and every scenario that is bundled keeps it."""

import json
from pathlib import Path

import pytest
from insurance.domain.product.publishing.scenarios import EXPECTED
from insurance.products import HERE
from jsonschema import Draft202012Validator

from tests.support.everything import SCENARIOS

SCHEMA = json.loads((HERE / "scenarios.schema.json").read_text("utf-8"))
BUNDLED = sorted(HERE.glob("*/*/scenarios.json"))


def faults(scenarios: object) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(scenarios)]


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", BUNDLED, ids=lambda file: file.parts[-3])
def test_bundled_scenarios_keep_it_and_name_it(file: Path):
    scenarios = json.loads(file.read_text("utf-8"))

    assert (file.parent / scenarios["$schema"]).resolve() == HERE / "scenarios.schema.json"
    assert faults(scenarios) == []


def test_scenarios_that_use_every_key_keep_it():
    assert faults(json.loads(json.dumps(SCENARIOS))) == []


def test_it_has_what_can_be_expected_and_nothing_else():
    known = {name for names in EXPECTED.values() for name in names}

    assert set(SCHEMA["$defs"]["expect"]["properties"]) == known


def test_a_misspelt_name_is_a_fault():
    scenario = {"name": "one", "expect": {"totl": 1}}

    assert faults({"risks": {}, "scenarios": [scenario]}) != []
