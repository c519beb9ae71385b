"""events/: what each function is given, and beside it what it answers.

`events/<function>/<case>.json` is an event as Lambda gets it (`sam local invoke -e` takes it).
`<case>.expected.json` says what comes of it:
  given    the events played before it on empty tables, by path: `quoting/quote`
  status, headers, body   of an HTTP answer (only the headers named are compared)
  answer   of any other function; `error` is the message it fails with
  sends    a file, in base64, that goes to the form in the answer before what follows is played
  varies   JSON pointers, `*` for any step, to values that no two runs share
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

type Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
EVENTS = ROOT / "events"
EXPECTED = ".expected.json"


class Case(NamedTuple):
    """One event and its expected answer."""

    path: str
    """`quoting/quote`"""
    event: Json
    expected: Json

    @property
    def folder(self) -> str:
        """The function's folder."""
        return self.path.partition("/")[0]


def case(path: str) -> Case:
    event = json.loads((EVENTS / f"{path}.json").read_text(encoding="utf-8"))
    beside = EVENTS / f"{path}{EXPECTED}"
    expected = json.loads(beside.read_text(encoding="utf-8")) if beside.exists() else {}
    return Case(path, event, expected)


def all_cases() -> list[Case]:
    """Every event there is, with or without an answer beside it."""
    return [
        case(str(file.relative_to(EVENTS).with_suffix("")))
        for file in sorted(EVENTS.glob("*/*.json"))
        if not file.name.endswith(EXPECTED)
    ]


def observed(result: Any, expected: Json) -> Json:
    """What a function answered, in the form of an expected file."""
    if isinstance(result, dict) and "statusCode" in result:
        headers = {
            **(result.get("headers") or {}),
            **{name: values[-1] for name, values in result.get("multiValueHeaders", {}).items()},
        }
        wanted = expected.get("headers", {"Content-Type": "", "ETag": ""})
        shown: Json = {
            "status": result["statusCode"],
            "headers": {name: headers[name] for name in wanted if name in headers},
        }
        if result.get("body"):
            shown["body"] = json.loads(result["body"])
        return shown
    if isinstance(result, dict) and "errorMessage" in result:
        return {"error": result["errorMessage"]}
    return {"answer": result}


def settled(value: Any, varies: list[str]) -> Any:
    """The value with everything that varies blanked out."""
    copy = json.loads(json.dumps(value))
    for pointer in varies:
        _blank(copy, pointer.strip("/").split("/"))
    return copy


def _blank(value: Any, steps: list[str]) -> None:
    step, rest = steps[0], steps[1:]
    if isinstance(value, list):
        chosen: list[Any] = list(range(len(value))) if step == "*" else [int(step)]
    elif isinstance(value, dict):
        chosen = list(value) if step == "*" else [step] if step in value else []
    else:
        return
    for key in chosen:
        if rest:
            _blank(value[key], rest)
        else:
            value[key] = "(varies)"
