"""S3: objects on disk, conditional writes, presigned links and upload forms, checked as S3 does."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Self
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.aws.cloudformation import arn_of
from local.aws.rights import Call, NotAllowed, Rights
from local.aws.services.errors import ServiceError
from local.aws.services.malware import STATUS, scan, scanned_prefixes
from local.aws.services.signatures import SignedRequest, check, check_form, denied
from local.aws.template import Template

OBJECT_LIMIT = 64 * 1024 * 1024
"""Far under S3's, and far over anything that is stored here."""
_UNNAMED = frozenset({"policy", "x-amz-signature", "bucket"})
"""What a form's policy need not name."""
BUCKET = "AWS::S3::Bucket"
NOBODY = Rights({}, {})
"""Rights that hold nobody back: those of a stack without functions."""
TAGS = "tags"
"""Stored beside the metadata."""
_KEPT = ("content-type", "content-disposition", "cache-control")


class S3:
    """PutObject, GetObject, HeadObject, DeleteObject, GetObjectTagging, ListObjectVersions, and POST of a
    presigned form. There are no versions here but the last."""

    def __init__(
        self,
        store: sqlite3.Connection,
        buckets: Sequence[str],
        *,
        rights: Rights = NOBODY,
        scanned: Mapping[str, str] | None = None,
        locked: Collection[str] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`scanned` is the prefix by bucket under which objects are scanned, and read only then; `locked` are the
        buckets with object lock."""
        self._store = store
        self._rights = rights
        self._buckets = tuple(buckets)
        self._scanned = dict(scanned or {})
        self._locked = frozenset(locked)
        self._now = now

    @classmethod
    def of(cls, template: Template, store: sqlite3.Connection) -> Self:
        """With the template's buckets, and the scan that it asks for."""
        buckets = list(template.of_type("AWS::S3::Bucket"))
        return cls(
            store,
            [bucket.name for bucket in buckets],
            rights=Rights.of(template),
            scanned=scanned_prefixes(template),
            locked=[each.name for each in buckets if each.properties.get("ObjectLockEnabled")],
        )

    def routes(self) -> list[Route]:
        """One pair of routes a bucket: paths begin with the bucket's name."""
        return [
            route
            for bucket in self._buckets
            for route in (
                Route(f"/{bucket}", self._answering(bucket, self._post), methods=["POST"]),
                Route(f"/{bucket}", self._answering(bucket, self._versions), methods=["GET"]),
                Route(
                    f"/{bucket}/{{key:path}}",
                    self._answering(bucket, self._object),
                    methods=["PUT", "GET", "DELETE"],  # HEAD comes with GET
                ),
            )
        ]

    def _answering(self, bucket: str, work: Any) -> Any:
        async def answer(request: Request) -> Response:
            try:
                found: Response = await work(bucket, request)
            except ServiceError as error:
                return _error(error, request)
            return found

        return answer

    async def _object(self, bucket: str, request: Request) -> Response:
        body = await _body(request)
        signed = SignedRequest(request.method, _url(request), dict(request.headers), body)
        signer = check(signed, now=self._now())
        key = request.path_params["key"]
        self._allow(signer, _action(request), bucket, key)
        match request.method:
            case "PUT":
                return self._put(bucket, key, body, request.headers)
            case "DELETE":
                self._check_lock(bucket, key)
                self._store.execute(
                    "DELETE FROM objects WHERE bucket = ? AND key = ?", (bucket, key)
                )
                return Response(status_code=204)
        return self._get(bucket, key, request, signer)

    def _allow(self, signer: str, action: str, bucket: str, key: str) -> None:
        self._check(signer, Call(action, f"{arn_of(BUCKET, '', bucket)}/{key}", {}))

    def _check(self, signer: str, call: Call) -> None:
        try:
            self._rights.check(signer, call)
        except NotAllowed as error:
            raise denied(str(error)) from error

    def _check_lock(self, bucket: str, key: str) -> None:
        """What is locked stays as it is. S3 would keep it as an earlier version; here there are none."""
        if bucket in self._locked and self.read(bucket, key) is not None:
            message = "Access Denied because object protected by object lock."
            raise ServiceError("AccessDenied", message, status=403)

    async def _versions(self, bucket: str, request: Request) -> Response:
        """Every object under a prefix, in one page."""
        signed = SignedRequest("GET", _url(request), dict(request.headers), b"")
        signer = check(signed, now=self._now())
        if "versions" not in request.query_params:
            raise ServiceError("NotImplemented", "Only versions are listed here.", status=501)
        prefix = request.query_params.get("prefix", "")
        context = {"s3:prefix": [prefix]}
        self._check(signer, Call("s3:ListBucketVersions", arn_of(BUCKET, "", bucket), context))
        keys = self._store.execute(
            "SELECT key FROM objects WHERE bucket = ? AND substr(key, 1, ?) = ?",
            (bucket, len(prefix), prefix),
        )
        shown = "".join(
            f"<Version><Key>{escape(key)}</Key><VersionId>null</VersionId></Version>"
            for (key,) in keys.fetchall()
        )
        body = f"<ListVersionsResult><IsTruncated>false</IsTruncated>{shown}</ListVersionsResult>"
        return Response(body, media_type="application/xml")

    def _is_scanned(self, bucket: str, key: str) -> bool:
        return bucket in self._scanned and key.startswith(self._scanned[bucket])

    def _put(self, bucket: str, key: str, body: bytes, headers: Mapping[str, str]) -> Response:
        _check_sums(body, headers)
        once = headers.get("if-none-match") == "*"
        if not once:
            self._check_lock(bucket, key)
        if not self._write(bucket, key, body, _metadata(headers), once=once):
            message = "At least one of the pre-conditions you specified did not hold"
            raise ServiceError("PreconditionFailed", message, status=412)
        return Response(status_code=200, headers={"ETag": _etag(body)})

    def _get(self, bucket: str, key: str, request: Request, signer: str) -> Response:
        found = self._store.execute(
            "SELECT body, metadata, at FROM objects WHERE bucket = ? AND key = ?", (bucket, key)
        ).fetchone()
        if found is None:
            self._check(signer, Call("s3:ListBucket", arn_of(BUCKET, "", bucket), {}))
            raise ServiceError("NoSuchKey", "The specified key does not exist.", status=404)
        body, metadata, at = found
        headers = json.loads(metadata)
        tags = headers.pop(TAGS, {})
        if "tagging" in request.query_params:
            return _tagging(tags)
        if self._is_scanned(bucket, key) and STATUS not in tags:
            raise ServiceError("AccessDenied", "Access Denied", status=403)
        for name in ("content-disposition", "content-type"):
            said = request.query_params.get(f"response-{name}")
            if said:
                headers[name] = said
        headers |= {
            "ETag": _etag(body),
            "Last-Modified": format_datetime(datetime.fromtimestamp(at, UTC), usegmt=True),
            "x-amz-checksum-sha256": _sha256(body),
        }
        if request.headers.get("x-amz-checksum-mode") != "ENABLED":
            del headers["x-amz-checksum-sha256"]
        return Response(body, headers=headers)

    async def _post(self, bucket: str, request: Request) -> Response:
        """A browser's upload with a form that somebody with the key has signed."""
        async with request.form(max_part_size=OBJECT_LIMIT) as sent:
            form = {name.lower(): value for name, value in sent.items() if isinstance(value, str)}
            files = [await value.read() for value in sent.values() if not isinstance(value, str)]
        if len(files) != 1:
            message = "POST requires exactly one file upload per request."
            raise ServiceError("InvalidArgument", message)
        [body] = files
        signed = check_form(form, now=self._now())
        _check_conditions(signed.conditions, {**form, "bucket": bucket}, len(body))
        self._allow(signed.key_id, "s3:PutObject", bucket, form["key"])
        _check_sums(body, form)
        self._write(bucket, form["key"], body, _metadata(form), once=False)
        status = form.get("success_action_status")
        return Response(
            status_code=int(status) if status in {"200", "201"} else 204,
            headers={"ETag": _etag(body)},
        )

    def read(self, bucket: str, key: str) -> bytes | None:
        """An object, for a program beside the stack: the bank that fetches its files."""
        found = self._store.execute(
            "SELECT body FROM objects WHERE bucket = ? AND key = ?", (bucket, key)
        ).fetchone()
        return found[0] if found else None

    def _write(
        self, bucket: str, key: str, body: bytes, metadata: Mapping[str, Any], *, once: bool
    ) -> bool:
        """Whether the object was stored: not over another one when that was asked."""
        if self._is_scanned(bucket, key):
            metadata = {**metadata, TAGS: {STATUS: scan(body)}}
        clause = "INSERT OR IGNORE" if once else "INSERT OR REPLACE"
        done = self._store.execute(
            f"{clause} INTO objects VALUES (?, ?, ?, ?, ?)",
            (bucket, key, body, json.dumps(dict(metadata)), self._now().timestamp()),
        )
        return done.rowcount == 1


def _action(request: Request) -> str:
    """What IAM calls a request about an object."""
    asked = request.query_params
    match request.method:
        case "PUT":
            return "s3:PutObject"
        case "DELETE":
            return "s3:DeleteObjectVersion" if "versionId" in asked else "s3:DeleteObject"
    return "s3:GetObjectTagging" if "tagging" in asked else "s3:GetObject"


def _tagging(tags: Mapping[str, str]) -> Response:
    shown = "".join(
        f"<Tag><Key>{escape(name)}</Key><Value>{escape(value)}</Value></Tag>"
        for name, value in tags.items()
    )
    body = f"<Tagging><TagSet>{shown}</TagSet></Tagging>"
    return Response(body, media_type="application/xml")


def _metadata(said: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in said.items()
        if name in _KEPT or name.startswith("x-amz-meta-")
    }


async def _body(request: Request) -> bytes:
    body = await request.body()
    if len(body) > OBJECT_LIMIT:
        message = "Your proposed upload exceeds the maximum allowed size"
        raise ServiceError("EntityTooLarge", message)
    return body


def _url(request: Request) -> str:
    """As it was asked for: signatures are over what was quoted how."""
    path = request.scope["raw_path"].decode("ascii").partition("?")[0]
    query = request.scope["query_string"].decode("ascii")
    return f"http://{request.headers['host']}{path}" + (f"?{query}" if query else "")


def _check_conditions(conditions: list[Any], form: Mapping[str, str], size: int) -> None:
    """Every condition holds, and every field is named by one."""
    named: set[str] = set()
    for condition in conditions:
        if isinstance(condition, dict):
            [(name, wanted)] = condition.items()
            kind, field = "eq", name
        else:
            kind, field, wanted = condition[0], str(condition[1]).removeprefix("$"), condition[-1]
        if kind == "content-length-range":
            if size > int(wanted):
                message = "Your proposed upload exceeds the maximum allowed size"
                raise ServiceError("EntityTooLarge", message)
            if size < int(condition[1]):
                message = "Your proposed upload is smaller than the minimum allowed size"
                raise ServiceError("EntityTooSmall", message)
            continue
        field = field.lower()
        named.add(field)
        value = form.get(field, "")
        holds = value.startswith(wanted) if kind == "starts-with" else value == wanted
        if not holds:
            message = (
                f"Invalid according to Policy: Policy Condition failed: {json.dumps(condition)}"
            )
            raise ServiceError("AccessDenied", message, status=403)
    extra = form.keys() - named - _UNNAMED
    if extra:
        message = f"Invalid according to Policy: Extra input fields: {sorted(extra)[0]}"
        raise ServiceError("AccessDenied", message, status=403)


def _check_sums(body: bytes, said: Mapping[str, str]) -> None:
    """Checksums that the sender names are those of what arrived."""
    crc32 = base64.b64encode(zlib.crc32(body).to_bytes(4)).decode()
    sums = {
        "x-amz-checksum-sha256": _sha256(body),
        "x-amz-checksum-crc32": crc32,
        "content-md5": base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode(),
    }
    for name, value in sums.items():
        if name in said and said[name] != value:
            message = f"The {name} you specified did not match what we received."
            raise ServiceError("BadDigest", message)


def _sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def _etag(body: bytes) -> str:
    return f'"{binascii.hexlify(hashlib.md5(body, usedforsecurity=False).digest()).decode()}"'


def _error(error: ServiceError, request: Request) -> Response:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message></Error>"
    )
    shown = "" if request.method == "HEAD" else body
    return Response(shown, error.status, media_type="application/xml")
