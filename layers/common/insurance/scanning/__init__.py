"""Looking into strangers' files: for malware, and for what a PDF would do.

The scanner for malware that is bundled knows the one file by which every scanner is tried out.
A real scanner (GuardDuty Malware Protection, ClamAV) stands behind the same port, `Scanner`.
"""

from insurance.domain.evidence.unpacking import contents

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""In two halves, lest scanners take this module for it."""


class BundledScanner:
    """The port `Scanner`: finds the test file, alone, inside another, or deflated in one."""

    def found_in(self, file: bytes) -> str | None:
        return "EICAR-Test-File" if any(EICAR in content for content in contents(file)) else None
