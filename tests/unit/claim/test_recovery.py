"""Recoveries: their table, and how what comes back is shared."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.claim import recovery as recoveries
from insurance.domain.claim.recovery import (
    Borne,
    Recovery,
    RecoveryKind,
    RecoveryStatus,
    RecoveryStep,
    Sharing,
    insurers_part,
)
from insurance.domain.core.errors import WrongState
from insurance.domain.core.money import Currency, Money

from tests.support.builders import gbp

BORNE = Borne(by_insurer=gbp("2500"), by_insured=gbp("500"))
amounts = st.integers(min_value=0, max_value=10**9)


def make_recovery(**changes):
    recovery = Recovery(
        number=1,
        kind=RecoveryKind.SUBROGATION,
        expected=gbp("1000"),
        received=gbp("0"),
        kept=gbp("0"),
    )
    return recovery.replace(**changes)


def take(recovery, step):
    match step:
        case RecoveryStep.PURSUE:
            return recovery.pursued()
        case RecoveryStep.RECEIVE_PART:
            return recovery.receiving(gbp("1"), kept=gbp("1"))
        case RecoveryStep.RECEIVE_REST:
            return recovery.receiving(gbp("1000"), kept=gbp("1000"))
    return recovery.abandoned("not_economic")


@pytest.mark.parametrize(("status", "step"), list(product(RecoveryStatus, RecoveryStep)))
def test_a_recovery_takes_the_steps_of_the_table_and_no_other(status, step):
    recovery = make_recovery(status=status)

    if (status, step) in recoveries.NEXT:
        assert take(recovery, step).status is recoveries.NEXT[status, step]
    else:
        with pytest.raises(WrongState):
            take(recovery, step)


def test_what_is_given_up_is_written_off():
    given_up = make_recovery(status=RecoveryStatus.PURSUED, received=gbp("300")).abandoned("gone")

    assert given_up.written_off == gbp("700")


@pytest.mark.parametrize(
    ("sharing", "received", "part"),
    [
        (Sharing.PRO_RATA, "1200", "1000"),
        (Sharing.PRO_RATA, "3000", "2500"),
        (Sharing.MADE_WHOLE, "400", "0"),
        (Sharing.MADE_WHOLE, "1200", "700"),
        (Sharing.INSURER_FIRST, "1200", "1200"),
        (Sharing.INSURER_FIRST, "2800", "2500"),
    ],
)
def test_the_insurers_part(sharing, received, part):
    assert insurers_part(gbp(received), BORNE, sharing) == gbp(part)


@given(amounts, amounts, amounts, st.sampled_from(Sharing))
def test_nobody_is_given_more_than_came_in_and_the_insurer_no_more_than_was_paid(
    received, by_insurer, by_insured, sharing
):
    money = [Money(amount=each, currency=Currency.GBP) for each in (by_insurer, by_insured)]

    part = insurers_part(Money(amount=received, currency=Currency.GBP), Borne(*money), sharing)

    assert 0 <= part.amount <= min(received, by_insurer)


@given(st.lists(amounts, min_size=1, max_size=5), st.sampled_from(Sharing))
def test_it_does_not_matter_in_how_many_parts_the_money_came(parts, sharing):
    sums = [Money(amount=sum(parts[:n]), currency=Currency.GBP) for n in range(len(parts) + 1)]

    kept = [insurers_part(received, BORNE, sharing) for received in sums]

    assert kept == sorted(kept)
    assert kept[-1] == insurers_part(sums[-1], BORNE, sharing)
