"""One stack to a data folder: a lock that ends with its process, and the addresses in it."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path
from typing import IO

from local.processes import StackError

type Addresses = dict[str, str]


class Lease:
    """The folder is this stack's for as long as it runs, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "stack.json"
        self._file: IO[str] | None = None

    def take(self) -> None:
        self._file = self._path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise StackError(
                f"another stack uses {self._path.parent}; stop it or choose another with DATA=<folder>"
            ) from error

    def publish(self, addresses: Addresses) -> None:
        """Say where the stack is, for `show` and `token` beside it."""
        if self._file is None:
            raise StackError(f"{self._path.parent} was not taken")
        self._file.truncate(0)
        json.dump(addresses, self._file)
        self._file.flush()

    def release(self) -> None:
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()


def running_stack(folder: Path) -> Addresses | None:
    """The addresses of the stack that uses a folder now, if one does."""
    path = folder / "stack.json"
    if not path.exists():
        return None
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            addresses: Addresses = json.loads(file.read() or "{}")
            return addresses or None
    return None
