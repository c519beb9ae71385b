"""Receivers of webhooks in the open network, and nowhere else.

A name is resolved once, every address that it leads to is looked at, and the connection goes to the address that was
looked at: a name that leads elsewhere a moment later (DNS rebinding) changes nothing. Redirects are not followed.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing, suppress
from functools import cached_property
from threading import Timer
from typing import Final

from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.webhook.address import ReceiverAddress, is_public, read_url
from insurance.operations.notifications.webhook_ports import Outcome, ReceiverAnswer

CONNECT_SECONDS: Final = 3.0
DEADLINE_SECONDS: Final = 10.0
"""For everything together, however slowly a receiver answers."""
ANSWER_BYTES_MAX: Final = 4096
"""Of the body: nobody reads it, but the connection is read to its end where that is near."""
GONE: Final = 410

type Resolve = Callable[[str, int], Sequence[str]]
"""The IP addresses of a host."""


class NotPublic(Exception):
    """A name leads to an address that is not of the open network."""


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, as the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class HttpReceivers:
    """The port `Receivers` over HTTP/1.1. `local` hosts are called wherever they are, and without TLS if asked for."""

    def __init__(self, local: Collection[str] = (), *, resolve: Resolve = resolve) -> None:
        self._local, self._resolve = frozenset(local), resolve

    def check(self, url: str) -> None:
        """Check where a URL leads.

        Raises:
            InvalidFields: It is none of https, or leads elsewhere than into the open network, or nowhere.
        """
        address = read_url(url, local=self._local)
        try:
            self._place(address)
        except NotPublic:
            detail = "This address is not one of the open network."
            raise InvalidFields([FieldFault("/url", "not-public", detail)]) from None
        except OSError:
            fault = FieldFault("/url", "unknown", "No receiver has this name.")
            raise InvalidFields([fault]) from None

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> ReceiverAnswer:
        try:
            address = read_url(url, local=self._local)
            return self._post(address, self._place(address), headers, body)
        except (InvalidFields, NotPublic):
            return ReceiverAnswer(Outcome.ADDRESS_REFUSED)
        except TimeoutError:
            return ReceiverAnswer(Outcome.TIMED_OUT)
        except (
            OSError,
            http.client.HTTPException,
        ):  # no name, no connection, no certificate, no HTTP
            return ReceiverAnswer(Outcome.UNREACHABLE)

    def _place(self, address: ReceiverAddress) -> str:
        """The IP address to connect to."""
        found = self._resolve(address.host, address.port)
        if address.host not in self._local and not all(map(is_public, found)):
            raise NotPublic
        return found[0]

    def _post(
        self, address: ReceiverAddress, place: str, headers: Mapping[str, str], body: bytes
    ) -> ReceiverAnswer:
        with closing(_Connection(address, place, self._tls)) as connection:
            watch = Timer(DEADLINE_SECONDS, connection.cut)
            watch.daemon = True
            watch.start()
            try:
                connection.connect()
                connection.request(
                    "POST", address.path, body, {**headers, "user-agent": "Coverwright"}
                )
                answer = connection.getresponse()
                answer.read(ANSWER_BYTES_MAX)
            except (OSError, http.client.HTTPException):
                if connection.was_cut:
                    raise TimeoutError from None
                raise
            finally:
                watch.cancel()
        if connection.was_cut:
            raise TimeoutError
        if 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's own classes
            return ReceiverAnswer(Outcome.DELIVERED, answer.status)
        return ReceiverAnswer(
            Outcome.GONE if answer.status == GONE else Outcome.REFUSED, answer.status
        )

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


class _Connection(http.client.HTTPConnection):
    """A connection to a place that was looked at, under the name of the receiver."""

    def __init__(self, address: ReceiverAddress, place: str, tls: ssl.SSLContext) -> None:
        super().__init__(address.host, address.port, timeout=DEADLINE_SECONDS)
        self.default_port = 443 if address.scheme == "https" else 80
        self._address, self._at, self._tls = address, place, tls
        self.was_cut = False

    def connect(self) -> None:
        plain = socket.create_connection((self._at, self._address.port), CONNECT_SECONDS)
        self.sock = plain
        plain.settimeout(DEADLINE_SECONDS)
        if self._address.scheme == "https":
            self.sock = self._tls.wrap_socket(
                plain, server_hostname=self._address.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def cut(self) -> None:
        """Time is up: what waits for the socket is woken."""
        self.was_cut = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
