"""A lapse that was wrong is undone: the money was there in time, and nobody told of it until later."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from insurance.domain.core.identity import Mode, suspense_id_for
from insurance.domain.policy import TransactionKind
from insurance.operations.billing.resolve_suspense import allocate_suspense

from tests.support.billing import UNKNOWN, person
from tests.support.fuse import Killed, blown
from tests.support.platform import Platform
from tests.support.policy_life import gbp

ARREARS = "15.47"
MORE = "60.00"
"""More than was owed while it had lapsed."""


@pytest.fixture
def platform() -> Platform:
    """A policy by instalments that lapsed for want of the first."""
    made = Platform()
    made.issue_on_plan()
    lapse(made)
    return made


def lapse(platform: Platform) -> None:
    platform.turn_to(date(2026, 1, 2))
    over = platform.prove_dispatch_by_email()
    platform.turn_to(over)
    assert platform.policy.state_at(over).codes == ("lapsed",)
    platform.now = over + timedelta(days=2, hours=9)


def statuses(platform: Platform) -> tuple[str, ...]:
    return platform.policy.state_at(platform.now).codes


def in_time(platform: Platform) -> date:
    """The last day on which money stops the lapse."""
    effective_at = platform.policy.notices[0].effective_at
    assert effective_at is not None
    return effective_at.date() - timedelta(days=1)


def balances(platform: Platform) -> Counter[str]:
    found: Counter[str] = Counter()
    for events in platform.memory.events.values():
        for event in events:
            for posting in event.postings:
                found[posting.debit] += posting.amount.amount
                found[posting.credit] -= posting.amount.amount
    return found


def test_money_that_was_there_in_time_undoes_the_lapse_without_a_gap(platform):
    before = platform.policy.before(platform.policy.transactions[-1].number)

    platform.pay_today(ARREARS, on=in_time(platform))
    platform.turn_to(platform.now)

    policy = platform.policy
    assert statuses(platform) == ("on_risk",)
    assert [what for _, what in platform.story()][-2:] == [
        "billing.payment_received",
        "policy.lapse_undone",
    ]
    assert policy.charged == before.charged
    assert policy.covers_at(policy.notices[0].effective_at)
    assert policy.notices[0].ended == "cured"
    assert policy.transactions[-1].kind is TransactionKind.REVERSAL
    assert policy.transactions[-1].reason == "paid_in_time"


def test_all_of_it_is_used_though_less_was_owed_while_it_had_lapsed(platform):
    taken = platform.pay_today(MORE, on=in_time(platform))
    assert taken.to_suspense

    platform.turn_to(platform.now)

    billed = platform.billed()
    assert billed.account.in_suspense == gbp("0")
    assert billed.account.received == gbp(MORE)
    assert balances(platform)["suspense"] == 0
    assert balances(platform)["cash"] == 6000
    assert balances(platform).total() == 0
    assert len(platform.policy.notices) == 1


@pytest.mark.parametrize(("amount", "days"), [(ARREARS, 1), ("15.46", 0)])
def test_money_that_came_too_late_or_was_too_little_undoes_nothing(platform, amount, days):
    platform.pay_today(amount, on=in_time(platform) + timedelta(days=days))

    platform.turn_to(platform.now + timedelta(days=1))

    assert statuses(platform) == ("lapsed",)
    assert platform.policy.notices[0].ended == "carried_out"


def test_two_payments_that_were_there_in_time_are_enough_together(platform):
    platform.pay_today("8.00", on=in_time(platform))
    platform.turn_to(platform.now)
    assert statuses(platform) == ("lapsed",)

    platform.pay_today("7.47", on=in_time(platform))
    platform.turn_to(platform.now)

    assert statuses(platform) == ("on_risk",)


def test_what_had_come_for_nobody_counts_by_the_day_on_which_it_came(platform):
    policy_id, day = platform.policy_id, in_time(platform)
    platform.policy_id = UNKNOWN
    platform.pay_today(ARREARS, on=day, reference="REF-LOST")
    platform.policy_id = policy_id
    command = platform.command("allocate", caller=person("fiona"))

    suspense_id = suspense_id_for(Mode.TEST, "REF-LOST")
    allocate_suspense(suspense_id, policy_id, command, platform.refund_ports)
    platform.turn_to(platform.now)

    assert statuses(platform) == ("on_risk",)


def test_a_change_that_the_lapse_had_done_away_with_is_made_again():
    platform = Platform()
    platform.issue_on_plan()
    platform.endorse(date(2026, 6, 1), annual_mileage=20_000)
    charged = platform.policy.charged
    platform.turn_to(date(2026, 1, 2))
    lapse(platform)
    assert platform.policy.charged < charged

    platform.pay_today(MORE, on=in_time(platform))
    platform.turn_to(platform.now)

    assert platform.policy.charged == charged
    in_july = platform.policy.at(datetime(2026, 7, 1, tzinfo=UTC))
    assert in_july.answers is not None
    assert in_july.answers["annual_mileage"] == 20_000


def test_what_a_person_brought_back_is_left_as_it_is(platform):
    platform.pay_today(ARREARS)
    platform.reinstate(platform.now.date(), gap=True)
    platform.turn_to(platform.now)
    transactions = platform.policy.transactions

    platform.pay_today(ARREARS, on=in_time(platform))
    platform.turn_to(platform.now)

    assert platform.policy.transactions == transactions


def test_the_rest_of_its_life_goes_on_as_if_nothing_had_been():
    lapsed, steady = Platform(), Platform()
    for platform in (lapsed, steady):
        platform.issue_on_plan()
    lapse(lapsed)
    lapsed.pay_today(ARREARS, on=in_time(lapsed))
    steady.pay_today(ARREARS, on=date(2026, 1, 1))
    for platform in (lapsed, steady):
        for month in range(1, 12):
            platform.turn_to(datetime(2026, month, 27, 9, tzinfo=UTC))
            platform.pay_today(platform.billed().statement.invoices[month].open)
        platform.turn_to(date(2027, 2, 1))

    assert balances(lapsed) == balances(steady)
    assert balances(lapsed)["earned_premium"] == -lapsed.policy.written.amount
    for platform in (lapsed, steady):
        assert "policy.renewal_invited" in {what for _, what in platform.story()}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fuse_at", range(1, 9))
def test_a_run_that_dies_anywhere_undoes_it_once(fuse_at, after):
    platform = Platform()
    platform.issue_on_plan()
    lapse(platform)
    platform.pay_today(MORE, on=in_time(platform))

    try:
        with blown(platform, fuse_at, after=after):
            platform.turn_to(platform.now)
    except Killed:
        pass
    platform.turn_to(platform.now + timedelta(minutes=1))

    told = Counter(what for _, what in platform.story())
    assert (told["policy.lapse_undone"], told["billing.suspense_used"]) == (1, 1)
    assert statuses(platform) == ("on_risk",)
    assert balances(platform).total() == balances(platform)["suspense"] == 0


def test_what_was_paid_too_much_is_used_before_anybody_is_asked_for_more():
    platform = Platform()
    platform.issue_on_plan(plan=None)
    platform.turn_to(date(2026, 1, 1))
    platform.pay_today("250")
    platform.endorse(date(2026, 2, 1), annual_mileage=20_000)

    platform.turn_to(platform.now + timedelta(minutes=1))

    account = platform.billed().account
    assert account.in_suspense == gbp("250") - platform.policy.charged
    assert account.received == platform.policy.charged
    assert platform.story()[-1][1] == "billing.suspense_used"
