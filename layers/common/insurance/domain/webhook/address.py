"""Where a webhook may be: an address in the open network, without anything secret in it."""

import ipaddress
import re
from collections.abc import Collection
from typing import Final, NamedTuple

from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.webhook.webhook import URL_MAX

_URL: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?"
)
_PORTS: Final = {"https": 443, "http": 80}
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
"""All that was ever given out of version 6: what stands in for an address of version 4 is elsewhere, but for these."""
_ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})
"""The third quarter of an address that ends in one of version 4 (RFC 5214)."""


class ReceiverAddress(NamedTuple):
    """The parts of a webhook's URL."""

    scheme: str
    host: str
    port: int
    path: str


def read_url(url: str, *, local: Collection[str] = ()) -> ReceiverAddress:
    """The parts of a URL that a webhook may have. `local` are hosts that may be called without TLS.

    Raises:
        InvalidFields: It is none of `https`, or has a user, a query or a fragment.
    """
    found = _URL.fullmatch(url) if len(url) <= URL_MAX else None
    if found is None:
        detail = "A URL such as https://receiver.example/events: without user, query and fragment."
        raise InvalidFields([FieldFault("/url", "wrong-form", detail)])
    scheme, host = found["scheme"], found["host"].strip("[]").lower()
    if scheme != "https" and host not in local:
        raise InvalidFields([FieldFault("/url", "not-https", "Events are sent by https alone.")])
    port = int(found["port"] or _PORTS[scheme])
    if not 0 < port < 65536:  # noqa: PLR2004 - a port has 16 bits
        raise InvalidFields([FieldFault("/url", "wrong-form", "There is no such port.")])
    return ReceiverAddress(scheme, host, port, found["path"] or "/")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open network: none that is private, of this machine or of its link,
    and none in which such a one is wrapped."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        is_wrapped = ip.sixtofour or ip.teredo or (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP
        if ip not in _UNICAST or is_wrapped:
            return False  # nobody has its receiver there but to get around this
    return ip.is_global and not ip.is_multicast
