"""A policy's ledger agrees with sources that know nothing of postings, and others can read it."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from beancount import loader
from beancount.core import realization
from insurance.domain.core.event import Event
from insurance.domain.core.identity import billing_id_for
from insurance.domain.core.posting import Account
from insurance.domain.ledger.chart import CHART, beancount_account
from insurance.domain.ledger.export import ExportFormat, export
from insurance.domain.ledger.journal import JournalEntry
from insurance.domain.ledger.policy_ledger import PolicyLedger, build_policy_ledger

from tests.support.platform import Platform
from tests.support.policies import issued_platform
from tests.support.policy_life import WITH_A_TEENAGER, gbp


@pytest.fixture
def platform() -> Platform:
    """A policy paid by instalments, changed late, and cancelled."""
    platform = issued_platform()
    platform.choose("monthly")
    platform.pay("31", "REF-1")
    platform.now = datetime(2026, 3, 1, tzinfo=UTC)
    platform.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)
    platform.endorse(date(2026, 4, 1), annual_mileage=20_000)
    platform.cancel(date(2026, 10, 1))
    return platform


def events(platform: Platform) -> list[Event]:
    streams = platform.memory.events
    return streams[platform.policy_id] + streams[billing_id_for(platform.policy_id)]


def ledger_of(platform: Platform, *, leave_out: int | None = None) -> PolicyLedger:
    kept = [event for place, event in enumerate(events(platform)) if place != leave_out]
    account = platform.memory.accounts[billing_id_for(platform.policy_id)].record
    return build_policy_ledger(
        platform.policy,
        account,
        kept,
        at=datetime(2026, 8, 1, tzinfo=UTC),
        conditions=platform.conditions,
    )


def test_the_ledger_of_a_busy_policy_agrees(platform):
    found = ledger_of(platform)

    assert [check.code for check in found.checks if not check.holds] == []
    assert found.earned + found.unearned == platform.policy.written
    assert gbp("0") < found.earned < platform.policy.written


def test_an_event_that_is_missing_is_noticed(platform):
    for place in range(len(events(platform))):
        assert not ledger_of(platform, leave_out=place).healthy


def test_every_account_is_in_the_chart():
    assert CHART.keys() == set(Account)


def test_beancount_itself_accepts_the_export_and_finds_our_balances(platform):
    text = export(
        [JournalEntry.of(event, {}) for event in events(platform)], ExportFormat.BEANCOUNT
    )

    entries, errors, _ = loader.load_string(text)

    assert errors == []
    real = realization.realize(entries)
    for account, balance in ledger_of(platform).balances.items():
        found = realization.get(real, beancount_account(account)).balance.get_currency_units("GBP")
        assert found.number == balance.major, account


def test_the_csv_holds_every_posting_exactly(platform):
    rows = list(
        csv.DictReader(
            io.StringIO(
                export([JournalEntry.of(event, {}) for event in events(platform)], ExportFormat.CSV)
            )
        )
    )

    assert len(rows) == sum(len(event.postings) for event in events(platform))
    assert {row["currency"] for row in rows} == {"GBP"}
    assert rows[0]["amount"] == "128.80"
