"""Preview the first rows of a file under a mapping: records and every finding. Nothing is stored."""

from io import BytesIO
from itertools import islice
from typing import Final, NamedTuple

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.identity import UploadId
from insurance.domain.intake.mapping import compile_mapping
from insurance.domain.intake.row import CheckedRow
from insurance.domain.intake.source import SourceText
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
    """The first rows as this mapping, or else the newest of the source, makes them.

    Raises:
        SourceNotFound: No mapping is given, and there is no such source.
        InvalidFields: The mapping cannot be read.
        UploadNotSent: Nothing of this caller's is there.
        UploadNotScanned: The scan for malware has not come to it yet.
        UploadRefused: It holds malware, or more than can be looked at.
        UnreadableFile: The file cannot be read by this mapping.
    """
    file = read_uploaded(upload_id, query.caller, ports.uploads)
    if mapping is None:
        text = ports.sources.get(query.caller.mode, code).record.text
    else:
        text = SourceText(version=1, partner="", mapping=mapping)
        check_mapping(text)
    compiled = compile_mapping(text.mapping)
    rows = islice(ports.read_rows(BytesIO(file), compiled.document), ROWS_SHOWN)
    checked = compiled.check(rows, compiled.seen_keys(slots=SLOTS))
    return Preview(text.mapping, tuple(checked))


SLOTS: Final = 128
"""Of the tables that compare rows with each other: more than there are rows."""
