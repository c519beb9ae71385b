"""The docs site, as `make docs` built it: complete, and asking nobody else for anything."""

import re

import pytest

from local.settings import ROOT
from tools.docs.build import RENDERER, SITE
from tools.docs.packages import SCALAR
from tools.problems.catalogue import catalogue

DOCS = SITE / "docs"
LOADED = re.compile(
    r"<(?:script|img|iframe|source)[^>]*\ssrc=\"?([^\"\s>]+)|<link[^>]*\shref=\"?([^\"\s>]+)"
)
INLINE = re.compile(
    r"<script(?![^>]*\b(?:src|type=\"?application/json))[^>]*>|<style|\sstyle=|\son\w+="
)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    assert DOCS.exists(), "the site is not built: `make docs`"
    return {
        str(file.relative_to(DOCS)): file.read_text(encoding="utf-8")
        for file in DOCS.rglob("*.html")
    }


def test_every_document_is_a_page(pages):
    documents = (ROOT / "docs").rglob("*.md")
    wanted = {str(file.relative_to(ROOT / "docs").with_suffix(".html")) for file in documents}

    assert wanted - pages.keys() == set(), "newer than the site? `make docs`"
    assert len(wanted) > 100


def test_no_page_loads_anything_from_elsewhere(pages):
    for name, text in pages.items():
        loaded = [a or b for a, b in LOADED.findall(text)]
        assert loaded, name
        elsewhere = [each for each in loaded if re.match(r"[a-z]+:|//", each)]
        assert not elsewhere, f"{name}: {elsewhere}"
        for each in loaded:
            path = each.partition("#")[0].partition("?")[0]
            file = SITE / path[1:] if path.startswith("/") else (DOCS / name).parent / path
            assert file.resolve().is_file(), f"{name}: {each}"


def test_no_page_has_a_script_or_style_in_line(pages):
    found = {name: INLINE.findall(text)[:3] for name, text in pages.items() if INLINE.search(text)}

    assert found == {}


def test_every_column_of_a_table_has_a_heading(pages):
    assert [name for name, text in pages.items() if "<th></th>" in text] == []


def test_every_problem_has_a_page_that_names_its_code(pages):
    for code in catalogue():
        assert f"<code>{code}</code>" in pages[f"problems/{code}.html"]


def test_the_reference_has_the_renderer_that_is_pinned(pages):
    assert "reference/scalar.js" in pages["reference.html"]
    assert (DOCS / "reference/scalar.js").read_bytes() == (SCALAR.folder / RENDERER).read_bytes()
    others = [name for name, text in pages.items() if "scalar.js" in text]
    assert others == ["reference.html"]
