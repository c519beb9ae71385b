"""Every published case comes out to the penny, or names the part of the house that it waits for."""

from decimal import Decimal

import pytest

from tests.cases.published import SHARED, cases, expected, text
from tests.cases.reproductions import LATER, REPRODUCED, figures


@pytest.mark.parametrize("case", REPRODUCED)
def test_a_published_case_is_reproduced(case):
    assert figures(case) == [Decimal(figure) for figure in expected(case)]


def test_every_case_is_reproduced_or_waits_for_a_part_that_is_named():
    assert set(REPRODUCED) | set(LATER) == set(cases())
    assert not set(REPRODUCED) & set(LATER)


def test_the_copied_cases_are_the_shared_ones():
    if not SHARED.is_file():
        pytest.skip("a clone without the shared folder beside it")

    assert text() == SHARED.read_text("utf-8")
