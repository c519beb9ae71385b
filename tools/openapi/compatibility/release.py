"""The definition that the last release published, and what is allowed to break it."""

import json
import lzma
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from tools.openapi.compatibility.change import Change, Effect
from tools.openapi.compatibility.contract import contract

type Json = dict[str, Any]

ROOT: Final = Path(__file__).resolve().parents[3]
FOLDER: Final = ROOT / "tests" / "compatibility" / "definitions"
ENDING: Final = ".json.xz"


class Accepted(NamedTuple):
    """Changes that are made though they break callers."""

    at: str
    what: str
    because: str

    def covers(self, change: Change) -> bool:
        return bool(
            re.fullmatch(self.at, change.pointer) and re.fullmatch(self.what, change.reason)
        )


def version_order(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def last_release() -> tuple[str, Json]:
    """The version of the last release, and what its definition promised."""
    file = max(FOLDER.glob(f"*{ENDING}"), key=lambda each: version_order(_version(each)))
    definition: Json = json.loads(lzma.decompress(file.read_bytes()))
    return _version(file), definition


def read_definition(path: Path) -> Json:
    """What a definition in YAML promises."""
    return contract(yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader))  # nosec B506 - it is a SafeLoader


def keep(version: str, definition: Json) -> None:
    """Keep what a release's definition promises (`read_definition`), for the releases that follow."""
    text = json.dumps(definition, sort_keys=True, separators=(",", ":"))
    (FOLDER / f"{version}{ENDING}").write_bytes(lzma.compress(text.encode(), preset=9))


def accepted() -> list[Accepted]:
    return [
        Accepted(**each) for each in yaml.safe_load((FOLDER / "accepted.yaml").read_text("utf-8"))
    ]


def faults(changes: Sequence[Change], allowed: Sequence[Accepted], last: str) -> list[str]:
    """What keeps these changes from being released, in the words of who has to act.

    From 1.0 on nothing that breaks is accepted: it stands at paths of a new major, beside the old ones.
    """
    breaking = [change for change in changes if change.effect is Effect.BREAKING]
    if version_order(last) >= [1] and allowed:
        return [f"{last} is out: accept nothing that breaks it, make a new major (/v2)"]
    found = [str(each) for each in breaking if not any(one.covers(each) for one in allowed)]
    unused = [one for one in allowed if not any(one.covers(each) for each in breaking)]
    return found + [f"accepted, and not there: {one.at}: {one.what}" for one in unused]


def _version(file: Path) -> str:
    return file.name.removesuffix(ENDING)
