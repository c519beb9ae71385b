"""What GuardDuty Malware Protection for S3 says of an upload: a tag that it alone may set."""

from typing import Final

from insurance.domain.core.errors import Unavailable
from insurance.operations.files.ports import Objects, ScanVerdict

TAG: Final = "GuardDutyMalwareScanStatus"
VERDICTS: Final = {
    "NO_THREATS_FOUND": ScanVerdict.CLEAN,
    "THREATS_FOUND": ScanVerdict.INFECTED,
    "UNSUPPORTED": ScanVerdict.NOT_SCANNABLE,
}
"""The two others, ACCESS_DENIED and FAILED, say nothing of the file."""


class GuardDutyScans:
    """The port `Scans` on the tags of a bucket."""

    def __init__(self, uploads: Objects) -> None:
        self._uploads = uploads

    def verdict(self, key: str) -> ScanVerdict | None:
        """What the scan found; None: there is no such file.

        Raises:
            Unavailable: The file could not be scanned: a fault of the role, or of the service.
        """
        tags = self._uploads.tags(key)
        if tags is None:
            return None
        if TAG not in tags:
            return ScanVerdict.PENDING
        if tags[TAG] not in VERDICTS:
            raise Unavailable("The scan for malware")
        return VERDICTS[tags[TAG]]


class NoScans:
    """The port `Scans` where nobody scans, for a reason that the stack's parameter states."""

    def verdict(self, key: str) -> ScanVerdict | None:  # noqa: ARG002 - the port's
        return ScanVerdict.CLEAN
