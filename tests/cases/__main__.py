"""`python -m tests.cases`: every published case against the figures of the case file itself."""

import sys
from decimal import Decimal

from tests.cases.published import cases, expected
from tests.cases.reproductions import LATER, REPRODUCED, figures


def main() -> int:
    reproduced, wrong = 0, 0
    for case, told in cases().items():
        if case not in REPRODUCED:
            continue
        wanted, found = [Decimal(figure) for figure in expected(case)], figures(case)
        same = wanted == found
        reproduced, wrong = reproduced + same, wrong + (not same)
        shown = ", ".join(map(str, found))
        print(f"{'ok   ' if same else 'WRONG'} {case:7} {shown}  {told['what']}")  # noqa: T201
    for case, part in LATER.items():
        print(f"later {case:7} waits for {part}")  # noqa: T201
    print(f"{reproduced} of {len(cases())} published cases reproduced")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
