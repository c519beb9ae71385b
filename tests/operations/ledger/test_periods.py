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
from tests.support.ledger import FAR, Bookkeeper, finance, plain_policy
from tests.support.platform import Platform

USD = Currency.USD


def moved_in(bookkeeper: Bookkeeper, period: str) -> int:
    """Written premium of a month, in minor units."""
    by_period = bookkeeper.ledger.totals(Mode.TEST, USD).by_period
    return -by_period[period][Account.WRITTEN_PREMIUM] if period in by_period else 0


@pytest.fixture
def platform() -> Platform:
    return plain_policy(1200)


def test_a_posting_stands_in_the_month_of_its_tax_point(bookkeeper, platform):
    platform.now = datetime(2026, 8, 3, tzinfo=UTC)
    platform.endorse(date(2026, 6, 1), price={"amount": 240_000, "currency": "USD"})
    bookkeeper.take_in(platform)

    assert moved_in(bookkeeper, "2025-12") == 120_000
    assert moved_in(bookkeeper, "2026-06") == platform.policy.written.amount - 120_000


def test_what_comes_late_goes_to_the_first_open_month(bookkeeper, platform):
    bookkeeper.take_in(platform)
    for period in ("2026-05", "2026-06"):
        bookkeeper.close(period)
    platform.now = datetime(2026, 8, 3, tzinfo=UTC)
    platform.endorse(date(2026, 6, 1), price={"amount": 240_000, "currency": "USD"})

    bookkeeper.take_in(platform)

    assert moved_in(bookkeeper, "2026-06") == 0
    assert moved_in(bookkeeper, "2026-07") == platform.policy.written.amount - 120_000
    posted = bookkeeper.ledger.posting_dates(platform.policy_id)[2]
    assert (posted.period, posted.tax_point.month) == ("2026-07", 6)
    assert bookkeeper.wrong(USD) == []


def test_months_close_in_their_order_once_they_are_over(bookkeeper):
    bookkeeper.close("2026-05")

    for period in ("2026-05", "2026-04", "2026-07"):
        with pytest.raises(WrongState):
            bookkeeper.close(period)
    with pytest.raises(WrongState):
        bookkeeper.close("2099-01")
    assert bookkeeper.close("2026-06").status("2026-06") is PeriodStatus.CLOSED


def test_who_closed_a_month_cannot_lock_it(bookkeeper):
    bookkeeper.close("2026-05", by="fiona")

    with pytest.raises(SamePerson):
        bookkeeper.lock("2026-05", by="fiona")
    assert bookkeeper.lock("2026-05", by="frank").status("2026-05") is PeriodStatus.LOCKED


def test_a_closed_month_opens_again_until_it_is_locked(bookkeeper, platform):
    bookkeeper.close("2025-12")
    bookkeeper.reopen("2025-12")
    bookkeeper.take_in(platform)
    assert moved_in(bookkeeper, "2025-12") == 120_000

    bookkeeper.close("2025-12")
    bookkeeper.lock("2025-12")
    with pytest.raises(WrongState):
        bookkeeper.reopen("2025-12")


def test_only_finance_closes_periods(handlers):
    underwriter = staff("staff-ursula", "underwriter", "ledger:close")

    refused = handlers.call("POST", "/v1/ledger/periods/2026-05/closing", None, by=underwriter)

    assert (refused.status, refused.code) == (403, "no-authority")


def test_two_people_cannot_close_at_once(bookkeeper):
    one, two = (make_command(key, caller=finance(key), now=FAR) for key in ("fiona", "frank"))
    calendars = bookkeeper.accounting.calendars
    before = calendars.load(Mode.TEST, one)
    bookkeeper.close("2026-05")

    class Behind:
        """The calendar as it was before it was closed."""

        def load(self, _mode, _command):
            return before

        store = calendars.store

    with pytest.raises(StaleRevision):
        close_period("2026-05", two, replace(bookkeeper.accounting, calendars=Behind()))


def test_a_posting_under_way_while_its_month_closes_goes_to_the_next(
    bookkeeper, platform, monkeypatch
):
    """The calendar is read, the month closes, and only then the posting is written."""
    read = Signal()

    def late(client, writes):
        if not read.is_set():
            read.set()
            bookkeeper.close("2025-12")
        transact(client, writes)

    monkeypatch.setattr("insurance.dynamodb.ledger.control_accounts.transact", late)

    bookkeeper.take_in(platform)

    assert read.is_set()
    assert moved_in(bookkeeper, "2025-12") == 0
    assert moved_in(bookkeeper, "2026-01") == 120_000
    assert bookkeeper.wrong(USD) == []


def test_nothing_enters_a_month_once_it_is_closed_whatever_is_under_way(bookkeeper):
    """Many postings and a closing at the same time: what the closer saw last is what stays."""
    houses = [plain_policy(100 + number, calls=10 * number) for number in range(24)]
    seen: list[int] = []

    def close() -> None:
        bookkeeper.close("2025-12")
        seen.append(moved_in(bookkeeper, "2025-12"))

    with ThreadPoolExecutor(6) as pool:
        postings = [pool.submit(bookkeeper.take_in, platform) for platform in houses[:12]]
        closing = pool.submit(close)
        postings += [pool.submit(bookkeeper.take_in, platform) for platform in houses[12:]]
        for each in (*postings, closing):
            each.result()

    written = sum(platform.policy.written.amount for platform in houses)
    assert moved_in(bookkeeper, "2025-12") == seen[0]
    assert moved_in(bookkeeper, "2025-12") + moved_in(bookkeeper, "2026-01") == written
    assert bookkeeper.wrong(USD) == []
