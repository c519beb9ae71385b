"""The short way of a call to DynamoDB: from the request that botocore made to what botocore reads of the answer.

botocore asks before every call whether a handler answers it (`before-call`, by which its Stubber works). Here a call
is written, signed, sent and read there, so that nothing is done for features that these calls do not have: streams, retries,
checksums in headers, redirects, a history. Endpoints, credentials, the model of answers and errors stay botocore's.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import orjson
from botocore.auth import SIGNED_HEADERS_BLACKLIST
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import NoCredentialsError
from botocore.parsers import JSONParser

from insurance.calls.connections import PORTS, Connections, EndpointAddress

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    from botocore.credentials import Credentials, ReadOnlyCredentials

FAILED: Final = 300
"""The first status that tells of an error."""
ASKED: Final = "coverwright_asked"
"""Where a call keeps in its context what it asks for."""


class Signer:
    """Signature version 4 of a POST to the root of a service, its key worked out once a day and credential."""

    def __init__(self, region: str, service: str) -> None:
        self._scope = f"{region}/{service}/aws4_request"
        self._derived: tuple[tuple[str, str], bytes] | None = None

    def headers(
        self, sent: Mapping[str, str], body: bytes, by: ReadOnlyCredentials, at: datetime
    ) -> dict[str, str]:
        """The headers that are sent, signed."""
        stamp = at.strftime("%Y%m%dT%H%M%SZ")
        day = stamp[:8]
        headers = {**sent, "X-Amz-Date": stamp}
        if by.token:
            headers["X-Amz-Security-Token"] = by.token
        signed = sorted(
            (name.lower(), " ".join(value.split()))
            for name, value in headers.items()
            if name.lower() not in SIGNED_HEADERS_BLACKLIST  # what is on the way may change them
        )
        names = ";".join(name for name, _ in signed)
        listed = "\n".join(f"{name}:{value}" for name, value in signed)
        canonical = f"POST\n/\n\n{listed}\n\n{names}\n{sha256(body).hexdigest()}"
        scope = f"{day}/{self._scope}"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
        signature = hmac.digest(self._key(by.secret_key or "", day), text.encode(), "sha256").hex()
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={by.access_key}/{scope},"
            f" SignedHeaders={names}, Signature={signature}"
        )
        return headers

    def _key(self, secret: str, day: str) -> bytes:
        derived = self._derived  # read once: another thread may keep another key meanwhile
        if derived is None or derived[0] != (secret, day):
            key = f"AWS4{secret}".encode()
            for part in (day, *self._scope.split("/")):
                key = hmac.digest(key, part.encode(), "sha256")
            self._derived = derived = ((secret, day), key)
        return derived[1]


class Parser(JSONParser):
    """botocore's own, which finds what a value of DynamoDB holds without looking for all that it might."""

    def _handle_structure(self, shape: Any, value: Any) -> Any:
        if shape.name != "AttributeValue":
            return super()._handle_structure(shape, value)  # type: ignore[misc]  # its stubs have what is public
        members = shape.members
        return {
            kind: self._parse_shape(members[kind], held)  # type: ignore[attr-defined]  # as above
            for kind, held in value.items()
            if kind in members
        }

    def _parse_body_as_json(self, body_contents: bytes) -> Any:
        try:
            return orjson.loads(body_contents)
        except orjson.JSONDecodeError:
            return super()._parse_body_as_json(body_contents)  # type: ignore[misc]  # as above


class ShortWay:
    """Answers the calls of one client."""

    def __init__(
        self, client: Any, credentials: Credentials | None, trusted: Callable[[], ssl.SSLContext]
    ) -> None:
        self._credentials = credentials
        self._events = client.meta.events
        model, config = client.meta.service_model, client.meta.config
        self._service = model.service_id.hyphenize()
        self._signer = Signer(client.meta.region_name, model.signing_name)
        self._parser = Parser()
        self._timeouts = {
            "connect_timeout": config.connect_timeout,
            "read_timeout": config.read_timeout,
        }
        self._trusted = trusted
        self._known: dict[str, tuple[str, str, Connections]] = {}

    def close(self) -> None:
        """Close every connection; the next call opens anew."""
        for _, _, connections in self._known.values():
            connections.close()

    def listen(self, client: Any, *, by_rules: bool = False) -> None:
        """Answer the calls of the client, after everybody else who listens was asked.

        `by_rules`: botocore works out the endpoint for every call, and must see what it asks for.
        """
        service = client.meta.service_model.service_name
        if not by_rules:
            client.meta.events.register_last(f"before-parameter-build.{service}", self.keep)
        client.meta.events.register_last(f"before-call.{service}", self.answer)

    def keep(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        """Keep what a call asks for from botocore, which would go through it shape by shape: in JSON it is written as it
        is, but for bytes."""
        context[ASKED] = dict(params)
        params.clear()

    def answer(
        self, model: Any, params: dict[str, Any], context: dict[str, Any], **_: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The answer of a call, and what it says: as botocore wants it of a handler."""
        if self._credentials is None:
            raise NoCredentialsError
        url, body = params["url"], params["body"]
        if ASKED in context:
            body = orjson.dumps(context[ASKED], default=_in_base64)
        host, path, connections = self._known.get(url) or self._find(url)
        by = self._credentials.get_frozen_credentials()
        sent = {**params["headers"], "Host": host}
        headers = self._signer.headers(sent, body, by, datetime.now(UTC))
        heard = self._heard(model, url, headers, body)
        if heard is None:
            http: Any = connections.exchange(_bytes_of(path, headers, body))
            said = http.body
        else:
            http, said = heard, heard.content
        response = {
            "headers": http.headers,
            "status_code": http.status_code,
            "body": said,
            "context": {"operation_name": model.name},
        }
        parsed = self._parser.parse(response, model.output_shape)
        if http.status_code >= FAILED:
            self._add_what_the_error_says(parsed, response, model)
        return http, parsed

    def _find(self, url: str) -> tuple[str, str, Connections]:
        parts = urlsplit(url)
        address = EndpointAddress(
            parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme]
        )
        connections = Connections(url, address, trusted=self._trusted, **self._timeouts)
        self._known[url] = (address.named, parts.path or "/", connections)
        return self._known[url]

    def _heard(self, model: Any, url: str, headers: Any, body: bytes) -> Any:
        """The answer of a listener to what is sent; None: no listener answers."""
        request = AWSPreparedRequest("POST", url, headers, body, stream_output=False)
        name = f"before-send.{self._service}.{model.name}"
        _, answer = self._events.emit_until_response(name, request=request)
        return answer

    def _add_what_the_error_says(
        self, parsed: dict[str, Any], response: dict[str, Any], model: Any
    ) -> None:
        """The fields of the error itself, such as the reasons of a cancelled transaction."""
        shape = model.service_model.shape_for_error_code(parsed.get("Error", {}).get("Code"))
        if shape is not None:
            parsed.update(self._parser.parse(response, shape))


def _in_base64(value: Any) -> str:
    return b64encode(value).decode()


def _bytes_of(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return (
        f"POST {path} HTTP/1.1\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode("latin-1")
        + body
    )
