"""Examples of a README: its fenced blocks, in order. A block with a title is a file of that name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tools.clients.workshop import Failed
from tools.docs.build import SITE
from tools.docs.page import blocks_on

QUICK_START: Final = SITE / "docs" / "quick-start.html"
BLOCK: Final = re.compile(
    r'^```(?P<kind>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$', re.M | re.S
)


def blocks_of(page: Path, kind: str) -> list[str]:
    """The blocks of one language."""
    return [
        each["text"] for each in BLOCK.finditer(page.read_text("utf-8")) if each["kind"] == kind
    ]


def quick_start(kind: str) -> str:
    """The program that the tabs of one language make together, as the rendered page shows them."""
    shown = [block.text for block in blocks_on(QUICK_START) if block.language == kind]
    if not shown:
        raise Failed(f"{QUICK_START} shows no {kind}")
    return "".join(shown)


def write_files_of(page: Path, folder: Path) -> None:
    """The files that the examples read."""
    for each in BLOCK.finditer(page.read_text("utf-8")):
        if each["title"]:
            (folder / each["title"]).write_text(each["text"])
