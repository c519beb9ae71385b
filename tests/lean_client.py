"""A DynamoDB client without botocore, for simulations: the engine takes less time than botocore does.

It speaks the same protocol to a local engine that checks no signature, raises botocore's own errors,
and has only the calls that stores make.
"""

import base64
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any

import orjson
from botocore.exceptions import ClientError, ConnectionClosedError

type Json = dict[str, Any]

HEADERS = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-2/dynamodb/aws4_request,"
    " SignedHeaders=host, Signature=none",
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Date": "20260101T000000Z",
}


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
        self._connection = HTTPConnection(url.removeprefix("http://"), timeout=60)

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
        return self._call("TransactWriteItems", request)

    def _call(self, operation: str, request: Json) -> Json:
        body = orjson.dumps(request, default=_encoded)
        try:
            self._connection.request(
                "POST", "/", body, HEADERS | {"X-Amz-Target": f"DynamoDB_20120810.{operation}"}
            )
            response = self._connection.getresponse()
            answer: Json = _decoded(orjson.loads(response.read()))
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise ConnectionClosedError(endpoint_url=operation) from error
        if response.status == HTTPStatus.OK:
            return answer
        code = str(answer.pop("__type", "Unknown")).rpartition("#")[2]
        said = {"Error": {"Code": code, "Message": str(answer.get("message"))}, **answer}
        raise ERRORS.get(code, ClientError)(said, operation)  # type: ignore[arg-type]  # as botocore has it


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
