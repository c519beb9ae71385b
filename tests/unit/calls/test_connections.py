"""Connections to an endpoint: TLS, reuse, time-outs, and ends in the middle."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)
from botocore.httpsession import create_urllib3_context
from insurance.calls.connections import Answer, Connections, EndpointAddress

from local.certificate import Certificate, ensure_certificate
from local.processes import LOOPBACK

REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
ANSWER = b"HTTP/1.1 200 OK\r\nX-Amzn-RequestId: 7\r\nContent-Length: 5\r\n\r\nwhole"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nwhole"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nwho\r\n2\r\nle\r\n0\r\n\r\n"

type Serve = Callable[[socket.socket], None]


class Endpoint:
    """A server whose connections are served by one function each, in the order in which they are made."""

    def __init__(self, *serve: Serve, certificate: Certificate | None = None) -> None:
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self.ended = [threading.Event() for _ in serve]
        """Of each connection: it was served to its end, and closed."""
        self._context: ssl.SSLContext | None = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate.certificate, certificate.key)
        self._thread = threading.Thread(target=self._run, args=(serve,), daemon=True)
        self._thread.start()

    def _run(self, serve: tuple[Serve, ...]) -> None:
        for each, ended in zip(serve, self.ended, strict=True):
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # the test is over
            with suppress(OSError), connection:
                if self._context is not None:
                    connection = self._context.wrap_socket(connection, server_side=True)
                each(connection)
                connection.close()
            ended.set()

    def close(self) -> None:
        self._listener.close()


@contextmanager
def endpoint(*serve: Serve, certificate: Certificate | None = None) -> Iterator[Endpoint]:
    running = Endpoint(*serve, certificate=certificate)
    try:
        yield running
    finally:
        running.close()


def to(
    port: int,
    *,
    scheme: str = "http",
    host: str = LOOPBACK,
    read_timeout: float = 30,
    connect_timeout: float = 30,
    trusted: Callable[[], ssl.SSLContext] = create_urllib3_context,
) -> Connections:
    return Connections(
        f"{scheme}://{host}:{port}/",
        EndpointAddress(scheme, host, port),
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        trusted=trusted,
    )


def answers(*said: bytes) -> Serve:
    """One answer to each request, in as many pieces as it has bytes."""

    def serve(connection: socket.socket) -> None:
        for each in said:
            received = b""
            while not received.endswith(b"{}"):
                received += connection.recv(4096)
            for place in range(len(each)):
                connection.sendall(each[place : place + 1])

    return serve


def resets(connection: socket.socket) -> None:
    """Ends it as a host does that dies: without a word."""
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def says_nothing(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return ensure_certificate(tmp_path_factory.mktemp("tls"))


def trusting(file: Path) -> Callable[[], ssl.SSLContext]:
    def trusted() -> ssl.SSLContext:
        context: ssl.SSLContext = create_urllib3_context()
        context.load_verify_locations(file)
        context.check_hostname = True
        return context

    return trusted


# -- answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [ANSWER, LAST, CHUNKED, b"HTTP/1.1 100 Continue\r\n\r\n" + ANSWER])
def test_an_answer_is_read_to_its_end_however_it_comes(said: bytes):
    with endpoint(answers(said)) as running:
        answer = to(running.port).exchange(REQUEST)

    assert (answer.status_code, answer.body) == (200, b"whole")


def test_names_of_headers_are_in_lower_case():
    with endpoint(answers(ANSWER)) as running:
        answer = to(running.port).exchange(REQUEST)

    assert answer.headers == {"x-amzn-requestid": "7", "content-length": "5"}


# -- reuse ----------------------------------------------------------------------------------------


def test_a_connection_serves_one_request_after_another():
    with endpoint(answers(ANSWER, ANSWER, ANSWER)) as running:
        connections = to(running.port)
        found = [connections.exchange(REQUEST).body for _ in range(3)]

    assert found == [b"whole"] * 3


def test_an_answer_that_ends_its_connection_is_the_last_on_it():
    with endpoint(answers(LAST), answers(ANSWER)) as running:
        connections = to(running.port)
        found = [connections.exchange(REQUEST).body for _ in range(2)]

    assert found == [b"whole"] * 2


def test_a_connection_that_was_closed_meanwhile_is_not_used_again():
    with endpoint(answers(ANSWER), answers(ANSWER)) as running:
        connections = to(running.port)
        connections.exchange(REQUEST)
        running.ended[0].wait()
        found = connections.exchange(REQUEST)

    assert found.body == b"whole"


def test_a_connection_on_which_something_came_unasked_is_not_used_again():
    with endpoint(answers(ANSWER + b"HTTP/1.1 200 OK\r\n"), answers(ANSWER)) as running:
        connections = to(running.port)
        first = _or_none(lambda: connections.exchange(REQUEST))
        second = connections.exchange(REQUEST)

    assert first is None or first.body == b"whole"
    assert second.body == b"whole"


def _or_none(call: Callable[[], Answer]) -> Answer | None:
    try:
        return call()
    except ConnectionClosedError:
        return None


def test_two_answers_to_one_request_are_no_answer():
    def both_at_once(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(ANSWER + ANSWER)

    with endpoint(both_at_once) as running, pytest.raises(ConnectionClosedError):
        to(running.port).exchange(REQUEST)


def test_calls_at_once_have_a_connection_each():
    both = threading.Barrier(2)

    def together(connection: socket.socket) -> None:
        connection.recv(4096)
        threading.Thread(target=_answer_when, args=(both, connection.dup())).start()

    with endpoint(together, together) as running:
        connections = to(running.port)
        found: list[bytes] = []
        calls = [
            threading.Thread(target=lambda: found.append(connections.exchange(REQUEST).body))
            for _ in range(2)
        ]
        for call in calls:
            call.start()
        for call in calls:
            call.join()

    assert found == [b"whole"] * 2


def _answer_when(both: threading.Barrier, connection: socket.socket) -> None:
    both.wait()
    with connection:
        connection.sendall(ANSWER)


def test_what_was_closed_by_us_is_opened_anew():
    with endpoint(answers(ANSWER), answers(ANSWER)) as running:
        connections = to(running.port)
        connections.exchange(REQUEST)
        connections.close()
        found = connections.exchange(REQUEST)

    assert found.body == b"whole"


# -- what goes wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "serve",
    [
        resets,
        answers(b""),
        answers(ANSWER[:40]),
        answers(ANSWER[:-1]),
        answers(CHUNKED[:-5]),
        answers(b"SSH-2.0-OpenSSH_9.2\r\n"),
        answers(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nwhole"),
        answers(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nwhole"),
    ],
    ids=["reset", "nothing", "half a head", "half a body", "half the chunks", "no HTTP", "two lengths", "no length"],
)  # fmt: skip
def test_an_answer_that_is_not_whole_leaves_open_what_became_of_the_request(serve: Serve):
    with endpoint(serve, answers(ANSWER)) as running:
        connections = to(running.port)
        with pytest.raises(ConnectionClosedError):
            connections.exchange(REQUEST)
        running.ended[0].wait()
        again = connections.exchange(REQUEST)

    assert again.body == b"whole"


def test_who_says_nothing_is_not_waited_for():
    with endpoint(says_nothing, answers(ANSWER)) as running:
        connections = to(running.port, read_timeout=0.05)
        with pytest.raises(ReadTimeoutError):
            connections.exchange(REQUEST)
        running.ended[0].wait()  # its connection was closed, and a late answer meets nobody


def test_where_nobody_listens_nothing_was_sent():
    with endpoint() as running:
        port = running.port

    with pytest.raises(EndpointConnectionError):
        to(port).exchange(REQUEST)


def test_a_name_that_nobody_knows_is_nowhere():
    with pytest.raises(EndpointConnectionError):
        to(80, host="nobody.invalid").exchange(REQUEST)


def test_who_does_not_take_a_connection_is_not_waited_for():
    listener = socket.create_server((LOOPBACK, 0), backlog=0)
    port = listener.getsockname()[1]
    taken = [socket.socket() for _ in range(8)]
    try:
        for each in taken:  # they fill the queue, and nobody takes them from it
            each.setblocking(False)
            each.connect_ex((LOOPBACK, port))
        with pytest.raises(ConnectTimeoutError):
            to(port, connect_timeout=0.05).exchange(REQUEST)
    finally:
        for each in (*taken, listener):
            each.close()


# -- TLS ------------------------------------------------------------------------------------------


def test_who_is_trusted_is_spoken_to(certificate: Certificate):
    with endpoint(answers(ANSWER, ANSWER), certificate=certificate) as running:
        trusted = trusting(certificate.certificate)
        connections = to(running.port, scheme="https", host="localhost", trusted=trusted)
        found = [connections.exchange(REQUEST).body for _ in range(2)]

    assert found == [b"whole"] * 2


def test_who_is_not_trusted_is_told_nothing(certificate: Certificate):
    heard: list[bytes] = []

    def listens(connection: socket.socket) -> None:
        heard.append(connection.recv(4096))

    def trusts_others() -> ssl.SSLContext:
        context: ssl.SSLContext = create_urllib3_context()
        context.check_hostname = True
        return context

    with endpoint(listens, certificate=certificate) as running:
        connections = to(running.port, scheme="https", host="localhost", trusted=trusts_others)
        with pytest.raises(SSLError):
            connections.exchange(REQUEST)
        running.ended[0].wait()

    assert heard == []


def test_a_certificate_for_another_name_is_not_trusted(certificate: Certificate):
    with endpoint(answers(ANSWER), certificate=certificate) as running:
        trusted = trusting(certificate.certificate)
        connections = to(running.port, scheme="https", host="127.0.0.2", trusted=trusted)
        with pytest.raises((SSLError, EndpointConnectionError)):
            connections.exchange(REQUEST)


def test_a_handshake_that_does_not_end_is_not_waited_for():
    with endpoint(says_nothing) as running:
        connections = to(running.port, scheme="https", host="localhost", connect_timeout=0.05)
        with pytest.raises(ConnectTimeoutError):
            connections.exchange(REQUEST)


@pytest.mark.parametrize(
    ("address", "named"),
    [
        (EndpointAddress("https", "dynamodb.eu-west-2.amazonaws.com", 443), "dynamodb.eu-west-2.amazonaws.com"),
        (EndpointAddress("http", "127.0.0.1", 8082), "127.0.0.1:8082"),
        (EndpointAddress("http", "::1", 8082), "[::1]:8082"),
    ],
)  # fmt: skip
def test_a_host_is_named_without_its_own_port(address: EndpointAddress, named: str):
    assert address.named == named
