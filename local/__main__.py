"""`python -m local serve | run | tour | show ID | schedule ID | reindex | redeliver | token NAME | env | relay | ensure`; see `--help`."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from insurance.domain.core.delivery import Consumer

from local.aws.cloudformation import TemplateError
from local.processes import StackError
from local.settings import ANY_PORTS, ROOT, from_environment

BRIDGE = "172.17.0.1"
"""This machine, as containers on Docker's own bridge see it."""

DEFAULT_JOURNEY = ROOT / "demo" / "journeys" / "private-motor.json"


def main(arguments: list[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        return _COMMANDS[chosen.command](chosen)
    except (StackError, TemplateError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="start the stack and leave it up (PORT, TLS=1, ENGINE, …)")
    run = commands.add_parser("run", help="play a journey from quote to paid claim")
    run.add_argument("--journey", type=Path, help="a file of demo/journeys' form (or JOURNEY=)")
    commands.add_parser("tour", help="play what the platform does beside the main job")
    show = commands.add_parser("show", help="print a stored item, and its events, readably")
    show.add_argument("id", help="quo_…, pol_…, clm_…, cmp_…, pty_…, or an application's client id")
    schedule = commands.add_parser("schedule", help="do now what a schedule of the template does")
    schedule.add_argument("id", help="its name in template.yaml: ReconciliationSchedule, …")
    schedule.add_argument("--input", help="JSON, in place of the schedule's own")
    commands.add_parser("reindex", help="make the search index again from all events")
    _add_redeliver(commands)
    token = commands.add_parser("token", help="print an access token for a sample caller")
    token.add_argument("caller", help="see demo/samples.py")
    env = commands.add_parser("env", help="write what `sam local` needs to use this stack")
    relay = commands.add_parser("relay", help="let containers reach this stack, until Ctrl-C")
    for each in (env, relay):
        each.add_argument("--from", dest="address", default=BRIDGE, help="where they find us")
    commands.add_parser("ensure", help="install the database engine, if it is missing")
    return parser


def _add_redeliver(commands: Any) -> None:
    redeliver = commands.add_parser(
        "redeliver", help="bring events to the consumers that lack them"
    )
    redeliver.add_argument(
        "--since",
        type=_instant,
        help="also look through all events since then (2026-11-30T06:00:00Z), should the register lack them",
    )
    redeliver.add_argument(
        "--again",
        choices=list(Consumer),
        action="append",
        default=[],
        help="give a consumer that lost them all events since then again; may be repeated",
    )
    redeliver.add_argument("--set-aside", action="store_true", help="also what was set aside")
    redeliver.add_argument("--dry-run", action="store_true", help="say what waits, and do nothing")


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no offset: add Z for UTC")
    return instant


def _serve(_: argparse.Namespace) -> int:
    from demo.serve import serve  # noqa: PLC0415 (each command loads what it needs)

    return serve(from_environment())


def _run(chosen: argparse.Namespace) -> int:
    from demo.journey import JourneyFailed, play  # noqa: PLC0415 (as above)

    path = chosen.journey or Path(os.environ.get("JOURNEY") or DEFAULT_JOURNEY)
    try:
        # A demonstration needs no known ports, and 8080 is often taken.
        play(path, from_environment(ports=ANY_PORTS))
    except JourneyFailed as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    return 0


def _tour(_: argparse.Namespace) -> int:
    from demo.tour import TourFailed, play  # noqa: PLC0415 (as above)

    try:
        play(from_environment(ports=ANY_PORTS))
    except TourFailed as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    return 0


def _show(chosen: argparse.Namespace) -> int:
    from tools.show import show  # noqa: PLC0415 (as above)

    return show(chosen.id, from_environment())


def _schedule(chosen: argparse.Namespace) -> int:
    from local.aws.schedules import run_now  # noqa: PLC0415 (as above)

    return run_now(chosen.id, from_environment(), chosen.input)


def _reindex(_: argparse.Namespace) -> int:
    from tools.reindex import reindex_local  # noqa: PLC0415 (as above)

    return reindex_local(from_environment())


def _redeliver(chosen: argparse.Namespace) -> int:
    from tools.redeliver import Asked, redeliver_local  # noqa: PLC0415 (as above)

    if chosen.again and chosen.since is None:
        raise StackError("--again needs --since: from when on the consumer lost its events")
    asked = Asked(chosen.since, chosen.again, chosen.set_aside, chosen.dry_run)
    return redeliver_local(asked, from_environment())


def _token(chosen: argparse.Namespace) -> int:
    from demo.serve import print_token  # noqa: PLC0415 (as above)

    return print_token(chosen.caller, from_environment())


def _env(chosen: argparse.Namespace) -> int:
    from local.sam import write_environment  # noqa: PLC0415 (as above)

    for path in write_environment(from_environment(), chosen.address):
        print(path)
    return 0


def _relay(chosen: argparse.Namespace) -> int:
    from local.sam import relay  # noqa: PLC0415 (as above)

    relay(from_environment(), chosen.address)
    return 0


def _ensure(_: argparse.Namespace) -> int:
    from local.aws.engine import main as ensure  # noqa: PLC0415 (as above)

    return ensure()


_COMMANDS = {
    "serve": _serve,
    "run": _run,
    "tour": _tour,
    "show": _show,
    "schedule": _schedule,
    "reindex": _reindex,
    "redeliver": _redeliver,
    "token": _token,
    "env": _env,
    "relay": _relay,
    "ensure": _ensure,
}

if __name__ == "__main__":
    sys.exit(main())
