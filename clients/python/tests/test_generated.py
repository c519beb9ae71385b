"""The generated part over a stub that answers in turn: `make sdk` runs it with what is in the wheel.

The layer below it is tested in tests/unit/client.
"""

from __future__ import annotations

import json
import os
import sys
import unittest
from pathlib import Path
from typing import Any

import httpx

from coverwright import ClientCredentials, Connection, Coverwright, ProblemError, models


class Api:
    """Answers in turn, and keeps what it was sent."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers = list(answers)
        self.calls: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if "oauth2" in request.url.path:
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})
        self.calls.append(request)
        return self.answers.pop(0)


def client(api: Api) -> Coverwright:
    http = httpx.Client(transport=httpx.MockTransport(api))
    credentials = ClientCredentials("https://auth.test/oauth2/token", "harbour", "hush")
    return Coverwright(Connection("https://api.test", credentials, http=http))


def quote(**changes: Any) -> dict[str, Any]:
    """The definition's example of an entry, changed."""
    definition = json.loads(Path(os.environ["DEFINITION"]).read_text("utf-8"))
    [entry, *_] = definition["components"]["examples"]["QuoteListView"]["value"]["items"]
    return {**entry, **changes}


def quotes(*entries: dict[str, Any], **changes: Any) -> httpx.Response:
    return httpx.Response(200, json={"items": list(entries), **changes})


class Generated(unittest.TestCase):
    def test_a_body_is_sent_as_it_was_given_and_an_own_key_with_it(self) -> None:
        api = Api(httpx.Response(422, json={"code": "invalid-fields", "detail": "…"}))
        body = {"quote_id": "quo_1"}

        with self.assertRaises(ProblemError) as raised, client(api) as cw:
            request = models.IssuePolicyRequest.from_dict(body)
            cw.issue_policy(request, idempotency_key="order-17", if_match='"3"')

        self.assertEqual(raised.exception.code, "invalid-fields")
        [call] = api.calls
        self.assertEqual(json.loads(call.content), body)
        self.assertEqual(call.headers["Idempotency-Key"], "order-17")
        self.assertEqual(call.headers["If-Match"], '"3"')

    def test_a_value_or_a_field_that_is_newer_than_the_client_does_not_fail(self) -> None:
        newer = quote(status="brand_new", brand_new={"is": "kept"})
        with client(Api(quotes(newer))) as cw:
            [entry] = cw.list_quotes().items

        self.assertEqual(str(entry.status), "brand_new")

    def test_each_entry_of_all_pages_is_read_as_it_is_asked_for(self) -> None:
        api = Api(
            quotes(quote(id="quo_1"), quote(id="quo_2"), next="abc"), quotes(quote(id="quo_3"))
        )
        with client(api) as cw:
            entries = cw.each(cw.list_quotes, limit=2)
            first = next(entries)
            calls_so_far = len(api.calls)
            others = [each.id for each in entries]

        self.assertEqual((first.id, calls_so_far, others), ("quo_1", 1, ["quo_2", "quo_3"]))
        self.assertEqual(api.calls[1].url.params["after"], "abc")

    def test_what_headers_say_is_there_for_who_wants_it(self) -> None:
        headers = {"ETag": '"3-x"', "X-Request-Id": "r-1"}
        api = Api(httpx.Response(200, json=quotes().json(), headers=headers), quotes())
        with client(api) as cw:
            with cw.answers() as answers:
                cw.list_quotes()
            cw.list_quotes()

        self.assertEqual([(each.etag, each.request_id) for each in answers], [('"3-x"', "r-1")])

    def test_an_id_is_one_part_of_a_path_whatever_is_in_it(self) -> None:
        api = Api(httpx.Response(404, json={"code": "quote-not-found"}))
        with self.assertRaises(ProblemError), client(api) as cw:
            cw.get_quote("../products?x=1")

        self.assertEqual(api.calls[0].url.raw_path, b"/v1/quotes/..%2Fproducts%3Fx%3D1")

    def test_a_model_is_loaded_when_it_is_first_used(self) -> None:
        self.assertNotIn("coverwright.generated.models.redress_view", sys.modules)
        with self.assertRaises(AttributeError):
            _ = models.NoSuchModel  # type: ignore[attr-defined]


if __name__ == "__main__":
    unittest.main()
