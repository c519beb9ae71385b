"""What schemathesis is not to send as valid: JSON that no schema of OpenAPI 3.0 can rule out.

Wherever they stand the API refuses numbers with a fraction and characters that are no text, with a
400 that says so; tests/http/edge/test_bad_input.py sends them by name.
"""

import re
from datetime import datetime
from typing import Any

import schemathesis  # type: ignore[import-not-found]  # in the exam's own environment only

PLACEHOLDER = "0"
NO_TEXT = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\ud800-\\udfff\\ufffd]")


@schemathesis.hook  # type: ignore[untyped-decorator]
def filter_headers(context: Any, headers: Any) -> bool:  # noqa: ARG001 - schemathesis names both
    """Whether they may be sent: a pattern cannot tell which days a month has."""
    clock = (headers or {}).get("Coverwright-Clock")
    if clock is None:
        return True
    try:
        datetime.fromisoformat(clock)
    except (TypeError, ValueError):
        return False
    return True


@schemathesis.hook  # type: ignore[untyped-decorator]
def filter_case(context: Any, case: Any) -> bool:  # noqa: ARG001 - as above
    """Whether it may be sent: a call without a token cannot be, beside the token that goes with every call.

    The part `served` asks each operation without one.
    """
    if case.meta.phase.name.value != "coverage":
        return True
    left_out = case.meta.phase.data.scenario.value == "missing_parameter"
    return not (left_out and (case.meta.phase.data.parameter or "").lower() == "authorization")


@schemathesis.hook  # type: ignore[untyped-decorator]
def map_case(context: Any, case: Any) -> Any:
    """Without the optional headers that stand in for a value that was not found.

    Where the coverage phase finds no text for a long pattern it sends `0`, beside what it means to try.
    """
    if case.meta.phase.name.value != "coverage":
        return case
    for header in context.operation.headers:
        value, pattern = case.headers.get(header.name), header.definition["schema"].get("pattern")
        is_tried = case.meta.phase.data.parameter == header.name
        if value == PLACEHOLDER and pattern and not is_tried and not re.search(pattern, value):
            del case.headers[header.name]
    return case


@schemathesis.hook  # type: ignore[untyped-decorator]
def filter_body(context: Any, body: Any) -> bool:
    """Whether it may be sent."""
    if isinstance(body, dict):
        return all(filter_body(context, each) for pair in body.items() for each in pair)
    if isinstance(body, list):
        return all(filter_body(context, each) for each in body)
    if isinstance(body, str):
        return not NO_TEXT.search(body)
    return not isinstance(body, float)
