"""`python -m bench`: one line a goal: name, ratio with its 95 % interval, A/A null, rounds, goal, PASS or FAIL.

Ratios and counts only: they travel from machine to machine, milliseconds do not. `--raw` keeps the absolute
figures as JSON. A goal that is missed says FAIL; the exit code is 0 unless something broke.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bench import growth, lists, machine, quota, stored, visible
from bench.goals import Line, count_line, keep, stumbled_line
from bench.meter import ours, popular, products, table
from bench.meter.ours import Cost
from bench.race import build, cold, measure, restored, same

type Json = dict[str, Any]

RAW = machine.WORKSHOP / "raw.json"
PARTS = (
    "meter",
    "products",
    "growth",
    "lists",
    "visible",
    "stored",
    "cold",
    "restored",
    "shipped",
    "warm",
    "instructions",
)
METERED = {"meter", "products", "growth", "lists"}
ROUNDS = {"cold": 24, "restored": 12, "shipped": 6, "warm": 40}
WARM_SECONDS = 0.12


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--raw", action="store_true", help=f"keep absolute figures in {RAW.name}")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="these parts alone")
    parser.add_argument(
        "--write", action="store_true", help="write the lines to docs/costs.md and the README"
    )
    arguments = parser.parse_args()
    began = time.monotonic()
    lines: list[Line] = []

    def say(what: str) -> None:
        print(f"[{time.monotonic() - began:4.0f} s] {what}", file=sys.stderr, flush=True)

    def show(found: Iterable[Line]) -> None:
        for line in found:
            lines.append(line)
            print(line, flush=True)

    parts = set(arguments.only)
    if "stored" in parts:
        with part("journeys on a stored book", show):
            show(stored.lines(say))
    if parts & METERED:
        with part("meter and growth", show):
            metered(parts, show=show, say=say)
    if "visible" in parts:
        with part("visible in search", show):
            show(visible.lines(say))
    if parts - METERED - {"stored", "visible"}:
        with part("race", show):
            raced(parts, show=show, say=say)
    say("done")
    if arguments.raw:
        keep(lines, RAW)
        say(f"absolute figures of this machine: {RAW}")
    if arguments.write:
        table.write_lines(lines)
    return 1 if any(line.broke for line in lines) else 0


def metered(parts: set[str], *, show: Any, say: Any) -> None:
    """Units and round trips, which have no noise."""
    say("meter: one life of a policy, several times over")
    with ours.running() as (call, meter, database):
        costs = ours.measure(call, meter)
        if "meter" in parts:
            theirs = {cost.name: cost for cost in popular.measure(costs.answers)}
            show(meter_lines(costs.by_command, theirs))
            say(f"quotas: {quota.CALLS:,} calls of {quota.PROCESSES} processes, twice")
            show(quota_lines(quota.measure(machine.client(database))))
        if "products" in parts:
            show(products.lines(products.measure(call, meter, database)))
        if "growth" in parts:
            show(growth_lines(growth.measure(call, meter, database, say=say)))
        if "lists" in parts:
            show(list_lines(lists.measure(call, meter, database, say=say)))


def meter_lines(costs: Mapping[str, Cost], popular: Mapping[str, Cost]) -> list[Line]:
    quote, issue = costs["quote"], costs["issue"]
    extra = max(cost.idempotency_round_trips for cost in costs.values())
    hottest = max(cost.hottest_key for cost in costs.values())
    counted = [
        count_line("quote, write units", float(quote.write_units), at_most=2, raw=_raw(quote)),
        count_line("quote, round trips", quote.round_trips, at_most=1, raw=_raw(quote)),
        count_line("issue, write units", float(issue.write_units), at_most=12, raw=_raw(issue)),
        count_line("issue, round trips", issue.round_trips, at_most=2, raw=_raw(issue)),
        count_line("idempotency, extra round trips", extra, at_most=0, raw={}),
        count_line("writes of one item by 8 policies' lives", hottest, at_most=1, raw={}),
    ]
    beside = [
        Line(
            f"{name} / popular layout",
            f"{float(costs[name].write_units):g} / {float(theirs.write_units):g} units,"
            f" {costs[name].round_trips} / {theirs.round_trips} trips",
            raw={"popular": _raw(theirs)},
        )
        for name, theirs in popular.items()
    ]
    return [*counted, *beside]


def quota_lines(found: Mapping[str, quota.Counting]) -> list[Line]:
    lines = []
    for name, cost in found.items():
        trips = Line(
            f"{name}, counted without a round trip",
            f"{cost.without_round_trip:.2%}",
            cost.without_round_trip >= quota.WITHOUT_ROUND_TRIP,
            f">= {quota.WITHOUT_ROUND_TRIP:.0%}",
        )
        units = count_line(
            f"{name}, write units to count it", cost.units_per_call, at_most=0.02, raw={}
        )
        lines += [units, trips]
    return lines


def growth_lines(found: Mapping[int, Mapping[str, Cost]]) -> list[Line]:
    steepest = max(
        (abs(slope) for slopes in growth.slopes(found).values() for slope in slopes), default=0.0
    )
    sizes = f"{min(found):,} to {max(found):,}"
    name = f"growth of any command's cost, {sizes} policies"
    raw = {str(size): {name: _raw(cost) for name, cost in of.items()} for size, of in found.items()}
    return [Line(name, f"slope {steepest:g}", steepest == 0, "slope 0", raw=raw)]


def list_lines(found: Mapping[int, Mapping[str, Cost]]) -> list[Line]:
    steepest = max(abs(slope) for slopes in growth.slopes(found).values() for slope in slopes)
    sizes = f"{min(found):,} to {max(found):,}"
    raw = {str(size): {name: _raw(cost) for name, cost in of.items()} for size, of in found.items()}
    name = f"growth of a list's page, {sizes} entries"
    return [
        Line(name, f"slope {steepest:g}", steepest == 0, "slope 0", raw=raw),
        count_line("a page of a list or search, queries", lists.queries(found), at_most=1, raw={}),
    ]


def raced(parts: set[str], *, show: Any, say: Any) -> None:
    """CPU time and instructions, ours beside everybody else's."""
    say("building every contender (kept in .tools/bench)")
    built = build.contenders()
    with machine.engine() as database, machine.key_service() as keys, cold.runtime_api() as api:
        machine.make_tables(database)
        function = machine.function_environment("quoting", machine.endpoints(database, keys))
        say("comparing answers and records")
        quote_id, out = same.check(built, function, api, machine.client(database))
        show(stumbled_line(f"race / {measure.CALLED[name]}", why) for name, why in out.items())
        contenders = [each for each in built if each.name not in out]
        if "cold" in parts:
            with part("cold start", show):
                rounds = ROUNDS["cold"]
                show(measure.cold_lines(contenders, function, api, rounds=rounds, say=say))
        if "restored" in parts:
            with part("first request after restore", show):
                rounds = ROUNDS["restored"]
                show(restored.lines(contenders, function, api, rounds=rounds, say=say))
        if "warm" in parts:
            with part("warm", show):
                rounds = ROUNDS["warm"]
                show(
                    measure.warm_lines(
                        contenders,
                        function,
                        quote_id,
                        rounds=rounds,
                        seconds=WARM_SECONDS,
                        say=say,
                    )
                )
        if "shipped" in parts:
            with part("cold as shipped", show):
                rounds = ROUNDS["shipped"]
                show(measure.shipped_lines(contenders, function, api, rounds=rounds, say=say))
        if "instructions" in parts and shutil.which("valgrind"):
            with part("instructions", show):
                show(measure.instruction_lines(contenders, function, api, say=say))


@contextmanager
def part(name: str, show: Any) -> Iterator[None]:
    """One part of the bench: if it breaks, that is its line, and the others are measured."""
    try:
        yield
    except Exception as error:
        show([stumbled_line(name, f"{type(error).__name__}: {error}", broke=True)])


def _raw(cost: Cost) -> Json:
    return {
        "read_units": str(cost.read_units),
        "write_units": str(cost.write_units),
        "round_trips": cost.round_trips,
    }


if __name__ == "__main__":
    sys.exit(main())
