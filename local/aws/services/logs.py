"""CloudWatch Logs Insights over what the functions print here: the question that a replay asks, and no other."""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from local.aws.cloudformation import arn_of
from local.aws.rights import Call
from local.aws.services.errors import ServiceError
from local.aws.template import Template

type Json = dict[str, Any]

QUERY: Final = re.compile(
    r'filter (?P<field>[\w.]+) = "(?P<value>[^"]*)"'
    r" \| stats count\(\*\) as (?P<count>\w+) by (?P<by>[\w., ]+), (?P<bin>bin\((?P<minutes>\d+)m\))"
    r" \| sort (?P=count) desc \| limit (?P<most>\d+)"
)
QUERIES_MAX: Final = 100
"""Answers that are remembered."""


class LogQueries:
    """StartQuery and GetQueryResults. A query is worked out when it is started."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        """`files` are what the functions print, by the names of their log groups."""
        self._files = dict(files)
        self._answers: dict[str, tuple[list[str], list[list[dict[str, str]]]]] = {}
        """By query: the log groups that it is about, and what was found."""

    @classmethod
    def of(cls, template: Template, folder: Path) -> LogQueries:
        """The log groups of the functions that the template declares."""
        functions = template.functions.values()
        return cls({each.log_group: folder / f"{each.folder.name}.log" for each in functions})

    def start_query(self, request: Json) -> Json:
        asked = QUERY.fullmatch(request.get("queryString", ""))
        if asked is None:
            raise ServiceError("MalformedQueryException", "the local stack knows no such query")
        names = request.get("logGroupNames", [])
        unknown = [name for name in names if name not in self._files]
        if unknown or not names:
            message = f"Log group '{''.join(unknown[:1])}' does not exist"
            raise ServiceError("ResourceNotFoundException", message)
        query_id = str(uuid.uuid4())
        lines = self._lines(names, request["startTime"], request["endTime"])
        self._answers[query_id] = list(names), _answer(asked, lines)
        if len(self._answers) > QUERIES_MAX:
            del self._answers[next(iter(self._answers))]
        return {"queryId": query_id}

    def get_query_results(self, request: Json) -> Json:
        found = self._answers.get(request.get("queryId", ""))
        if found is None:
            raise ServiceError("ResourceNotFoundException", "Query does not exist")
        return {"status": "Complete", "results": found[1]}

    def start_calls(self, request: Json) -> list[Call]:
        """What IAM is asked about the start of a query."""
        return _calls("StartQuery", request.get("logGroupNames", []))

    def result_calls(self, request: Json) -> list[Call]:
        """What IAM is asked about the answer of a query: for the log groups that it is about."""
        names, _ = self._answers.get(request.get("queryId", ""), ((), ()))
        return _calls("GetQueryResults", names)

    def _lines(self, names: Sequence[str], since: int, until: int) -> Iterator[tuple[int, Json]]:
        """What was printed in a time, in seconds, with when it was."""
        for path in (self._files[name] for name in names):
            if not path.exists():
                continue
            with path.open(encoding="utf-8", errors="replace") as log:
                for text in log:
                    line = _json(text)
                    at = line.get("_aws", {}).get("Timestamp", 0) // 1000
                    if since <= at <= until:
                        yield at, line


def _calls(operation: str, groups: Sequence[str]) -> list[Call]:
    arns = (arn_of("AWS::Logs::LogGroup", "", name) for name in groups)
    return [Call(f"logs:{operation}", arn, {}) for arn in arns]


def _answer(asked: re.Match[str], lines: Iterator[tuple[int, Json]]) -> list[list[dict[str, str]]]:
    by, seconds = asked["by"].split(", "), int(asked["minutes"]) * 60
    found: Counter[tuple[str | None, ...]] = Counter()
    for at, line in lines:
        if _member(line, asked["field"]) == asked["value"]:
            begun = datetime.fromtimestamp(at - at % seconds, UTC)
            values = (_member(line, name) for name in by)
            found[(*values, begun.strftime("%Y-%m-%d %H:%M:%S.000"))] += 1
    names = [*by, asked["bin"], asked["count"]]
    return [
        [
            {"field": name, "value": value}
            for name, value in zip(names, (*values, str(count)), strict=True)
            if value is not None
        ]
        for values, count in found.most_common(int(asked["most"]))
    ]


def _json(text: str) -> Json:
    """A line that is JSON; what else is printed has no fields."""
    if not text.startswith("{"):
        return {}
    try:
        line: Json = json.loads(text)
    except ValueError:
        return {}
    return line


def _member(line: Any, path: str) -> str | None:
    for name in path.split("."):
        if not isinstance(line, dict) or name not in line:
            return None
        line = line[name]
    return str(line)
