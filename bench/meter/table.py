"""The tables of docs/costs.md, written by the meter and held true by tests/bench."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.goals import Line
from bench.machine import ROOT
from bench.meter.ours import Cost
from bench.meter.usage import CountingCost

COSTS = ROOT / "docs" / "costs.md"
README = ROOT / "README.md"
COMMANDS = "commands"
LAYOUTS = "layouts"
COUNTING = "counting"
LINES = "lines"
CLAIMS = "claims"


def commands(costs: Iterable[Cost]) -> str:
    """One row a command."""
    head = (
        "| command | write units | read units | round trips | for idempotency alone | a replay's |"
        " hottest key |\n|---|---:|---:|---:|---:|---:|---:|"
    )
    rows = [
        f"| {cost.name} | {float(cost.write_units):g} | {float(cost.read_units):g} | {cost.round_trips}"
        f" | {cost.idempotency_round_trips} | {cost.replay_round_trips or '-'}"
        f" | {cost.hottest_key or '-'} |"
        for cost in costs
    ]
    return "\n".join([head, *rows])


def layouts(ours: Mapping[str, Cost], popular: Iterable[Cost]) -> str:
    """Ours beside the popular layout."""
    head = (
        "| command | layout | write units | read units | round trips | for idempotency alone |\n"
        "|---|---|---:|---:|---:|---:|"
    )
    rows = [
        f"| {theirs.name} | {layout} | {float(cost.write_units):g} | {float(cost.read_units):g}"
        f" | {cost.round_trips} | {cost.idempotency_round_trips} |"
        for theirs in popular
        for layout, cost in (("ours", ours[theirs.name]), ("popular", theirs))
    ]
    return "\n".join([head, *rows])


def counting(costs: Iterable[CountingCost]) -> str:
    """What a thousand calls cost to count, by how many one delivery of the log holds."""
    head = (
        "| calls in one delivery | write units | read units | round trips |\n|---:|---:|---:|---:|"
    )
    rows = [
        f"| {cost.calls_a_delivery:,} | {cost.write_units:,.0f} | {cost.read_units:,.0f} | {cost.round_trips:,.0f} |"
        for cost in costs
    ]
    return "\n".join([head, *rows])


def block(lines: Iterable[Line]) -> str:
    """The lines of a run, with its day."""
    text = "\n".join(str(line) for line in lines)
    return f"`make bench` on {datetime.now(UTC):%Y-%m-%d}:\n\n```\n{text}\n```"


def write_lines(lines: Sequence[Line]) -> None:
    """All lines into docs/costs.md, those with a goal into the README."""
    write(LINES, block(lines))
    write(LINES, block(line for line in lines if line.goal), README)


def read(name: str, path: Path = COSTS) -> str:
    """What stands between the marks of this name."""
    begin, end = _marks(name)
    return path.read_text(encoding="utf-8").split(begin)[1].split(end)[0].strip("\n")


def write(name: str, text: str, path: Path = COSTS) -> None:
    begin, end = _marks(name)
    document = path.read_text(encoding="utf-8")
    before, after = document.split(begin)[0], document.split(end)[1]
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- bench: {name} -->", f"<!-- end of {name} -->"
