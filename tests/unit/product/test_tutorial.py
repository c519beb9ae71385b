"""The tutorial's own files pass, and do what its text says they do."""

import re
from pathlib import Path

import pytest
from insurance.domain.product import InvalidProduct
from insurance.domain.product.publishing.checks import check

from tools.products.folder import read
from tools.products.mutation import mutants, survives

TUTORIAL = Path(__file__).parents[3] / "docs" / "products-tutorial.md"
FILES = re.compile(r"^`(\S+)`\n\n```\w+\n(.*?)```", re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.findall(TUTORIAL.read_text("utf-8")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def test_the_smallest_product_is_sound_but_untried(folder):
    report = check(read(folder / "first"))

    assert report.outcomes == ()
    assert not report.publishable


def test_a_misspelt_name_comes_with_a_suggestion(folder):
    path = folder / "first" / "product.json"
    path.write_text(path.read_text("utf-8").replace('* days_away"', '* days_awy"'), "utf-8")

    with pytest.raises(InvalidProduct, match=r"Did you mean days_away\?"):
        check(read(folder / "first"))


def test_the_finished_product_is_publishable(folder):
    report = check(read(folder / "travel"))

    assert report.failed == ()
    assert report.untried == ()
    assert f"`{len(report.outcomes)} scenarios passed, 0 failed`" in TUTORIAL.read_text("utf-8")


def test_its_scenarios_notice_most_mutants(folder):
    made = read(folder / "travel")
    verdicts = [verdict for m in mutants(made) if (verdict := survives(made, m)) is not None]

    assert verdicts.count(False) >= 0.95 * len(verdicts)
