"""`make sdk`: generate, check and build the clients that partners install, and play their examples on the local stack.

The wheel and the npm package are written to `.tools/dist`. A client that cannot be tried on this machine is said to
be not tried: that fails where CI is set.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from demo.serve import client_environment
from local.aws.cloudformation import read_yaml
from local.settings import ROOT, Settings
from local.stack import Stack, ephemeral
from tools.clients.workshop import Failed, Workshop, has_node, install
from tools.sdk import python, typescript
from tools.sdk.definition import Json, for_clients

DIST: Final = ROOT / ".tools" / "dist"
CALLER: Final = "harbour-test"
ENDS_WITH: Final = "paid 2500.00 GBP"
"""What the first example of each README prints at its end."""


class Client(NamedTuple):
    """What is done with one client, in this order."""

    name: str
    generate: Callable[[Workshop, int], None]
    build: Callable[[Workshop, Path], Path]
    """Checks it too; the file that is published."""
    play: Callable[[Workshop, Path, dict[str, str]], list[str]]
    """What each example of its README printed."""
    on_node: bool = False


CLIENTS: Final = (
    Client("python", python.generate, python.build, python.play),
    Client("typescript", typescript.generate, typescript.build, typescript.play, on_node=True),
)


def main(asked: list[str]) -> int:
    """Those asked for, or both, side by side; 1 if one failed, or could not be tried where it must be."""
    parser = argparse.ArgumentParser(prog="tools.sdk", description=__doc__)
    parser.add_argument("clients", nargs="*", choices=[each.name for each in CLIENTS])
    names: list[str] = parser.parse_args(asked).clients
    chosen = [each for each in CLIENTS if not names or each.name in names]
    definition = for_clients(read_yaml(ROOT / "openapi.yaml"))
    try:
        install()
    except Failed as error:
        print(f"FAILED: {error}")
        return 1
    DIST.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        settings = ephemeral(Settings(), folder=Path(name) / "stack", warm=False)
        with Stack(settings) as stack, ThreadPoolExecutor(2) as pool:
            tried = [
                pool.submit(attempt, client, workshop(Path(name), client, definition), stack)
                for client in chosen
            ]
            return max(each.result() for each in tried)


def workshop(folder: Path, client: Client, definition: Json) -> Workshop:
    """A folder of its own for a client, with the definition in it."""
    own = folder / client.name
    own.mkdir()
    path = own / "openapi.json"
    path.write_text(json.dumps(definition))
    return Workshop(own, path, own)


def attempt(client: Client, at: Workshop, stack: Stack) -> int:
    """One client from its definition to a paid claim; says what became of it."""
    if client.on_node and not has_node():
        print(f"{client.name}: NOT TRIED: needs node and npm", flush=True)
        return 1 if "CI" in os.environ else 0
    began = time.monotonic()
    definition = json.loads(at.definition.read_text())
    operations = sum(len(item) for item in definition["paths"].values())
    try:
        client.generate(at, operations)
        built = client.build(at, DIST)
        first, *further = client.play(at, built, client_environment(stack, CALLER))
        _must_end_well(first)
    except Failed as error:
        print(f"{client.name}: FAILED: {error}", flush=True)
        return 1
    print(
        f"{client.name}: {operations} operations generated, {built.relative_to(ROOT)} built,"
        f" {1 + len(further)} examples played in {time.monotonic() - began:.0f} s",
        flush=True,
    )
    return 0


def _must_end_well(said: str) -> None:
    if not said.rstrip().endswith(ENDS_WITH):
        raise Failed(f"the first example ended with {said[-500:]}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
