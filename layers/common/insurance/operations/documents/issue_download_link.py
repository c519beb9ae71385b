"""Lend a file that is kept sealed: a copy to be read, under a link that ends soon."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from insurance.operations.documents.ports import Objects

LENT_FOR = timedelta(minutes=5)
"""How long a link can be read. What it reads is gone a day or two later."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a file can be read for a short time, by whoever has the link."""

    url: str
    expires_at: datetime


def issue_download_link(
    id: str, file: bytes, *, media_type: str, name: str, objects: Objects, now: datetime
) -> Link:
    """The copy of the day, saved under `name`. Copies are deleted by the day they are of."""
    key = lent_key(id, now.date(), name.rpartition(".")[2])
    objects.put(key, file, media_type=media_type)
    url = objects.link(key, seconds=int(LENT_FOR.total_seconds()), name=name)
    return Link(url, now + LENT_FOR)


def lent_key(id: str, day: date, ending: str) -> str:
    """A new copy each day, so that none is deleted while a link to it is good."""
    return f"lent/{day.isoformat()}/{id}.{ending}"
