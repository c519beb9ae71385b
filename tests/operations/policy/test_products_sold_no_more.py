"""A contract whose product is sold no more is served to its end, on its own version where none is sold."""

from datetime import UTC, date, datetime

import pytest
from insurance.domain.core.errors import ProductNotFound

from tests.support.platform import Platform
from tests.support.policy_life import motor_with

CURRENT = {"adjustment": {"reprice_on": "current", "method": "pro_rata"}}


@pytest.fixture
def withdrawn(monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A policy whose changes are priced on the version that is sold; then none is."""
    platform = Platform(motor_with(**CURRENT))
    platform.issue()
    platform.now = datetime(2026, 3, 1, 9, tzinfo=UTC)

    def nothing_is_sold(*_asked: object) -> None:
        raise ProductNotFound("personal_motor")

    monkeypatch.setattr(platform.products, "on_sale", nothing_is_sold)
    return platform


def test_it_is_endorsed_and_the_endorsement_reversed(withdrawn: Platform):
    endorsed = withdrawn.endorse(date(2026, 4, 1), annual_mileage=20_000).serviced
    reversed = withdrawn.change("reversal", number=2).serviced

    assert endorsed.difference.amount > 0
    assert reversed.difference == -endorsed.difference


def test_it_is_cancelled_and_reinstated(withdrawn: Platform):
    withdrawn.cancel(date(2026, 4, 1))
    assert withdrawn.policy.cancelled_by() is not None

    withdrawn.reinstate(no_known_loss=True)

    assert withdrawn.policy.cancelled_by() is None
