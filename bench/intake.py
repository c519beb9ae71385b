"""`uv run --group bench python -m bench.intake`: what reading a broker's file costs, every reason by row.

The same file with planted faults and the same 20 rules: 8 of presence, 3 patterns, 2 lists, 3 ranges, 3 over two fields and
1 over all rows. Contenders are ours (mapping, records, reasons), Frictionless (its report, without its limit), and a bare
pydantic model on csv rows: it maps nothing and compares neither fields nor rows, so it has 16 of the rules. Each round is a
process of its own; its CPU time counts from the first row on, without what it imports, and its memory as a whole. Pandera on polars and Great Expectations
on pandas go by columns, with the whole file in memory: they are printed, without a bound. All with the 20 rules must fault
the same rows.
"""

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, TypeAdapter, ValidationError

from bench import intake_columns
from bench.goals import Line, Ratio, count_line, null_line, ratio_line
from tools.data import broker_file

ROWS, ROUNDS = 100_000, 3
FRICTIONLESS_AT_MOST = 0.25
"""Four times as fast."""
PYDANTIC_AT_MOST = 1 / 0.35
RESIDENT_AT_MOST = 96
POLICY = r"[A-Z]{3}-[0-9]{8}"
POSTCODE = r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}"
EMAIL = r"[^@ ]+@[^@ ]+"
FUELS = ("P", "D", "E", "H")
TEXTS = ("Reg", "Surname", "First Name")

HEADINGS = tuple(name.lower().replace(" ", "_") for name in broker_file.COLUMNS)
"""As names that Frictionless's formulas can have."""

type Faulty = Iterator[int]
"""Numbers of the rows with a reason against them."""


def write(file: Path, rows: int) -> None:
    """The broker's file in the plain forms that all contenders read: ISO dates, figures without marks."""
    dates = ("Inception", "Date of Birth", "Licence Since")
    with file.open("w", encoding="utf-8", newline="") as cells:
        writer = csv.writer(cells)
        writer.writerow(HEADINGS)
        for row in broker_file.rows(1, rows):
            named = dict(zip(broker_file.COLUMNS, row.cells, strict=False))
            if len(named) < len(broker_file.COLUMNS):
                continue
            named |= {name: iso(named[name]) for name in dates}
            for name in ("Value", "Mileage"):
                named[name] = named[name].replace("£", "").replace(",", "").replace("N/A", "")
            for name in TEXTS:
                named[name] = named[name].replace("N/A", "").strip()
            named["First Name"] = "".join(one for one in named["First Name"] if one.isprintable())
            named["Fuel"] = named["Fuel"].upper()
            if any(sign in named["Mileage"] for sign in "NIXie") or named["Value"][:1].isalpha():
                continue  # what the contenders do not agree on: NaN, 1e400, 0x1F
            writer.writerow(named.values())


def iso(text: str) -> str:
    try:
        return datetime.strptime(text, "%d/%m/%Y").date().isoformat()  # noqa: DTZ007 - a day
    except ValueError:
        return text


def ours(file: Path) -> Faulty:
    from insurance.domain.intake.mapping import compile_mapping  # noqa: PLC0415 - each in its own process
    from insurance.intake_files.reading import read_rows  # noqa: PLC0415 - the same

    required: dict[str, Any] = {"required": True}
    fields: dict[str, Any] = {
        "reference": {"from": "policy_ref", "pattern": POLICY},
        "registration": {"from": "reg", **required},
        "family_name": {"from": "surname", **required},
        "given_name": {"from": "first_name", **required},
        "start": {"from": "inception", "as": "date", **required},
        "born": {"from": "date_of_birth", "as": "date", **required},
        "postcode": {"from": "postcode", "pattern": POSTCODE, **required},
        "email": {"from": "email", "pattern": EMAIL},
        "make": {"from": "make", "reference": "makes", **required},
        "value": {"from": "value", "as": "money", "currency": "GBP", "min": 100, **required},
        "fuel": {"from": "fuel", "as": "code", "codes": {one: one for one in FUELS}, **required},
        "year": {"from": "year", "as": "integer", "min": 1960},
        "mileage": {"from": "mileage", "as": "integer", "max": 100_000},
        "monthly": {"from": "monthly", "as": "money", "currency": "GBP"},
        "annual": {"from": "annual", "as": "money", "currency": "GBP"},
    }
    document = {
        "kind": "quotes",
        "columns": {name: {} for name in HEADINGS},
        "fields": fields,
        "rules": [
            {"code": "future", "when": "given(year) and year > year(start)"},
            {"code": "young", "when": "year(start) - year(born) < 17"},
            {
                "code": "twelve",
                "when": "given(monthly) and given(annual) and annual != monthly * 12",
            },
            {"code": "twice", "at": "across", "unique": ["reference"]},
        ],
    }
    mapping = compile_mapping(document, {"makes": frozenset(broker_file.MAKES)})
    with file.open("rb") as stream:
        for row in mapping.check(read_rows(stream, mapping.document)):
            if row.findings:
                yield row.number


def frictionless(file: Path) -> Faulty:
    peer = import_module("frictionless")
    needed = {"required": True}
    constraints: dict[str, tuple[str, dict[str, Any]]] = {
        "policy_ref": ("string", {"pattern": POLICY, "unique": True}),
        "reg": ("string", needed),
        "surname": ("string", needed),
        "first_name": ("string", needed),
        "inception": ("date", needed),
        "date_of_birth": ("date", needed),
        "postcode": ("string", {"pattern": POSTCODE, **needed}),
        "email": ("string", {"pattern": EMAIL}),
        "make": ("string", {"enum": list(broker_file.MAKES), **needed}),
        "value": ("number", {"minimum": 100, **needed}),
        "fuel": ("string", {"enum": list(FUELS), **needed}),
        "year": ("integer", {"minimum": 1960}),
        "mileage": ("integer", {"maximum": 100_000}),
        "monthly": ("number", {}),
        "annual": ("number", {}),
    }
    fields = []
    for name in HEADINGS:
        kind, rules = constraints.get(name, ("string", {}))
        fields.append({"name": name, "type": kind, "constraints": rules})
    schema = peer.Schema.from_descriptor({"fields": fields})
    source = peer.Resource(path=file.name, basepath=str(file.parent), schema=schema)
    formulas = (
        "year is None or inception is None or year <= inception.year",
        "inception is None or date_of_birth is None or inception.year - date_of_birth.year >= 17",
        "annual is None or monthly is None or annual == monthly * 12",
    )
    checks = [peer.checks.row_constraint(formula=formula) for formula in formulas]
    report = source.validate(peer.Checklist(checks=checks), limit_errors=10**9)
    yield from sorted({error.row_number for error in report.tasks[0].errors})


def _is_finite(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise ValueError("no number")
    return value


class Car(BaseModel):
    """The same rules as pydantic has them."""

    reference: Annotated[str, Field(alias="policy_ref", pattern=f"^{POLICY}$")]
    registration: Annotated[str, Field(alias="reg", min_length=1)]
    family_name: Annotated[str, Field(alias="surname", min_length=1)]
    given_name: Annotated[str, Field(alias="first_name", min_length=1)]
    start: Annotated[date, Field(alias="inception")]
    born: Annotated[date, Field(alias="date_of_birth")]
    postcode: Annotated[str, Field(alias="postcode", pattern=f"^{POSTCODE}$")]
    email: Annotated[str, Field(alias="email", pattern=f"^({EMAIL})?$")]
    make: Annotated[Literal[broker_file.MAKES], Field(alias="make")]  # type: ignore[valid-type]
    value: Annotated[Decimal, Field(alias="value", ge=100), AfterValidator(_is_finite)]
    fuel: Annotated[Literal[FUELS], Field(alias="fuel")]  # type: ignore[valid-type]
    year: Annotated[int, Field(alias="year", ge=1960)]
    mileage: Annotated[Annotated[int, Field(le=100_000)] | Literal[""], Field(alias="mileage")]
    monthly: Annotated[Decimal, Field(alias="monthly")]
    annual: Annotated[Decimal, Field(alias="annual")]


def pydantic(file: Path) -> Faulty:
    check = TypeAdapter(Car).validate_python
    with file.open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), 2):
            try:
                check(row)
            except ValidationError as error:
                error.errors(include_url=False)
                yield number


FORMS = {"policy_ref": POLICY, "postcode": POSTCODE, "email": EMAIL}
LISTS = {"make": broker_file.MAKES, "fuel": FUELS}


CONTENDERS: dict[str, Callable[[Path], Faulty]] = {
    "ours": ours,
    "frictionless": frictionless,
    "pydantic": pydantic,
    "pandera": lambda file: intake_columns.pandera(file, FORMS, LISTS),
    "expectations": lambda file: intake_columns.great_expectations(file, FORMS, LISTS),
}
IMPORTS: dict[str, tuple[str, ...]] = {
    "ours": ("insurance.domain.intake.mapping", "insurance.intake_files.reading"),
    "frictionless": ("frictionless",),
    "pydantic": (),
    "pandera": ("polars", "pandera.polars"),
    "expectations": ("pandas", "great_expectations"),
}
"""What each loads before its time is taken."""
BY_COLUMNS = ("pandera", "expectations")
"""They hold the whole file in memory: printed as what column-wise work costs, without a bound."""


def alone(name: str, file: Path) -> None:
    """One contender in this process: what it cost, and which rows it faults."""
    for module in IMPORTS[name]:
        import_module(module)
    began = time.process_time()
    faulty = list(CONTENDERS[name](file))
    seconds = time.process_time() - began
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "resident": resident, "faulty": faulty}))


def measured(name: str, file: Path) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "bench.intake",
        "--only",
        name.split(maxsplit=1)[0],
        "--file",
        str(file),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def lines(rows: int, rounds: int) -> list[Line]:
    """Ours beside Frictionless, pydantic and itself.

    Raises:
        RuntimeError: Ours and another with all the rules do not fault the same rows.
    """
    names = ("ours", "ours again", "frictionless", "pydantic", *BY_COLUMNS)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "broker.csv"
        write(file, rows)
        for turn in range(rounds):
            for name in names if turn % 2 else reversed(names):
                found[name].append(measured(name, file))
    mine = set(found["ours"][0]["faulty"])
    for name in ("frictionless", *BY_COLUMNS):
        theirs = set(found[name][0]["faulty"])
        if mine != theirs or not mine:
            raise RuntimeError(f"{name}: {len(mine - theirs)} and {len(theirs - mine)} rows differ")
    cost = {name: [one["seconds"] for one in each] for name, each in found.items()}
    null = Ratio.of(cost["ours again"], cost["ours"])
    raw = {f"{name}, rows a CPU second": round(rows / median(each)) for name, each in cost.items()}
    raw |= {f"{name}, MB": round(max(one["resident"] for one in found[name])) for name in names}
    limits: dict[str, float | None] = {
        "frictionless": FRICTIONLESS_AT_MOST,
        "pydantic": PYDANTIC_AT_MOST,
    }
    return [
        null_line("reading a file, ours again", null),
        *(
            ratio_line(f"reading a file / {name}", Ratio.of(cost["ours"], cost[name]), null, at_most=limit, raw=raw)
            for name, limit in (limits | dict.fromkeys(BY_COLUMNS)).items()
        ),
        count_line("reading a file, MB resident", raw["ours, MB"], at_most=RESIDENT_AT_MOST, raw=raw),
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.intake", description=__doc__)
    parser.add_argument("--raw", action="store_true", help="this machine's own figures, too")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", choices=CONTENDERS)
    parser.add_argument("--file", type=Path)
    arguments = parser.parse_args()
    if arguments.only:
        alone(arguments.only, arguments.file)
        return 0
    found = lines(arguments.rows, arguments.rounds)
    for line in found:
        print(line)
        if arguments.raw and line.raw:
            print(f"  {line.raw}")
    return 1 if any(line.met is False for line in found) else 0


if __name__ == "__main__":
    sys.exit(main())
