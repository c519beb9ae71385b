"""Money is exact: it splits without loss, rounds once, and never meets another currency."""

from decimal import ROUND_DOWN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.core.errors import CurrencyMismatch
from insurance.domain.core.money import AMOUNT_MAX, Currency, Money, total
from pydantic import ValidationError

amounts = st.integers(min_value=-AMOUNT_MAX, max_value=AMOUNT_MAX)
weights = st.lists(
    st.one_of(
        st.integers(0, 10**6),
        st.decimals(0, 1000, places=4, allow_nan=False, allow_infinity=False),
    ),
    min_size=1,
    max_size=20,
).filter(lambda found: sum(Decimal(weight) for weight in found) > 0)


def gbp(amount: int) -> Money:
    return Money(amount=amount, currency=Currency.GBP)


@given(whole=amounts, weights=weights)
def test_shares_add_up_to_the_whole(whole, weights):
    assert sum(share.amount for share in gbp(whole).split(weights)) == whole


@given(whole=amounts, weights=weights)
def test_no_share_is_a_whole_unit_away_from_its_exact_part(whole, weights):
    everything = sum(Decimal(weight) for weight in weights)

    for share, weight in zip(gbp(whole).split(weights), weights, strict=True):
        assert abs(share.amount * everything - whole * Decimal(weight)) < everything


def test_the_odd_units_go_to_the_largest_remainders():
    assert [share.amount for share in gbp(100).split([1, 1, 1])] == [34, 33, 33]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_share_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        gbp(100).split(weights)


def test_a_rate_is_applied_exactly_and_rounded_half_up_once():
    assert gbp(12880).times(Decimal("0.12")) == gbp(1546)
    assert gbp(50).times(Decimal("0.01")) == gbp(1)
    assert gbp(50).times(Decimal("0.01"), rounding=ROUND_DOWN) == gbp(0)


@given(amount=amounts)
def test_a_rate_of_one_changes_nothing(amount):
    assert gbp(amount).times(Decimal(1)) == gbp(amount)


def test_currencies_never_add_up():
    with pytest.raises(CurrencyMismatch):
        gbp(1) + Money(amount=1, currency=Currency.EUR)


def test_money_does_not_add_to_a_number():
    with pytest.raises(TypeError):
        gbp(1) + 1  # type: ignore[operator]  # what the test is about


@pytest.mark.parametrize(
    ("currency", "major", "minor"),
    [("GBP", "169.26", 16926), ("JPY", "500", 500), ("KWD", "1.234", 1234)],
)
def test_major_units_follow_the_standard(currency, major, minor):
    money = Money.of(major, Currency(currency))

    assert money.amount == minor
    assert str(money) == f"{major} {currency}"


def test_an_amount_finer_than_the_minor_unit_is_refused():
    with pytest.raises(ValueError, match="finer"):
        Money.of("0.005", Currency.GBP)


@pytest.mark.parametrize("amount", [1.0, "1", True, AMOUNT_MAX + 1, None])
def test_an_amount_is_a_whole_number_within_bounds(amount):
    with pytest.raises(ValidationError):
        Money(amount=amount, currency=Currency.GBP)


def test_the_sum_of_nothing_is_nil():
    assert total([], Currency.GBP) == gbp(0)
