"""`python -m tools.openapi.compatibility`: what changed since the last release; fails on what breaks callers and is
not accepted. With `--all` it prints what was added, too; with two files it compares these."""

import argparse
import sys
from pathlib import Path

from tools.openapi.compatibility.change import Effect
from tools.openapi.compatibility.definitions import changes_between
from tools.openapi.compatibility.release import (
    ROOT,
    accepted,
    faults,
    last_release,
    read_definition,
)


def main() -> int:
    """Compare, print, and say whether it may be released."""
    parser = argparse.ArgumentParser(prog="tools.openapi.compatibility", description=__doc__)
    parser.add_argument(
        "before", type=Path, nargs="?", help="a definition; else the last release's"
    )
    parser.add_argument("after", type=Path, nargs="?", default=ROOT / "openapi.yaml")
    parser.add_argument("--all", action="store_true", help="print what was added, too")
    asked = parser.parse_args()
    version, before = ("", read_definition(asked.before)) if asked.before else last_release()
    changes = changes_between(before, read_definition(asked.after))
    for change in changes:
        if asked.all or change.effect is Effect.BREAKING:
            print(change)
    found = faults(changes, [] if asked.before else accepted(), version or "0")
    print(*found, sep="\n", file=sys.stderr) if found else None
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
