"""The general ledger: kept while events are posted, checked against what knows of no posting."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from beancount import loader
from beancount.core import realization
from insurance.api.views.ledger import BusinessReportView
from insurance.domain.bank.report import BankOutcome
from insurance.domain.claim import CostType, ReserveReason
from insurance.domain.core.event import StreamPosition
from insurance.domain.core.identity import Mode, suspense_id_for
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.posting import Account, Posting
from insurance.domain.ledger.chart import beancount_account
from insurance.domain.ledger.export import ExportFormat, export
from insurance.domain.ledger.journal import AccountLine
from insurance.operations.billing.resolve_suspense import allocate_suspense
from insurance.operations.ledger.ports import PeriodKey, Slice
from insurance.operations.ledger.read_general_ledger import (
    read_account_statement,
    read_journal,
    read_trial_balance,
)
from insurance.operations.ledger.report_business import report_business, state_partner_account

from tests.cases.published import expected
from tests.support.billing import person
from tests.support.builders import make_query
from tests.support.ledger import claim_event, claim_on, earn, finance, happened, plain_policy
from tests.support.platform import Platform
from tests.support.policies import issued_platform, with_overdue_premium
from tests.support.policy_life import PARTNER, WITH_A_TEENAGER, gbp
from tests.support.refunds import returned

MONTHS = [f"2026-{month:02}" for month in range(1, 13)]
USD, GBP = Currency.USD, Currency.GBP


@pytest.fixture
def platform() -> Platform:
    """A policy paid by instalments, changed late, cancelled and brought back, with a claim."""
    platform = issued_platform()
    platform.choose("monthly")
    platform.pay("31", "REF-1")
    platform.pay("50", "REF-2", "pol_test_0000000000000000")
    platform.now = datetime(2026, 3, 1, tzinfo=UTC)
    platform.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)
    platform.endorse(date(2026, 4, 1), annual_mileage=20_000)
    platform.cancel(date(2026, 10, 1))
    platform.reinstate(no_known_loss=True)
    platform.pay("400", "REF-3", on=date(2026, 3, 1))
    before, head = None, StreamPosition()
    claim = claim_on(platform.policy).with_reserve(
        CostType.INDEMNITY, gbp("3000"), ReserveReason.INITIAL, by="h", at=platform.now
    )
    happened(platform, claim_event(claim, before, head, platform.now))
    earn(platform, "2026-01", "2026-02")
    return platform


def test_a_busy_house_is_healthy_and_every_account_is_held_against_its_source(bookkeeper, platform):
    bookkeeper.take_in(platform)

    health = bookkeeper.health()

    assert [each for each in health.invariants if not each.holds] == []
    assert health.healthy
    codes = {each.code for each in health.invariants}
    assert {
        "zero_sum",
        "written_is_earned_and_unearned",
        "incurred_is_paid_and_outstanding_less_recoveries",
        "no_event_is_missing",
        "written_is_what_the_segments_say",
        "periods_are_the_whole",
        "sub_ledgers_are_the_ledger_cash",
    } <= codes
    figures = {each.code: each.figure for each in health.invariants}
    assert figures["incurred_is_paid_and_outstanding_less_recoveries"] == 300_000
    assert figures["no_event_is_missing"] == sum(
        len(events)
        for stream, events in platform.memory.events.items()
        if not stream.startswith("quo_")
    )


def test_refunds_and_suspense_keep_every_account_at_its_source(bookkeeper):
    platform = issued_platform()
    platform.pay("200", "REF-1")
    platform.pay("50", "REF-8", "pol_test_0000000000000000")
    platform.pay("70", "REF-9", "pol_test_0000000000000000")
    platform.now = datetime(2026, 6, 20, tzinfo=UTC)
    platform.cancel(date(2026, 7, 2))
    platform.ask_refund("40")
    platform.decide_refund(person("fiona"))
    platform.report_refund(BankOutcome.PAID)
    suspense_id = suspense_id_for(Mode.TEST, "REF-8")
    allocate_suspense(
        suspense_id,
        platform.policy_id,
        platform.command("billing", caller=person("f")),
        platform.refund_ports,
    )
    returned(platform, suspense_id_for(Mode.TEST, "REF-9"))

    bookkeeper.take_in(platform)

    assert bookkeeper.wrong() == []
    assert bookkeeper.ledger.totals(Mode.TEST, GBP).posted[Account.CASH] == 20000 + 5000 - 4000


@pytest.mark.parametrize("outcome", ["paid", "failed"])
def test_what_claims_keep_back_keeps_every_account_at_its_source(bookkeeper, outcome):
    platform = with_overdue_premium(grace_days=10)
    claim = platform.notify()
    bookkeeper.take_in(platform)
    assert bookkeeper.wrong() == []
    assert bookkeeper.ledger.totals(Mode.TEST, GBP).posted[Account.PREMIUM_SET_OFF] == 1547

    platform.report_payment(claim.payments[0], outcome)
    bookkeeper.take_in(platform)

    assert bookkeeper.wrong() == []
    assert bookkeeper.ledger.totals(Mode.TEST, GBP).posted[Account.PREMIUM_SET_OFF] == 0


def test_nothing_is_posted_twice_however_often_and_late_it_is_delivered(bookkeeper, platform):
    bookkeeper.take_in(platform)
    before = bookkeeper.ledger.totals(Mode.TEST, GBP)

    bookkeeper.delivered.clear()
    bookkeeper.take_in(platform)

    assert bookkeeper.ledger.totals(Mode.TEST, GBP) == before


def test_an_event_that_never_came_is_missed(bookkeeper, platform):
    bookkeeper.take_in(platform, but=lambda event: event.type == "policy.endorsed")

    assert "no_event_is_missing" in bookkeeper.wrong()

    bookkeeper.take_in(platform)
    assert bookkeeper.wrong() == []


@pytest.mark.parametrize("account", [Account.WRITTEN_PREMIUM, Account.CASH, Account.TAX_PAYABLE])
def test_a_wrong_posting_turns_the_health_red(bookkeeper, platform, account):
    [issued] = [each for each in platform.memory.events[platform.policy_id] if each.sequence == 1]
    wrong = Posting(debit=account, credit=Account.FEE_INCOME, amount=gbp("1"))
    draft = issued.replace(postings=(*issued.postings, wrong))
    platform.memory.events[platform.policy_id][0] = draft.replace(hash=draft.digest())

    bookkeeper.take_in(platform)

    assert f"sub_ledgers_are_the_ledger_{account}" in bookkeeper.wrong()
    assert not bookkeeper.health().healthy


def test_a_price_that_is_not_what_the_segments_say_turns_the_health_red(bookkeeper):
    platform = plain_policy(1200)
    platform.endorse(date(2026, 7, 1), price={"amount": 240_000, "currency": "USD"})
    policy = platform.policy
    [change] = policy.transactions
    ten = Money(amount=1000, currency=USD)
    line = change.computation.lines[0]
    dearer = change.computation.replace(
        lines=(line.replace(amount=line.amount + ten),), total=change.computation.total + ten
    )
    wrong = policy.replace(transactions=(change.replace(computation=dearer),))
    last = platform.memory.events[policy.id][-1]
    facts, _ = wrong.split_personal()
    draft = last.replace(facts=facts, postings=dearer.postings())
    platform.memory.events[policy.id][-1] = draft.replace(hash=draft.digest())

    bookkeeper.take_in(platform)

    assert bookkeeper.wrong(USD) == ["written_is_what_the_segments_say"]


def test_a_trial_balance_opens_where_the_month_before_closed(bookkeeper, platform):
    bookkeeper.take_in(platform)

    months = [
        read_trial_balance(GBP, period, make_query(finance()), bookkeeper.ports)
        for period in ("2025-12", "2026-01", "2026-02", "2026-03", "2026-04")
    ]

    assert {month.imbalance for month in months} == {0}
    for before, after in pairwise(months):
        for account, balance in before.balances.items():
            assert after.balances[account].opening == balance.closing
    whole = bookkeeper.ledger.totals(Mode.TEST, GBP).posted
    assert {name: each.closing for name, each in months[-1].balances.items()} == {
        name: whole[name] for name in months[-1].balances
    }
    assert months[1].balances[Account.EARNED_PREMIUM].movement < 0


def test_an_accounts_lines_come_in_pages_and_add_up_to_its_movement(bookkeeper, platform):
    bookkeeper.take_in(platform)

    found: list[AccountLine] = []
    after = ""
    while True:
        page = read_account_statement(
            PeriodKey(Mode.TEST, GBP, "2026-03"),
            Account.PREMIUM_RECEIVABLE,
            Slice(after, 2),
            bookkeeper.ports,
        )
        found += page.lines
        if not page.more:
            break
        after = str(page.lines[-1].position)

    assert len(found) > 2
    assert [line.position for line in found] == sorted({line.position for line in found})
    assert sum(line.amount for line in found) == page.balance.movement


def test_beancount_accepts_the_journal_of_every_month_and_finds_our_balances(bookkeeper, platform):
    bookkeeper.take_in(platform)
    texts: list[str] = []
    for period in ("2025-12", "2026-01", "2026-02", "2026-03"):
        after = ""
        while True:
            key = PeriodKey(Mode.TEST, GBP, period)
            page = read_journal(key, ExportFormat.BEANCOUNT, Slice(after, 3), bookkeeper.ports)
            texts.append(export(page.entries, ExportFormat.BEANCOUNT, continues=bool(texts)))
            if not page.more:
                break
            after = str(page.entries[-1].position)

    entries, errors, _ = loader.load_string("\n".join(texts))

    assert errors == []
    real = realization.realize(entries)
    for account, amount in bookkeeper.ledger.totals(Mode.TEST, GBP).posted.items():
        units = realization.get(real, beancount_account(account)).balance.get_currency_units("GBP")
        assert units.number == Money(amount=amount, currency=GBP).major, account


def test_a_partner_sees_its_own_business_and_nobody_elses(bookkeeper, platform):
    bookkeeper.take_in(platform)
    span = ("2025-12", "2026-03")

    own = report_business(GBP, *span, make_query(PARTNER), bookkeeper.ports)
    stranger = make_query(PARTNER.replace(partner="ptn_two"))
    others = report_business(GBP, *span, stranger, bookkeeper.ports)
    key = PeriodKey(Mode.TEST, GBP, "2025-12")
    statement = state_partner_account("ptn_one", key, make_query(PARTNER), bookkeeper.ports)
    hidden = state_partner_account("ptn_one", key, stranger, bookkeeper.ports)

    assert [business for business, _ in own.rows] == [("ptn_one", "personal_motor")]
    assert own.total.written == platform.policy.written.amount
    assert own.total.incurred == 300_000
    assert others.rows == []
    assert statement.rows[0].balances[Account.WRITTEN_PREMIUM] == -12880
    assert hidden.rows == ()


def test_rat_1_loss_expense_and_combined_ratio_from_the_ledger(bookkeeper):
    rating = {"steps": [{"step": "base", "base": "price"}], "charges": [], "commission": "0.20"}
    questions = [{"code": "price", "type": "money", "label": "Price", "min": 0, "max": 100_000_000}]
    platform = plain_policy(
        30_000_000, rating=rating, questions=questions, day_count="months", time_zone="Etc/UTC"
    )
    earn(platform, *MONTHS[:10])
    claim = claim_on(platform.policy)
    for cost_type, million in ((CostType.INDEMNITY, 10), (CostType.EXPENSE, 1)):
        amount = Money.of(str(million * 1_000_000), USD)
        claim = claim.with_reserve(
            cost_type, amount, ReserveReason.INITIAL, by="h", at=platform.now
        )
    happened(platform, claim_event(claim, None, StreamPosition(), datetime(2026, 5, 1, tzinfo=UTC)))
    bookkeeper.take_in(platform)

    report = report_business(USD, "2025-12", "2026-10", make_query(PARTNER), bookkeeper.ports)

    whole = BusinessReportView.of(report).total
    found = [whole.loss_ratio, whole.expense_ratio, whole.combined_ratio]
    assert [str(figure).removesuffix("00") for figure in found] == expected("RAT-1")
    assert whole.earned.amount == 2_500_000_000
    assert bookkeeper.wrong(USD) == []
