"""The rights of functions that run in a test's own process: each call is judged as the template says."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any
from unittest.mock import patch

from botocore.session import Session
from insurance import clients

from local.aws.rights import Call, Rights
from tests.support.engine import template

type Json = dict[str, Any]

_acting: ContextVar[str] = ContextVar("acting", default="")
"""The name of the function that is at work; nobody: the test itself."""


@contextmanager
def acting(folder: str) -> Iterator[None]:
    """Whatever is called here is called by this function."""
    token = _acting.set(_names()[folder])
    try:
        yield
    finally:
        _acting.reset(token)


@contextmanager
def rights_held() -> Iterator[None]:
    """Clients that are made here make no call that the acting function may not make."""
    made = clients.session

    def session() -> Session:
        found = made()
        for service, judge in _JUDGES.items():
            found.register(
                f"before-parameter-build.{service}", judge, unique_id=f"rights-{service}"
            )
        return found

    with patch.object(clients, "session", session):
        yield


@cache
def rights() -> Rights:
    return Rights.of(template())


@cache
def _names() -> dict[str, str]:
    return {each.folder.name: each.name for each in template().functions.values()}


def _judge_dynamodb(params: Json, model: Any, **_: Any) -> None:
    rights().dynamodb(_acting.get(), model.name, params)


def _judge_kms(params: Json, model: Any, **_: Any) -> None:
    context = {
        f"kms:EncryptionContext:{name}": [value]
        for name, value in params["EncryptionContext"].items()
    }
    rights().check(_acting.get(), Call(f"kms:{model.name}", params["KeyId"], context))


def _judge_s3(params: Json, model: Any, **_: Any) -> None:
    if model.name == _SIGNED_FORM:
        return  # a form is signed, and nothing is called
    bucket, key = f"arn:aws:s3:::{params['Bucket']}", params.get("Key", "")
    action = _S3_ACTIONS.get(model.name, model.name)
    if action == "DeleteObject" and "VersionId" in params:
        action = "DeleteObjectVersion"
    context = {"s3:prefix": [params["Prefix"]]} if "Prefix" in params else {}
    rights().check(
        _acting.get(), Call(f"s3:{action}", f"{bucket}/{key}" if key else bucket, context)
    )


_SIGNED_FORM = "CreateBucket"
"""What botocore takes for the operation of an upload form."""
_S3_ACTIONS = {"HeadObject": "GetObject", "ListObjectVersions": "ListBucketVersions"}
_JUDGES: dict[str, Callable[..., None]] = {
    "dynamodb": _judge_dynamodb,
    "kms": _judge_kms,
    "s3": _judge_s3,
}
