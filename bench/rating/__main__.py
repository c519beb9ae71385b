"""`uv run --with zen-engine --with numpy python -m bench.rating`: what a premium costs.

Personal motor's twelve steps, in turn: ours with its full trace; the same tariff as a GoRules
decision graph and as one expression (zen-engine); the Decimal interpreter; numpy on ready columns.
Bulk: JSON in, premiums out. Rounds are interleaved, each in a random order and then back; in each, everybody
prices the sample so often that it takes some milliseconds, twice, and the better time counts. What is compared is the CPU time of this
process, all its threads together: what else the machine does cannot lengthen it. Beside it stands the time on the wall, which a Lambda is
billed by.
Each ratio is the median over the rounds with a bootstrapped 95 % interval, and ours is also held
against itself (A/A): an interval there that leaves 1 out, or is wide, says the machine was not quiet.
All contenders must agree on every premium to the penny first.
"""

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from random import Random
from statistics import median
from typing import Any, NamedTuple

import orjson
from insurance.domain.product import Product, Risk
from insurance.domain.product.rating.bulk import Bulk
from insurance.products import product

from tools.products.random_risks import random_risks
from tools.products.reference import Tariff

RISKS = 400
ROUNDS = 30
ROUND_SECONDS = 0.008
"""Long beside what the clock and the scheduler get wrong."""
FACTORS = {
    "group": "group < 10 ? 0.8 : group < 20 ? 1 : group < 30 ? 1.3 : group < 40 ? 1.7 : 2.2",
    "age": "age < 21 ? 2.5 : age < 25 ? 1.8 : age < 30 ? 1.2 : age < 70 ? 1 : 1.3",
    "convicted": "convictions > 0 ? 1.4 : 1",
    "miles": "miles <= 5000 ? 0.9 : miles <= 12000 ? 1 : 1.2",
    "type": "type == 'third_party_fire_theft' ? 0.7 : 1",
    "excess": "excess >= 500 ? 0.85 : excess >= 250 ? 0.92 : 1",
    "years": "years >= 5 ? 0.35 : years == 4 ? 0.4 : years == 3 ? 0.5 : years == 2 ? 0.6 : "
    "years == 1 ? 0.7 : 1",
    "car": "car ? 30 : 0",
    "protected": "protected ? 40 : 0",
}
"""The tariff as somebody would write it in zen's language."""


def flat(risk: Risk) -> dict[str, Any]:
    """A risk as the other engines take it: plain columns."""
    json_ = risk.answers.json
    drivers: Any = json_["drivers"]
    vehicle: Any = risk.looked_up["vehicle"]
    excess: Any = json_["voluntary_excess"]
    return {
        "group": vehicle["vehicle_group"],
        "age": min(driver["age"] for driver in drivers),
        "convictions": max(driver["convictions"] for driver in drivers),
        "miles": json_["annual_mileage"],
        "type": json_["cover_type"],
        "excess": excess["amount"] / 100,
        "years": json_["no_claims_years"],
        "car": "courtesy_car" in risk.covers,
        "protected": "protected_ncd" in risk.covers,
    }


def graph() -> dict[str, Any]:
    """Input, one node with an expression for each step, output: the form that is kindest to zen."""
    net = NET.format(**{name: f"$.f_{name}" for name in FACTORS})
    expressions = [
        {"id": name, "key": f"f_{name}", "value": text} for name, text in FACTORS.items()
    ]
    expressions.append({"id": "net", "key": "net", "value": net})
    here = {"x": 0, "y": 0}
    content = {
        "expressions": expressions,
        "passThrough": True,
        "inputField": None,
        "outputPath": None,
        "executionMode": "single",
    }
    return {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "position": here},
            {
                "id": "rate",
                "name": "rate",
                "type": "expressionNode",
                "position": here,
                "content": content,
            },
            {"id": "out", "name": "out", "type": "outputNode", "position": here},
        ],
        "edges": [
            {"id": "first", "sourceId": "in", "targetId": "rate", "type": "edge"},
            {"id": "last", "sourceId": "rate", "targetId": "out", "type": "edge"},
        ],
    }


NET = (
    "max([400 * ({group}) * ({age}) * ({convicted}) * ({miles}) * ({type}) * ({excess}) * ({years})"
    " + ({car}) + ({protected}), 100])"
)


def sample(sold: Product) -> list[Risk]:
    """Random risks that the tariff can price."""
    risks = []
    for risk in random_risks(sold, Random(5)):  # noqa: S311 - repeatable
        if "protected_ncd" in risk.covers and int(str(risk.answers.json["no_claims_years"])) < 4:
            continue
        risks.append(risk)
        if len(risks) == RISKS:
            return risks
    return risks


class Taken(NamedTuple):
    """Microseconds a risk: of CPU, in all threads, and on the wall."""

    cpu: float
    wall: float


def timed(run: Callable[[], object], times: int) -> Taken:
    """So many runs in a row. What earlier ones left to be collected is collected before."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(times):
        run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Taken(cpu / times / RISKS * 1e6, wall / times / RISKS * 1e6)


def enough(run: Callable[[], object]) -> int:
    """How many runs make a round."""
    run()
    return max(1, round(ROUND_SECONDS / (timed(run, 3).cpu * RISKS / 1e6)))


def ratio(mine: Sequence[float], theirs: Sequence[float]) -> str:
    """The median of the rounds' ratios, with a bootstrapped interval."""
    ratios = [one / two for one, two in zip(mine, theirs, strict=True)]
    random = Random(1)  # noqa: S311 - a bootstrap
    medians = sorted(median(random.choices(ratios, k=len(ratios))) for _ in range(2_000))
    return f"{median(ratios):.3f} [{medians[50]:.3f}, {medians[-51]:.3f}]"


def contenders(sold: Product, risks: Sequence[Risk]) -> dict[str, Callable[[], list[Any]]]:
    """Each prices every risk once, from inputs that it takes as they are; nets in pennies."""
    zen: Any = import_module("zen")

    flats = [flat(risk) for risk in risks]
    inputs = [sold.rating_input(risk) for risk in risks]
    run = sold.rating.run
    decision = zen.ZenEngine().create_decision(json.dumps(graph()))
    one = zen.compile_expression(NET.format(**FACTORS))
    tariff = Tariff(sold.source.document, sold.source.tables)
    return {
        "ours, traced": lambda: [run(given, 1, 1)[0] for given in inputs],
        "ours again": lambda: [run(given, 1, 1)[0] for given in inputs],
        "zen, graph": lambda: [pence(decision.evaluate(row)["result"]["net"]) for row in flats],
        "zen, one expression": lambda: [pence(one.evaluate(row)) for row in flats],
        "Decimal interpreter": lambda: [
            int(tariff.price(r.answers.json, r.looked_up, r.covers, r.start).net * 100)
            for r in risks
        ],
        "numpy, ready columns": columns(flats),
    }


def pence(net: Any) -> int:
    return int(float(net) * 100 + 0.5 + 1e-7)


def columns(flats: Sequence[dict[str, Any]]) -> Callable[[], list[Any]]:
    np: Any = import_module("numpy")

    held = {name: np.array([row[name] for row in flats]) for name in flats[0]}
    bands = {
        "group": ([10, 20, 30, 40], [0.8, 1, 1.3, 1.7, 2.2]),
        "age": ([21, 25, 30, 70], [2.5, 1.8, 1.2, 1, 1.3]),
        "miles": ([5001, 12001], [0.9, 1, 1.2]),
        "excess": ([250, 500], [1, 0.92, 0.85]),
        "years": ([1, 2, 3, 4, 5], [1, 0.7, 0.6, 0.5, 0.4, 0.35]),
    }
    ready = {name: (np.array(edges), np.array(f)) for name, (edges, f) in bands.items()}

    def run() -> list[Any]:
        net = np.full(len(flats), 400.0)
        for name, (edges, factors) in ready.items():
            net *= factors[np.searchsorted(edges, held[name], side="right")]
        net *= np.where(held["convictions"] > 0, 1.4, 1)
        net *= np.where(held["type"] == "third_party_fire_theft", 0.7, 1)
        net = np.maximum(net + 30 * held["car"] + 40 * held["protected"], 100)
        found: list[Any] = np.floor(net * 100 + 0.5 + 1e-7).astype(int).tolist()
        return found

    return run


def bulk(sold: Product, risks: Sequence[Risk]) -> dict[str, Callable[[], list[Any]]]:
    """JSON lines in, premiums out."""
    zen: Any = import_module("zen")

    ours = [
        json.dumps(
            {
                "answers": risk.answers.to_json(),
                "looked_up": risk.looked_up,
                "covers": list(risk.covers),
                "start": risk.start.isoformat(),
            }
        )
        for risk in risks
    ]
    theirs = [json.dumps(flat(risk)) for risk in risks]
    ready = Bulk(sold)
    decision = zen.ZenEngine().create_decision(json.dumps(graph()))

    return {
        "ours, bulk": lambda: [each.net if each else None for each in ready.premiums(ours)],
        "zen, batch": lambda: [
            pence(decision.evaluate(orjson.loads(line))["result"]["net"]) for line in theirs
        ],
    }


def main() -> int:
    argparse.ArgumentParser(prog="bench.rating", description=__doc__).parse_args()
    sold = product("personal_motor")
    risks = sample(sold)
    runs = {**contenders(sold, risks), **bulk(sold, risks)}
    wanted = runs["ours, traced"]()
    for name, run in runs.items():
        wrong = sum(one != two for one, two in zip(wanted, run(), strict=True))
        if wrong:
            print(f"{name}: {wrong} of {RISKS} premiums differ")
            if name not in {
                "zen, graph",
                "zen, one expression",
                "zen, batch",
                "numpy, ready columns",
            }:
                return 1
    random = Random(2)  # noqa: S311 - the order of the contenders
    times = {name: enough(run) for name, run in runs.items()}
    times["ours again"] = times["ours, traced"]
    rounds: dict[str, list[Taken]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        order = random.sample(list(runs), len(runs))
        found: dict[str, list[Taken]] = {name: [] for name in runs}
        for name in (*order, *reversed(order)):  # there and back: what drifts meets all alike
            runs[name]()  # the run before must not be paid for
            found[name].append(timed(runs[name], times[name]))
        for name, both in found.items():
            rounds[name].append(min(both))  # interference only ever adds
    for name, each in rounds.items():
        cpu, wall = median(one.cpu for one in each), median(one.wall for one in each)
        print(f"{name:22} {cpu:9.2f} us of CPU a risk, {wall:9.2f} us on the wall")
    taken = {name: [one.cpu for one in each] for name, each in rounds.items()}
    mine = taken["ours, traced"]
    print(f"A/A null                       {ratio(taken['ours again'], mine)}")
    print(f"ours / zen graph               {ratio(mine, taken['zen, graph'])}   goal <= 0.06")
    print(f"ours / zen one expression      {ratio(mine, taken['zen, one expression'])}   goal <= 1")
    print(f"ours / Decimal interpreter     {ratio(mine, taken['Decimal interpreter'])}")
    print(f"ours / numpy on ready columns  {ratio(mine, taken['numpy, ready columns'])}   (a loss)")
    print(
        f"zen batch / ours bulk          {ratio(taken['zen, batch'], taken['ours, bulk'])}   goal >= 12"
    )
    batch, bulk_ = ([one.wall for one in rounds[name]] for name in ("zen, batch", "ours, bulk"))
    print(f"zen batch / ours bulk, wall    {ratio(batch, bulk_)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
