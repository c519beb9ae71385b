"""A receiver of webhooks on loopback: it keeps what it is sent, and answers as a test says."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Event, Thread
from typing import Any, NamedTuple

LOOPBACK = "127.0.0.1"


class Received(NamedTuple):
    """One message."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What came, and what is answered."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    taken: list[Received] = field(default_factory=list)
    """Those that were answered well."""
    answer: Callable[[Received], int] = lambda _: 204
    headers: dict[str, str] = field(default_factory=dict)
    waits_seconds: float = 0.0
    """How long it takes to answer."""
    tls: SSLContext | None = None
    closing: Event = field(default_factory=Event)

    def ids(self) -> list[str]:
        """The ids of the messages that it took, in their order."""
        return [each.headers["webhook-id"] for each in self.taken]

    def of(self, stream: str) -> list[int]:
        """The numbers of the events that it took of one object, in their order."""
        ids = [each.rpartition("-") for each in self.ids()]
        return [int(number) for about, _, number in ids if about == stream]


@contextmanager
def receiving(**given: Any) -> Iterator[Receiver]:
    """A receiver, for as long as it lasts."""
    receiver = Receiver(**given)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            message = Received(self.path, headers, body)
            receiver.received.append(message)
            receiver.closing.wait(receiver.waits_seconds)
            status = receiver.answer(message)
            if status // 100 == 2:
                receiver.taken.append(message)
            try:
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()
            except OSError:
                pass  # the caller has gone

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    server.daemon_threads = True
    if receiver.tls is not None:
        server.socket = receiver.tls.wrap_socket(server.socket, server_side=True)
    receiver.url = f"http://{LOOPBACK}:{server.server_address[1]}/events"
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.closing.set()
        server.shutdown()
        server.server_close()
