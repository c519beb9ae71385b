"""Preview the first rows of a file under a mapping: records and every finding. Nothing is stored."""

from io import BytesIO
from itertools import islice
from typing import Final, NamedTuple

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.errors import SourceNotFound
from insurance.domain.core.identity import UploadId
from insurance.domain.intake.document import read_document
from insurance.domain.intake.files import UnreadableFile
from insurance.domain.intake.mapping import compile_mapping
from insurance.domain.intake.proposal import propose_mapping
from insurance.domain.intake.row import CheckedRow
from insurance.domain.intake.source import RowKind, SourceText
from insurance.operations.command import Query
from insurance.operations.files.uploads import read_uploaded
from insurance.operations.intake.change_source import check_mapping
from insurance.operations.intake.ports import IntakePorts

ROWS_SHOWN: Final = 50
FINDINGS_MAX: Final = 200
"""Of one row that are shown."""


class Preview(NamedTuple):
    """The first rows of a file, and the mapping that they were read by."""

    mapping: JsonObject
    rows: tuple[CheckedRow, ...]


def preview_source(
    code: str, upload_id: UploadId, mapping: JsonObject | None, query: Query, ports: IntakePorts
) -> Preview:
    """The first rows as this mapping, or else the newest of the source, makes them. Where there is neither, a mapping is
    proposed from headings and values, for a person to read.

    Raises:
        InvalidFields: The mapping cannot be read.
        UploadNotSent: Nothing of this caller's is there.
        UploadNotScanned: The scan for malware has not come to it yet.
        UploadRefused: It holds malware, or more than can be looked at.
        UnreadableFile: The file cannot be read by this mapping.
    """
    file = read_uploaded(upload_id, query.caller, ports.uploads)
    if mapping is None:
        mapping = _newest(code, query, ports) or _proposed(file, ports)
    else:
        check_mapping(SourceText(version=1, partner="", mapping=mapping))
    compiled = compile_mapping(mapping)
    rows = islice(ports.read_rows(BytesIO(file), compiled.document), ROWS_SHOWN)
    checked = compiled.check(rows, compiled.seen_keys(slots=SLOTS))
    return Preview(mapping, tuple(checked))


def _newest(code: str, query: Query, ports: IntakePorts) -> JsonObject | None:
    try:
        return ports.sources.get(query.caller.mode, code).record.text.mapping
    except SourceNotFound:
        return None


def _proposed(file: bytes, ports: IntakePorts) -> JsonObject:
    """A mapping of a CSV file by what its columns are called and say."""
    rows = [row.values for row in islice(ports.read_rows(BytesIO(file), ANY_CSV), ROWS_SHOWN)]
    if not rows:
        raise UnreadableFile("empty")
    return propose_mapping(list(rows[0]), rows, RowKind.QUOTES)


ANY_CSV: Final = read_document(
    {"kind": RowKind.QUOTES, "columns": {"-": {}}, "fields": {"any": {"from": "-"}}}
)
"""Enough of a mapping to read rows by the headings that they have."""


SLOTS: Final = 128
"""Of the tables that compare rows with each other: more than there are rows."""
