"""Every published case comes out to the penny."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.cases.published import SHARED, cases, expected, text
from tests.cases.reproductions import PLAYED, REPRODUCED, figures


@pytest.mark.parametrize("case", REPRODUCED)
def test_a_published_case_is_reproduced(case):
    assert figures(case) == [Decimal(figure) for figure in expected(case)]


def test_every_case_is_reproduced():
    assert sorted([*REPRODUCED, *PLAYED]) == sorted(cases())


@pytest.mark.parametrize("case", PLAYED)
def test_a_case_played_elsewhere_is_held_to_the_same_figures(case):
    file, test = PLAYED[case]
    text = (Path(__file__).parents[2] / file).read_text("utf-8")
    body = text.split(f"def {test}")[1].split("\ndef ")[0]

    assert f'"{case}"' in body
    assert "expected(" in body


def test_the_copied_cases_are_the_shared_ones():
    if not SHARED.is_file():
        pytest.skip("a clone without the shared folder beside it")

    assert text() == SHARED.read_text("utf-8")
