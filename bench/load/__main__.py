"""`python -m bench.load`: whole journeys on the local stack, from quote to paid claim, many callers at once.

Every second journey looks around on its way (a quote and a policy read, coverage checked, a claim in two calls); the others take the
shortest way. CPU is that of the stack's own processes until everything is delivered and paid; the callers' own is not in it. Loopback only.
"""

import argparse
import sys
from math import ceil

from bench.load import run
from bench.load.run import Found, Load

CPU_MS, PER_SECOND, TAIL, TO_BANK_MS = 75, 20, 5, 400


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.load", description=__doc__)
    parser.add_argument("--journeys", type=int, default=300, help="that are counted")
    parser.add_argument("--callers", type=int, default=6, help="at once")
    parser.add_argument("--warm-up", type=int, default=40, help="journeys before those")
    parser.add_argument("--requests", action="store_true", help="also what each request took")
    arguments = parser.parse_args()
    with run.stack() as stack:
        run.put(Load(arguments.warm_up, arguments.callers), stack, run="warm-up")
        load = Load(arguments.journeys, arguments.callers)
        found = run.put(load, stack, run="counted", first=arguments.warm_up)
        wrong = run.ledger_faults(stack)
    print("\n".join(report(found, wrong)))
    if arguments.requests:
        for name, (count, middle) in sorted(found.by_request.items()):
            print(f"  {name:<20} {count:>6}   median {middle} ms")
    return 1 if found.errors or wrong else 0


def report(found: Found, wrong: list[str]) -> list[str]:
    """The figures of this machine, each with its goal where it has one."""
    p50, p95, p99 = (at(found.latencies, part) for part in (0.5, 0.95, 0.99))
    bank = at(found.to_the_bank, 0.95) * 1000
    rate = found.journeys / found.seconds
    cpu = found.cpu_ms()
    delivery = found.cpu_ms("event_delivery", "event_register")
    parts = sorted(found.workers, key=found.cpu_ms, reverse=True)
    return [
        f"journeys                {found.journeys} whole, {found.requests} requests",
        _line("errors", f"{found.errors} {found.faults or ''}", "0", met=found.errors == 0),
        _line("journeys a second", f"{rate:.1f}", f">= {PER_SECOND}", met=rate >= PER_SECOND),
        _line("CPU a journey", f"{cpu:.1f} ms", f"<= {CPU_MS} ms", met=cpu <= CPU_MS),
        f"  gateway               {found.cpu_ms('gateway'):.1f} ms",
        f"  engine                {found.cpu_ms('engine'):.1f} ms",
        f"  workers               {found.cpu_ms(*found.workers):.1f} ms, of them delivery {delivery:.1f}",
        *(f"    {name:<20} {found.cpu_ms(name):.1f} ms" for name in parts),
        f"  (callers, not ours)   {1000 * found.callers_cpu / found.journeys:.1f} ms",
        _line(
            "journey p50, p95, p99",
            f"{p50:.2f} {p95:.2f} {p99:.2f} s",
            f"p99 <= {TAIL} x p50",
            met=p99 <= TAIL * p50,
        ),
        _line(
            "settled to bank, p95", f"{bank:.0f} ms", f"<= {TO_BANK_MS} ms", met=bank <= TO_BANK_MS
        ),
        _line(
            "the ledger's health", "; ".join(wrong) or "all invariants hold", "all", met=not wrong
        ),
    ]


def at(ordered: list[float], part: float) -> float:
    """The value that this part of all is not over."""
    return ordered[max(0, ceil(part * len(ordered)) - 1)]


def _line(name: str, found: str, goal: str, *, met: bool) -> str:
    return f"{name:<23} {found.strip():<24} goal {goal}  {'PASS' if met else 'FAIL'}"


if __name__ == "__main__":
    sys.exit(main())
