"""HTTP to what is served on this machine, without the world's certificates.

A client of httpx that is made without more loads them all, which takes longer than most calls here.
"""

import ssl
from typing import Any

import httpx

from tests.support.waiting import ANSWER_SECONDS

NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For `verify`: nothing is reached over TLS."""

LOOPBACK: dict[str, Any] = {"verify": NO_AUTHORITIES, "timeout": ANSWER_SECONDS}


def get(url: str, **options: Any) -> httpx.Response:
    return httpx.get(url, **LOOPBACK | options)


def post(url: str, **options: Any) -> httpx.Response:
    return httpx.post(url, **LOOPBACK | options)
