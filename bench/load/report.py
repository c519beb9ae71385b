"""The lines of `bench.load`: this machine's figures, each with its goal where it has one."""

from math import ceil

from bench.goals import Ratio
from bench.load.run import Found, Turns, together

CPU_MS, PER_SECOND, TAIL, TO_BANK_MS, TIMES = 75, 20, 5, 400, 1.5


def report(ours: Turns) -> list[str]:
    """Ours, all its turns together."""
    found = together(ours.found)
    p50, p95, p99 = (at(found.latencies, part) for part in (0.5, 0.95, 0.99))
    bank = at(found.to_the_bank, 0.95) * 1000
    rate, cpu = found.per_second, found.cpu_ms()
    wrong = "; ".join(ours.wrong)
    return [
        *_counts(found),
        _line("journeys a second", f"{rate:.1f}", f">= {PER_SECOND}", met=rate >= PER_SECOND),
        _line("CPU a journey", f"{cpu:.1f} ms", f"<= {CPU_MS} ms", met=cpu <= CPU_MS),
        *_by_process(found, "event_delivery", "event_register"),
        _line(
            "journey p50, p95, p99",
            f"{p50:.2f} {p95:.2f} {p99:.2f} s",
            f"p99 <= {TAIL} x p50",
            met=p99 <= TAIL * p50,
        ),
        _line(
            "settled to bank, p95", f"{bank:.0f} ms", f"<= {TO_BANK_MS} ms", met=bank <= TO_BANK_MS
        ),
        _line("the ledger's health", wrong or "all invariants hold", "all", met=not wrong),
    ]


def beside(ours: Turns, theirs: Turns, *, name: str) -> list[str]:
    """The popular way's figures in the same gateway, and ours by theirs: the middle of the pairs."""
    goal = f">= {TIMES} x"
    if theirs.stumbled:
        said = f"stumbled: {' '.join(theirs.stumbled.split())[:200]}"
        return [name, _line("journeys a second", said, goal, met=False)]
    found, beside_it = together(theirs.found), together(ours.found)
    rate, cpu = (
        Ratio.of([measure(each) for each in ours.found], [measure(each) for each in theirs.found])
        for measure in (_per_second, Found.cpu_ms)
    )
    p50, p95, p99 = (at(found.latencies, part) for part in (0.5, 0.95, 0.99))
    wrong = "; ".join(theirs.wrong)
    return [
        name,
        *_counts(found),
        f"journeys a second       {found.per_second:.1f}",
        f"CPU a journey           {found.cpu_ms():.1f} ms",
        *_by_process(found, "stream"),
        f"journey p50, p95, p99   {p50:.2f} {p95:.2f} {p99:.2f} s",
        f"settled to bank, p95    {1000 * at(found.to_the_bank, 0.95):.0f} ms",
        _line("its books", wrong or "all sums hold", "all", met=not wrong),
        "",
        f"ours / {name}, pairs by turns: {rate.rounds}",
        _line(
            "journeys a second",
            f"{beside_it.per_second:.1f} / {found.per_second:.1f}, {rate} x",
            goal,
            met=rate.middle >= TIMES,
        ),
        f"CPU a journey           {beside_it.cpu_ms():.1f} / {found.cpu_ms():.1f} ms, {cpu} x",
    ]


def _per_second(found: Found) -> float:
    return found.per_second


def by_request(found: Found) -> list[str]:
    """What each request took."""
    return [
        f"  {name:<20} {count:>6}   median {middle:g} ms"
        for name, (count, middle) in sorted(found.by_request.items())
    ]


def at(ordered: list[float], part: float) -> float:
    """The value that this part of all is not over."""
    return ordered[max(0, ceil(part * len(ordered)) - 1)]


def _counts(found: Found) -> list[str]:
    return [
        f"journeys                {found.journeys} whole, {found.requests} requests",
        _line("errors", f"{found.errors} {found.faults or ''}", "0", met=found.errors == 0),
    ]


def _by_process(found: Found, *deliver: str) -> list[str]:
    parts = sorted(found.workers, key=found.cpu_ms, reverse=True)
    workers, delivery = found.cpu_ms(*found.workers), found.cpu_ms(*deliver)
    return [
        f"  gateway               {found.cpu_ms('gateway'):.1f} ms",
        f"  engine                {found.cpu_ms('engine'):.1f} ms",
        f"  workers               {workers:.1f} ms, of them delivery {delivery:.1f}",
        *(f"    {name:<20} {found.cpu_ms(name):.1f} ms" for name in parts),
        f"  (callers, not ours)   {1000 * found.callers_cpu / found.journeys:.1f} ms",
    ]


def _line(name: str, found: str, goal: str, *, met: bool) -> str:
    return f"{name:<23} {found.strip():<24} goal {goal}  {'PASS' if met else 'FAIL'}"
