"""Sanctions screening on a list that ships with the layer: invented entries, where a provider's would be."""

import json
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from insurance.domain.screening.screening import Resemblance

BUNDLED = Path(__file__).parent / "sanctions" / "sample_list.json"
RESEMBLES_FROM = 88
"""Out of 100, words in any order. Lower finds more namesakes, higher misses more spellings."""


class _Entry(NamedTuple):
    id: str
    name: str


class BundledScreening:
    """The port `Screening` on the bundled list."""

    def __init__(self, path: Path = BUNDLED) -> None:
        listed = json.loads(path.read_text("utf-8"))
        self.version: str = listed["version"]
        self._entries = [
            _Entry(entry["id"], name)
            for entry in listed["entries"]
            for name in (entry["name"], *entry.get("also_known_as", ()))
        ]
        self._words = [_plain(entry.name) for entry in self._entries]

    def resembling(self, name: str) -> Sequence[Resemblance]:
        if not any(_may_resemble(_plain(name), words) for words in self._words):
            return []  # most names: nobody waits for the library
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - only those who pay need it

        found = process.extract(
            _plain(name),
            self._words,
            scorer=fuzz.token_sort_ratio,
            score_cutoff=RESEMBLES_FROM,
            limit=5,
        )
        closest: dict[str, Resemblance] = {}
        for _, score, at in found:
            entry = self._entries[at]
            match = Resemblance(entry.id, entry.name, round(score), self.version)
            closest.setdefault(entry.id, match)
        return list(closest.values())


def _may_resemble(name: str, other: str) -> bool:
    """Two texts share at most their common letters: where those are too few, so is everything."""
    shared = (Counter(name) & Counter(other)).total()
    return 200 * shared >= RESEMBLES_FROM * (len(name) + len(other))


def _plain(name: str) -> str:
    """Without case, accents and punctuation: lists and customers spell as they like."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(
        "".join(
            part if part.isalnum() else " " for part in parts if not unicodedata.combining(part)
        ).split()
    )
