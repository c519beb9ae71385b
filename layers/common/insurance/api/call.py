"""One HTTP call, as API Gateway hands it to a function."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from insurance.api import headers
from insurance.api.body import (
    BODY_BYTES_MAX,
    Request,
    UnsupportedMediaType,
    body_text,
    check_no_body,
    read_request,
)
from insurance.api.caller import caller_of
from insurance.api.paging import Page, read_page
from insurance.api.parameters import Parameters, read_parameters
from insurance.domain.core.caller import Caller
from insurance.domain.core.classification import JsonObject
from insurance.operations.command import Query

JSON_TYPE = re.compile(r"\s*application/(?:[a-z0-9.+-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)
MEDIA_TYPE_SHOWN = 100


class Call:
    """Who calls, when, and what was sent. Everything is checked as it is read."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self.event = event
        self.received_at = datetime.now(UTC)
        self.caller: Caller = caller_of(event, self.received_at)
        self.path: str = event["path"]
        self.query: Mapping[str, str] = event.get("queryStringParameters") or {}
        self.sent: JsonObject = {}
        """The body as JSON, once it was read."""
        self._headers = {name.lower(): value for name, value in (event["headers"] or {}).items()}

    def header(self, name: str) -> str | None:
        """A header as it was sent."""
        return self._headers.get(name.lower())

    @cached_property
    def now(self) -> datetime:
        """The time; in test mode the caller's own, when one is sent."""
        sent = self.header(headers.CLOCK_HEADER)
        return headers.read_clock(sent, self.caller.mode) or self.received_at

    @property
    def key(self) -> str:
        """The caller's idempotency key."""
        return headers.read_key(self.header(headers.KEY_HEADER))

    @property
    def expected_revision(self) -> int | None:
        """The revision that `If-Match` names; None without the header."""
        return headers.read_expected_revision(self.header(headers.IF_MATCH))

    @property
    def held_tags(self) -> frozenset[str]:
        """The entity tags of what the caller holds already (`If-None-Match`)."""
        return headers.read_held_tags(self.header(headers.IF_NONE_MATCH))

    def as_query(self) -> Query:
        return Query(self.caller, self.now, self.received_at)

    def page_of(self, list_id: str, earlier_id: str) -> Page:
        """Which page of a list is asked for: `limit`, and the `after` cursor of the last answer."""
        return read_page(self.query, list_id, earlier_id)

    def parameters[P: Parameters](self, model: type[P]) -> P:
        return read_parameters(self.query, model)

    def request[R: Request](self, model: type[R]) -> R:
        """The body as the request that a route declares.

        Raises:
            UnsupportedMediaType: It is sent as something else than JSON.
            BodyTooLarge: It is longer than the request may be.
            MalformedBody: It is no JSON object.
            InvalidFields: It does not fit the request.
        """
        request, self.sent = read_request(self._body(model.BYTES_MAX), model, self.now)
        return request

    def check_no_body(self) -> None:
        """Check that nothing is sent, or an empty object.

        Raises:
            UnsupportedMediaType, BodyTooLarge, MalformedBody, InvalidFields: As `request`.
        """
        check_no_body(self._body(BODY_BYTES_MAX))

    def _body(self, most: int) -> str:
        """The body as text, if it is sent as JSON or nobody says what it is."""
        text = body_text(self.event, most)
        sent = self.header("Content-Type")
        if text and sent is not None and not JSON_TYPE.fullmatch(sent):
            raise UnsupportedMediaType(sent.split(";")[0][:MEDIA_TYPE_SHOWN])
        return text
