"""Changing, ending and bringing back: what the operations do, and what they refuse."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from insurance.domain.core.errors import (
    InvalidFields,
    NoAuthority,
    OutsideTerm,
    RiskNotAccepted,
    TermsNotOffered,
    TooManyChanges,
    TransactionNotFound,
    WrongState,
)
from insurance.domain.core.event import first_broken_link
from insurance.domain.ledger.policy_ledger import rounding_of, written_by_segments
from insurance.domain.policy import ChargeKind, Initiator, PolicyStatus
from insurance.domain.policy.status import PolicyFlag

from tests.support.motor import driver
from tests.support.plain import plain_product, price
from tests.support.platform import Platform
from tests.support.policy_life import PARTNER, UNDERWRITER, WITH_A_TEENAGER, gbp, motor_with

MARCH, JULY, OCTOBER = date(2026, 3, 1), date(2026, 7, 2), date(2026, 10, 1)


@pytest.fixture
def platform() -> Platform:
    platform = Platform(motor_with(reinstatement_days=30))
    platform.issue()
    platform.now = datetime(2026, 2, 20, 9, tzinfo=UTC)
    return platform


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_a_preview_says_what_the_command_does_and_keeps_nothing(platform):
    preview = platform.preview("endorsement", JULY, answers=WITH_A_TEENAGER)

    assert platform.policy.transactions == ()
    assert platform.endorse(JULY, **WITH_A_TEENAGER).serviced == preview.serviced


def test_a_change_of_nothing_is_refused_and_costs_no_fee(platform):
    with pytest.raises(InvalidFields):
        platform.endorse(MARCH)

    assert platform.policy.charged == gbp("169.26")


def test_a_change_is_in_force_from_its_instant_and_not_before(platform):
    platform.endorse(JULY, **WITH_A_TEENAGER)
    start = platform.policy.segments()[1].period.start

    before = platform.policy.at(start - timedelta(microseconds=1))
    after = platform.policy.at(start)

    assert len(before.answers["drivers"]) == 1
    assert len(after.answers["drivers"]) == 2
    assert after.premium.net == gbp("322.00")


def test_a_refund_goes_by_the_price_charged_not_by_what_the_risk_costs_today(platform):
    platform.endorse(JULY, **WITH_A_TEENAGER)

    back = platform.cancel(OCTOBER).serviced.requested.computation

    assert back.lines[0].before == gbp("322.00")
    assert str(back.share) == "92/365 days"


def test_the_refund_of_a_tax_follows_the_net_premium_and_the_arrangement_fee_stays(platform):
    back = platform.cancel(JULY).serviced.requested.computation

    assert {line.code: str(line.amount.major) for line in back.lines} == {
        "net": "-64.58",
        "ipt": "-7.75",
        "cancellation_fee": "50.00",
    }


def test_a_fee_is_taken_from_the_refund_and_not_beyond_it(platform):
    back = platform.cancel(date(2026, 12, 30)).serviced.requested.computation

    assert back.total == gbp("0")
    assert "not beyond it" in back.notes[0]


def test_the_insurer_takes_no_fee(platform):
    platform.announce(on=JULY)
    platform.prove_dispatch()

    back = platform.cancel(JULY, by="insurer").serviced.requested.computation

    assert back.total == gbp("-72.33")


def test_only_our_people_act_in_the_insurers_name(platform):
    with pytest.raises(NoAuthority):
        platform.change("cancellation", JULY, by=Initiator.INSURER)


@pytest.mark.parametrize(("day", "everything"), [(15, True), (16, False)])
def test_within_the_cooling_off_days_everything_comes_back(platform, day, everything):
    platform.now = datetime(2026, 1, day, 9, tzinfo=UTC)

    back = platform.cancel(date(2026, 1, day)).serviced.requested.computation

    assert (back.total == -gbp("169.26")) is everything


def test_a_cancellation_dated_back_into_the_cooling_off_days_is_not_within_them(platform):
    back = platform.cancel(date(2026, 1, 5)).serviced.requested.computation

    assert back.method == "pro_rata"


def test_a_change_that_comes_late_is_made_before_the_others_and_they_are_made_again(platform):
    platform.endorse(JULY, **WITH_A_TEENAGER)

    late = platform.endorse(MARCH, annual_mileage=20_000).serviced

    assert [each.number for each in late.reversed] == [2]
    assert [(each.number, each.reapplies) for each in late.reapplied] == [(4, 2)]
    in_july = platform.policy.at(at(JULY))
    assert in_july.answers["annual_mileage"] == 20_000
    assert len(in_july.answers["drivers"]) == 2
    assert late.difference == platform.policy.charged - gbp("169.26") - gbp("133.49")


def test_changes_in_any_order_lead_to_the_same_price(platform):
    other = Platform(motor_with(reinstatement_days=30))
    other.issue()
    platform.endorse(JULY, **WITH_A_TEENAGER)
    platform.endorse(MARCH, annual_mileage=20_000)

    other.endorse(MARCH, annual_mileage=20_000)
    other.endorse(JULY, **WITH_A_TEENAGER)

    assert platform.policy.charged == other.policy.charged
    assert [each.terms for each in platform.policy.segments()] == [
        each.terms for each in other.policy.segments()
    ]


def test_a_cancellation_does_away_with_the_changes_after_it(platform):
    platform.endorse(OCTOBER, **WITH_A_TEENAGER)

    ended = platform.cancel(JULY).serviced

    assert [each.number for each in ended.reversed] == [2]
    assert ended.reapplied == ()
    assert platform.policy.charged == gbp("169.26") - gbp("22.33")


def test_what_a_cancellation_did_away_with_comes_back_with_the_cover(platform):
    platform.endorse(OCTOBER, **WITH_A_TEENAGER)
    charged = platform.policy.charged
    platform.cancel(JULY)

    platform.now = at(JULY)
    platform.reinstate(no_known_loss=True)

    assert platform.policy.charged == charged
    assert len(platform.policy.at(at(OCTOBER)).answers["drivers"]) == 2
    assert platform.policy.covers_at(at(JULY))


def test_a_late_change_keeps_a_cancellation_that_was_taken_back_taken_back(platform):
    platform.cancel(JULY)
    platform.now = at(JULY)
    platform.reinstate(no_known_loss=True)

    platform.endorse(MARCH, annual_mileage=20_000)

    assert platform.policy.covers_at(at(OCTOBER))
    assert platform.policy.at(at(OCTOBER)).answers["annual_mileage"] == 20_000


def test_a_reinstatement_with_a_gap_leaves_the_gap_uncovered(platform):
    platform.cancel(JULY)
    platform.now = at(date(2026, 7, 20))

    platform.reinstate(date(2026, 7, 20), gap=True)

    assert not platform.policy.covers_at(at(date(2026, 7, 10)))
    assert platform.policy.covers_at(at(date(2026, 7, 21)))
    assert len(platform.policy.segments()) == 2


def test_a_reinstatement_needs_a_declaration_or_a_gap(platform):
    platform.cancel(JULY)

    with pytest.raises(TermsNotOffered, match="declaration"):
        platform.reinstate()


def test_a_reinstatement_after_its_window_is_not_offered(platform):
    platform.cancel(JULY)
    platform.now = at(date(2026, 8, 3))

    with pytest.raises(TermsNotOffered, match="30 days"):
        platform.reinstate(no_known_loss=True)


def test_what_is_not_in_force_can_neither_change_nor_end(platform):
    platform.cancel(JULY)

    with pytest.raises(WrongState):
        platform.endorse(OCTOBER, annual_mileage=9_000)
    with pytest.raises(WrongState):
        platform.cancel(OCTOBER)


def test_a_policy_in_force_needs_no_reinstatement(platform):
    with pytest.raises(WrongState):
        platform.reinstate(no_known_loss=True)


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_a_change_outside_the_term_is_refused(platform, day):
    with pytest.raises(OutsideTerm):
        platform.endorse(day, annual_mileage=9_000)


def test_more_than_twenty_later_changes_are_not_made_again(platform):
    for number in range(21):
        platform.endorse(JULY, annual_mileage=9_000 + number)

    with pytest.raises(TooManyChanges):
        platform.endorse(MARCH, annual_mileage=5_000)


def test_a_risk_that_is_declined_is_not_taken_on_by_a_change(platform):
    with pytest.raises(RiskNotAccepted, match="under 17"):
        platform.endorse(JULY, drivers=[driver(), driver(16)])


def test_a_risk_that_needs_a_person_waits_for_an_underwriter(platform):
    dear = {"vehicle_value": {"amount": 6_000_000, "currency": "GBP"}}
    with pytest.raises(RiskNotAccepted, match="referred"):
        platform.endorse(JULY, **dear)

    platform.change("endorsement", JULY, answers=dear, caller=UNDERWRITER)

    assert platform.policy.at(at(OCTOBER)).answers["vehicle_value"]["amount"] == 6_000_000


def test_status_is_what_the_facts_say(platform):
    statuses = lambda day: set(platform.policy.state_at(at(day)).codes)  # noqa: E731 - said three times

    platform.cancel(JULY)

    assert statuses(MARCH) == {PolicyStatus.ON_RISK, PolicyFlag.CANCEL_PENDING}
    assert statuses(OCTOBER) == {PolicyStatus.CANCELLED}
    assert statuses(date(2025, 12, 1)) == {PolicyStatus.PENDING, PolicyFlag.CANCEL_PENDING}


def test_every_event_balances_and_the_chain_holds(platform):
    platform.endorse(JULY, **WITH_A_TEENAGER)
    platform.endorse(MARCH, annual_mileage=20_000)
    platform.cancel(OCTOBER)

    events = platform.memory.events[platform.policy_id]
    assert first_broken_link(events) is None
    receivable = sum(
        posting.amount.amount * (1 if posting.debit == "premium_receivable" else -1)
        for event in events
        for posting in event.postings
        if "premium_receivable" in {posting.debit, posting.credit}
    )
    assert receivable == platform.policy.charged.amount


def test_the_policy_as_it_was_known_is_what_was_answered_then(platform):
    platform.endorse(JULY, **WITH_A_TEENAGER)
    known_at, answered = platform.now, platform.policy
    platform.now = datetime(2026, 3, 20, tzinfo=UTC)
    platform.endorse(MARCH, annual_mileage=20_000)

    assert platform.policies.as_known(platform.policy_id, known_at).record == answered
    assert platform.policies.as_known(platform.policy_id, platform.now).record == platform.policy


def test_a_tax_on_what_is_retained_is_not_given_back():
    rule = [{"by": "policyholder", "method": "short_rate", "retained": "0.10"}]
    platform = Platform(motor_with(cancellation=rule))
    platform.issue()
    platform.now = datetime(2026, 6, 20, tzinfo=UTC)

    lines = platform.cancel(JULY).serviced.requested.computation.lines

    kept = {line.kind: str(line.amount.major) for line in lines if line.amount.amount > 0}
    assert kept == {ChargeKind.RETAINED: "6.46", ChargeKind.TAX: "0.77"}


def test_what_was_retained_is_given_back_with_its_tax_also_after_a_gap():
    rule = [{"by": "policyholder", "method": "short_rate", "retained": "0.10"}]
    platform = Platform(motor_with(cancellation=rule))
    platform.issue()
    platform.now = datetime(2026, 6, 20, tzinfo=UTC)
    platform.cancel(JULY)

    lines = platform.reinstate(date(2026, 7, 20), gap=True).serviced.requested.computation.lines

    back = {line.kind: str(line.amount.major) for line in lines if line.amount.amount < 0}
    assert back == {ChargeKind.RETAINED: "-6.46", ChargeKind.TAX: "-0.77"}


def test_what_was_kept_whole_is_not_charged_again_after_a_gap():
    platform = Platform(motor_with(cancellation=[{"by": "policyholder", "method": "none"}]))
    platform.issue()
    platform.now = datetime(2026, 6, 20, tzinfo=UTC)
    platform.cancel(JULY)

    back = platform.reinstate(date(2026, 7, 20), gap=True).serviced.requested.computation

    assert str(back.total) == "-7.11 GBP"  # 144.26 x 18/365 days: the gap
    assert platform.policy.written == written_by_segments(platform.policy, platform.conditions)


def test_a_refund_goes_by_what_was_charged_where_a_change_costs_nothing():
    platform = Platform(motor_with(adjustment={"method": "none"}))
    platform.issue()
    platform.now = datetime(2026, 3, 10, tzinfo=UTC)
    platform.endorse(MARCH, **WITH_A_TEENAGER)

    back = platform.cancel(JULY).serviced.requested.computation

    assert str(back.lines[0].before) == "128.80 GBP"
    assert platform.policy.written == written_by_segments(platform.policy, platform.conditions)


def test_what_is_written_is_as_near_to_the_segments_as_the_products_unit_allows():
    platform = Platform(plain_product(rounding={"mode": "ceiling", "unit_minor": 500}))
    platform.issue(all_answers=price(995))
    platform.now = datetime(2026, 2, 20, tzinfo=UTC)
    for month in range(3, 9):
        platform.endorse(date(2026, month, 3), **price(1000 + 20 * month))

    policy, conditions = platform.policy, platform.conditions
    apart = abs((policy.written - written_by_segments(policy, conditions)).amount)
    assert 7 < apart <= rounding_of(policy, conditions)


def test_commission_is_paid_on_a_change_and_clawed_back_on_a_refund():
    rating = {"steps": [{"step": "base", "base": "price"}], "charges": [], "commission": "0.15"}
    platform = Platform(plain_product(rating=rating), now=datetime(2025, 12, 20, tzinfo=UTC))
    platform.issue(all_answers=price(1000))

    more = platform.endorse(JULY, **price(2000)).serviced.requested.computation
    back = platform.cancel(OCTOBER).serviced.requested.computation

    assert (str(more.share), str(more.commission)) == ("183/365 days", "75.21 USD")
    assert (str(back.share), str(back.commission)) == ("92/365 days", "-75.62 USD")
    assert more.total.amount == 50137


def test_a_fee_that_comes_back_whole_comes_back_once():
    deposit = {"code": "deposit", "kind": "fee", "name": "Deposit", "amount": 10, "refund": "full"}
    rating = {"steps": [{"step": "base", "base": "price"}], "charges": [deposit]}
    platform = Platform(plain_product(rating=rating), now=datetime(2025, 12, 20, tzinfo=UTC))
    platform.issue(all_answers=price(1000))

    first = platform.cancel(JULY).serviced.requested.computation
    platform.reinstate(OCTOBER, gap=True)
    second = platform.cancel(date(2026, 11, 1)).serviced.requested.computation

    assert "deposit" in {line.code for line in first.lines}
    assert "deposit" not in {line.code for line in second.lines}


def test_cover_comes_back_at_the_price_it_had_when_it_ended_even_if_for_no_time_at_all():
    platform = Platform(plain_product(), now=datetime(2025, 12, 20, tzinfo=UTC))
    platform.issue(all_answers=price(1000))
    platform.endorse(JULY, **price(2000))
    platform.cancel(JULY)

    back = platform.reinstate(JULY, gap=True).serviced.requested.computation

    assert str(back.lines[0].after) == "2000.00 USD"


# A transaction undone by itself


def reverse(platform: Platform, number: int, caller: Any = UNDERWRITER) -> Any:
    return platform.change("reversal", reason="a_mistake", number=number, caller=caller).serviced


def test_an_endorsement_that_was_a_mistake_is_undone_to_the_penny(platform):
    before = platform.policy
    platform.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)

    shown = platform.preview("reversal", reason="a_mistake", number=2, caller=PARTNER).serviced
    undone = reverse(platform, 2, caller=PARTNER)

    assert shown.difference == undone.difference
    assert platform.policy.charged == before.charged
    assert platform.policy.written == before.written
    assert [segment.terms for segment in platform.policy.segments()] == [
        segment.terms for segment in before.segments()
    ]
    assert undone.requested.follows == 2
    assert platform.policy.transaction(2).reversed_by == 3


def test_what_came_after_is_made_again_on_what_it_then_stands_on(platform):
    platform.endorse(date(2026, 4, 1), annual_mileage=20_000)
    platform.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)
    undone = reverse(platform, 2)

    other = Platform()
    other.issue()
    other.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)

    assert [each.reapplies for each in undone.reapplied] == [3]
    assert platform.policy.charged == other.policy.charged
    assert [(each.period, each.terms.premium) for each in platform.policy.segments()] == [
        (each.period, each.terms.premium) for each in other.policy.segments()
    ]


def test_a_cancellation_undone_gives_cover_and_changes_back(platform):
    platform.endorse(date(2026, 9, 1), annual_mileage=20_000)
    before = platform.policy
    platform.cancel(date(2026, 7, 1))

    with pytest.raises(NoAuthority):
        reverse(platform, 3, caller=PARTNER)
    reverse(platform, 3)

    assert platform.policy.charged == before.charged
    assert platform.policy.cancelled_by() is None
    assert platform.policy.covers_at(datetime(2026, 12, 1, tzinfo=UTC))


def test_a_reinstatement_undone_leaves_the_policy_cancelled(platform):
    platform.cancel(date(2026, 7, 1))
    cancelled = platform.policy.charged
    platform.reinstate(no_known_loss=True)

    with pytest.raises(WrongState):
        reverse(platform, 2)
    reverse(platform, 3)

    assert platform.policy.charged == cancelled
    assert platform.policy.cancelled_by().number == 2


def test_what_is_reversed_or_never_was_cannot_be_reversed(platform):
    platform.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)
    reverse(platform, 2)

    for number in (2, 3):
        with pytest.raises(WrongState):
            reverse(platform, number)
    for number in (1, 9):
        with pytest.raises(TransactionNotFound):
            reverse(platform, number)


def test_a_change_after_a_reversal_meets_the_policy_as_it_then_is(platform):
    platform.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)
    reverse(platform, 2)
    change = platform.endorse(date(2026, 4, 1), annual_mileage=20_000).serviced

    assert change.reversed == ()
    assert len(platform.policy.segments()) == 2


def test_a_loss_before_a_reversal_is_looked_at_by_a_person(platform):
    platform.endorse(date(2026, 2, 1), **WITH_A_TEENAGER)
    platform.now = datetime(2026, 5, 1, tzinfo=UTC)
    reverse(platform, 2)

    assert platform.policy.settled_at(datetime(2026, 3, 1, tzinfo=UTC)) == platform.now
