"""Examples for the definition: requests that the tests play, and what the handlers answered."""

import json
from typing import Any

from tools.openapi.handlers import ROOT

type Json = dict[str, Any]


def examples() -> dict[tuple[str, str], Json]:
    """(method, path) to a request body, path variables and answers by status, from events/."""
    found: dict[tuple[str, str], Json] = {}
    for expected_file in sorted((ROOT / "events").glob("*/*.expected.json")):
        expected = json.loads(expected_file.read_text(encoding="utf-8"))
        event_file = expected_file.with_name(expected_file.name.replace(".expected.json", ".json"))
        event = json.loads(event_file.read_text(encoding="utf-8"))
        if "httpMethod" not in event or "status" not in expected:
            continue  # not an HTTP event: a stream's batch, or the authorizer's
        example = found.setdefault(
            (event["httpMethod"].lower(), event["resource"]), {"responses": {}}
        )
        status = str(expected["status"])
        if status.startswith("2"):
            if event.get("body"):
                example.setdefault("request", json.loads(event["body"]))
            example.setdefault("variables", event.get("pathParameters") or {})
        example["responses"].setdefault(status, _short(expected["body"]))
    return found


def _short(body: Any) -> Any:
    """A body as it was; of one that nobody reads to its end, the plain members."""
    if not isinstance(body, dict) or len(json.dumps(body)) <= LONGEST:
        return body
    return {name: value for name, value in body.items() if not isinstance(value, dict | list)}


LONGEST = 20_000
