"""`python -m bench.load`: whole journeys on the local stack, from quote to paid claim, many callers at once.

Every second journey looks around on its way (a quote and a policy read, coverage checked, a claim in two calls); the others take the
shortest way. CPU is that of the stack's own processes until everything is delivered and paid; the callers' own is not in it. Loopback only.

Beside it the same journeys on FastAPI + Mangum with the popular layout (`bench/contenders/journey`): in pairs, by turns, each turn on a
stack that was started for it.
"""

import argparse
import sys
from math import ceil

from bench.load.ours import OURS
from bench.load.popular import POPULAR
from bench.load.report import beside, by_request, report
from bench.load.run import Load, System, Turns, put, together


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.load", description=__doc__)
    parser.add_argument("--journeys", type=int, default=300, help="that are counted, of each")
    parser.add_argument("--callers", type=int, default=6, help="at once")
    parser.add_argument("--warm-up", type=int, default=40, help="journeys before those, each turn")
    parser.add_argument("--pairs", type=int, default=3, help="of turns")
    parser.add_argument("--alone", action="store_true", help="ours alone, in one turn")
    parser.add_argument("--requests", action="store_true", help="also what each request took")
    asked = parser.parse_args()
    pairs = 1 if asked.alone else asked.pairs
    systems = [OURS] if asked.alone else [OURS, POPULAR]
    load = Load(ceil(asked.journeys / pairs), asked.callers)
    played = {system: Turns() for system in systems}
    for pair in range(pairs):
        for system in systems if pair % 2 == 0 else reversed(systems):
            play(system, load, played[system], warm_up=asked.warm_up)
    lines = report(played[OURS])
    if not asked.alone:
        lines += ["", *beside(played[OURS], played[POPULAR], name=POPULAR.name)]
    if asked.requests:
        for system, turns in played.items():
            lines += ["", f"requests, {system.name}", *by_request(together(turns.found))]
    print("\n".join(lines))
    return 0 if all(each.whole for each in played.values()) else 1


def play(system: System, load: Load, turns: Turns, *, warm_up: int) -> None:
    """One load on a stack that is started for it. If the popular way stumbles, ours is measured all the same."""
    if turns.stumbled:
        return
    try:
        with system.stack() as running:
            put(Load(warm_up, load.callers), system, running, run="warm-up")
            turns.found.append(put(load, system, running, run="counted", first=warm_up))
            turns.wrong += system.faults(running)
    except Exception as error:
        if system is OURS:
            raise
        turns.stumbled = f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    sys.exit(main())
