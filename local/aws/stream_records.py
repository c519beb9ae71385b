"""The engine's list of stream records: found by an index, and kept for a day.

dynoxide 1.2.1 finds a stream's next number by reading all records of its table, and keeps them for good
where DynamoDB keeps them for 24 hours. So each write would take longer than the last one. With the
index it finds the number at once; the records and what it answers stay the same.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

KEPT_SECONDS = 24 * 3600
WAIT_SECONDS = 10
"""For the engine, which may be writing."""


def index_stream_records(database: Path) -> None:
    """Make the index in the file of a running engine, unless it is there."""
    with closing(sqlite3.connect(database, timeout=WAIT_SECONDS)) as engine, engine:
        engine.execute(
            "CREATE INDEX IF NOT EXISTS _stream_numbers"
            " ON _stream_records (table_name, CAST(sequence_number AS INTEGER))"
        )


def prune_stream_records(
    database: Path, read: Mapping[str, int], *, now: float | None = None
) -> int:
    """Delete the records that are older than a day and that every reader has passed; how many they were.

    `read` holds, by table, the last number that all its readers have delivered. The newest record of
    a table stays: the engine counts on from it.
    """
    before = (time.time() if now is None else now) - KEPT_SECONDS
    deleted = 0
    with closing(sqlite3.connect(database, timeout=WAIT_SECONDS)) as engine, engine:
        for table, number in read.items():
            deleted += engine.execute(
                "DELETE FROM _stream_records WHERE table_name = :table AND created_at < :before"
                " AND CAST(sequence_number AS INTEGER) <= :number"
                " AND CAST(sequence_number AS INTEGER) < (SELECT max(CAST(sequence_number AS INTEGER))"
                " FROM _stream_records WHERE table_name = :table)",
                {"table": table, "number": number, "before": before},
            ).rowcount
    return deleted
