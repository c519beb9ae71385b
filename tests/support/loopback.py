"""HTTP to what is served on this machine, without the world's certificates.

A client of httpx that is made without more loads them all, which takes longer than most calls here.
"""

import ssl
from typing import Any

import httpx

NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For `verify`: nothing is reached over TLS."""


def get(url: str, **options: Any) -> httpx.Response:
    return httpx.get(url, verify=NO_AUTHORITIES, **options)


def post(url: str, **options: Any) -> httpx.Response:
    return httpx.post(url, verify=NO_AUTHORITIES, **options)
