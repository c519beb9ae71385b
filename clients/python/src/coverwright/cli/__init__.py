"""`coverwright`: quote, issue, claim and read from a terminal.

Who calls is read from the environment or a profile (`coverwright.settings`), never from the command line.
A group of commands is a module with `add(commands)`; each command has a function that takes a `Call`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from coverwright.cli import calls, claims, partners, policies, products, quotes
from coverwright.cli.command import Call, Commands, Unsettled, Unusable
from coverwright.connection import Connection
from coverwright.errors import ConnectionLost, CoverwrightError, ProblemError, SignInRefused
from coverwright.settings import ClientSettings
from coverwright.version import __version__

GOOD: Final = 0
REFUSED: Final = 1
"""The API answered with a problem: nothing was done."""
REFUSALS: Final = frozenset(range(400, 500)) - {401, 429}
MISUSED: Final = 2
"""A command, a file or the settings make no sense."""
NO_ANSWER: Final = 3
"""Whether a command was carried out is not known, or it may be with the next try."""
NOT_SIGNED_IN: Final = 4
INTERRUPTED: Final = 130

GROUPS: Final = (quotes, policies, claims, products, partners, calls)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry one command out; its exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = ClientSettings.read(chosen.profile)
        if chosen.at is not None:
            settings = replace(settings, clock=chosen.at)
        with Connection.of(settings) as connection:
            chosen.run(Call(connection, chosen))
    except BrokenPipeError:  # `| head` has seen enough
        sys.stderr.close()
    except (CoverwrightError, Unsettled, Unusable, KeyboardInterrupt) as error:
        sys.stdout.flush()
        code = _exit_code(error, chosen.again)
        print(f"coverwright: {_words(error)}", file=sys.stderr)
        if chosen.again and code in {NO_ANSWER, NOT_SIGNED_IN}:
            print(chosen.again, file=sys.stderr)
        return code
    return GOOD


def _exit_code(error: BaseException, again: str | None) -> int:
    """`again`: how to repeat what was begun, if a command of the API was."""
    match error:
        case SignInRefused() | ProblemError(status=401):
            return NOT_SIGNED_IN
        case ProblemError(status=status) if status in REFUSALS:
            return REFUSED
        case ProblemError() | ConnectionLost() | Unsettled():
            return NO_ANSWER
        case KeyboardInterrupt():
            return NO_ANSWER if again else INTERRUPTED
    return MISUSED


def _words(error: BaseException) -> str:
    match error:
        case ConnectionLost():
            return f"no answer: {error}"
        case KeyboardInterrupt():
            return "interrupted"
    return str(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="coverwright",
        description="Quote, issue, claim and read with the Coverwright API.",
        epilog="Address and credentials: COVERWRIGHT_BASE_URL, COVERWRIGHT_TOKEN_URL, COVERWRIGHT_CLIENT_ID, "
        "COVERWRIGHT_CLIENT_SECRET, or a profile; people have COVERWRIGHT_TOKEN instead. Exit codes: 0 done, 1 refused by the API, 2 misused, "
        "3 no answer that settles it: repeat it, 4 not signed in.",
    )
    parser.add_argument("--version", action="version", version=f"coverwright {__version__}")
    commands = Commands(parser.add_subparsers(metavar="COMMAND", required=True))
    for group in GROUPS:
        group.add(commands)
    return parser
