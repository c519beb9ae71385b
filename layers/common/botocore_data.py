"""Cut botocore's data to what the functions call: reading it whole costs every cold start.

Runs at build time only (see Makefile); boto3 itself comes from the runtime. `AWS_DATA_PATH` puts
the cut before botocore's own data, so anything that is missing here is still found there, slowly.
"""

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
from botocore.utils import deep_merge

type Json = dict[str, Any]

# What the functions may call. tests/architecture compares this with the calls in the source.
USED: dict[str, tuple[str, tuple[str, ...]]] = {
    "apigateway": (
        "2015-07-09",
        ("CreateApiKey", "CreateUsagePlanKey", "GetApiKeys", "GetUsagePlans"),
    ),
    "cognito-idp": (
        "2016-04-18",
        (
            "AddUserPoolClientSecret",
            "UpdateUserPoolClient",
            "CreateUserPoolClient",
            "DeleteUserPoolClient",
            "DeleteUserPoolClientSecret",
            "ListUserPoolClientSecrets",
            "ListUserPoolClients",
        ),
    ),
    "dynamodb": (
        "2012-08-10",
        (
            "BatchGetItem",
            "GetItem",
            "PutItem",
            "Query",
            "TransactWriteItems",
            "UpdateItem",
        ),
    ),
    "events": ("2015-10-07", ("PutEvents",)),
    "kms": ("2014-11-01", ("Decrypt", "GenerateDataKey", "GetPublicKey", "Sign")),
    "logs": ("2014-03-28", ("GetQueryResults", "StartQuery")),
    "s3": (
        "2006-03-01",
        # CreateBucket is never called: botocore makes the address of an upload form with it.
        (
            "CreateBucket",
            "DeleteObject",
            "GetObject",
            "GetObjectTagging",
            "ListObjectVersions",
            "PutObject",
        ),
    ),
    "secretsmanager": ("2017-10-17", ("GetSecretValue",)),
    "sqs": ("2012-11-05", ("SendMessageBatch",)),
}
WHOLE = ("_retry", "partitions", "sdk-default-configuration")
_UNUSED_TEXT = frozenset({"documentation", "examples", "documentationUrl"})


def cut(source: Path, target: Path) -> None:
    """Write the cut of one botocore's data folder."""
    for name in WHOLE:
        _write(target / f"{name}.json", _read(source / name))
    _write(target / "endpoints.json", cut_endpoints(_read(source / "endpoints")))
    for service, (version, operations) in USED.items():
        versioned = source / service / version
        into = target / service / version
        model = cut_service(_whole(versioned), operations)
        _write(into / "service-2.json", model)
        _write(into / "endpoint-rule-set-1.json", _read(versioned / "endpoint-rule-set-1"))


def _whole(versioned: Path) -> Json:
    """A service's model as botocore loads it: with what its makers mended in a file beside it."""
    model = _read(versioned / "service-2")
    if (versioned / "service-2.sdk-extras.json").exists():
        deep_merge(model, _read(versioned / "service-2.sdk-extras")["merge"])
    return model


def cut_service(model: Json, operations: tuple[str, ...]) -> Json:
    """A service's model with these operations and the shapes they reach, without prose."""
    kept = {name: model["operations"][name] for name in operations}
    shapes = {name: model["shapes"][name] for name in sorted(_reached(model["shapes"], kept))}
    short: Json = _without_prose({**model, "operations": kept, "shapes": shapes})
    for parameter in short.get("clientContextParams", {}).values():
        parameter["documentation"] = ""  # botocore wants it there
    return short


def cut_endpoints(endpoints: Json) -> Json:
    """The endpoints of the used services, in every partition."""
    return {
        **endpoints,
        "partitions": [
            {
                **partition,
                "services": {
                    name: value for name, value in partition["services"].items() if name in USED
                },
            }
            for partition in endpoints["partitions"]
        ],
    }


def _reached(shapes: Json, roots: Any) -> set[str]:
    reached: set[str] = set()
    waiting = list(_shape_names(roots))
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(_shape_names(shapes[name]))
    return reached


def _shape_names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "shape" and isinstance(each, str):
                yield each
            else:
                yield from _shape_names(each)
    elif isinstance(value, list):
        for each in value:
            yield from _shape_names(each)


def _without_prose(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_prose(v) for k, v in value.items() if not _is_prose(k, v)}
    if isinstance(value, list):
        return [_without_prose(each) for each in value]
    return value


def _is_prose(key: str, value: Any) -> bool:
    """A member may itself be called documentation: then its value is a shape, not text."""
    return key in _UNUSED_TEXT and not isinstance(value, dict)


def _read(stem: Path) -> Json:
    plain, packed = stem.with_name(f"{stem.name}.json"), stem.with_name(f"{stem.name}.json.gz")
    data: Json = json.loads(
        plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes())
    )
    return data


def _write(path: Path, data: Json) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    cut(Path(botocore.__file__).parent / "data", Path(sys.argv[1]))
