"""The files of a data folder: they belong together, and are looked at before any is used.

Each carries the folder's id (SQLite's application id), so that a file of another folder, or of an
earlier life of this one, is noticed and not mixed in.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from local.processes import StackError

SERVICES: Final = "services.sqlite"
GATEWAY: Final = "gateway.sqlite"
BANK: Final = "bank.sqlite"
HOLDS: Final = {
    SERVICES: "the keys that seal personal data, secrets, files and what was delivered",
    GATEWAY: "the API keys and what was used of each plan",
    BANK: "the payments that the bank has taken",
}
"""What is lost with each file, beside the database."""
ADVICE: Final = "Put the file back, or start anew without these data: make clean (or DATA=<folder>)"


def join_files(folder: Path, database: str | None) -> bool:
    """Check that the files belong together, and make them in a folder that has none; whether it had none.

    `database` is the engine's file; None for an engine whose file carries no id.

    Raises:
        StackError: A file is missing, damaged, or of another folder.
    """
    files = dict(HOLDS) if database is None else {database: "the tables", **HOLDS}
    found = {name: _look_at(folder / name, files) for name in files if (folder / name).exists()}
    if not any(each.in_use for each in found.values()):
        made = 1 + secrets.randbelow(2**31 - 1)
        for name in files:
            _write_id(folder / name, made)
        return True
    for name, holds in files.items():
        if name not in found:
            raise StackError(f"{folder / name} is missing: it holds {holds}. {ADVICE}")
    carried = [each.id for each in found.values()]
    if len(set(carried)) > 1:
        stranger = min(found, key=lambda name: carried.count(found[name].id))
        raise StackError(f"{folder / stranger} is not of this folder. {ADVICE}")
    return False


class _Found(NamedTuple):
    id: int
    in_use: bool
    """Something was stored in it."""


def _look_at(path: Path, files: Mapping[str, str]) -> _Found:
    """What a file says of itself.

    Raises:
        StackError: It cannot be read, or it is damaged.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
            [carried] = file.execute("PRAGMA application_id").fetchone()
            [tables] = file.execute("SELECT count(*) FROM sqlite_master").fetchone()
            [state] = file.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise _damaged(path, files, error) from error
    if state != "ok":
        raise _damaged(path, files, state.splitlines()[-1])
    return _Found(carried, in_use=tables > 0)


def _write_id(path: Path, id: int) -> None:
    path.touch(mode=0o600, exist_ok=True)  # it holds keys
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute(f"PRAGMA application_id = {id}")


def _damaged(path: Path, files: Mapping[str, str], why: object) -> StackError:
    return StackError(f"{path} is damaged ({why}): it holds {files[path.name]}. {ADVICE}")
