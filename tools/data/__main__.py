"""`make data`: a broker's file with planted faults, or any file by a mapping, with every reason."""

import argparse
import json
import resource
import sys
import tempfile
from collections import Counter
from pathlib import Path

from insurance.domain.core.errors import InvalidFields
from insurance.domain.intake.checking import CompiledMapping
from insurance.domain.intake.document import FileFormat
from insurance.domain.intake.files import UnreadableFile
from insurance.domain.intake.mapping import compile_mapping
from insurance.domain.intake.proposal import propose_mapping
from insurance.intake_files.reading import read_rows, read_sample

from tools.data import broker_file, measuring

HERE = Path(__file__).parent
SHOWN = 5
"""Findings of each kind that are printed with their rows."""


def motor_mapping() -> CompiledMapping:
    """The mapping of the broker's file."""
    document = json.loads((HERE / "motor.json").read_text("utf-8"))
    return compile_mapping(document, {"makes": frozenset(broker_file.MAKES)})


def planted(seed: int, rows: int) -> bool:
    """Precision and recall by kind on a file with faults, and alarms on one without."""
    mapping = motor_mapping()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "broker.csv"
        with broker_file.write(file, seed, rows).open() as truth:
            dirty = measuring.measure(mapping, file, truth)
        with broker_file.write(file, seed, rows, 0).open() as truth:
            clean = measuring.measure(mapping, file, truth)
    print(f"{'fault':<32}{'planted':>8}{'said':>8}{'precision':>11}{'recall':>9}")
    for score in dirty.scores:
        verdict = "PASS" if score.is_met else "FAIL"
        print(
            f"{score.kind:<32}{score.planted:>8}{score.said:>8}"
            f"{score.precision:>11.4f}{score.recall:>9.4f}  {verdict}"
        )
    alarms = dirty.false_alarms + clean.false_alarms
    print(f"false alarms on clean rows: {alarms}  {'PASS' if not alarms else 'FAIL'}")
    print(f"{(dirty.rows + clean.rows) / (dirty.seconds + clean.seconds):,.0f} rows a CPU second")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB resident at most")
    return dirty.is_met and clean.is_met


def any_file(file: Path, mapping: CompiledMapping) -> bool:
    """What a file becomes: rows by what becomes of them, and findings by rule."""
    outcomes: Counter[str] = Counter()
    rules: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], list[str]] = {}
    try:
        with file.open("rb") as stream:
            for made in mapping.check(read_rows(stream, mapping.document)):
                outcomes["accepted" if made.is_accepted else "kept back"] += 1
                outcomes["cleaned"] += made.is_cleaned
                for one in made.findings:
                    key = (one.rule, one.code, one.action)
                    rules[key] += 1
                    if rules[key] <= SHOWN:
                        first.setdefault(key, []).append(str(made.number))
    except UnreadableFile as refusal:
        print(f"{refusal.code}: {refusal}")
        return False
    print(", ".join(f"{count} {what}" for what, count in outcomes.items()))
    for (rule, code, action), count in rules.most_common():
        print(
            f"{count:>8}  {action:<11}{rule:<36}{code:<22} rows {', '.join(first[rule, code, action])}"
        )
    return True


def propose(file: Path) -> bool:
    """A mapping of the file, to be looked over and kept."""
    file_format = FileFormat(file.suffix.lstrip(".").lower())
    try:
        with file.open("rb") as stream:
            sample = read_sample(stream, file_format)
    except UnreadableFile as refusal:
        print(f"{refusal.code}: {refusal}")
        return False
    said = [row.values for row in sample.rows if not row.fault]
    document = propose_mapping(sample.headings, said, "parties", layout=sample.layout)
    print(json.dumps(document, indent=2, ensure_ascii=False))
    return True


def main() -> bool:
    parser = argparse.ArgumentParser(prog="make data")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--mapping", type=Path)
    chosen = parser.parse_args()
    if chosen.file is None:
        return planted(chosen.seed, chosen.rows)
    if chosen.mapping is None:
        return propose(chosen.file)
    try:
        mapping = compile_mapping(json.loads(chosen.mapping.read_text("utf-8")))
    except InvalidFields as refusal:
        for fault in refusal.faults:
            print(f"{fault.pointer}: {fault.code}. {fault.detail}")
        return False
    return any_file(chosen.file, mapping)


if __name__ == "__main__":
    sys.exit(not main())
