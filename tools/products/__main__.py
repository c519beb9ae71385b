"""`python -m tools.products`: check, bundled, schema, pack, mutate, compare, fuzz, impact, impact-stored."""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from insurance.domain.core.identity import Mode
from insurance.domain.product import InvalidProduct
from insurance.domain.product.publishing.checks import check
from insurance.products import HERE, bundled

from tools.products.folder import found_under, packed, read
from tools.products.json_schema import SCHEMA, schema_text


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.products", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("check", help="check a product folder and run its scenarios")
    one.add_argument("path", type=Path)
    one.add_argument("--publish", action="store_true", help="refuse what is never exercised")
    pack = commands.add_parser("pack", help="print a product folder as the API takes it")
    pack.add_argument("path", type=Path)
    commands.add_parser("bundled", help="check every bundled product")
    commands.add_parser("schema", help="write the JSON Schema of product.json")
    mutate = commands.add_parser("mutate", help="do the scenarios notice a changed product?")
    mutate.add_argument("path", type=Path)
    fuzz = commands.add_parser("fuzz", help="feed malformed products to the checks")
    fuzz.add_argument("count", type=int, nargs="?", default=10_000)
    reference = commands.add_parser("compare", help="compiled tariffs against the reference")
    reference.add_argument("count", type=int, nargs="?", default=100_000)
    impact = commands.add_parser("impact", help="re-rate a book under another version")
    impact.add_argument("old", type=Path)
    impact.add_argument("new", type=Path)
    impact.add_argument("book", type=Path, help="JSON lines of risks, as in scenarios.json")
    impact.add_argument("--picture", type=Path, help="write the distribution as SVG")
    stored = commands.add_parser("impact-stored", help="re-rate the stored policies under a draft")
    stored.add_argument("draft", type=Path)
    stored.add_argument("mode", type=Mode, choices=list(Mode))
    stored.add_argument("--at", type=datetime.fromisoformat, help="in force then; now by default")
    stored.add_argument("--picture", type=Path, help="write the distribution as SVG")
    return parser.parse_args()


def main() -> int:  # noqa: PLR0911 - one for each command
    arguments = _asked()
    match arguments.command:
        case "check":
            return _check(found_under(arguments.path) or [arguments.path], arguments.publish)
        case "pack":
            print(json.dumps(packed(arguments.path), ensure_ascii=False))
            return 0
        case "bundled":
            return _check(found_under(HERE), publish=True)
        case "schema":
            SCHEMA.write_text(schema_text(), "utf-8")
            return 0
        case "mutate":
            return _mutate(arguments.path)
        case "compare":
            return _compare(arguments.count)
        case "fuzz":
            from tools.products.fuzz import run  # noqa: PLC0415 - one command only

            return run(arguments.count)
        case "impact":
            from tools.products.impact import run as rerate  # noqa: PLC0415 - one command only

            return rerate(arguments.old, arguments.new, arguments.book, arguments.picture)
        case "impact-stored":
            from tools.products.stored import run as rerate_stored  # noqa: PLC0415 - as above

            at = arguments.at or datetime.now(UTC)
            return rerate_stored(arguments.draft, arguments.mode, at, arguments.picture)
    return 2


def _check(folders: list[Path], publish: bool) -> int:  # noqa: FBT001 - the flag of the command
    """Each product on a line or two; the last line counts scenarios."""
    passed = failed = refused = 0
    for folder in folders:
        began = time.perf_counter()
        try:
            report = check(read(folder))
        except InvalidProduct as error:
            refused += 1
            print(f"{folder}: refused")
            for fault in error.faults:
                print(f"  {fault}")
            continue
        taken = time.perf_counter() - began
        product = report.product
        failed += len(report.failed)
        passed += len(report.outcomes) - len(report.failed)
        print(
            f"{product.code} {product.version}: {len(report.outcomes)} scenarios, "
            f"{len(report.failed)} failed, {len(report.untried)} never exercised ({taken:.2f} s)"
        )
        for outcome in report.failed:
            print(f"  FAILED {outcome.name}")
            for difference in outcome.differences:
                print(f"    {difference}")
        for path in report.untried:
            print(f"  never exercised: {path}")
        if publish and report.untried:
            refused += 1
    print(f"{passed} scenarios passed, {failed} failed")
    return 1 if failed or refused else 0


def _mutate(path: Path) -> int:
    from tools.products.mutation import mutants, survives  # noqa: PLC0415 - one command only

    made = read(path)
    if check(made).failed:
        print("The scenarios do not pass as it is: mend these first.")
        return 1
    caught = alive = 0
    for mutant in mutants(made):
        verdict = survives(made, mutant)
        if verdict is None:
            continue
        caught, alive = caught + (not verdict), alive + verdict
        if verdict:
            print(f"  survived: {mutant.what}")
    share = 100 * caught / (caught + alive or 1)
    print(f"{caught} of {caught + alive} mutants caught ({share:.1f} %)")
    return 0 if share >= 95 else 1  # noqa: PLR2004 - the share that publishing asks for


def _compare(count: int) -> int:
    """So many random risks, shared among the bundled products, priced twice."""
    from tools.products.random_risks import compared, random_risks  # noqa: PLC0415 - one command only
    from tools.products.reference import Tariff  # noqa: PLC0415 - one command only

    products, equal = list(bundled().values()), 0
    for place, product in enumerate(products):
        tariff = Tariff(product.source.document, product.source.tables)
        wanted = (count - equal) // (len(products) - place)
        risks = random_risks(product, Random(place))  # noqa: S311 - repeatable
        found = compared(product, risks, tariff, wanted)
        print(f"{product.code} {product.version}: {found} risks, each priced alike")
        equal += found
    print(f"{equal} random risks priced alike by the compiled tariff and the reference")
    return 0


if __name__ == "__main__":
    sys.exit(main())
