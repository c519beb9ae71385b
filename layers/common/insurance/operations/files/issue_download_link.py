"""Issue a download link: a readable copy of a sealed file, under a link that expires soon."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from insurance.operations.files.ports import Objects

LINK_LIFETIME = timedelta(minutes=5)
"""The copy itself is deleted a day or two later."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where anybody who has the link can read a file until it expires."""

    url: str
    expires_at: datetime


def issue_download_link(
    id: str, file: bytes, *, media_type: str, name: str, objects: Objects, now: datetime
) -> Link:
    """Store the day's readable copy of a file and link to it; it is saved under `name`."""
    key = download_key(id, now.date(), name.rpartition(".")[2])
    objects.put(key, file, media_type=media_type)
    return link_to(key, name=name, objects=objects, now=now)


def link_to(key: str, *, name: str, objects: Objects, now: datetime) -> Link:
    """A link to an object that may be read as it stands."""
    url = objects.link(key, seconds=int(LINK_LIFETIME.total_seconds()), name=name)
    return Link(url, now + LINK_LIFETIME)


def download_key(id: str, day: date, ending: str) -> str:
    """A new copy each day, so that none is deleted while a link to it is good."""
    return f"downloads/{day.isoformat()}/{id}.{ending}"
