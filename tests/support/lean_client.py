"""A DynamoDB client without botocore, where the engine takes less time than botocore does.

It speaks the same protocol to a local engine that checks no signature, raises botocore's own errors,
and has only the calls that stores and fixtures make.
"""

import base64
import re
import socket
from http import HTTPStatus
from typing import Any, Final

import orjson
from botocore.exceptions import ClientError, ConnectionClosedError

type Json = dict[str, Any]

HEAD: Final = (
    "POST / HTTP/1.1\r\n"
    "Host: {host}\r\n"
    "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-2/dynamodb/aws4_request,"
    " SignedHeaders=host, Signature=none\r\n"
    "X-Amz-Date: 20260101T000000Z\r\n"
    "Content-Type: application/x-amz-json-1.0\r\n"
    "X-Amz-Target: {target}\r\n"
    "Content-Length: {length}\r\n\r\n"
)
TABLES, STREAMS = "DynamoDB_20120810", "DynamoDBStreams_20120810"
STATUS = re.compile(rb"HTTP/1.1 (\d{3})")
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


class ConditionalCheckFailed(ClientError):
    pass


class TransactionCanceled(ClientError):
    pass


ERRORS = {
    "ConditionalCheckFailedException": ConditionalCheckFailed,
    "TransactionCanceledException": TransactionCanceled,
}


class _Exceptions:
    ConditionalCheckFailedException = ConditionalCheckFailed
    TransactionCanceledException = TransactionCanceled


class LeanClient:
    """One connection to one engine."""

    exceptions = _Exceptions()

    def __init__(self, url: str) -> None:
        self._host = url.removeprefix("http://")
        self._socket: socket.socket | None = None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def list_tables(self) -> Json:
        return self._call("ListTables", {})

    def create_table(self, **request: Any) -> Json:
        return self._call("CreateTable", request)

    def delete_table(self, **request: Any) -> Json:
        return self._call("DeleteTable", request)

    def batch_write_item(self, **request: Any) -> Json:
        return self._call("BatchWriteItem", request)

    def scan(self, **request: Any) -> Json:
        return self._call("Scan", request)

    def put_item(self, **request: Any) -> Json:
        return self._call("PutItem", request)

    def update_item(self, **request: Any) -> Json:
        return self._call("UpdateItem", request)

    def get_item(self, **request: Any) -> Json:
        return self._call("GetItem", request)

    def batch_get_item(self, **request: Any) -> Json:
        return self._call("BatchGetItem", request)

    def query(self, **request: Any) -> Json:
        return self._call("Query", request)

    def transact_write_items(self, **request: Any) -> Json:
        """Without its token, which only a try after a lost reply would need: dynoxide 1.2.1 looks
        through those of the last ten minutes at each transaction (0.15 ms at first, 1 ms after
        16,000), and a long run would take time by the square of its length."""
        request.pop("ClientRequestToken", None)
        return self._call("TransactWriteItems", request)

    def describe_stream(self, **request: Any) -> Json:
        return self._call("DescribeStream", request, of=STREAMS)

    def get_shard_iterator(self, **request: Any) -> Json:
        return self._call("GetShardIterator", request, of=STREAMS)

    def get_records(self, **request: Any) -> Json:
        return self._call("GetRecords", request, of=STREAMS)

    def pass_on(self, target: str, body: bytes) -> tuple[int, bytes]:
        """Another client's request as it is; status and body of the answer."""
        head = HEAD.format(host=self._host, target=target, length=len(body))
        try:
            return self._exchange(head.encode() + body)
        except OSError as error:
            self._socket = None
            raise ConnectionClosedError(endpoint_url=target) from error

    def _call(self, operation: str, request: Json, of: str = TABLES) -> Json:
        body = orjson.dumps(request, default=_encoded)
        status, said = self.pass_on(f"{of}.{operation}", body)
        answer: Json = _decoded(orjson.loads(said))
        if status == HTTPStatus.OK:
            return answer
        code = str(answer.pop("__type", "Unknown")).rpartition("#")[2]
        told = {"Error": {"Code": code, "Message": str(answer.get("message"))}, **answer}
        raise ERRORS.get(code, ClientError)(told, operation)  # type: ignore[arg-type]  # as botocore has it

    def _exchange(self, request: bytes) -> tuple[int, bytes]:
        """One request in one packet, on a connection that stays; status and body of the answer."""
        if self._socket is None:
            host, _, port = self._host.partition(":")
            self._socket = socket.create_connection((host, int(port)), timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        head, split_personal, body = b"", b"", b""
        while not split_personal:
            head, split_personal, body = (head + self._received()).partition(b"\r\n\r\n")
        status, length = STATUS.match(head), LENGTH.search(head)
        if status is None or length is None:
            raise OSError("not an answer that this client reads")
        while len(body) < int(length[1]):
            body += self._received()
        return int(status[1]), body

    def _received(self) -> bytes:
        if self._socket is None or not (said := self._socket.recv(1 << 16)):
            raise OSError("the engine hung up")
        return said


def _encoded(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)


def _decoded(value: Any) -> Any:
    """The same with binary values as bytes."""
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(value.get("B"), str):
            return {"B": base64.b64decode(value["B"])}
        return {name: _decoded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_decoded(each) for each in value]
    return value
