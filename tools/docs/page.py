"""What a reader copies from a rendered page: its blocks, in order, with their language and the name of their file."""

from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

ENDINGS = (".json", ".csv")


class Block(NamedTuple):
    """A block of code. `name` is the file that the line above it names, if it names one."""

    language: str
    text: str
    name: str | None = None


def blocks_on(page: Path) -> list[Block]:
    """Every block of a page."""
    reader = _Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader.blocks


class _Reader(HTMLParser):
    """A block is `<div class="language-sh highlight"><pre>…`; a paragraph that is a name alone names a file."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self._language = ""
        self._in_block = False
        self._text: list[str] = []
        self._paragraph: list[str] | None = None
        self._name: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kinds = (dict(attrs).get("class") or "").split()
        if tag == "div" and "highlight" in kinds:
            named = [kind for kind in kinds if kind.startswith("language-")]
            self._language = named[0].removeprefix("language-") if named else ""
        elif tag == "pre":
            self._in_block, self._text = True, []
        elif tag == "p":
            self._paragraph = []
        elif tag in {"h1", "h2", "h3"}:
            self._name = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre" and self._in_block:
            self.blocks.append(Block(self._language, "".join(self._text), self._name))
            self._in_block, self._name = False, None
        elif tag == "p" and self._paragraph is not None:
            said = "".join(self._paragraph).strip()
            self._name = said if " " not in said and said.endswith(ENDINGS) else None
            self._paragraph = None

    def handle_data(self, data: str) -> None:
        if self._in_block:
            self._text.append(data)
        elif self._paragraph is not None:
            self._paragraph.append(data)
