"""The first request of a copy of a snapshot: a process that is forked after its start stands for it."""

import json
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

from bench import requests
from bench.goals import Line, Ratio, ratio_line
from bench.race import cold, warm
from bench.race.build import PYTHON, Contender
from bench.race.cold import RuntimeApi

type Say = Callable[[str], None]

REQUESTS = 30
"""Of each copy: those after the first ten are warm."""
WARM_AFTER = 10
TO_WARM, TO_COLD = 1.5, 0.25
POPULAR = "powertools"


def lines(
    contenders: list[Contender],
    function: Mapping[str, str],
    api: RuntimeApi,
    *,
    rounds: int,
    say: Say,
) -> list[Line]:
    """What the first request of a copy costs beside a warm one, and beside a popular cold start."""
    named = {each.name: each for each in contenders}
    popular = cold.environment(named[POPULAR], function)
    first, later, started = [], [], []
    with _Snapshot(named["ours"], function) as snapshot:
        for number in range(-1, rounds):
            used = snapshot.copy(f"restored-{number}")
            ask = requests.quote(f"beside-restored-{number}")
            start = api.start(cold.command(), popular, ask.event())
            if start.answer.get("statusCode") != 201:
                raise warm.WrongAnswer(f"{POPULAR}: {start.answer}")
            if number >= 0:
                first.append(used[0])
                later.append(sum(used[WARM_AFTER:]) / len(used[WARM_AFTER:]))
                started.append(start.cpu_seconds)
            say(f"first request after restore: round {number + 1} of {rounds}")
    null = Ratio.of(first, first)
    raw = {"first": first, "warm": later, "popular cold": started}
    return [
        ratio_line(
            "first request after restore / warm, CPU",
            Ratio.of(first, later),
            null,
            at_most=TO_WARM,
            raw=raw,
        ),
        ratio_line(
            "first request after restore / popular's cold",
            Ratio.of(first, started),
            null,
            at_most=TO_COLD,
            raw=raw,
        ),
    ]


class _Snapshot:
    """Our function, started as Lambda starts it to take a snapshot."""

    def __init__(self, contender: Contender, function: Mapping[str, str]) -> None:
        self._variables = {
            **cold.environment(contender, function),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
        }

    def __enter__(self) -> "_Snapshot":
        self._process = subprocess.Popen(
            [PYTHON, "-s", warm.DRIVER],
            env=self._variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd="/",
        )
        return self

    def copy(self, run: str) -> list[float]:
        """CPU seconds of each request of one copy."""
        assert self._process.stdin is not None  # noqa: S101 (asked for above)
        assert self._process.stdout is not None  # noqa: S101
        event = json.dumps(requests.quote(warm.MARK).event())
        asked = {"event": event, "mark": warm.MARK, "run": run, "requests": REQUESTS}
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise warm.WrongAnswer("the snapshot ended")
        measured: dict[str, Any] = json.loads(line)
        if measured["failed"]:
            raise warm.WrongAnswer(f"a copy of the snapshot: {measured['failed']}")
        used: list[float] = measured["cpu_seconds"]
        return used

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
