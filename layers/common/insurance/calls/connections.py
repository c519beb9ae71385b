"""Connections to an AWS endpoint: kept open, one call at a time each, answers read by a parser written in C.

They stand where botocore has urllib3 and `http.client`, which take two fifths of a call to DynamoDB. What botocore
would raise is raised here: nobody above can tell the difference (docs/adr/0029).
"""

from __future__ import annotations

import socket
import ssl
from collections import deque
from select import POLLIN, poll
from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import finalize

from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)
from httptools import HttpParserError, HttpResponseParser

if TYPE_CHECKING:
    from collections.abc import Callable

CHUNK: Final = 65_536
FINAL: Final = 200
"""The first status of an answer that none follows."""
PORTS: Final = {"http": 80, "https": 443}


class EndpointAddress(NamedTuple):
    """Where an endpoint is reached."""

    scheme: str
    host: str
    port: int

    @property
    def named(self) -> str:
        """As a request's Host header names it: without the scheme's own port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


class Answer:
    """What an endpoint answered. Names of headers are in lower case."""

    def __init__(self) -> None:
        self.status_code = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.is_whole = False
        self.may_follow = False
        """Whether the connection takes another request after this answer."""
        self._parser = HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        self._parser.feed_data(data)

    # -- what the parser calls ------------------------------------------------------------------

    def on_message_begin(self) -> None:
        if self.is_whole:
            raise ValueError("more than one answer to one request")
        self.headers, self.body = {}, b""

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.status_code = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        self.body = self.body + body if self.body else body

    def on_message_complete(self) -> None:
        self.is_whole = self.status_code >= FINAL
        self.may_follow = self._parser.should_keep_alive()


class Connections:
    """The open connections to one endpoint."""

    def __init__(
        self,
        url: str,
        address: EndpointAddress,
        *,
        connect_timeout: float,
        read_timeout: float,
        trusted: Callable[[], ssl.SSLContext],
    ) -> None:
        """`trusted` makes the context of TLS: when the first connection is opened that needs one."""
        self._url = url
        self._address = address
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._trusted = trusted
        self._context: ssl.SSLContext | None = None
        self._idle: deque[socket.socket] = deque()
        finalize(self, _close_all, self._idle)

    def close(self) -> None:
        """Close what is open; the next call opens anew."""
        _close_all(self._idle)

    def exchange(self, request: bytes) -> Answer:
        """Send a whole request and wait for its whole answer. Nothing is sent twice.

        Raises:
            EndpointConnectionError, ConnectTimeoutError, SSLError: Nothing was sent.
            ReadTimeoutError, ConnectionClosedError: Nobody knows what became of it.
        """
        connection = self._taken()
        answer = Answer()
        try:
            connection.sendall(request)
            while not answer.is_whole:
                answer.feed(_received(connection))
        except TimeoutError as error:
            connection.close()
            raise ReadTimeoutError(endpoint_url=self._url, error=error) from error
        except (OSError, HttpParserError) as error:
            connection.close()
            raise ConnectionClosedError(endpoint_url=self._url, error=error) from error
        except BaseException:
            connection.close()  # half an answer may be on it
            raise
        if answer.may_follow:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def _taken(self) -> socket.socket:
        """A connection that nobody uses and that the other side has not closed, or a new one."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:
                break  # another thread took the last
            if not _has_something_to_read(connection):
                return connection
            connection.close()
        return self._opened()

    def _opened(self) -> socket.socket:
        scheme, host, port = self._address
        try:
            connection = socket.create_connection((host, port), timeout=self._connect_timeout)
        except TimeoutError as error:
            raise ConnectTimeoutError(endpoint_url=self._url, error=error) from error
        except OSError as error:
            raise EndpointConnectionError(endpoint_url=self._url, error=error) from error
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if scheme == "https":
                self._context = self._context or self._trusted()
                connection = self._context.wrap_socket(connection, server_hostname=host)
            connection.settimeout(self._read_timeout)
        except TimeoutError as error:
            connection.close()
            raise ConnectTimeoutError(endpoint_url=self._url, error=error) from error
        except ssl.SSLError as error:
            connection.close()
            raise SSLError(endpoint_url=self._url, error=error) from error
        except OSError as error:
            connection.close()
            raise EndpointConnectionError(endpoint_url=self._url, error=error) from error
        return connection


def _received(connection: socket.socket) -> bytes:
    data = connection.recv(CHUNK)
    if not data:
        raise ConnectionResetError("closed before the answer was whole")
    return data


def _close_all(idle: deque[socket.socket]) -> None:
    while idle:
        idle.pop().close()


def _has_something_to_read(connection: socket.socket) -> bool:
    """Between two calls that is the end of the connection, or nothing that anybody asked for."""
    watch = poll()
    watch.register(connection, POLLIN)
    return bool(watch.poll(0))
