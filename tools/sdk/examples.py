"""Examples of a README: its fenced blocks, in order. A block with a title is a file of that name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

BLOCK: Final = re.compile(
    r'^```(?P<kind>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$', re.M | re.S
)


def blocks_of(page: Path, kind: str) -> list[str]:
    """The blocks of one language."""
    return [
        each["text"] for each in BLOCK.finditer(page.read_text("utf-8")) if each["kind"] == kind
    ]


def write_files_of(page: Path, folder: Path) -> None:
    """The files that the examples read."""
    for each in BLOCK.finditer(page.read_text("utf-8")):
        if each["title"]:
            (folder / each["title"]).write_text(each["text"])
