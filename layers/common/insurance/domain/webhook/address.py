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
_NAT64: Final = (
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
)
"""What stands in for an address of version 4."""


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
        wrapped = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if any(ip in network for network in _NAT64) or int(ip) >> 32 == 0:
            wrapped.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if any(each is not None for each in wrapped):
            return False  # nobody has its receiver there but to get around this
    return ip.is_global and not ip.is_multicast
