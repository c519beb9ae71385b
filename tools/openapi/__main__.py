"""`python -m tools.openapi` writes openapi.yaml, openapi.deployed.yaml for the gateway, what its access log's calls are
named by, and the pages of problems and events; `--check` compares."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import yaml
from insurance.api_products import API_PRODUCTS, FILE

from tools.docs import api_products, events
from tools.openapi.compatibility.contract import digest_of, part_of
from tools.openapi.deployed import deployed
from tools.openapi.document import document
from tools.openapi.examples import examples
from tools.openapi.handlers import ROOT, Handler, handlers
from tools.problems import pages

PUBLISHED, DEPLOYED = ROOT / "openapi.yaml", ROOT / "openapi.deployed.yaml"
OPERATION_IDS = ROOT / "layers/common/insurance/operation_ids.json"
DIGESTS = FILE.with_name("definitions.json")
"""Of each API product's part: versions are bound to them."""
HEADER = (
    "# Generated from the handlers by `make openapi`; a test fails when it is stale. Do not edit.\n"
)


class _Dumper(yaml.SafeDumper):
    """No anchors: AWS::Include reads none."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (the base class asks)
        return True


def rendered() -> dict[Path, str]:
    """Each file's text: what people and tools read, what the template includes, and the page of events."""
    asked = list(handlers())
    whole = document(asked, examples())
    digests = {code: digest_of(part_of(whole, code)) for code in API_PRODUCTS}
    return {
        PUBLISHED: _text(whole),
        DEPLOYED: _text(deployed(whole, asked)),
        OPERATION_IDS: _operation_ids(asked),
        DIGESTS: json.dumps(digests, indent=2) + "\n",
        **events.page(),
        **api_products.page(),
    }


def _operation_ids(asked: list[Handler]) -> str:
    """The operation of each method and path."""
    named = {f"{r.method} {r.path}": r.operation_id for each in asked for r in each.routes}
    return json.dumps(named, indent=0, sort_keys=True) + "\n"


def _text(definition: dict[str, Any]) -> str:
    body = yaml.dump(definition, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return HEADER + body


def main() -> int:
    """Write, or compare."""
    parser = argparse.ArgumentParser(prog="tools.openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    arguments = parser.parse_args()
    texts = rendered()
    if not arguments.check:
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
        pages.write()
        return 0
    stale = [p.name for p, text in texts.items() if p.read_text(encoding="utf-8") != text]
    stale += [path.name for path in pages.stale()]
    if stale:
        print(f"{' and '.join(stale)}: stale, run `make openapi`", file=sys.stderr)
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
