"""What a release left behind: tables and files after each recorded event, and what was answered.

A folder holds `items` (each item of any table once, as DynamoDB has it), `files` (each stored file once), `states`
(which of them there were after a chain of events), `answers` (the events, and what they were answered), `pages`
(second pages of lists), `keys` (the key that everything is wrapped with, made for this), `shapes.json` and
`code.tar.xz`.
"""

import base64
import json
import lzma
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from local.aws.template import Template
from tests.support.backend import State
from tests.support.engine import in_order

type Json = dict[str, Any]
type Played = tuple[str, ...]
"""Events in their order, by path."""

HERE = Path(__file__).parent
CACHE = "JwksTable"
"""Keys of issuers, which are fetched again after an hour: no record of ours."""


@dataclass
class Release:
    """The data of one release."""

    written_at: datetime
    items: list[tuple[str, Json]] = field(default_factory=list)
    """With the logical id of the table."""
    files: list[list[Any]] = field(default_factory=list)
    """Rows of the stored files."""
    states: dict[Played, Json] = field(default_factory=dict)
    """`items` and `files` by their place in the lists above."""
    answers: dict[Played, Json] = field(default_factory=dict)
    """`event` and `answer` of the last of the events."""
    pages: list[Json] = field(default_factory=list)
    """Second pages of lists: what was `played` before, the `event` with the first page's cursor, its `answer`."""
    keys: dict[str, list[list[Any]]] = field(default_factory=dict)
    _places: dict[Any, list[int]] = field(default_factory=dict, init=False)
    """Where items and files stand that say the same of themselves."""

    @classmethod
    def read(cls, folder: Path) -> "Release":
        meta = json.loads((folder / "keys.json").read_text("utf-8"))
        return cls(
            datetime.fromisoformat(meta["written_at"]),
            [(table, _bytes(item)) for table, item in _lines(folder / "items.jsonl.xz")],
            [_bytes(row) for row in _lines(folder / "files.jsonl.xz")],
            {tuple(path): state for path, state in _lines(folder / "states.jsonl.xz")},
            {tuple(path): answer for path, answer in _lines(folder / "answers.jsonl.xz")},
            _lines(folder / "pages.jsonl.xz"),
            {table: _bytes(rows) for table, rows in meta["keys"].items()},
        )

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "items.jsonl.xz", [[table, _text(item)] for table, item in self.items])
        _write(folder / "files.jsonl.xz", [_text(row) for row in self.files])
        _write(folder / "states.jsonl.xz", [[list(path), of] for path, of in self.states.items()])
        _write(folder / "answers.jsonl.xz", [[list(path), of] for path, of in self.answers.items()])
        _write(folder / "pages.jsonl.xz", self.pages)
        meta = {"written_at": self.written_at.isoformat(), "keys": _text(self.keys)}
        (folder / "keys.json").write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")

    def add(self, path: Played, state: State, template: Template) -> None:
        """Keep a state: of what others have too, where it stands."""
        tables = _logical_ids(template)
        items = [
            (tables[name], item)
            for name, held in state.items.items()
            for item in held
            if tables[name] != CACHE
        ]
        self.states[path] = {
            "items": [self._place(self.items, each) for each in items],
            "files": [self._place(self.files, list(row)) for row in state.files],
        }

    def _place[T: tuple[str, Json] | list[Any]](self, known: list[T], one: T) -> int:
        """Where it stands among those that are known; it is added where nothing is like it."""
        alike = self._places.setdefault(_outline(one), [])
        for place in alike:
            if known[place] == one:
                return place
        known.append(one)
        alike.append(len(known) - 1)
        return alike[-1]

    def state(self, path: Played, template: Template, now: datetime) -> State:
        """Tables and files as they were then. What was to go in time has as much time left as it had."""
        kept, aged = self.states[path], int((now - self.written_at).total_seconds())
        items: dict[str, list[Json]] = {name: [] for name in _logical_ids(template)}
        for place in kept["items"]:
            table, item = self.items[place]
            items[template.resources[table].name].append(_rejuvenated(item, aged))
        ordered = {name: in_order(held) for name, held in items.items()}
        return State(ordered, [self.files[place] for place in kept["files"]])


def released() -> list[Path]:
    """The folders of releases, the oldest first."""
    folders = [each.parent for each in HERE.glob("*/keys.json")]
    return sorted(folders, key=lambda each: [int(part) for part in each.name.split(".")])


def _logical_ids(template: Template) -> Mapping[str, str]:
    tables = template.of_type("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
    return {each.name: each.logical_id for each in tables}


def _rejuvenated(item: Json, seconds: int) -> Json:
    if "expires_at" not in item:
        return item
    return item | {"expires_at": {"N": str(int(item["expires_at"]["N"]) + seconds)}}


def _outline(one: tuple[str, Json] | list[Any]) -> Any:
    """What is alike of all that are equal: of an item its texts and numbers, of a file its bucket and key."""
    if isinstance(one, tuple):
        table, item = one
        texts = ((name, value.get("S", value.get("N"))) for name, value in item.items())
        return table, frozenset(texts)
    return one[0], one[1]


def _text(value: Any) -> Any:
    """As JSON has it: bytes become an object of their own."""
    if isinstance(value, bytes | memoryview):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, dict):
        return {name: _text(inner) for name, inner in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(value)
    return [_text(inner) for inner in value] if isinstance(value, list | tuple) else value


def _bytes(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"bytes"}:
            return base64.b64decode(value["bytes"])
        return {name: _bytes(inner) for name, inner in value.items()}
    return [_bytes(inner) for inner in value] if isinstance(value, list) else value


def _lines(file: Path) -> list[Any]:
    return [json.loads(line) for line in lzma.decompress(file.read_bytes()).splitlines()]


def _write(file: Path, lines: list[Any]) -> None:
    text = "".join(json.dumps(line, separators=(",", ":"), sort_keys=True) + "\n" for line in lines)
    file.write_bytes(lzma.compress(text.encode("utf-8"), preset=9))
