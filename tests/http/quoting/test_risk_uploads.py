"""A risk that is larger than a request is uploaded, and quoted, changed and passed on as one that was sent."""

import json
from hashlib import sha256
from typing import Any

import pytest
from insurance.api.requests.risks import RISK_FILE_BYTES_MAX

from tests.support import loopback
from tests.support.calls import COLLEAGUE, LOSS_CLOCK, QUOTE, Answer
from tests.support.platform import Platform

type Json = dict[str, Any]

UPLOADS = "/v1/quotes/uploads"
WITHOUT = {name: value for name, value in QUOTE.items() if name != "answers"}
ANSWERS: Json = QUOTE["answers"]


def uploaded(platform: Platform, holds: Any) -> Json:
    """What names a file in a request."""
    file = json.dumps(holds).encode()
    about = {"size_bytes": len(file), "sha256": sha256(file).hexdigest()}
    made = platform.post(UPLOADS, about, key=None)
    sent = loopback.post(made["upload"]["url"], data=made["upload"]["fields"], files={"file": file})
    assert sent.status_code == 204
    return {"upload_id": made["upload_id"]}


def quoted(platform: Platform, **changes: Any) -> Answer:
    return platform.call("POST", "/v1/quotes", WITHOUT | changes)


def test_answers_are_the_same_uploaded_or_sent(handlers: Platform):
    named = uploaded(handlers, {"answers": ANSWERS})

    quote = quoted(handlers, **named)
    preview = handlers.call("POST", "/v1/quotes/preview", WITHOUT | named, key=None)
    sent = quoted(handlers, answers=ANSWERS)

    assert (quote.status, preview.status, sent.status) == (201, 200, 201), quote.text
    assert quote.body["answers"] == sent.body["answers"]
    assert quote.body["premium"] == sent.body["premium"] == preview.body["premium"]


def test_a_policy_is_changed_by_answers_that_were_uploaded(handlers: Platform):
    policy = handlers.issued()
    path = f"/v1/policies/{policy['id']}/endorsements"
    named = uploaded(handlers, {"answers": {"annual_mileage": 12_000}})

    sent = {"answers": {"annual_mileage": 12_000}}

    preview = handlers.call("POST", f"{path}/preview", named, key=None, clock=LOSS_CLOCK)
    inline = handlers.call("POST", f"{path}/preview", sent, key=None, clock=LOSS_CLOCK)
    changed = handlers.call("POST", path, named, key="once", clock=LOSS_CLOCK)
    again = handlers.call("POST", path, named, key="once", clock=LOSS_CLOCK)

    assert (preview.status, changed.status) == (200, 200), changed.text
    assert (again.replayed, again.text) == (True, changed.text)
    assert preview.body == inline.body


def test_a_file_is_named_by_who_uploaded_it(handlers: Platform):
    named = uploaded(handlers, {"answers": ANSWERS})

    refused = handlers.call("POST", "/v1/quotes", WITHOUT | named, by=COLLEAGUE)

    assert (refused.status, refused.code) == (409, "upload-not-sent")


@pytest.mark.parametrize("given", [{}, {"answers": ANSWERS, "upload_id": f"upl_test_{'0' * 16}"}])
def test_answers_are_sent_or_an_upload_is_named(given: Json, handlers: Platform):
    refused = quoted(handlers, **given)

    assert (refused.status, refused.code) == (422, "invalid-fields")
    assert [error["pointer"] for error in refused.body["errors"]] == ["/answers"]


@pytest.mark.parametrize(
    ("holds", "code"),
    [
        ([], "upload-refused"),
        ({"answers": {"annual_mileage": 1.5}}, "upload-refused"),
        ({"answers": {}, "product": "pet"}, "invalid-fields"),
        ({"answers": {"registration": "AB\u202e12"}}, "invalid-fields"),
    ],
    ids=["no object", "a fraction", "another field", "invisible characters"],
)
def test_a_file_is_read_as_strictly_as_a_request(holds: Any, code: str, handlers: Platform):
    refused = quoted(handlers, **uploaded(handlers, holds))

    assert (refused.status, refused.code) == (422, code), refused.text


def test_more_than_a_product_may_ask_for_is_refused_before_it_is_sent(handlers: Platform):
    about = {"size_bytes": RISK_FILE_BYTES_MAX + 1, "sha256": "0" * 64}

    refused = handlers.call("POST", UPLOADS, about, key=None)

    [error] = refused.body["errors"]
    assert (refused.status, error["pointer"]) == (422, "/size_bytes")
