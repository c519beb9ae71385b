"""A draft's effect on the stored policies: read from a real engine, opened with the parties' keys."""

import copy
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from insurance.domain.core.identity import Mode
from insurance.domain.product import Product, ProductSource
from insurance.products import product

from tests.support.backend import environment
from tests.support.calls import QUOTE
from tests.support.driving.functions import forget_wiring
from tests.support.personal_data import erase
from tests.support.platform import Platform
from tools.products.impact import picture, told
from tools.products.stored import AT_ONCE, StoredBook, rerated, stored_book

IN_FORCE = datetime(2026, 12, 15, tzinfo=UTC)


@pytest.fixture
def book(handlers: Platform):
    with environment(handlers.backend.environment()):
        forget_wiring()
        yield stored_book()
    forget_wiring()


def draft(times: str) -> Product:
    """Personal motor, everything dearer or cheaper by one more factor."""
    bundled = product("personal_motor").source
    document = copy.deepcopy(dict(bundled.document))
    document["version"] = "2027.1"
    steps = document["rating"]["steps"]
    document["rating"]["steps"] = [*steps, {"step": "everything", "factor": Decimal(times)}]
    return Product(ProductSource(document, bundled.tables))


def issued(handlers: Platform, mileage: int) -> str:
    return str(handlers.issued(answers=QUOTE["answers"] | {"annual_mileage": mileage})["id"])


def test_the_stored_policies_are_rerated_under_a_draft(handlers: Platform, book: StoredBook):
    ids = {issued(handlers, mileage) for mileage in (4000, 9000, 20000)}

    impact = rerated(book.in_force(Mode.TEST, "personal_motor", IN_FORCE), draft("1.10"))

    assert {change.id for change in impact.changes} == ids
    assert all(5 < change.percent < 10 for change in impact.changes)  # the fee stays
    assert next(told(impact)) == "3 risks compared, 0 not"
    assert impact.distribution[5] == 3
    assert picture(impact).startswith("<svg")


def test_more_policies_than_one_read_takes_are_all_there(handlers: Platform, book: StoredBook):
    for _ in range(AT_ONCE + 1):
        issued(handlers, 8000)

    assert len(list(book.in_force(Mode.TEST, "personal_motor", IN_FORCE))) == AT_ONCE + 1


def test_what_is_not_in_force_or_of_another_kind_is_left_out(handlers: Platform, book: StoredBook):
    issued(handlers, 8000)

    assert not list(book.in_force(Mode.LIVE, "personal_motor", IN_FORCE))
    assert not list(book.in_force(Mode.TEST, "home_contents", IN_FORCE))
    assert not list(book.in_force(Mode.TEST, "personal_motor", datetime(2028, 1, 1, tzinfo=UTC)))


def test_what_cannot_be_priced_any_more_is_named(handlers: Platform, book: StoredBook):
    policy = handlers.issued()
    erase(handlers, policy["id"])

    impact = rerated(book.in_force(Mode.TEST, "personal_motor", IN_FORCE), draft("1"))

    assert (impact.changes, impact.not_compared) == ((), (policy["id"],))
