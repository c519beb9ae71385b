"""Where each field of a batch's records comes from: columns, expressions and rules, and the same as an OpenLineage event.

The row of the file stands with what it became (`DataOrigin`, `PartyOrigin`); with this it leads from a detail to its cells.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from insurance.domain.intake.batch import BatchStatus, DataBatch
from insurance.domain.intake.document import As, FieldMapping, MappingDocument, MappingRule, Point

PRODUCER: Final = "https://docs.coverwright.example/"
RUN_EVENT: Final = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
COLUMN_LINEAGE: Final = (
    "https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json"
    "#/$defs/ColumnLineageDatasetFacet"
)
EVENT_TYPES: Final = {
    BatchStatus.FINISHED: "COMPLETE",
    BatchStatus.HALTED: "FAIL",
    BatchStatus.CANCELLED: "ABORT",
    BatchStatus.RUNNING: "RUNNING",
    BatchStatus.CUTTING_OVER: "RUNNING",
    BatchStatus.CUT_OVER: "COMPLETE",
    BatchStatus.REVERSING: "RUNNING",
    BatchStatus.REVERSED: "ABORT",
}
"""What OpenLineage calls where a batch stands; OTHER: nothing is written yet."""
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_NAME: Final = re.compile(r"[a-z_][a-z0-9_]*")


class FieldLineage(NamedTuple):
    """Where a field of the record comes from."""

    field: str
    columns: tuple[str, ...]
    """Headings of the file. Empty: the same in every row."""
    is_copied: bool
    """What the cell says, and nothing else."""
    rules: tuple[str, ...]
    """Rules that may put another value in its place."""


def field_lineages(mapping: MappingDocument) -> Sequence[FieldLineage]:
    """Of each field that is written, in the order of the mapping."""
    fields = {path.replace(".", "_"): field for path, field in mapping.fields.items()}
    found = []
    for path, field in mapping.fields.items():
        if field.written:
            columns = tuple(dict.fromkeys(_columns(field, fields)))
            rules = tuple(each.code for each in mapping.rules if _puts(each, path, columns))
            found.append(FieldLineage(path, columns, _is_copied(field) and not rules, rules))
    return found


def openlineage_event(batch: DataBatch, lineages: Sequence[FieldLineage]) -> dict[str, Any]:
    """The batch as a run event of OpenLineage 2.0.2, with the facet of columns."""
    file = {"namespace": "coverwright://files", "name": f"{batch.source}/{batch.sha256}"}
    facet = {
        "_producer": PRODUCER,
        "_schemaURL": COLUMN_LINEAGE,
        "fields": {each.field: {"inputFields": _inputs(each, file)} for each in lineages},
    }
    return {
        "eventType": EVENT_TYPES.get(batch.status, "OTHER"),
        "eventTime": batch.changed_at.isoformat(),
        "run": {"runId": str(uuid5(NAMESPACE_URL, batch.id))},
        "job": {"namespace": "coverwright", "name": f"{batch.source}.{batch.version}"},
        "inputs": [file],
        "outputs": [
            {
                "namespace": f"coverwright://{batch.mode}",
                "name": str(batch.kind),
                "facets": {"columnLineage": facet},
            }
        ],
        "producer": PRODUCER,
        "schemaURL": RUN_EVENT,
    }


def _puts(rule: MappingRule, path: str, columns: Sequence[str]) -> bool:
    """Before mapping a rule puts cells, by their headings; then fields."""
    if rule.point is Point.RAW:
        return not rule.put.keys().isdisjoint(columns)
    return path in rule.put


def _inputs(lineage: FieldLineage, file: Mapping[str, str]) -> Sequence[dict[str, Any]]:
    subtype = "IDENTITY" if lineage.is_copied else "TRANSFORMATION"
    how = {
        "type": "DIRECT",
        "subtype": subtype,
        "description": ", ".join(lineage.rules),
        "masking": False,
    }
    return [{**file, "field": column, "transformations": [how]} for column in lineage.columns]


def _columns(field: FieldMapping, fields: Mapping[str, FieldMapping]) -> Sequence[str]:
    """An expression speaks of fields from columns alone."""
    if field.source is not None:
        return [field.source]
    names = _NAME.findall(_QUOTED.sub("", field.value or ""))
    named = (fields.get(name) for name in names)
    return [each.source for each in named if each is not None and each.source is not None]


def _is_copied(field: FieldMapping) -> bool:
    plain = field.kind is As.TEXT and not field.codes and field.default is None
    return field.source is not None and plain
