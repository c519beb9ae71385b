"""Malformed products: each is refused with a clear message, quickly and in little memory.

A definition that passes in spite of its damage must then quote without a fault of the program.
"""

import json
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from random import Random
from typing import Any, NamedTuple

from insurance.domain.core.errors import InsuranceError
from insurance.domain.product import InvalidProduct, ProductSource
from insurance.domain.product.definition.files import read_source
from insurance.domain.product.publishing.checks import checked
from insurance.products import HERE, versions

from tools.products.random_risks import random_risks

SECONDS_MAX = 1.0
BYTES_MAX = 64 * 2**20

ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    10**40,
    1e300,
    "",
    "x",
    "1/0",
    "1 / (1 - 1)",
    "a.b",
    "x" * 3_000,
    [],
    {},
    [[]],
    {"x": {}},
    "(" * 30 + ")" * 30,
    "9" * 5_000,
    "1 if 1 else 2",
    "lambda: 1",
    "__import__('os').system('true')",
    "().__class__",
    "sum(1 for x in drivers for y in drivers)",
    "9**9**9",
    "'a' * 1000000",
    "not " * 200 + "true",
    "min()",
    "round(1, 1, 'sideways')",
    "é",
    "min(item.value for item in items)",
    [{"when": True, "then": 1}],
    [{"otherwise": "vehicle"}],
    "date('2026-02-31')",
    "covers.nothing",
    "drivers",
    "cover_type > 3",
    "-" * 300 + "1",
)
WORDS = ("code", "when", "base", "factor", "limit", "min", "max", "type", "choices", "steps")
CELLS = ("", "*", "x", "-1", "1e9", "99999999999999999999", "0.1.2", "NaN", '"', "2026-13-01", "∞")


class Input(NamedTuple):
    what: str
    document: str
    tables: Mapping[str, str]


class Found(NamedTuple):
    refused: int
    accepted: int
    slowest: float
    trouble: tuple[str, ...]


def inputs(random: Random) -> Iterator[Input]:
    """Bundled products, each damaged in one to three ways."""
    seeds = [_text(HERE / code / version) for code, version in versions()]
    while True:
        document, tables = random.choice(seeds)
        what = []
        for _ in range(random.randint(1, 3)):
            damage = random.choice(DAMAGES)
            document, tables = damage(document, dict(tables), random)
            what.append(damage.__name__.strip("_"))
        yield Input(" + ".join(what), document, tables)


def _text(folder: Any) -> tuple[str, dict[str, str]]:
    tables = {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.csv"))}
    return (folder / "product.json").read_text("utf-8"), tables


type Texts = tuple[str, dict[str, str]]


def _changed(document: str, random: Random, change: Callable[[Any, Any], Any]) -> str:
    """One place of the document changed, wherever it is."""
    try:
        plain = json.loads(document)
    except (ValueError, RecursionError):
        return document
    places: list[tuple[Any, Any]] = []
    stack = [plain]
    while stack:
        inner = stack.pop()
        keys: Any = inner if isinstance(inner, dict) else range(len(inner))
        for key in keys:
            places.append((inner, key))
            if isinstance(inner[key], dict | list):
                stack.append(inner[key])
    if places:
        change(*random.choice(places))
    return json.dumps(plain)


def _odd_value(document: str, tables: dict[str, str], random: Random) -> Texts:
    def change(inner: Any, key: Any) -> None:
        inner[key] = random.choice(ODD)

    return _changed(document, random, change), tables


def _left_out(document: str, tables: dict[str, str], random: Random) -> Texts:
    def change(inner: Any, key: Any) -> None:
        del inner[key]

    return _changed(document, random, change), tables


def _doubled(document: str, tables: dict[str, str], random: Random) -> Texts:
    def change(inner: Any, key: Any) -> None:
        if isinstance(inner, list):
            inner.append(inner[key])
        else:
            inner[random.choice(WORDS)] = inner[key]

    return _changed(document, random, change), tables


def _cycle(document: str, tables: dict[str, str], random: Random) -> Texts:
    plain = _loaded(document)
    if isinstance(plain, dict) and isinstance(plain.get("values"), dict):
        names = [*plain["values"], "one", "two"]
        plain["values"] |= {"one": "two", "two": f"one if true else {random.choice(names)}"}
        steps = plain.get("rating", {})
        if isinstance(steps, dict) and isinstance(steps.get("steps"), list):
            steps["steps"].append({"step": "cycle", "factor": "one"})
        return json.dumps(plain), tables
    return document, tables


def _unfolding(document: str, tables: dict[str, str], random: Random) -> Texts:
    """Values that double at every level."""
    plain = _loaded(document)
    if isinstance(plain, dict):
        plain["values"] = {f"v{n}": f"v{n + 1} * v{n + 1}" for n in range(random.randint(5, 60))}
        plain["values"][f"v{len(plain['values'])}"] = "vehicle.vehicle_group"
        steps = plain.get("rating", {})
        if isinstance(steps, dict) and isinstance(steps.get("steps"), list):
            steps["steps"].append({"step": "unfolding", "factor": "v0"})
        return json.dumps(plain), tables
    return document, tables


def _loaded(document: str) -> Any:
    try:
        return json.loads(document)
    except (ValueError, RecursionError):
        return None


def _cut_short(document: str, tables: dict[str, str], random: Random) -> Texts:
    return document[: random.randrange(len(document) + 1)], tables


def _bytes_changed(document: str, tables: dict[str, str], random: Random) -> Texts:
    place = random.randrange(len(document) + 1)
    return document[:place] + random.choice('"{}[]:,0é\x00\n') + document[place + 1 :], tables


def _nested(document: str, tables: dict[str, str], random: Random) -> Texts:
    depth = random.choice((50, 1_000, 100_000))
    return document.replace("[", "[" * depth, 1), tables


def _cell_changed(document: str, tables: dict[str, str], random: Random) -> Texts:
    if tables:
        name = random.choice(sorted(tables))
        lines = [line.split(",") for line in tables[name].splitlines()]
        cells = random.choice(lines)
        cells[random.randrange(len(cells))] = random.choice(CELLS)
        tables[name] = "\n".join(",".join(cells) for cells in lines)
    return document, tables


def _row_changed(document: str, tables: dict[str, str], random: Random) -> Texts:
    """A row left out or twice: a gap, or an overlap."""
    if tables:
        name = random.choice(sorted(tables))
        lines = tables[name].splitlines()
        place = random.randrange(len(lines))
        lines = lines[:place] + random.choice(([], [lines[place]] * 2)) + lines[place + 1 :]
        tables[name] = "\n".join(lines)
    return document, tables


def _huge_table(document: str, tables: dict[str, str], random: Random) -> Texts:
    if tables:
        name = random.choice(sorted(tables))
        lines = tables[name].splitlines() or [""]
        tables[name] = "\n".join([*lines, *(lines[-1:] * random.choice((100, 5_000, 50_000)))])
    return document, tables


def _table_gone(document: str, tables: dict[str, str], random: Random) -> Texts:
    if tables:
        del tables[random.choice(sorted(tables))]
    return document, tables


DAMAGES = (
    *(_odd_value,) * 6,
    *(_left_out,) * 3,
    *(_doubled,) * 2,
    _cycle,
    _unfolding,
    _cut_short,
    _bytes_changed,
    _nested,
    *(_cell_changed,) * 3,
    *(_row_changed,) * 2,
    _huge_table,
    _table_gone,
)


def feed(count: int, random: Random) -> Found:
    """Malformed inputs, one after the other; trouble is anything but a refusal or a quote.

    Seconds are of the processor: what else the machine does is no fault of the product's.
    """
    refused = accepted = 0
    slowest, trouble = 0.0, []
    for one in islice(inputs(random), count):
        began = time.process_time()
        try:
            product = checked(read_source(one.document, one.tables, None))
        except InvalidProduct as error:
            refused += 1
            if not str(error):
                trouble.append(f"{one.what}: refused without a message")
        except Exception as error:
            trouble.append(f"{one.what}: {type(error).__name__}: {error}"[:300])
        else:
            accepted += 1
            trouble += _quoted(product.source, one.what, random)
        taken = time.process_time() - began
        slowest = max(slowest, taken)
        if taken > SECONDS_MAX:
            trouble.append(f"{one.what}: {taken:.1f} s")
    return Found(refused, accepted, slowest, tuple(trouble))


def _quoted(made: ProductSource, what: str, random: Random) -> list[str]:
    """A few random risks under a definition that was accepted."""
    from insurance.domain.product import Product  # noqa: PLC0415 - compiled anew, as a quote does

    product = Product(made)
    try:
        for risk in islice(_some(product, random), 3):
            try:
                product.offer(risk)
            except InsuranceError:
                continue
    except Exception as error:
        return [f"{what}: accepted, then {type(error).__name__}: {error}"[:300]]
    return []


def _some(product: Any, random: Random) -> Iterator[Any]:
    """Random risks, unless the questions are such that hardly anything answers them."""
    began = time.perf_counter()
    for risk in random_risks(product, random, tries=20):
        yield risk
        if time.perf_counter() - began > SECONDS_MAX / 4:
            return


def run(count: int) -> int:
    """In 64 MB above what the program itself needs."""
    feed(200, Random(0))  # noqa: S311 - what the program itself needs, it has taken after this
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - not a file
        now = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + BYTES_MAX, hard))
    found = feed(count, Random(count))  # noqa: S311 - repeatable
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    for trouble in found.trouble[:20]:
        print(trouble)
    print(
        f"{count} malformed products: {found.refused} refused, {found.accepted} accepted and "
        f"quoted, slowest {found.slowest:.2f} s, {len(found.trouble)} in trouble"
    )
    return 1 if found.trouble else 0
