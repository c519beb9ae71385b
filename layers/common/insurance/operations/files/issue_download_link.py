"""Issue a download link: a readable copy of a sealed file, under a link that expires soon."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from insurance.domain.core.identity import PartyId
from insurance.operations.files.ports import Objects

LINK_LIFETIME = timedelta(minutes=5)
"""The copy itself is deleted a day or two later."""


MEDIA_TYPES: Final = MappingProxyType(
    {
        "pdf": "application/pdf",
        "jpg": "image/jpeg",
        "png": "image/png",
        "json": "application/json",
        "bin": "application/octet-stream",
    }
)
"""What is given out, by the ending of its name: types that no browser runs or takes for a page of ours."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where anybody who has the link can read a file until it expires."""

    url: str
    expires_at: datetime


class ReadableCopy(NamedTuple):
    """What a copy is a copy of, and what it is called when it is saved."""

    id: str
    party_id: PartyId
    """Whose key the file is sealed with: their erasure deletes the copy."""
    name: str
    """Its ending says of which type it is: see `MEDIA_TYPES`."""


def issue_download_link(
    copy: ReadableCopy, file: bytes, *, objects: Objects, now: datetime
) -> Link:
    """Store the day's readable copy of a file and link to it."""
    key = download_key(copy, now.date())
    objects.put(key, file, media_type=MEDIA_TYPES[ending_of(copy.name)])
    return link_to(key, name=copy.name, objects=objects, now=now)


def link_to(key: str, *, name: str, objects: Objects, now: datetime) -> Link:
    """A link to an object that may be saved as it stands."""
    seconds, media_type = int(LINK_LIFETIME.total_seconds()), MEDIA_TYPES[ending_of(name)]
    url = objects.link(key, seconds=seconds, name=name, media_type=media_type)
    return Link(url, now + LINK_LIFETIME)


def download_key(copy: ReadableCopy, day: date) -> str:
    """A new copy each day, so that none is deleted while a link to it is good."""
    return f"{_downloads_of(copy.party_id)}{day.isoformat()}/{copy.id}.{ending_of(copy.name)}"


def ending_of(name: str) -> str:
    """What a file's name ends in."""
    return name.rpartition(".")[2]


def take_back_copies(party_ids: Iterable[PartyId], buckets: Iterable[Objects]) -> None:
    """Delete every readable copy of what was sealed for these parties: links to them read nothing.

    Raises:
        Unanswered: The object store did not answer; the scheduler does it again (`SWEPT_AFTER`).
        Unavailable: The object store is busy; as above.
    """
    ids = tuple(party_ids)
    for objects in buckets:
        for party_id in ids:
            objects.delete_all(_downloads_of(party_id))


def _downloads_of(party_id: PartyId) -> str:
    return f"downloads/{party_id}/"
