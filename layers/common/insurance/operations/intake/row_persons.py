"""The index tokens of whom a row names: what an erasure and an export find it by."""

from collections.abc import Mapping
from typing import Any

from insurance.domain.intake.batch import DataBatch
from insurance.domain.intake.checking import CompiledMapping
from insurance.domain.intake.persons import marks_in_row
from insurance.operations.intake.ports import IntakePorts
from insurance.operations.parties.person_tokens import person_token


def persons_in_row(
    batch: DataBatch,
    record: Mapping[str, Any],
    values: Mapping[str, str],
    mapping: CompiledMapping,
    ports: IntakePorts,
) -> frozenset[str]:
    """Of a row of the batch, by what it became and what the file says."""
    token = ports.index_keys.token
    return frozenset(
        person_token(token, batch.mode, batch.partner, mark)
        for mark in marks_in_row(record, values, mapping.document)
    )
