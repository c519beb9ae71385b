"""Each field of a batch's records leads to its columns and rules, and OpenLineage understands it."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import pytest
from insurance.domain.intake.batch import BatchStatus, DataBatch
from insurance.domain.intake.document import read_document
from insurance.domain.intake.lineage import EVENT_TYPES, field_lineages, openlineage_event
from insurance.domain.intake.source import RowKind
from jsonschema import Draft202012Validator

MAPPING: Final[dict[str, Any]] = {
    "kind": "parties",
    "columns": {"Ref": {}, "First": {"personal": True}, "Last": {"personal": True}, "Sex": {}},
    "fields": {
        "reference": {"from": "Ref", "as": "text"},
        "first": {"from": "First", "as": "text", "written": False},
        "last": {"from": "Last", "as": "text", "written": False},
        "name": {"value": "first + ' last ' + last"},
        "kind": {"value": "'person'"},
        "language": {"from": "Sex", "as": "code", "codes": {"F": "en-GB"}},
    },
    "rules": [
        {"code": "trim", "at": "raw", "action": "clean", "set": {"Last": "last"}},
        {"code": "known", "action": "clean", "set": {"language": "'en-GB'"}},
        {"code": "no-name", "when": "first == last"},
    ],
}
IDS: Final = {"type": "string", "minLength": 1}
DATASET: Final = {
    "type": "object",
    "properties": {"namespace": IDS, "name": IDS},
    "required": ["namespace", "name"],
}
INPUT: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "namespace": IDS,
        "name": IDS,
        "field": IDS,
        "transformations": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "type": {"enum": ["DIRECT", "INDIRECT"]},
                    "subtype": IDS,
                    "description": {"type": "string"},
                    "masking": {"type": "boolean"},
                },
                "required": ["type"],
            },
        },
    },
    "required": ["namespace", "name", "field"],
}
RUN_EVENT: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
        "eventTime": {"type": "string", "format": "date-time"},
        "run": {"type": "object", "required": ["runId"]},
        "job": DATASET,
        "inputs": {"type": "array", "items": DATASET},
        "outputs": {
            "type": "array",
            "items": {
                **DATASET,
                "properties": {
                    "facets": {
                        "type": "object",
                        "properties": {
                            "columnLineage": {
                                "type": "object",
                                "properties": {
                                    "_producer": IDS,
                                    "_schemaURL": IDS,
                                    "fields": {
                                        "type": "object",
                                        "additionalProperties": {
                                            "type": "object",
                                            "properties": {
                                                "inputFields": {"type": "array", "items": INPUT}
                                            },
                                            "required": ["inputFields"],
                                        },
                                    },
                                },
                                "required": ["_producer", "_schemaURL", "fields"],
                            }
                        },
                        "required": ["columnLineage"],
                    }
                },
            },
        },
    },
    "required": ["eventTime", "producer", "schemaURL", "run", "job"],
}
"""What the published schemas (OpenLineage 2.0.2, ColumnLineageDatasetFacet 1.2.0) require of an event with the facet."""


def batch(status: BatchStatus) -> DataBatch:
    at = datetime(2026, 11, 30, 12, tzinfo=UTC)
    return DataBatch(
        id="bat_test_" + "0" * 16,
        source="harbour",
        source_revision=4,
        version=3,
        kind=RowKind.PARTIES,
        partner="harbour",
        upload_id="upl_test_" + "0" * 16,
        size_bytes=100,
        received_by="app_test_one",
        sha256="ab" * 32,
        status=status,
        received_at=at,
        changed_at=at,
    )


def test_a_field_leads_to_its_columns_through_expressions_and_names_the_rules_that_change_it():
    found = {each.field: each for each in field_lineages(read_document(MAPPING))}

    assert list(found) == ["reference", "name", "kind", "language"]
    assert (found["reference"].columns, found["reference"].is_copied) == (("Ref",), True)
    assert (found["name"].columns, found["name"].rules) == (("First", "Last"), ("trim",))
    assert (found["kind"].columns, found["kind"].is_copied) == ((), False)
    assert (found["language"].columns, found["language"].rules) == (("Sex",), ("known",))
    assert not found["language"].is_copied


@pytest.mark.parametrize("status", BatchStatus)
def test_a_batch_is_a_run_event_of_openlineage_with_the_facet_of_columns(status):
    event = openlineage_event(batch(status), field_lineages(read_document(MAPPING)))

    Draft202012Validator(RUN_EVENT).validate(event)
    assert UUID(event["run"]["runId"]) == UUID(openlineage_event(batch(status), ())["run"]["runId"])
    assert event["eventType"] == EVENT_TYPES.get(status, "OTHER")
    [file] = event["inputs"]
    [records] = event["outputs"]
    fields = records["facets"]["columnLineage"]["fields"]
    assert [each["field"] for each in fields["name"]["inputFields"]] == ["First", "Last"]
    assert fields["name"]["inputFields"][0].items() >= file.items()
    assert fields["reference"]["inputFields"][0]["transformations"][0]["subtype"] == "IDENTITY"
    assert fields["kind"]["inputFields"] == []
