"""What each command of the tool is made of: its arguments, its call, and what it prints."""

from __future__ import annotations

import argparse
import json
import sys
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from coverwright.cli.output import details, table
from coverwright.connection import Connection, Json


class Unusable(Exception):
    """What the command was given cannot be sent."""


class Unsettled(Exception):
    """What the API shows so far does not say how to go on. With the next try it may."""


@dataclass(frozen=True)
class Call:
    """One run of one command."""

    connection: Connection
    chosen: argparse.Namespace

    def body(self) -> Json:
        """The JSON object in the file that was named; `-` is standard input.

        Raises:
            Unusable: It cannot be read, or is no JSON object.
        """
        name = self.chosen.file
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
            body = json.loads(text)
        except (OSError, ValueError) as error:
            raise Unusable(f"{name}: {error}") from error
        if not isinstance(body, dict):
            raise Unusable(f"{name} is not a JSON object")
        return body

    def send(self, path: str, body: Json | None = None) -> Json:
        """Carry a command of the API out, under the key that was given, or else a new one."""
        return self.connection.post(path, body, idempotency_key=self.key())

    def key(self) -> str:
        """The key of this run's command. From here on it is said how to repeat it, whatever happens."""
        key: str = self.chosen.key or str(uuid.uuid4())
        self.chosen.again = f"repeat it with --key {key}"
        return key

    def listed(self, path: str, **parameters: Any) -> Iterable[Json]:
        """The first entries of a list, as many as were asked for."""
        wanted: int = self.chosen.limit
        return islice(self.connection.items(path, limit=min(wanted, 100), **parameters), wanted)

    def show(self, answer: Any, fields: Sequence[str]) -> None:
        """Print an answer: whole with `--json`, else these fields of it, for people."""
        print(_json(answer) if self.chosen.json else details(answer, fields))

    def show_all(self, entries: Iterable[Json], columns: Sequence[str]) -> None:
        """Print a list as it is read: a line of JSON for each with `--json`, else a table."""
        if self.chosen.json:
            for each in entries:
                print(json.dumps(each, ensure_ascii=False))
        else:
            print(table(list(entries), columns))


def _json(answer: Any) -> str:
    return json.dumps(answer, indent=2, ensure_ascii=False)


class Commands:
    """Where groups add their commands."""

    def __init__(self, parsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
        self._parsers = parsers

    def group(self, name: str, help: str) -> Commands:
        """Commands of one kind: `coverwright NAME …`."""
        parser = self._parsers.add_parser(name, help=help, description=f"{help}.")
        return Commands(parser.add_subparsers(metavar="COMMAND", required=True))

    def add(
        self, name: str, help: str, run: Callable[[Call], None], *, writes: bool = False
    ) -> argparse.ArgumentParser:
        """One command; `writes`: it changes something, and takes a key to repeat it by."""
        parser = self._parsers.add_parser(name, help=help, description=f"{help}.")
        parser.set_defaults(run=run, key=None, again=None)
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")
        parser.add_argument("--profile", metavar="NAME", help="a table of profiles.toml")
        parser.add_argument(
            "--at", metavar="TIME", help="the time it is, in test mode (2026-12-01T09:00:00Z)"
        )
        if writes:
            parser.add_argument(
                "--key", help="repeat an earlier command under its key, or choose one"
            )
        return parser


def add_file(parser: argparse.ArgumentParser, what: str) -> None:
    """The argument FILE, which `Call.body` reads."""
    parser.add_argument("file", metavar="FILE", help=f"{what}, as JSON; - reads standard input")


def add_limit(parser: argparse.ArgumentParser) -> None:
    """How many entries of a list to read."""
    parser.add_argument("--limit", type=_positive, default=20, help="at most so many (20)")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
