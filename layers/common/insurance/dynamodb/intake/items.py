"""Batches and rows as items: their columns for lists, beside what their last events say."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from insurance.domain.core.identity import party_id_for
from insurance.domain.core.roles import Role
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.intake.batch import ENDED, DataBatch
from insurance.domain.intake.quarantined_row import QuarantinedRow
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import KEY, OnePartyKey
from insurance.dynamodb.work_queue_index import waiting_columns

if TYPE_CHECKING:
    from insurance.operations.parties.ports import Keys

PERSONS: Final = "persons"
"""The column with the index tokens of whom a row names."""


def read_batch(item: Item, keys: "Keys") -> Stored[DataBatch]:
    """A batch, with its key where it has one still."""
    stored = aggregates.read_stored(DataBatch, item, None)
    key = keys.open(item[KEY]["B"]) if KEY in item else None
    return Stored(stored.record, stored.head, key, stored.body)


def read_row(item: Item, keys: "Keys") -> Stored[QuarantinedRow]:
    """A row, opened with its key where it has one still."""
    key = keys.open(item[KEY]["B"]) if KEY in item else None
    return aggregates.read_stored(
        QuarantinedRow, item, OnePartyKey(party_id_for(item["id"]["S"]), key)
    )


def batch_columns(batch: DataBatch, key: PartyKey | None) -> Item:
    """What lists say of a batch, and its key until it has ended: then nothing more is read of its file."""
    place = codec.text(f"{latest_first(batch.received_at)}#{batch.id}")
    mine = {"book": codec.text(f"{batch.mode}#batches#{batch.partner}")} if batch.partner else {}
    waiting = waiting_columns(batch.id, Role.UNDERWRITER, batch.waits_from)
    wrapped = {KEY: codec.binary(key.wrapped)} if key and batch.status not in ENDED else {}
    listed = {"list": codec.text(f"{batch.mode}#batches"), "place": place}
    return {**listed, **mine, **waiting, **wrapped}


def persons_in(item: Item) -> frozenset[str]:
    """The index tokens of whom a row names."""
    return frozenset(item.get(PERSONS, {"SS": []})["SS"])


def row_columns(row: QuarantinedRow) -> Item:
    """What lists say of a row."""
    return {
        "list": codec.text(f"{row.batch_id}#{row.status}"),
        "place": codec.text(f"{row.number:08d}"),
    }


def latest_first(at: datetime) -> str:
    """A place in a list that later ones stand before."""
    return f"{10**11 - int(at.timestamp()):011d}"
