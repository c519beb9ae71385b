"""`python -m tests.cases`: every published case against the figures of the case file itself."""

import argparse
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from tests.cases.published import cases, expected
from tests.cases.reproductions import PLAYED, REPRODUCED, figures

ROOT = Path(__file__).parents[2]


def main() -> int:
    argparse.ArgumentParser(prog="tests.cases", description=__doc__).parse_args()
    verdicts: dict[str, bool] = {}
    for case in REPRODUCED:
        wanted, found = [Decimal(figure) for figure in expected(case)], figures(case)
        verdicts[case] = wanted == found
        _tell(case, verdicts[case], ", ".join(map(str, found)))
    played = _played()
    for case, (_, test) in PLAYED.items():
        outcomes = [passed for name, passed in played if f"::{test}" in name]
        verdicts[case] = bool(outcomes) and all(outcomes)
        _tell(case, verdicts[case], ", ".join(expected(case)))
    reproduced = sum(verdicts.values())
    print(f"{reproduced} of {len(cases())} published cases reproduced")  # noqa: T201
    return 0 if all(verdicts.values()) else 1


def _played() -> list[tuple[str, bool]]:
    """The tests that play cases elsewhere, each with its outcome."""
    files = sorted({file for file, _ in PLAYED.values()})
    names = " or ".join(test for _, test in PLAYED.values())
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "--tb=no", *files, "-k", names]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own tests
    lines = (line.split() for line in told.stdout.splitlines())
    return [
        (words[1], words[0] == "PASSED") for words in lines if len(words) > 1 and "::" in words[1]
    ]


def _tell(case: str, same: bool, shown: str) -> None:
    what = cases()[case]["what"]
    print(f"{'ok   ' if same else 'WRONG'} {case:7} {shown}  {what}")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
