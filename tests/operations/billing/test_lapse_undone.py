"""A lapse that was wrong is undone: the money was there in time, and nobody told of it until later."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from insurance.domain.core.identity import Mode, suspense_id_for
from insurance.domain.policy import TransactionKind
from insurance.operations.billing.resolve_suspense import allocate_suspense

from tests.support.almanac import Almanac, Killed, blown
from tests.support.billing import UNKNOWN
from tests.support.policy_life import gbp
from tests.support.refunds import person

ARREARS = "15.47"
MORE = "60.00"
"""More than was owed while it had lapsed."""


@pytest.fixture
def almanac() -> Almanac:
    """A policy by instalments that lapsed for want of the first."""
    made = Almanac()
    made.issue()
    lapse(made)
    return made


def lapse(almanac: Almanac) -> None:
    almanac.turn_to(date(2026, 1, 2))
    over = almanac.prove_dispatch()
    almanac.turn_to(over)
    assert almanac.house.policy.status_at(over) == ("lapsed",)
    almanac.house.now = over + timedelta(days=2, hours=9)


def statuses(almanac: Almanac) -> tuple[str, ...]:
    return almanac.house.policy.status_at(almanac.house.now)


def in_time(almanac: Almanac) -> date:
    """The last day on which money stops the lapse."""
    effective_at = almanac.house.policy.notices[0].effective_at
    assert effective_at is not None
    return effective_at.date() - timedelta(days=1)


def balances(almanac: Almanac) -> Counter[str]:
    found: Counter[str] = Counter()
    for events in almanac.house.memory.events.values():
        for event in events:
            for posting in event.postings:
                found[posting.debit] += posting.amount.amount
                found[posting.credit] -= posting.amount.amount
    return found


def test_money_that_was_there_in_time_undoes_the_lapse_without_a_gap(almanac):
    before = almanac.house.policy.before(almanac.house.policy.transactions[-1].number)

    almanac.pay(ARREARS, on=in_time(almanac))
    almanac.turn_to(almanac.house.now)

    policy = almanac.house.policy
    assert statuses(almanac) == ("on_risk",)
    assert [what for _, what in almanac.story()][-2:] == [
        "billing.payment_received",
        "policy.lapse_undone",
    ]
    assert policy.charged == before.charged
    assert policy.covers_at(policy.notices[0].effective_at)
    assert policy.notices[0].ended == "cured"
    assert policy.transactions[-1].kind is TransactionKind.REVERSAL
    assert policy.transactions[-1].reason == "paid_in_time"


def test_all_of_it_is_used_though_less_was_owed_while_it_had_lapsed(almanac):
    taken = almanac.pay(MORE, on=in_time(almanac))
    assert taken.to_suspense

    almanac.turn_to(almanac.house.now)

    billed = almanac.billed()
    assert billed.account.in_suspense == gbp("0")
    assert billed.account.received == gbp(MORE)
    assert balances(almanac)["suspense"] == 0
    assert balances(almanac)["cash"] == 6000
    assert balances(almanac).total() == 0
    assert len(almanac.house.policy.notices) == 1


@pytest.mark.parametrize(("amount", "days"), [(ARREARS, 1), ("15.46", 0)])
def test_money_that_came_too_late_or_was_too_little_undoes_nothing(almanac, amount, days):
    almanac.pay(amount, on=in_time(almanac) + timedelta(days=days))

    almanac.turn_to(almanac.house.now + timedelta(days=1))

    assert statuses(almanac) == ("lapsed",)
    assert almanac.house.policy.notices[0].ended == "carried_out"


def test_two_payments_that_were_there_in_time_are_enough_together(almanac):
    almanac.pay("8.00", on=in_time(almanac))
    almanac.turn_to(almanac.house.now)
    assert statuses(almanac) == ("lapsed",)

    almanac.pay("7.47", on=in_time(almanac))
    almanac.turn_to(almanac.house.now)

    assert statuses(almanac) == ("on_risk",)


def test_what_had_come_for_nobody_counts_by_the_day_on_which_it_came(almanac):
    policy_id, day = almanac.house.policy_id, in_time(almanac)
    almanac.house.policy_id = UNKNOWN
    almanac.pay(ARREARS, on=day, reference="REF-LOST")
    almanac.house.policy_id = policy_id
    command = almanac.house.command("allocate", caller=person("fiona"))

    suspense_id = suspense_id_for(Mode.TEST, "REF-LOST")
    allocate_suspense(suspense_id, policy_id, command, almanac.billing_ports)
    almanac.turn_to(almanac.house.now)

    assert statuses(almanac) == ("on_risk",)


def test_a_change_that_the_lapse_had_done_away_with_is_made_again():
    almanac = Almanac()
    almanac.issue()
    almanac.house.endorse(date(2026, 6, 1), annual_mileage=20_000)
    charged = almanac.house.policy.charged
    almanac.turn_to(date(2026, 1, 2))
    lapse(almanac)
    assert almanac.house.policy.charged < charged

    almanac.pay(MORE, on=in_time(almanac))
    almanac.turn_to(almanac.house.now)

    assert almanac.house.policy.charged == charged
    in_july = almanac.house.policy.at(datetime(2026, 7, 1, tzinfo=UTC))
    assert in_july.answers is not None
    assert in_july.answers["annual_mileage"] == 20_000


def test_what_a_person_brought_back_is_left_as_it_is(almanac):
    almanac.pay(ARREARS)
    almanac.house.reinstate(almanac.house.now.date(), gap=True)
    almanac.turn_to(almanac.house.now)
    transactions = almanac.house.policy.transactions

    almanac.pay(ARREARS, on=in_time(almanac))
    almanac.turn_to(almanac.house.now)

    assert almanac.house.policy.transactions == transactions


def test_the_rest_of_its_life_goes_on_as_if_nothing_had_been():
    lapsed, steady = Almanac(), Almanac()
    for almanac in (lapsed, steady):
        almanac.issue()
    lapse(lapsed)
    lapsed.pay(ARREARS, on=in_time(lapsed))
    steady.pay(ARREARS, on=date(2026, 1, 1))
    for almanac in (lapsed, steady):
        for month in range(1, 12):
            almanac.turn_to(datetime(2026, month, 27, 9, tzinfo=UTC))
            almanac.take(almanac.billed().statement.invoices[month].open)
        almanac.turn_to(date(2027, 2, 1))

    assert balances(lapsed) == balances(steady)
    assert balances(lapsed)["earned_premium"] == -lapsed.house.policy.written.amount
    for almanac in (lapsed, steady):
        assert "policy.renewal_invited" in {what for _, what in almanac.story()}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fuse_at", range(1, 9))
def test_a_run_that_dies_anywhere_undoes_it_once(fuse_at, after):
    almanac = Almanac()
    almanac.issue()
    lapse(almanac)
    almanac.pay(MORE, on=in_time(almanac))

    try:
        with blown(almanac, fuse_at, after=after):
            almanac.turn_to(almanac.house.now)
    except Killed:
        pass
    almanac.turn_to(almanac.house.now + timedelta(minutes=1))

    told = Counter(what for _, what in almanac.story())
    assert (told["policy.lapse_undone"], told["billing.suspense_used"]) == (1, 1)
    assert statuses(almanac) == ("on_risk",)
    assert balances(almanac).total() == balances(almanac)["suspense"] == 0


def test_what_was_paid_too_much_is_used_before_anybody_is_asked_for_more():
    almanac = Almanac()
    almanac.issue(plan=None)
    almanac.turn_to(date(2026, 1, 1))
    almanac.pay("250")
    almanac.house.endorse(date(2026, 2, 1), annual_mileage=20_000)

    almanac.turn_to(almanac.house.now + timedelta(minutes=1))

    account = almanac.billed().account
    assert account.in_suspense == gbp("250") - almanac.house.policy.charged
    assert account.received == almanac.house.policy.charged
    assert almanac.story()[-1][1] == "billing.suspense_used"
