"""Read where each field of a batch's records comes from."""

from collections.abc import Sequence
from dataclasses import dataclass

from insurance.domain.core.errors import BatchNotFound
from insurance.domain.core.identity import source_id_for
from insurance.domain.intake.batch import DataBatch
from insurance.domain.intake.document import read_document
from insurance.domain.intake.lineage import FieldLineage, field_lineages
from insurance.operations.command import Query
from insurance.operations.intake.ports import Batches, Sources


@dataclass(frozen=True, slots=True)
class LineagePorts:
    """What the lineage of a batch is read from."""

    sources: Sources
    batches: Batches


@dataclass(frozen=True, slots=True)
class BatchLineage:
    """A batch, and where its fields come from by the version of its source."""

    batch: DataBatch
    fields: Sequence[FieldLineage]


def read_lineage(batch_id: str, query: Query, ports: LineagePorts) -> BatchLineage:
    """The lineage of a batch.

    Raises:
        BatchNotFound: It does not exist, or is another partner's.
    """
    batch = ports.batches.get(batch_id).record
    if not query.caller.sees(batch.id, batch.partner, ""):
        raise BatchNotFound(batch_id)
    text = ports.sources.text(source_id_for(batch.mode, batch.source), batch.source_revision)
    return BatchLineage(batch, field_lineages(read_document(text.mapping)))
