"""`uv run --group bench python -m bench.matching`: who is one customer, found by us and by Splink.

24,000 records of 20,000 people (`bench/customers.py`), another seed each round. Contenders are ours and Splink on DuckDB as its documentation
has it: blocking rules on the same marks, its comparisons for names, dates, postcodes and e-mail addresses, weights by
expectation maximisation, links from a probability of 0.95 on. Each is a process of its own; its CPU time counts from the file on, without its imports, and its memory as a whole.
Precision and recall count pairs that are linked without a person.
"""

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import date
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

from bench import customers
from bench.goals import Line, Ratio, null_line, ratio_line

SEEDS = range(1, 6)
PRECISION_AT_LEAST, RECALL_AT_LEAST = 0.995, 0.97
CPU_AT_MOST, RESIDENT_AT_MOST = 0.5, 0.4
SHARES_SEEDS = (101, 102, 103)
"""What the weights were estimated on: none of them is measured."""
STRANGERS = 150_000

type Pair = tuple[str, str]


def ours(file: Path) -> Iterator[Pair]:
    from insurance.domain.matching.blocks import candidate_pairs  # noqa: PLC0415 - each in its own process
    from insurance.domain.matching.weights import MatchVerdict, bundled_weights  # noqa: PLC0415 - the same

    weights = bundled_weights()
    ids: list[str] = []
    records = []
    with file.open(encoding="utf-8", newline="") as cells:
        for row in csv.DictReader(cells):
            ids.append(row["id"])
            records.append(details(row))
    for one, other in candidate_pairs(records):
        if weights.verdict(records[one], records[other]) is MatchVerdict.SURE:
            yield ids[one], ids[other]


def details(row: dict[str, str]) -> Any:
    from insurance.domain.matching.details import made_of  # noqa: PLC0415 - the same

    return made_of(
        is_person=row["kind"] == "person",
        names=[f"{row['given']} {row['family']}"],
        born=date.fromisoformat(row["born"]) if row["born"] else None,
        places=[(row["line"], row["postcode"])],
        emails=[row["email"]],
        phones=[row["phone"]],
        number=row["number"],
    )


def splink(file: Path) -> Iterator[Pair]:
    duckdb, peer = import_module("duckdb"), import_module("splink")
    library = import_module("splink.comparison_library")
    block_on = peer.block_on
    database = duckdb.connect()
    marks = ", ".join(
        f"nullif({name}, '') as {name}"
        for name in customers.Customer._fields
        if name not in {"id", "person", "born"}
    )
    database.execute(
        f"create table records as select id as unique_id, try_cast(born as date) as born, {marks} from read_csv($1, all_varchar = true)",  # noqa: S608 - our own names
        [str(file)],
    )
    settings = peer.SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            library.NameComparison("given"),
            library.NameComparison("family"),
            library.DateOfBirthComparison("born", input_is_string=False),
            library.PostcodeComparison("postcode"),
            library.EmailComparison("email"),
            library.ExactMatch("phone"),
            library.ExactMatch("number"),
        ],
        blocking_rules_to_generate_predictions=[
            *(block_on(name) for name in ("number", "email", "phone")),
            *(block_on(one, other) for one in ("born", "postcode") for other in ("given", "family")),
        ],
    )  # fmt: skip
    api = peer.DuckDBAPI(connection=database)
    linker = peer.Linker(api.register("records"), settings)
    certain = [block_on("number"), block_on("given", "family", "born")]
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in (block_on("born"), block_on("postcode", "given")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.95)
    query = f"select unique_id_l, unique_id_r from {found.physical_name}"  # noqa: S608 - Splink's own name
    yield from database.execute(query).fetchall()


CONTENDERS: dict[str, Callable[[Path], Iterator[Pair]]] = {"ours": ours, "splink": splink}


def alone(name: str, file: Path) -> None:
    """One contender in this process: what it cost, and whom it links."""
    for module in ("rapidfuzz", "insurance.domain.matching.weights") if name == "ours" else ("duckdb", "splink"):  # fmt: skip
        import_module(module)
    began = time.process_time()
    with redirect_stdout(sys.stderr):
        pairs = sorted(tuple(sorted(pair)) for pair in CONTENDERS[name](file))
    seconds = time.process_time() - began
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "resident": resident, "pairs": pairs}))


def measured(name: str, file: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.matching", "--only", name.split(maxsplit=1)[0], "--file", str(file)]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def quality(seed: int, pairs: list[Pair]) -> tuple[float, float]:
    """Precision and recall of the linked pairs."""
    person = {record.id: record.person for record in customers.records(seed)}
    true = sum(count * (count - 1) // 2 for count in Counter(person.values()).values())
    right = sum(person[one] == person[other] for one, other in pairs)
    return right / max(len(pairs), 1), right / true


def lines(seeds: range) -> list[Line]:
    """Ours beside Splink and itself, on every seed."""
    names = ("ours", "ours again", "splink")
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    kept: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "customers.csv"
        for turn, seed in enumerate(seeds):
            customers.write(file, seed)
            for name in names if turn % 2 else reversed(names):
                answer = measured(name, file)
                kept[name].append(quality(seed, answer["pairs"]))
                found[name].append(answer)
    cost = {name: [one["seconds"] for one in each] for name, each in found.items()}
    size = {name: [one["resident"] for one in each] for name, each in found.items()}
    null = Ratio.of(cost["ours again"], cost["ours"])
    raw = {
        name: {"seconds": cost[name], "MB": size[name], "precision, recall": kept[name]}
        for name in names
    }
    return [
        null_line("matching customers, ours again", null),
        *(_worst(mark, place, kept, at_least) for place, (mark, at_least) in enumerate((("precision", PRECISION_AT_LEAST), ("recall", RECALL_AT_LEAST)))),
        ratio_line("matching customers / Splink, CPU", Ratio.of(cost["ours"], cost["splink"]), null, at_most=CPU_AT_MOST, raw=raw),
        ratio_line("matching customers / Splink, resident", Ratio.of(size["ours"], size["splink"]), null, at_most=RESIDENT_AT_MOST, raw=raw),
    ]  # fmt: skip


def _worst(
    mark: str, place: int, kept: dict[str, list[tuple[float, float]]], at_least: float
) -> Line:
    mine, theirs = (min(each[place] for each in kept[name]) for name in ("ours", "splink"))
    name = f"matching customers, least {mark} of {len(kept['ours'])} seeds"
    return Line(
        name, f"{mine:.4f} (Splink {theirs:.4f})", mine >= at_least, f">= {at_least}",
        rounds=len(kept["ours"]),
    )  # fmt: skip


def shares() -> None:
    """How often each likeness stands among pairs of one customer, of a household, and of strangers: what `weights.json` rounds."""
    from insurance.domain.matching.blocks import candidate_pairs  # noqa: PLC0415 - in this mode alone
    from insurance.domain.matching.fields import BirthLevel, MarkLevel, PlaceLevel  # noqa: PLC0415 - the same
    from insurance.domain.matching.names import NameLevel  # noqa: PLC0415 - the same
    from insurance.domain.matching.weights import FIELDS, compare  # noqa: PLC0415 - the same

    sorts = ("same", "household", "strangers")
    counted = {(sort, field): Counter[str | None]() for sort in sorts for field in FIELDS}
    for seed in SHARES_SEEDS:
        people = customers.records(seed)
        known = [details(one._asdict()) for one in people]
        chance = random.Random(seed)  # noqa: S311 - a sample that anybody can take again
        sampled = {tuple(chance.sample(range(len(known)), 2)) for _ in range(STRANGERS)}
        for pairs, other_sort in ((candidate_pairs(known), "household"), (sampled, "strangers")):
            for one, other in pairs:
                levels = dict(zip(FIELDS, compare(known[one], known[other]), strict=True))
                is_one = people[one].person == people[other].person
                near = levels["phone"] == "same" or levels["place"] not in {None, "different"}
                if (is_one or near) if other_sort == "household" else not is_one:
                    for field, level in levels.items():
                        counted["same" if is_one else other_sort, field][level] += 1
    every: dict[str, type[StrEnum]] = dict.fromkeys(("email", "phone", "number"), MarkLevel)
    for field, levels_of in ({"name": NameLevel, "birth": BirthLevel, "place": PlaceLevel} | every).items():  # fmt: skip
        for level in levels_of:
            found = [counted[sort, field] for sort in sorts]
            told = [f"{each[level] / max(each.total() - each[None], 1):.6f} ({each[level]})" for each in found]  # fmt: skip
            print(f"{field:<8}{level:<14}{'  '.join(told)}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.matching", description=__doc__)
    parser.add_argument("--raw", action="store_true", help="this machine's own figures, too")
    parser.add_argument("--seeds", type=int, nargs=2, default=(SEEDS.start, SEEDS.stop))
    parser.add_argument("--shares", action="store_true", help="count what the weights round")
    parser.add_argument("--only", choices=CONTENDERS)
    parser.add_argument("--file", type=Path)
    arguments = parser.parse_args()
    if arguments.only:
        alone(arguments.only, arguments.file)
        return 0
    if arguments.shares:
        shares()
        return 0
    found = lines(range(*arguments.seeds))
    for line in found:
        print(line)
        if arguments.raw and line.raw:
            print(f"  {line.raw}")
    return 1 if any(line.met is False for line in found) else 0


if __name__ == "__main__":
    sys.exit(main())
