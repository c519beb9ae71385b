"""Where files are stored and how they are sent and read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class UploadForm:
    """Where and with which form fields one file may be sent, as `multipart/form-data`, file last."""

    url: str
    fields: Mapping[str, str]


class Objects(Protocol):
    """Files of one kind; a key never changes what it holds. Keys and links name no person."""

    def put(self, key: str, body: bytes, *, media_type: str) -> bool:
        """Store a new object; False, and nothing done, when the key is there already."""

    def get(self, key: str) -> bytes | None: ...

    def tags(self, key: str) -> Mapping[str, str] | None:
        """What the object is labelled with; None: there is none."""

    def delete(self, key: str) -> None:
        """Nothing is under the key afterwards, whether there was something or not."""

    def delete_all(self, prefix: str) -> None:
        """Nothing is under any key that begins so afterwards, nor an earlier version of it."""

    def link(self, key: str, *, seconds: int, name: str, media_type: str) -> str:
        """A URL under which anybody may save the object until then, under `name`. It is not shown: it is an
        attachment of this type, whatever it was stored as, and who changes either has no link."""

    def upload_form(
        self, key: str, *, media_type: str, sha256: str, largest: int, seconds: int
    ) -> UploadForm:
        """A form that stores exactly this content (SHA-256 in base64), of at most `largest` bytes."""


class ScanVerdict(StrEnum):
    """What a scan for malware said of an upload."""

    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"
    NOT_SCANNABLE = "not_scannable"


class Scans(Protocol):
    """Who scans uploads as they come, before anybody reads them."""

    def verdict(self, key: str) -> ScanVerdict | None:
        """What the scan found in the file under a key; None: there is no such file.

        Raises:
            Unavailable: The file could not be scanned.
        """


class Scanner(Protocol):
    """A scanner for malware."""

    def found_in(self, file: bytes) -> str | None:
        """The name of the malware in a file; None when there is none.

        Raises:
            FileRefused: There is more in the file than can be looked at.
            Unavailable: The file could not be scanned.
        """


@dataclass(frozen=True, slots=True)
class UploadPorts:
    """Where large files of one kind are uploaded to, and who looks for malware in them."""

    objects: Objects
    scans: Scans
    scanner: Scanner
