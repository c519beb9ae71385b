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
from coverwright.cli.command import Call, Commands, Unusable
from coverwright.connection import Connection
from coverwright.errors import ConnectionLost, NotConfigured, ProblemError, SignInRefused
from coverwright.settings import ClientSettings
from coverwright.version import __version__

GOOD: Final = 0
REFUSED: Final = 1
"""The API answered with a problem."""
MISUSED: Final = 2
"""A command, a file or the settings make no sense."""
NO_ANSWER: Final = 3
NOT_SIGNED_IN: Final = 4

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
    except ProblemError as error:
        return _ended(REFUSED, error)
    except (NotConfigured, Unusable) as error:
        return _ended(MISUSED, error)
    except ConnectionLost as error:
        again = f"; repeat it with --key {error.idempotency_key}" if error.idempotency_key else ""
        return _ended(NO_ANSWER, f"no answer: {error}{again}")
    except SignInRefused as error:
        return _ended(NOT_SIGNED_IN, error)
    except BrokenPipeError:  # `| head` has seen enough
        sys.stderr.close()
    except KeyboardInterrupt:
        return 130
    return GOOD


def _ended(status: int, error: object) -> int:
    sys.stdout.flush()
    print(f"coverwright: {error}", file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="coverwright",
        description="Quote, issue, claim and read with the Coverwright API.",
        epilog="Address and credentials: COVERWRIGHT_BASE_URL, COVERWRIGHT_TOKEN_URL, COVERWRIGHT_CLIENT_ID, "
        "COVERWRIGHT_CLIENT_SECRET, or a profile; people have COVERWRIGHT_TOKEN instead. Exit codes: 0 done, 1 refused by the API, 2 misused, "
        "3 no answer, 4 not signed in.",
    )
    parser.add_argument("--version", action="version", version=f"coverwright {__version__}")
    commands = Commands(parser.add_subparsers(metavar="COMMAND", required=True))
    for group in GROUPS:
        group.add(commands)
    return parser
