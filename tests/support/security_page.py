"""The tables of docs/security.md, which say who can do what."""

import re
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "security.md"


def section(name: str) -> str:
    """A part of the page, by its heading."""
    [text] = re.findall(
        rf"^## {name}\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.M | re.S
    )
    return str(text)


def rows(name: str) -> Iterator[tuple[str, list[str]]]:
    """Each function of the part's table, and what the row says of it."""
    for line in re.findall(r"^\| `[a-z_]+` \|.*\|$", section(name), re.M):
        folder, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        yield folder.strip("`"), cells
