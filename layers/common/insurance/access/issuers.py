"""Whose tokens count: the issuers that the stack trusts, by configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

DISCOVERY_PATH = "/.well-known/openid-configuration"


class UnsafeAddress(ValueError):
    """An address that keys must not be fetched from."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """A trusted issuer of tokens; `url` is compared with `iss` to the letter.

    The house's own issuer is a Cognito user pool: only its groups make staff, only its access
    tokens may come without an audience, and it vouches for every application that names no other.
    """

    url: str
    is_own: bool

    @property
    def discovery_url(self) -> str:
        return self.url.rstrip("/") + DISCOVERY_PATH

    def checked_keys_url(self, url: str) -> str:
        """The address of the keys, as the issuer names it, if it is safe to call.

        Plain HTTP stays on this machine, and only an issuer on this machine may send us there: a
        remote one must not turn the authorizer against the Lambda runtime's own loopback API.
        """
        address = _split(url)
        if address.scheme != "https" and not (
            _is_loopback(_split(self.url)) and _is_plain(address)
        ):
            raise UnsafeAddress(f"{self.url} keeps its keys at an unsafe address")
        return url


def trusted_issuers(configured: str) -> Mapping[str, Issuer]:
    """Issuers from a comma separated list of URLs; the first is the house's own."""
    urls = [url.strip() for url in configured.split(",") if url.strip()]
    if not urls:
        raise UnsafeAddress("no issuer is trusted")
    for url in urls:
        address = _split(url)
        if address.scheme != "https" and not _is_plain(address):
            raise UnsafeAddress(f"the issuer {url} is not https")
    return {url: Issuer(url, is_own=url == urls[0]) for url in urls}


def _split(url: str) -> SplitResult:
    address = urlsplit(url)
    if not address.hostname or address.username is not None or address.fragment:
        raise UnsafeAddress("an address needs a host, and neither user nor fragment")
    return address


def _is_plain(address: SplitResult) -> bool:
    return address.scheme == "http" and _is_loopback(address)


def _is_loopback(address: SplitResult) -> bool:
    host = address.hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
