"""Product files that are larger than a request: uploaded, checked, drafted, and read by a link."""

import json
from hashlib import sha256
from typing import Any

import pytest
from insurance.domain.product.definition.files import DOCUMENT_MAX
from insurance.scanning import EICAR

from tests.support import loopback, pet
from tests.support.calls import AUTHOR, PUBLISHER
from tests.support.platform import Platform
from tests.support.route_calls import SUFFIX

type Json = dict[str, Any]

UPLOADS, CHECKS = "/v1/product-uploads", "/v1/product-checks"
VERSION = "/v1/products/pet/versions/2026.1"
SMALL = pet.files()._asdict()
LARGE = {name: text.ljust(DOCUMENT_MAX) for name, text in SMALL.items() if name != "tables"}
LARGE |= {"tables": SMALL["tables"]}


def uploaded(handlers: Platform, file: bytes, caller: Json = AUTHOR) -> Json:
    """What names the file in a request."""
    about = {"size_bytes": len(file), "sha256": sha256(file).hexdigest()}
    answer = handlers.call("POST", UPLOADS, about, by=caller, key=None)
    assert answer.status == 200, answer.text
    form = answer.body["upload"]
    sent = loopback.post(form["url"], data=form["fields"], files={"file": file})
    assert sent.status_code == 204
    return {"upload_id": answer.body["upload_id"]}


def packed(files: Json) -> bytes:
    return json.dumps(files).encode()


def test_files_larger_than_a_request_are_checked_drafted_and_read(handlers: Platform):
    file = packed(LARGE)
    assert handlers.call("POST", CHECKS, LARGE, by=AUTHOR, key=None).code == "body-too-large"
    named = uploaded(handlers, file)

    check = handlers.call("POST", CHECKS, named, by=AUTHOR, key=None)
    draft = handlers.call("POST", f"{VERSION}/draft", named, by=AUTHOR)
    read = handlers.call("GET", f"{VERSION}/files", by=AUTHOR)

    assert (check.status, check.body["publishable"]) == (200, True), check.text
    assert draft.status == 200, draft.text
    assert {"document", "tables", "scenarios"} & read.body.keys() == set()
    assert loopback.get(read.body["link"]["url"]).json() == LARGE


def test_small_files_are_the_same_version_uploaded_or_sent(handlers: Platform):
    named = uploaded(handlers, packed(SMALL))

    sent = handlers.call("POST", f"{VERSION}/draft", SMALL, by=AUTHOR)
    draft = handlers.call("POST", f"{VERSION}/draft", named, by=AUTHOR)
    read = handlers.call("GET", f"{VERSION}/files", by=AUTHOR)

    assert draft.body["content"] == sent.body["content"]
    assert {name: read.body[name] for name in SMALL} == SMALL
    assert "link" not in read.body


def test_a_file_is_named_by_who_uploaded_it(handlers: Platform):
    named = uploaded(handlers, packed(SMALL))

    refused = handlers.call("POST", f"{VERSION}/draft", named, by=PUBLISHER)

    assert (refused.status, refused.code) == (409, "upload-not-sent")


@pytest.mark.parametrize(
    ("file", "status", "code"),
    [
        (EICAR, 422, "upload-refused"),
        (b"[]", 422, "upload-refused"),
        (b'{"document": "{}", "document": "{}"}', 422, "upload-refused"),
        (packed({"document": "{}", "more": 1}), 422, "invalid-fields"),
        (packed({"document": "{}"}), 422, "invalid-definition"),
        (packed(SMALL | {"document": " " * (DOCUMENT_MAX + 1)}), 422, "invalid-definition"),
    ],
    ids=["malware", "no object", "a field twice", "unknown field", "no product", "too long"],
)
def test_an_upload_that_holds_no_product_is_refused_at_every_door(
    file: bytes, status: int, code: str, handlers: Platform
):
    named = uploaded(handlers, file)

    for path, key in ((CHECKS, None), (f"{VERSION}/draft", "")):
        refused = handlers.call("POST", path, named, by=AUTHOR, key=key)
        assert (refused.status, refused.code) == (status, code), path


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/document"]),
        ({"upload_id": f"upl_test_{SUFFIX}", **SMALL}, ["/document", "/tables", "/scenarios"]),
    ],
    ids=["neither", "both"],
)
def test_files_are_sent_or_an_upload_is_named(body: Json, pointers: list[str], handlers: Platform):
    refused = handlers.call("POST", CHECKS, body, by=AUTHOR, key=None)

    assert (refused.status, refused.code) == (422, "invalid-fields")
    assert [error["pointer"] for error in refused.body["errors"]] == pointers
