"""Accounting periods: closed in order, locked by a second person, and closed to every posting."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Event as Signal

import pytest
from insurance.domain.core.errors import SamePerson, StaleRevision, WrongState
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.ledger.calendar import PeriodStatus
from insurance.dynamodb.transaction import transact
from insurance.operations.ledger.close_period import close_period

from tests.support.builders import make_command
from tests.support.calls import staff
from tests.support.ledger import FAR, Keeper, finance, plain_house
from tests.support.policy_life import House

USD = Currency.USD


def moved_in(keeper: Keeper, period: str) -> int:
    """Written premium of a month, in minor units."""
    by_period = keeper.ledger.totals(Mode.TEST, USD).by_period
    return -by_period[period][Account.WRITTEN_PREMIUM] if period in by_period else 0


@pytest.fixture
def house() -> House:
    return plain_house(1200)


def test_a_posting_stands_in_the_month_of_its_tax_point(keeper, house):
    house.now = datetime(2026, 8, 3, tzinfo=UTC)
    house.endorse(date(2026, 6, 1), price={"amount": 240_000, "currency": "USD"})
    keeper.take_in(house)

    assert moved_in(keeper, "2025-12") == 120_000
    assert moved_in(keeper, "2026-06") == house.policy.written.amount - 120_000


def test_what_comes_late_goes_to_the_first_open_month(keeper, house):
    keeper.take_in(house)
    for period in ("2026-05", "2026-06"):
        keeper.close(period)
    house.now = datetime(2026, 8, 3, tzinfo=UTC)
    house.endorse(date(2026, 6, 1), price={"amount": 240_000, "currency": "USD"})

    keeper.take_in(house)

    assert moved_in(keeper, "2026-06") == 0
    assert moved_in(keeper, "2026-07") == house.policy.written.amount - 120_000
    posted = keeper.ledger.posting_dates(house.policy_id)[2]
    assert (posted.period, posted.tax_point.month) == ("2026-07", 6)
    assert keeper.wrong(USD) == []


def test_months_close_in_their_order_once_they_are_over(keeper):
    keeper.close("2026-05")

    for period in ("2026-05", "2026-04", "2026-07"):
        with pytest.raises(WrongState):
            keeper.close(period)
    with pytest.raises(WrongState):
        keeper.close("2099-01")
    assert keeper.close("2026-06").status("2026-06") is PeriodStatus.CLOSED


def test_who_closed_a_month_cannot_lock_it(keeper):
    keeper.close("2026-05", by="fiona")

    with pytest.raises(SamePerson):
        keeper.lock("2026-05", by="fiona")
    assert keeper.lock("2026-05", by="frank").status("2026-05") is PeriodStatus.LOCKED


def test_a_closed_month_opens_again_until_it_is_locked(keeper, house):
    keeper.close("2025-12")
    keeper.reopen("2025-12")
    keeper.take_in(house)
    assert moved_in(keeper, "2025-12") == 120_000

    keeper.close("2025-12")
    keeper.lock("2025-12")
    with pytest.raises(WrongState):
        keeper.reopen("2025-12")


def test_only_finance_closes_periods(handlers):
    underwriter = staff("staff-ursula", "underwriter", "ledger:close")

    refused = handlers.post("/v1/ledger/periods/2026-05/closing", None, caller=underwriter)

    assert (refused.status, refused.code) == (403, "no-authority")


def test_two_people_cannot_close_at_once(keeper):
    one, two = (make_command(key, caller=finance(key), now=FAR) for key in ("fiona", "frank"))
    calendars = keeper.accounting.calendars
    before = calendars.load(Mode.TEST, one)
    keeper.close("2026-05")

    class Behind:
        """The calendar as it was before it was closed."""

        def load(self, _mode, _command):
            return before

        store = calendars.store

    with pytest.raises(StaleRevision):
        close_period("2026-05", two, replace(keeper.accounting, calendars=Behind()))


def test_a_posting_under_way_while_its_month_closes_goes_to_the_next(keeper, house, monkeypatch):
    """The calendar is read, the month closes, and only then the posting is written."""
    read = Signal()

    def late(client, writes):
        if not read.is_set():
            read.set()
            keeper.close("2025-12")
        transact(client, writes)

    monkeypatch.setattr("insurance.dynamodb.ledger.control_accounts.transact", late)

    keeper.take_in(house)

    assert read.is_set()
    assert moved_in(keeper, "2025-12") == 0
    assert moved_in(keeper, "2026-01") == 120_000
    assert keeper.wrong(USD) == []


def test_nothing_enters_a_month_once_it_is_closed_whatever_is_under_way(keeper):
    """Many postings and a closing at the same time: what the closer saw last is what stays."""
    houses = [plain_house(100 + number, calls=10 * number) for number in range(24)]
    seen: list[int] = []

    def close() -> None:
        keeper.close("2025-12")
        seen.append(moved_in(keeper, "2025-12"))

    with ThreadPoolExecutor(6) as pool:
        postings = [pool.submit(keeper.take_in, house) for house in houses[:12]]
        closing = pool.submit(close)
        postings += [pool.submit(keeper.take_in, house) for house in houses[12:]]
        for each in (*postings, closing):
            each.result()

    written = sum(house.policy.written.amount for house in houses)
    assert moved_in(keeper, "2025-12") == seen[0]
    assert moved_in(keeper, "2025-12") + moved_in(keeper, "2026-01") == written
    assert keeper.wrong(USD) == []
