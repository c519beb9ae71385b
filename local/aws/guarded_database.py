"""What stands before the database: a request that its function may not make is refused, as DynamoDB does.

Each connection of a function has one of its own to the engine. What the engine answers is passed on as it
comes; what a function sends is read to the end, judged, and passed on whole.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from local.aws.rights import NotAllowed, Rights, principal_of
from local.processes import LOOPBACK

HEAD_LIMIT = 64 * 1024
log = logging.getLogger("coverwright.rights")


class _Request(NamedTuple):
    head: bytes
    headers: Mapping[str, str]
    body: bytes


class GuardedDatabase:
    """A server on loopback, before the engine at `upstream`."""

    def __init__(self, upstream: str, rights: Rights) -> None:
        self._upstream = urlsplit(upstream)
        self._rights = rights
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        assert self._server is not None  # noqa: S101 - asked for once it is started
        return f"http://{LOOPBACK}:{self._server.sockets[0].getsockname()[1]}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0, limit=HEAD_LIMIT)

    async def stop(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None  # noqa: S101 - a server's callback is a task
        self._connections.add(connection)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._connect(reader, writer)
        finally:
            writer.close()
            self._connections.discard(connection)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it: then both end."""
        engine_reader, engine_writer = await asyncio.open_connection(
            self._upstream.hostname, self._upstream.port
        )
        ways = [
            asyncio.create_task(_pass_on(engine_reader, writer)),
            asyncio.create_task(self._pass_requests(reader, writer, engine_writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            engine_writer.close()

    async def _pass_requests(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        engine: asyncio.StreamWriter,
    ) -> None:
        while True:
            request = await _read(reader)
            try:
                self._check(request)
            except NotAllowed as error:
                log.warning("%s", error)
                writer.write(_refusal(error))
                await writer.drain()
            else:
                engine.write(request.head + request.body)
                await engine.drain()

    def _check(self, request: _Request) -> None:
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        principal = principal_of(request.headers)
        self._rights.dynamodb(principal, operation, json.loads(request.body or b"{}"))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(HEAD_LIMIT):
        writer.write(chunk)
        await writer.drain()


async def _read(reader: asyncio.StreamReader) -> _Request:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    if headers.get("expect", "").lower() == "100-continue":
        raise OSError("botocore asks for no permission to send to DynamoDB")
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return _Request(head, headers, body)


def _refusal(error: NotAllowed) -> bytes:
    kind = "com.amazon.coral.service#AccessDeniedException"
    body = json.dumps({"__type": kind, "Message": str(error)}).encode()
    head = (
        "HTTP/1.1 400 Bad Request\r\n"
        "content-type: application/x-amz-json-1.0\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
