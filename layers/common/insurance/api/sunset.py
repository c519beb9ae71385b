"""Sunset: what every answer of a deprecated API product says, and its end.

The authorizer hands on what the caller's API products end by (`access/notices.py`), so a function reads nothing for
it. `Deprecation` is RFC 9745, `Sunset` is RFC 8594, `successor-version` is RFC 5829.
"""

from collections.abc import Mapping
from datetime import datetime
from email.utils import formatdate
from typing import Any, Final

from insurance import config
from insurance.access.notices import SunsetNotice, read
from insurance.domain.core.errors import ApiProductRetired

PAGE: Final = "catalogue"


def sunset_headers(event: Mapping[str, Any]) -> dict[str, str]:
    """The headers of an answer to this call; none where nothing of it ends."""
    notice = _notice(event)
    if notice is None:
        return {}
    page = f"{config.docs_url()}/{PAGE}#{notice.product}"
    links = [
        f'<{page}>; rel="{relation}"; type="text/html"' for relation in ("deprecation", "sunset")
    ]
    if notice.successor:
        links.append(f'<{_base(event)}{notice.successor}>; rel="successor-version"')
    return {
        "Deprecation": f"@{notice.deprecated_at}",
        "Sunset": formatdate(notice.sunset_at, usegmt=True),
        "Link": ", ".join(links),
    }


def check_served(event: Mapping[str, Any], now: datetime) -> None:
    """Refuse a call of what has ended.

    Raises:
        ApiProductRetired: Its sunset has passed.
    """
    notice = _notice(event)
    if notice is not None and now.timestamp() >= notice.sunset_at:
        raise ApiProductRetired(notice.successor)


def _notice(event: Mapping[str, Any]) -> SunsetNotice | None:
    context = event["requestContext"].get("authorizer") or {}
    return read(context, event["path"].rstrip("/"))


def _base(event: Mapping[str, Any]) -> str:
    """What stands in front of our paths: the stage, or the base path of a custom domain."""
    whole: str = event["requestContext"]["path"]
    return whole.removesuffix(event["path"])
