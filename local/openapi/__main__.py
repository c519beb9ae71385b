"""`python -m local.openapi` writes openapi.yaml; `--check` says whether it is what it would write."""

import argparse
import sys
from typing import Any

import yaml

from local.openapi.document import document
from local.openapi.examples import examples
from local.openapi.handlers import ROOT, handlers

TARGET = ROOT / "openapi.yaml"
HEADER = (
    "# Generated from the handlers by `make openapi`; a test fails when it is stale. Do not edit.\n"
)


class _Dumper(yaml.SafeDumper):
    """No anchors: AWS::Include reads none."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (the base class asks)
        return True


def rendered() -> str:
    """The file's text."""
    body = yaml.dump(
        document(handlers(), examples()),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=100,
    )
    return HEADER + body


def main() -> int:
    """Write, or compare."""
    arguments = argparse.ArgumentParser(prog="local.openapi", description=__doc__)
    arguments.add_argument("--check", action="store_true", help="compare, and write nothing")
    text = rendered()
    if not arguments.parse_args().check:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.read_text(encoding="utf-8") == text:
        return 0
    print("openapi.yaml is stale: run `make openapi`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
