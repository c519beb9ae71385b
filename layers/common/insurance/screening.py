"""Sanctions screening on the list in the layer: invented entries in place of a provider's list."""

import json
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from insurance.domain.screening.screening import ScreeningMatch

BUNDLED = Path(__file__).parent / "sanctions" / "sample_list.json"
MATCH_THRESHOLD = 88
"""Similarity out of 100, words in any order. Lower finds more namesakes, higher misses spellings."""


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
        self._words = [_normalised(entry.name) for entry in self._entries]

    def matches(self, name: str) -> Sequence[ScreeningMatch]:
        if not any(_may_match(_normalised(name), words) for words in self._words):
            return []  # most names: the library is not loaded
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - loaded on first need: imports are slow

        similar = process.extract(
            _normalised(name),
            self._words,
            scorer=fuzz.token_sort_ratio,
            score_cutoff=MATCH_THRESHOLD,
            limit=5,
        )
        closest: dict[str, ScreeningMatch] = {}
        for _, score, at in similar:
            entry = self._entries[at]
            match = ScreeningMatch(entry.id, entry.name, round(score), self.version)
            closest.setdefault(entry.id, match)
        return list(closest.values())


def _may_match(name: str, other: str) -> bool:
    """Whether enough letters are common to both: an upper bound of the similarity, without the library."""
    shared = (Counter(name) & Counter(other)).total()
    return 200 * shared >= MATCH_THRESHOLD * (len(name) + len(other))


def _normalised(name: str) -> str:
    """The name without case, accents and punctuation, one space between words."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(
        "".join(
            part if part.isalnum() else " " for part in parts if not unicodedata.combining(part)
        ).split()
    )
