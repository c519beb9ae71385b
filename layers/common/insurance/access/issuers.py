"""Issuers: whose tokens the stack trusts, by configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

DISCOVERY_PATH = "/.well-known/openid-configuration"
USUAL_ALGORITHMS = frozenset({"RS256", "ES256"})
KNOWN_ALGORITHMS = frozenset({"RS256", "ES256", "PS256"})


class UnsafeAddress(ValueError):
    """Keys must not be fetched from this address."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """A trusted issuer of tokens; `url` must equal the claim `iss` exactly.

    Our own issuer is a Cognito user pool. Only its groups are staff roles, only its access tokens may
    have no audience, and it signs for every application that is registered without an issuer.
    """

    url: str
    is_own: bool
    algorithms: frozenset[str] = USUAL_ALGORITHMS
    """With which its tokens may be signed."""

    @property
    def discovery_url(self) -> str:
        return self.url.rstrip("/") + DISCOVERY_PATH

    def checked_keys_url(self, url: str) -> str:
        """The address of the issuer's keys, if it is safe to call.

        Plain HTTP is allowed on this machine only, and only for an issuer on this machine: a remote
        issuer must not make the authorizer call the Lambda runtime's loopback API.

        Raises:
            UnsafeAddress: It is plain HTTP to another machine, or is no address of a host.
        """
        address = _split(url)
        if address.scheme != "https" and not (
            _is_loopback(_split(self.url)) and _is_plain(address)
        ):
            raise UnsafeAddress(f"{self.url} has its keys at an unsafe address")
        return url


def trusted_issuers(configured: str) -> Mapping[str, Issuer]:
    """Issuers by URL, from a comma separated list; the first is our own.

    An address may be followed by the algorithms of its tokens: `https://login.example/ ES256 PS256`.

    Raises:
        UnsafeAddress: The list is empty, or an address is not https.
        ValueError: An algorithm is not one that we know.
    """
    entries = [entry.split() for entry in configured.split(",") if entry.strip()]
    if not entries:
        raise UnsafeAddress("no issuer is trusted")
    for url, *algorithms in entries:
        address = _split(url)
        if address.scheme != "https" and not _is_plain(address):
            raise UnsafeAddress(f"the issuer {url} is not https")
        if not KNOWN_ALGORITHMS.issuperset(algorithms):
            raise ValueError(f"the tokens of {url} are signed with an algorithm that is not known")
    own = entries[0][0]
    return {
        url: Issuer(url, url == own, frozenset(algorithms) or USUAL_ALGORITHMS)
        for url, *algorithms in entries
    }


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
