"""`python -m bench.claims`: what a claim costs that is noticed, verified, decided and sent to the bank in one call.

Through our handlers on the metering engine: rules, round trips and units are counted; CPU is that of
the handler's thread, in interleaved rounds, over the same claim in two calls and over a quote. Every
claim has a policy of its own. `--raw` keeps this machine's absolute figures.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from random import Random
from statistics import median
from typing import Any

from bench import machine, requests
from bench.goals import Line, Ratio, count_line, keep, null_line, ratio_line
from bench.meter import ours, table
from bench.meter.ours import Handlers
from bench.meter.tally import Meter, Tally

type Json = dict[str, Any]

RAW = machine.WORKSHOP / "claims.json"
ROUNDS = 40
BATCH = 4
"""Claims in a round of each contender."""

BEFORE_THE_POLICY = "2026-11-01T08:20:00Z"
ONE_CALL, AGAIN, TWO_CALLS, QUOTE = "one call", "one call again", "two calls", "quote"
PUBLIC_RECORD = """\
Beside it the public record (case STP-1): Lemonade reported that its bot reviewed a claim, ran 18 anti-fraud algorithms, approved it and sent the bank its
instructions for 729 dollars, after a deductible of 250, within 3 seconds. The case's amounts come out the same here (`tests/operations/claims`);
its 18 and its 3 seconds are no yardstick: other checks than ours, none of them published, and a clock on a service in use, not CPU on a bench."""
"""What can be said beside the lines; no line of ours is divided by it."""


class NotStraightThrough(Exception):
    """The claim that is measured did not come to what it is measured for."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.claims", description=__doc__)
    parser.add_argument("--raw", action="store_true", help=f"keep absolute figures in {RAW.name}")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds of the CPU's ratios")
    parser.add_argument("--write", action="store_true", help="write the lines to docs/costs.md")
    arguments = parser.parse_args()
    with ours.running() as (call, meter, _):
        lines = counted(call, meter)
        meter.leave(call.dynamodb)
        lines += timed(call, rounds=arguments.rounds)
    for line in lines:
        print(line)
    print(f"\n{PUBLIC_RECORD}")
    if arguments.raw:
        keep(lines, RAW)
    if arguments.write:
        table.write(table.CLAIMS, f"{table.block(lines)}\n\n{PUBLIC_RECORD}")
    return 0


def counted(call: Handlers, meter: Meter) -> list[Line]:
    """What has no noise: the rules, and what the engine meters."""
    claim, once = _metered(call, meter, "one")
    _must_be_at_the_bank(claim)
    run = _codes(claim)
    refused = call(
        requests.notify_and_settle(
            _policy(call, "refused"), "refused", occurred_at=BEFORE_THE_POLICY
        )
    )
    failed = [rule for rule in refused["rules"] if rule["outcome"] != "pass"]
    if not failed or refused["payments"]:
        raise NotStraightThrough(f"a loss before the policy: {refused['status']}")
    twice = _two_calls(call, meter, "two")
    raw = {"rules": run, "write_units": str(once.write_units), "read_units": str(once.read_units)}
    return [
        Line("rules run and reported", f"{len(run)}, all passed", raw=raw),
        Line(
            "rules reported of a loss that fails some",
            f"{len(_codes(refused))}, {len(failed)} of them not passed",
            _codes(refused) == run,
            "the same rules",
        ),
        count_line("claim in one call, round trips", once.round_trips, at_most=2, raw=raw),
        Line(
            "claim in one call / in two calls",
            f"{float(once.write_units):g} / {float(sum(each.write_units for each in twice)):g} write units,"
            f" {float(once.read_units):g} / {float(sum(each.read_units for each in twice)):g} read units,"
            f" {once.round_trips} / {sum(each.round_trips for each in twice)} trips",
        ),
    ]


def timed(call: Handlers, *, rounds: int) -> list[Line]:
    """CPU a claim, as ratios. The rounds are paired, in another order each."""
    contenders: dict[str, Callable[[str], float]] = {
        ONE_CALL: lambda key: _one_call_seconds(call, key),
        AGAIN: lambda key: _one_call_seconds(call, key),
        TWO_CALLS: lambda key: _two_calls_seconds(call, key),
        QUOTE: lambda key: _seconds(lambda: call(requests.quote(f"{key}-quote"))),
    }
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    random = Random(3)  # noqa: S311 (the order of the contenders)
    for number in range(-1, rounds):  # one round unmeasured
        for name in random.sample(list(contenders), len(contenders)):
            keys = (f"{name}-{number}-{each}".replace(" ", "-") for each in range(BATCH))
            spent = sum(contenders[name](key) for key in keys) / BATCH
            if number >= 0:
                samples[name].append(spent)
    null = Ratio.of(samples[AGAIN], samples[ONE_CALL])
    raw = {f"{name}, CPU ms": round(median(found) * 1000, 3) for name, found in samples.items()}
    return [
        *(
            ratio_line(
                f"claim in one call, CPU / {called}",
                Ratio.of(samples[ONE_CALL], samples[name]),
                null,
                at_most=None,
                raw=raw,
            )
            for name, called in ((TWO_CALLS, "in two calls"), (QUOTE, "POST of a quote"))
        ),
        null_line("claim in one call, CPU / itself", null),
    ]


def _metered(call: Handlers, meter: Meter, key: str) -> tuple[Json, Tally]:
    policy_id = _policy(call, key)
    with meter.measuring() as tally:
        claim = call(requests.notify_and_settle(policy_id, key))
    return claim, tally


def _two_calls(call: Handlers, meter: Meter, key: str) -> Sequence[Tally]:
    policy_id = _policy(call, key)
    with meter.measuring() as notice:
        claim = call(requests.notify(policy_id, key))
    with meter.measuring() as settlement:
        _must_be_at_the_bank(call(requests.settle(claim["id"], key)))
    return notice, settlement


def _one_call_seconds(call: Handlers, key: str) -> float:
    policy_id = _policy(call, key)
    return _seconds(lambda: _must_be_at_the_bank(call(requests.notify_and_settle(policy_id, key))))


def _two_calls_seconds(call: Handlers, key: str) -> float:
    policy_id = _policy(call, key)

    def run() -> None:
        claim = call(requests.notify(policy_id, key))
        _must_be_at_the_bank(call(requests.settle(claim["id"], key)))

    return _seconds(run)


def _seconds(run: Callable[[], object]) -> float:
    """CPU of this thread: the key service's stand-in answers in another."""
    began = time.thread_time()
    run()
    return time.thread_time() - began


def _policy(call: Handlers, key: str) -> str:
    policy_id: str = ours.issued(call, key)["id"]
    return policy_id


def _codes(claim: Json) -> list[str]:
    return [rule["code"] for rule in claim["rules"]]


def _must_be_at_the_bank(claim: Json) -> None:
    statuses = [payment["status"] for payment in claim["payments"]]
    outcomes = {rule["outcome"] for rule in claim["rules"]}
    if statuses != ["executing"] or outcomes != {"pass"}:
        raise NotStraightThrough(f"{claim['status']}: {statuses}, {outcomes}")


if __name__ == "__main__":
    sys.exit(main())
