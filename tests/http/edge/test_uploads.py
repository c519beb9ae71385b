"""Wherever a request may name an upload, nothing is read that was not sent, not scanned, or not clean."""

import json
from hashlib import sha256
from typing import Any

import pytest
from insurance.api.route import Route
from insurance.api.views.uploads import AnnouncedUploadView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import UploadNotScanned
from insurance.scanning import EICAR

from tests.support import loopback
from tests.support.calls import FOLDERS, QUOTE, Answer
from tests.support.platform import Platform
from tests.support.route_calls import path_of, welcome
from tests.support.scans import scanned

type Json = dict[str, Any]

WITHOUT_FILE: dict[str, Json] = {
    "importBankStatement": {"format": "csv"},
    "createQuote": {name: value for name, value in QUOTE.items() if name != "answers"},
    "previewQuote": {name: value for name, value in QUOTE.items() if name != "answers"},
    "createBatch": {"source": "harbour_motor"},
    "transferPolicy": {"reason": "sale"},
    "previewTransfer": {"reason": "sale"},
}
"""What a request has beside the upload, if it needs more."""


@pytest.fixture(scope="module")
def routes(loaded: Platform) -> list[Route]:
    return [route for folder in FOLDERS for route in loaded.apps[folder].api.routes]


def announce_route(route: Route, routes: list[Route]) -> Route:
    """Where the files of a route are announced."""
    announcing = {each.path: each for each in routes if each.view is AnnouncedUploadView}
    own = {"/v1/bank": "/v1/bank-uploads", "/v1/product": "/v1/product-uploads"}
    own |= dict.fromkeys(("/v1/batches", "/v1/sources"), "/v1/batches/uploads")
    path = next((path for begin, path in own.items() if route.path.startswith(begin)), "")
    return announcing[path or "/v1/quotes/uploads"]


def uploaded(platform: Platform, route: Route, routes: list[Route], file: bytes) -> str:
    announcing = announce_route(route, routes)
    about = {"size_bytes": len(file), "sha256": sha256(file).hexdigest()}
    sender = announcing if CallerKind.APPLICATION in route.callers else route
    made = platform.call("POST", announcing.path, about, by=welcome(sender), key=None)
    assert made.status == 200, made.text
    form = made.body["upload"]
    sent = loopback.post(form["url"], data=form["fields"], files={"file": file})
    assert sent.status_code == 204
    upload_id: str = made.body["upload_id"]
    return upload_id


def naming(platform: Platform, route: Route, upload_id: str) -> Answer:
    body = WITHOUT_FILE.get(route.operation_id, {}) | {"upload_id": upload_id}
    key = "" if route.writes else None
    return platform.call("POST", path_of(route), body, by=welcome(route), key=key)


def test_what_was_not_sent_not_scanned_or_is_not_clean_is_read_by_no_route(
    handlers: Platform, routes: list[Route]
):
    taking = [route for route in routes if UploadNotScanned in route.raises]
    assert len(taking) >= 10

    for route in taking:
        file = json.dumps({"answers": {}, "of": route.operation_id}).encode()
        never = naming(handlers, route, f"upl_test_{'0' * 16}")
        upload_id = uploaded(handlers, route, routes, file)
        scanned(handlers, upload_id, None)
        early = naming(handlers, route, upload_id)
        scanned(handlers, upload_id, "UNSUPPORTED")
        refused = naming(handlers, route, upload_id)
        infected = naming(handlers, route, uploaded(handlers, route, routes, EICAR))

        said = [each.code for each in (never, early, refused, infected)]
        wanted = ["upload-not-sent", "upload-not-scanned", "upload-refused", "upload-refused"]
        assert said == wanted, (route.operation_id, said)
        assert infected.body["detail"].endswith("it holds malware.")
