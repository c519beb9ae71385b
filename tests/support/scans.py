"""What GuardDuty says of an upload."""

import json

from insurance.scanning.guardduty import TAG

from tests.support.platform import Platform


def scanned(handlers: Platform, key: str, status: str | None) -> None:
    """The uploaded file as it is once its scan has ended so; None: it goes on."""
    store = handlers.backend.store
    [row] = store.execute("SELECT metadata FROM objects WHERE key = ?", (key,)).fetchall()
    metadata = json.loads(row[0]) | {"tags": {TAG: status} if status else {}}
    store.execute("UPDATE objects SET metadata = ? WHERE key = ?", (json.dumps(metadata), key))
