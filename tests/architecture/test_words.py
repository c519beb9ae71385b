"""The glossary's words, and none of those that it replaced.

`docs/glossary.md` has one line a term; at its end may stand the words that must not be used for it:
`- **term**: meaning. (not: old, older)`.
"""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from tests.architecture.sources import ROOT, sources

GLOSSARY = ROOT / "docs" / "glossary.md"
LINE = re.compile(r"- \*\*(?P<term>[^*]+)\*\*: (?P<meaning>.+?)(?: \(not: (?P<old>[^)]+)\))?")
EXEMPT = {"docs/glossary.md", "CHANGELOG.md", "tests/architecture/test_words.py"}
"""They name the old words: to forbid them, to tell what was renamed, and to test the comparison."""


def entries() -> list[str]:
    return [line for line in GLOSSARY.read_text("utf-8").splitlines() if line.startswith("- ")]


@cache
def old_words() -> re.Pattern[str]:
    found: list[str] = []
    for line in entries():
        entry = LINE.fullmatch(line)
        if entry is not None and entry["old"]:
            found += [word.strip() for word in entry["old"].split(",")]
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, found))})(?!\w)")


def used_in(path: str) -> set[str]:
    return set(old_words().findall((ROOT / path).read_text("utf-8")))


FILES = [path for path in sources() if path not in EXEMPT]


def test_every_entry_is_one_line_with_a_term_and_a_meaning():
    assert [line for line in entries() if LINE.fullmatch(line) is None] == []


def test_terms_stand_in_alphabetical_order_and_once():
    terms = [entry["term"] for line in entries() if (entry := LINE.fullmatch(line))]

    assert terms == sorted(set(terms), key=str.casefold)


def test_no_old_word_is_used():
    found = {path: used_in(path) for path in FILES}

    assert {path: words for path, words in found.items() if words} == {}


def test_sentences_name_who_they_are_about():
    riddle = re.compile(r"\bwho(?:m|so)?ever\b", re.I)

    assert [path for path in FILES if riddle.search((ROOT / path).read_text("utf-8"))] == []


PARTS_OF_A_DEFINITION = "layers/common/insurance/domain/product/definition/model/"
"""They are named as `product.json` names them, and only ever called `model.Claims`."""


def test_the_name_of_a_class_stands_for_one_thing():
    places: dict[str, list[str]] = defaultdict(list)
    for path in sources("layers/common/insurance/*.py", "functions/*.py"):
        if not path.startswith(PARTS_OF_A_DEFINITION):
            for node in ast.parse((ROOT / path).read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places[node.name].append(path)

    assert len(places) > 500
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_the_glossary_is_where_it_is_looked_for():
    assert Path(GLOSSARY).is_file()
    assert old_words().findall("the Kept and the kept")
