"""The race's lines: paired and interleaved rounds, with ours twice in each as the null."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench import requests
from bench.goals import Line, Ratio, null_line, ratio_line, stumbled_line
from bench.race import build, cold, warm
from bench.race.build import PYTHON, Contender
from bench.race.cold import RuntimeApi
from bench.requests import Ask

type Json = dict[str, Any]
type Say = Callable[[str], None]
type Samples = dict[str, list[float]]

OURS, AGAIN = "ours", "ours again"
COLD_GOALS = {"powertools": 0.85, "fastapi": 0.70}
WARM_GOALS = {
    "GET": {"powertools": 0.65, "fastapi": 0.72, "plain": 0.90},
    "POST": {"powertools": 0.70, "fastapi": 0.72, "plain": 0.90},
}
CALLED = {
    "powertools": "popular Powertools",
    "fastapi": "FastAPI + Mangum",
    "chalice": "Chalice",
    "plain": "plain pydantic + boto3",
    "floor": "floor, no dependencies",
}


class BytecodeWritten(Exception):
    """Some bytecode was missing or stale: what was timed included compiling it."""


def cold_lines(
    contenders: list[Contender],
    function: Mapping[str, str],
    api: RuntimeApi,
    *,
    rounds: int,
    say: Say,
) -> list[Line]:
    """Import and first request, a POST; the clock is the child's CPU time."""
    named = _with_null(contenders)
    before = bytecode(contenders)
    race = _Race("cold start, CPU", named)
    samples = _cold_samples("cold", race, function, api, rounds=rounds, say=say)
    if bytecode(contenders) != before:
        raise BytecodeWritten("bytecode was written during the run")
    return [*_lines(race.title, samples, COLD_GOALS), *race.fallen_lines(COLD_GOALS)]


def shipped_lines(
    contenders: list[Contender],
    function: Mapping[str, str],
    api: RuntimeApi,
    *,
    rounds: int,
    say: Say,
) -> list[Line]:
    """The same as each one's documented build leaves it. Nothing is written here either."""
    named = {each.name: build.as_shipped(each) for each in contenders}
    variables = {**function, "PYTHONDONTWRITEBYTECODE": "1"}  # /var/task is read-only
    race = _Race("cold as shipped", named)
    samples = _cold_samples(race.title, race, variables, api, rounds=rounds, say=say)
    null = Ratio.of(samples[OURS], samples[OURS])
    measured = [
        Line(
            f"cold as shipped / {CALLED[name]}",
            str(Ratio.of(samples[OURS], theirs)),
            rounds=null.rounds,
            raw=_raw(samples, name),
        )
        for name, theirs in samples.items()
        if name in CALLED
    ]
    return [*measured, *race.fallen_lines({})]


def warm_lines(
    contenders: list[Contender],
    function: Mapping[str, str],
    quote_id: str,
    *,
    rounds: int,
    seconds: float,
    say: Say,
) -> list[Line]:
    """CPU a request of a process that has been asked before."""
    lines: list[Line] = []
    asked = {
        "GET": requests.read_quote(quote_id),
        "POST": requests.quote(warm.MARK),
    }
    with warm.runners(_with_null(contenders), function) as running:
        for method, ask in asked.items():
            race = _Race(f"warm {method}, CPU", running)
            samples = _warm_samples(method, race, ask, rounds=rounds, seconds=seconds, say=say)
            goals = WARM_GOALS[method]
            lines += [*_lines(race.title, samples, goals), *race.fallen_lines(goals)]
    return lines


def instruction_lines(
    contenders: list[Contender], function: Mapping[str, str], api: RuntimeApi, *, say: Say
) -> list[Line]:
    """What a cold start carries out, counted by cachegrind: once, because it hardly varies."""
    race = _Race("cold start, instructions", {each.name: each for each in contenders})
    counted: dict[str, int] = {}
    for name, contender in race.runners.items():
        say(f"counting instructions: {name}")
        ask = requests.quote(f"instructions-{name}")
        with race.stumbling(name):
            counted[name] = api.instructions(cold.environment(contender, function), ask.event())
    measured = [
        Line(
            f"cold start, instructions / {CALLED[name]}",
            f"{counted[OURS] / theirs:.3f}",
            raw={OURS: counted[OURS], name: theirs},
        )
        for name, theirs in counted.items()
        if name in CALLED
    ]
    return [*measured, *race.fallen_lines({})]


class _Race[Runner]:
    """Who still runs, and why the others do not: one that stumbles leaves the race, and it goes on."""

    def __init__(self, title: str, runners: Mapping[str, Runner]) -> None:
        self.title = title
        self.runners = dict(runners)
        self._fallen: dict[str, str] = {}

    def turned(self, number: int) -> list[str]:
        """Who still runs, in this round's order."""
        return [name for name in _turned(self.runners, number) if name not in self._fallen]

    @contextmanager
    def stumbling(self, name: str) -> Iterator[None]:
        """What this contender does; if it is ours, nothing is left to compare with."""
        try:
            yield
        except (cold.Stumbled, warm.WrongAnswer) as error:
            if name in {OURS, AGAIN}:
                raise
            self._fallen[name] = str(error)

    def left(self, samples: Samples) -> Samples:
        return {name: found for name, found in samples.items() if name not in self._fallen}

    def fallen_lines(self, goals: Mapping[str, float]) -> list[Line]:
        return [
            stumbled_line(f"{self.title} / {CALLED[name]}", why, goals.get(name))
            for name, why in self._fallen.items()
        ]


def _cold_samples(
    what: str,
    race: _Race[Contender],
    function: Mapping[str, str],
    api: RuntimeApi,
    *,
    rounds: int,
    say: Say,
) -> Samples:
    samples: Samples = {name: [] for name in race.runners}
    for number in range(-1, rounds):  # one round unmeasured: files into the page cache
        for name in race.turned(number):
            ask = requests.quote(f"{what}-{name}-{number}".replace(" ", "-"))
            variables = cold.environment(race.runners[name], function)
            with race.stumbling(name):
                start = api.start(cold.command(), variables, ask.event())
                if start.answer.get("statusCode") != 201:
                    raise warm.WrongAnswer(f"{name}: {start.answer}")
                if number >= 0:
                    samples[name].append(start.cpu_seconds)
        say(f"{what}: round {number + 1} of {rounds}")
    return race.left(samples)


def _warm_samples(
    method: str,
    race: _Race[warm.Runner],
    ask: Ask,
    *,
    rounds: int,
    seconds: float,
    say: Say,
) -> Samples:
    samples: Samples = {name: [] for name in race.runners}
    for number in range(-2, rounds):
        for name in race.turned(number):
            run = f"{name}-{method}-{number}".replace(" ", "-")
            with race.stumbling(name):
                spent = race.runners[name].batch(ask, seconds=seconds, run=run)
                if number >= 0:
                    samples[name].append(spent)
        say(f"warm {method}: round {max(number, 0) + 1} of {rounds}")
    return race.left(samples)


def _lines(title: str, samples: Samples, goals: Mapping[str, float]) -> list[Line]:
    null = Ratio.of(samples[OURS], samples[AGAIN])
    lines = [
        ratio_line(
            f"{title} / {CALLED[name]}",
            Ratio.of(samples[OURS], theirs),
            null,
            at_most=goals.get(name),
            raw=_raw(samples, name),
        )
        for name, theirs in samples.items()
        if name in CALLED
    ]
    return [*lines, null_line(f"{title} / itself", null)]


def _raw(samples: Samples, name: str) -> Json:
    return {f"{who}_cpu_ms": round(median(samples[who]) * 1000, 3) for who in (OURS, name)} | {
        "ours_all": samples[OURS],
        f"{name}_all": samples[name],
    }


def _with_null(contenders: list[Contender]) -> dict[str, Contender]:
    named = {each.name: each for each in contenders}
    return {**named, AGAIN: named[OURS]}


def _turned(names: Iterable[str], number: int) -> list[str]:
    """The names in another order each round, so that no one always follows the same one."""
    ordered = list(names)
    turn = number % len(ordered)
    turned = ordered[turn:] + ordered[:turn]
    return turned if number % 2 == 0 else turned[::-1]


def bytecode(contenders: list[Contender]) -> dict[str, tuple[int, int]]:
    """Every .pyc that a run could write, with its size and time."""
    folders = {folder for each in contenders for folder in each.path}
    standard = PYTHON.parents[1] / "lib" / "python3.13"
    found = itertools.chain.from_iterable(
        Path(folder).rglob("*.pyc") for folder in {*folders, standard}
    )
    return {str(file): (file.stat().st_size, file.stat().st_mtime_ns) for file in found}
