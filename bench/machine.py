"""What the bench runs on: an engine, a key service, and the tables of template.yaml."""

import base64
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from local.aws.cloudformation import REGION
from local.aws.engine import running_engine
from local.aws.template import Template
from local.processes import LOOPBACK
from local.settings import ANY_PORTS, Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).resolve().parents[1]
WORKSHOP = ROOT / ".tools" / "bench"
"""What the bench keeps between runs: the contenders' environments and a seeded book."""

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
}
KMS_BLOB_BYTES = 184
"""What AWS KMS answers for a wrapped AES-256 data key: it is stored with every quote."""


@contextmanager
def engine(*, folder: Path | None = None) -> Iterator[str]:
    """dynoxide in memory, or on disk in a folder; its URL."""
    with running_engine(Settings(ports=ANY_PORTS, engine="dynoxide"), folder=folder) as url:
        yield url


@contextmanager
def key_service() -> Iterator[str]:
    """A stand-in for KMS whose answers have the size of KMS's own. It guards nothing.

    It stands in for S3, too, with buckets that are empty: who erases a party looks there for copies.
    """
    server = ThreadingHTTPServer((LOOPBACK, 0), _KeyService)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{LOOPBACK}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _KeyService(BaseHTTPRequestHandler):
    """GenerateDataKey and Decrypt: the "wrapped" key is the key behind filling."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["X-Amz-Target"] == "TrentService.GenerateDataKey":
            blob = os.urandom(KMS_BLOB_BYTES)
            answer = {"CiphertextBlob": _text(blob), "Plaintext": _text(blob[-32:])}
        else:
            blob = base64.b64decode(request["CiphertextBlob"])
            answer = {"Plaintext": _text(blob[-32:])}
        body = json.dumps(answer | {"KeyId": request["KeyId"]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        body = b"<ListVersionsResult><IsTruncated>false</IsTruncated></ListVersionsResult>"
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a log line costs more than the answer."""


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def template() -> Template:
    return Template(ROOT / "template.yaml", overrides={}, issuer_url="http://issuer.bench")


def client(url: str, **options: Any) -> "DynamoDBClient":
    """A client of the engine that the bench itself uses; it is never metered."""
    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="bench",
        aws_secret_access_key="bench",  # noqa: S106 (any word will do here)
        config=Config(**options),
    )


def make_tables(url: str, *, streams: bool = False) -> None:
    """The template's tables, fresh; without their streams, unless they are asked for: nobody reads them here,
    units are the same, and the engine fills a table with a stream a third as fast."""
    dynamodb = client(url)
    for request in template().tables():
        if not streams:
            request.pop("StreamSpecification", None)
        dynamodb.create_table(**request)


def function_environment(folder: str, endpoints: Mapping[str, str]) -> dict[str, str]:
    """What the template, Lambda and the bench put into a function's environment."""
    [function] = [each for each in template().functions.values() if each.folder.name == folder]
    return {
        **function.environment,
        **CREDENTIALS,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": function.log_format,
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": "bench",
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
        **endpoints,
    }


def endpoints(database: str, keys: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_DYNAMODB": database,
        "AWS_ENDPOINT_URL_KMS": keys,
        "AWS_ENDPOINT_URL_S3": keys,
    }


type Json = dict[str, Any]
