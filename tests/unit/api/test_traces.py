"""A caller's trace goes on through us: its id comes back, with a span of ours."""

from typing import Any

import pytest
from insurance.api.responses import response

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def answered(sent: str | None, request: str = "r-1") -> str | None:
    headers = {} if sent is None else {"Traceparent": sent}
    event: dict[str, Any] = {
        "headers": headers,
        "httpMethod": "GET",
        "path": "/v1/products",
        "requestContext": {"requestId": request},
    }
    found = response(event, 200, "{}", {})["multiValueHeaders"].get("traceparent")
    return found[0] if found else None


def test_the_trace_is_the_callers_and_the_span_is_ours():
    got = answered(f"00-{TRACE}-{SPAN}-01")

    assert got is not None
    version, trace, span, flags = got.split("-")
    assert (version, trace, flags) == ("00", TRACE, "01")
    assert span != SPAN
    assert len(span) == 16


def test_each_call_is_a_span_of_its_own_and_the_same_in_every_line_of_its_log():
    sent = f"00-{TRACE}-{SPAN}-00"

    assert answered(sent, "r-1") == answered(sent, "r-1") != answered(sent, "r-2")


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\r\nX-Forged: yes",
    ],
)
def test_what_is_no_trace_is_not_answered(sent: str | None):
    assert answered(sent) is None
