"""When cover begins: with the first day, or when the policy is issued, whichever is later."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.make import product

START = datetime(2026, 12, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("term", [{}, {"cover_begins": "issue"}])
@pytest.mark.parametrize("no_known_loss", [False, True])
def test_it_begins_when_the_policy_is_issued(term: dict[str, str], no_known_loss: bool):
    begins = product(term=term).term.cover_begins

    assert begins(START, START + HOUR, no_known_loss=no_known_loss) == START + HOUR


def test_a_policy_issued_ahead_begins_with_its_first_day():
    term = product().term

    assert term.cover_begins(START, START - HOUR, no_known_loss=False) == START


def test_a_product_may_let_it_begin_with_the_day_for_those_who_declare_no_loss():
    term = product(term={"cover_begins": "start"}).term

    assert term.cover_begins(START, START + HOUR, no_known_loss=True) == START
    assert term.cover_begins(START, START + HOUR, no_known_loss=False) == START + HOUR
