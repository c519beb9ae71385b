"""Limits that stand again for a premium: charged once for what is used, given back with it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from insurance import wiring
from insurance.domain.billing import BillingAccount, plans_of, statement
from insurance.domain.core.errors import StaleRevision, WrongState
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Account
from insurance.domain.ledger.policy_ledger import build_policy_ledger
from insurance.domain.ledger.sources import moved_by, source_of
from insurance.domain.policy import TransactionKind
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.servicing import Servicing
from insurance.domain.policy.transaction_input import TransactionInput
from insurance.domain.schedule.plan import jobs_after
from insurance.domain.schedule.scheduled_job import JobKind
from insurance.operations.claims.charge_reinstatement import charge_reinstatement
from insurance.operations.claims.ports import Claims, ReinstatementPorts
from insurance.operations.policy.ports import PolicyChanges
from insurance.operations.products.ports import Products
from insurance.operations.scheduler.run_jobs import Job, RunReport

from tests.fakes.policy import MemoryPolicyChanges
from tests.support.claims import SUPERVISOR, issued, loss, notified, reported, settled
from tests.support.platform import Platform, platform_in_memory
from tests.support.products import reinstated_limits

type Json = dict[str, Any]


def charger(products: Products, claims: Claims, policies: PolicyChanges) -> Job:
    return partial(charge_reinstatement, ports=ReinstatementPorts(products, claims, policies))


def claimed_on(insured: Platform, cover: str, claimed: str, day: int) -> Json:
    at = f"2026-12-{day:02d}T08:20:00Z"
    return settled(insured, loss(insured.policy_id, cover, claimed, occurred_at=at))


def run(insured: Platform) -> RunReport:
    """What happened is delivered, all of it once more, and what is due is done."""
    insured.jobs = {JobKind.LIMIT: insured.jobs[JobKind.LIMIT]}
    insured.schedule_events(again=True)
    return insured.turn_to(insured.now)


def charged(insured: Platform) -> list[str]:
    """What each reinstatement came to, in the order in which they were made."""
    return [
        str(each.computation.total)
        for each in insured.policy.transactions
        if each.kind is TransactionKind.LIMIT_REINSTATEMENT
    ]


def check_books(insured: Platform, at: datetime = datetime(2027, 6, 1, tzinfo=UTC)) -> None:
    """The policy's books hold, and what it posted is what its facts say."""
    events = insured.memory.events[insured.policy_id]
    conditions = Conditions.of(reinstated_limits())
    books = build_policy_ledger(insured.policy, None, events, at=at, conditions=conditions)
    assert [each for each in books.checks if not each.holds] == []
    source = source_of(events[-1], lambda _: conditions)
    assert source is not None
    assert not source.mismatched
    moved: Counter[Account] = Counter()
    for each in events:
        moved.update(moved_by(each))
    assert {account: amount for account, amount in moved.items() if amount} == {
        account: amount for account, amount in source.balances.items() if amount
    }


@pytest.fixture
def insured() -> Iterator[Platform]:
    with platform_in_memory() as (platform, _):
        platform.offering(reinstated_limits())
        platform.policy_id = issued(platform, "reinstated_limits", {})
        platform.now = datetime(2026, 12, 31, 9, tzinfo=UTC)
        yield platform


def test_the_claim_shows_what_its_limit_costs_to_stand_again(insured):
    claim = claimed_on(insured, "cyber", "400", 2)

    owed = {step["code"]: step["figure"] for step in claim["steps"][1:]}

    assert owed == {
        "reinstatement_net": "200.00 GBP = Limit, reinstated once: 400.00 GBP of 500.00 GBP "
        "reinstated. 1.25 x 200.00 GBP x 400.00 GBP / 500.00 GBP.",
        "reinstatement_ipt": "24.00 GBP that follow the net premium",
    }
    assert claim["payable"]["amount"] == 40_000


def test_the_policy_is_charged_with_tax_and_billed_at_once(insured):
    claimed_on(insured, "cyber", "400", 2)
    owed = insured.policy.charged
    run(insured)

    [made] = insured.policy.transactions
    assert {line.code: str(line.amount) for line in made.computation.lines} == {
        "net": "200.00 GBP",
        "ipt": "24.00 GBP",
    }
    assert insured.policy.charged - owed == Money.of("224", owed.currency)
    [event] = [
        each
        for each in insured.memory.events[insured.policy_id]
        if each.type == PolicyEventType.LIMIT_REINSTATED
    ]
    moved = moved_by(event)
    assert moved[Account.PREMIUM_RECEIVABLE] == 22_400
    assert moved[Account.WRITTEN_PREMIUM] == -20_000
    assert moved[Account.TAX_PAYABLE] == -2_400
    planned = jobs_after(event, insured.products.version)
    assert {each.kind for each in planned} == {JobKind.BILLING, JobKind.EARNING}
    check_books(insured)


def test_what_is_charged_is_due_on_the_account(insured):
    plan = plans_of(reinstated_limits())[0]
    account = BillingAccount.opened(insured.policy, plan, insured.policy.period.start.date())
    zone = reinstated_limits().zone
    before = statement(account, insured.policy, insured.now.date(), zone=zone)
    claimed_on(insured, "cyber", "500", 2)
    run(insured)

    today = insured.now.date()
    after = statement(account, insured.policy, today, zone=zone)

    assert str(after.owed - before.owed) == "280.00 GBP"
    assert str(after.invoices[-1].due.amount) == "280.00 GBP"
    assert after.invoices[-1].due.due_on == today


def test_it_is_charged_once_however_often_the_scheduler_runs(insured):
    claimed_on(insured, "cyber", "400", 2)
    run(insured)
    run(insured)

    assert charged(insured) == ["224.00 GBP"]


def test_no_more_is_charged_than_is_reinstated(insured):
    for day in (2, 4, 6):
        claimed_on(insured, "cyber", "400", day)
        run(insured)

    # 400, then the 100 that are left to reinstate; the last 200 are paid of what stood again.
    assert charged(insured) == ["224.00 GBP", "56.00 GBP"]
    check_books(insured)


def test_a_payment_that_fails_takes_its_charge_back_and_another_one_makes_it_again(insured):
    claim = claimed_on(insured, "cyber", "400", 2)
    run(insured)
    reported(insured, claim["payments"][0]["id"], "failed")
    run(insured)
    assert charged(insured) == ["224.00 GBP", "-224.00 GBP"]
    check_books(insured)

    insured.post(f"/v1/claims/{claim['id']}/settlement")
    run(insured)

    assert charged(insured) == ["224.00 GBP", "-224.00 GBP", "224.00 GBP"]
    check_books(insured)


def test_a_payment_that_comes_back_takes_its_charge_back(insured):
    claim = claimed_on(insured, "cyber", "400", 2)
    reported(insured, claim["payments"][0]["id"], "paid")
    run(insured)
    reported(insured, claim["payments"][0]["id"], "returned")
    run(insured)

    assert charged(insured) == ["224.00 GBP", "-224.00 GBP"]
    check_books(insured)


def test_what_others_used_stays_charged_when_the_first_payment_fails(insured):
    first = claimed_on(insured, "cyber", "500", 2)
    claimed_on(insured, "cyber", "500", 4)
    run(insured)
    reported(insured, first["payments"][0]["id"], "failed")
    run(insured)

    assert charged(insured) == ["280.00 GBP"]


def test_by_amount_and_time_counts_what_is_left_of_the_term_at_the_loss(insured):
    claim = claimed_on(insured, "flood", "250", 11)  # 355 of 365 days are left
    run(insured)

    # 365 x 250 / 500 x 355 / 365 = 177.50, and 12 % of that
    assert charged(insured) == ["198.80 GBP"]
    assert "355/365 days" in claim["steps"][1]["figure"]


def test_a_fixed_price_is_owed_for_each_time_that_is_begun(insured):
    for day in (2, 4, 6, 8):
        claimed_on(insured, "glass", "300", day)
        run(insured)

    # 300 begin the first, 900 the second; 1,200 begin no other.
    assert charged(insured) == ["33.60 GBP", "33.60 GBP"]


def test_a_claim_that_nobody_decided_costs_nothing_and_a_refused_payment_gives_back(insured):
    notified(insured, loss(insured.policy_id, "cyber", "500"))
    run(insured)
    assert charged(insured) == []

    large = claimed_on(insured, "glass", "650", 2)
    [payment] = large["payments"]
    run(insured)
    assert (payment["status"], charged(insured)) == ("awaiting_approval", ["33.60 GBP"])

    approval = f"/v1/claims/{large['id']}/payments/{payment['id']}/approval"
    no = {"decision": "refuse", "reason": "No repair was made."}
    insured.post(approval, no, by=SUPERVISOR)
    run(insured)
    assert charged(insured) == ["33.60 GBP", "-33.60 GBP"]
    check_books(insured)


def test_it_is_earned_at_once_and_changes_no_terms(insured):
    claimed_on(insured, "cyber", "500", 2)
    run(insured)
    [made] = insured.policy.transactions
    parts = [each for each in insured.policy.earnings() if each.immediate]
    conditions = Conditions.of(reinstated_limits())

    def earned(at):
        return [int(each.earned(at, conditions.day_count, conditions.zone)) for each in parts]

    assert earned(made.effective_at - timedelta(seconds=1)) == [0]
    assert earned(made.effective_at) == [25_000]
    assert insured.policy.segments() == insured.policy.replace(transactions=()).segments()


def test_a_change_with_an_earlier_effect_leaves_it_alone(insured):
    claimed_on(insured, "cyber", "500", 2)
    run(insured)
    [charge], [segment] = insured.policy.transactions, insured.policy.segments()
    servicing = Servicing(
        conditions=Conditions.of(reinstated_limits()),
        reprice=lambda *_: (segment.terms, {}),
        actor="harbour",
        now=insured.now,
    )
    asked = TransactionInput(TransactionKind.ENDORSEMENT, insured.policy.period.start, answers={})

    serviced = servicing.change(insured.policy, asked)

    assert serviced.policy.transactions == (charge, serviced.requested)
    assert (serviced.reversed, serviced.reapplied) == ((), ())


def test_it_is_not_reversed_by_itself(insured):
    claimed_on(insured, "cyber", "500", 2)
    run(insured)
    servicing = Servicing(
        conditions=Conditions.of(reinstated_limits()),
        reprice=lambda *_: pytest.fail("nothing is priced again"),
        actor="supervisor",
        now=insured.now,
    )
    asked = TransactionInput(TransactionKind.REVERSAL, insured.now, number=2)

    with pytest.raises(WrongState):
        servicing.change(insured.policy, asked)


def test_a_policy_that_moved_meanwhile_is_charged_by_the_next_run(insured, monkeypatch):
    claimed_on(insured, "cyber", "500", 2)

    def moved(*_: object, **__: object) -> None:
        raise StaleRevision(insured.policy_id)

    with monkeypatch.context() as patch:
        patch.setattr(MemoryPolicyChanges, "change", moved)
        assert run(insured).failed == 1
    assert charged(insured) == []

    run(insured)
    assert charged(insured) == ["280.00 GBP"]


def test_it_is_charged_once_on_tables_too(platform):
    platform.offering(reinstated_limits())
    policy_id = issued(platform, "reinstated_limits", {})
    platform.now = datetime(2026, 12, 31, 9, tzinfo=UTC)
    claim = settled(platform, loss(policy_id, "cyber", "400", occurred_at="2026-12-02T08:20:00Z"))
    policies = wiring.stores().policy_changes
    charge = charger(platform.products, wiring.stores().claims, policies)

    charge(claim["id"], platform.now)
    charge(claim["id"], platform.now)

    [made] = policies.get(policy_id).record.transactions
    assert (str(made.computation.total), made.reason) == ("224.00 GBP", claim["id"])
