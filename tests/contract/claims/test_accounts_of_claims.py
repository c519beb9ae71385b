"""A policy's account beside its claims: in the same read and the same transaction, in both stores."""

from datetime import date

import pytest
from insurance.domain.billing import BillingAccount, Plan, PremiumPayment
from insurance.domain.billing.event_types import BillingEventType
from insurance.domain.claim import Claim
from insurance.domain.claim.context import ClaimContext, NoticeContext
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.claim.set_off import SetOffEntry
from insurance.domain.core.errors import AccountMoved, StaleRevision
from insurance.domain.core.event import NothingToSeal, StreamPosition
from insurance.domain.core.stored import Stored

from tests.support.builders import LATER, gbp, make_claim, make_command, make_policy, next_event
from tests.support.stores import SETTLE, Stores, accept, add_quote, issue, notify, pay

NOTIFY = "test POST /v1/claims"
PLAN = Plan(code="annual", name="All at once", count=1)


@pytest.fixture
def claim(stores: Stores) -> Claim:
    return notify(
        stores, make_claim(issue(stores, accept(stores, add_quote(stores))).record)
    ).record


def load(stores: Stores, claim: Claim, key: str) -> ClaimContext:
    return stores.claims.load(claim.id, make_command(key, operation=SETTLE))


def set_off(before: Stored[BillingAccount] | None, reference: str = "pay_1") -> SetOffEntry:
    account = (
        before.record if before else BillingAccount.opened(make_policy(), PLAN, date(2026, 3, 11))
    )
    account = account.with_payment(
        PremiumPayment(
            reference=reference,
            amount=gbp("5"),
            received_on=date(2026, 4, 12),
            posted_at=LATER,
            to_suspense=gbp("0"),
            from_claim=True,
        )
    )
    head = before.head if before else StreamPosition()
    event = next_event(head, account, NothingToSeal(), type=BillingEventType.ARREARS_OFFSET)
    return SetOffEntry(event, account, before)


def change(stores: Stores, file: ClaimContext, key: str, moved: SetOffEntry) -> Claim:
    claim = file.claim.record.replace(catastrophe_event=key.replace("-", "_"))
    event = next_event(file.claim.head, claim, file.claim.key, type=ClaimEventType.SETTLED)
    kept = Stored(claim, event.head, file.claim.key)
    command = make_command(key, operation=SETTLE).with_answer(kept)
    stores.claims.change(event, claim, before=file.claim, command=command, account=moved)
    return claim


def account(stores: Stores, claim: Claim) -> Stored[BillingAccount] | None:
    return stores.billing.get(claim.policy_id).account


def test_a_policy_that_nobody_paid_for_has_no_account_for_its_claims_either(stores, claim):
    assert load(stores, claim, "s-1").account is None
    assert stores.claims.load_policy(claim.policy_id, None).account is None


def test_an_account_is_read_with_the_claim_and_with_the_register(stores, claim):
    paid = pay(stores, stores.billing.get(claim.policy_id), "one")

    for found in (
        load(stores, claim, "s-1").account,
        stores.claims.load_policy(claim.policy_id, None).account,
    ):
        assert found is not None
        assert (found.record, found.head.sequence) == (paid, 1)


def test_evidence_reads_no_account(stores, claim):
    pay(stores, stores.billing.get(claim.policy_id), "one")

    file = stores.claims.load_evidence(claim.id, make_command("e-1", operation=SETTLE))

    assert file.account is None


def test_a_claim_and_the_account_it_pays_to_are_stored_together(stores, claim):
    changed = change(stores, load(stores, claim, "s-1"), "s-1", set_off(None))

    file = load(stores, claim, "s-2")
    assert file.claim.record == changed
    assert file.account is not None
    assert [each.from_claim for each in file.account.record.paid_in] == [True]
    change(stores, file, "s-2", set_off(file.account, "pay_2"))
    found = account(stores, claim)
    assert found is not None
    assert [each.reference for each in found.record.paid_in] == ["pay_1", "pay_2"]
    assert found.head.sequence == 2


def test_an_account_that_was_opened_meanwhile_leaves_the_claim_as_it_was(stores, claim):
    file = load(stores, claim, "s-1")
    paid = pay(stores, stores.billing.get(claim.policy_id), "one")

    with pytest.raises(AccountMoved):
        change(stores, file, "s-1", set_off(None))

    assert stores.claims.get(claim.id).record == claim
    found = account(stores, claim)
    assert found is not None
    assert found.record == paid


def test_an_account_that_moved_on_meanwhile_leaves_the_claim_as_it_was(stores, claim):
    pay(stores, stores.billing.get(claim.policy_id), "one")
    file = load(stores, claim, "s-1")
    pay(stores, stores.billing.get(claim.policy_id), "two")

    with pytest.raises(AccountMoved):
        change(stores, file, "s-1", set_off(file.account))

    assert stores.claims.get(claim.id).record == claim


def test_a_claim_that_moved_on_leaves_the_account_as_it_was(stores, claim):
    file = load(stores, claim, "s-1")
    change(stores, file, "s-1", set_off(None))

    with pytest.raises(StaleRevision):
        change(stores, file, "s-2", set_off(account(stores, claim), "pay_2"))

    found = account(stores, claim)
    assert found is not None
    assert [each.reference for each in found.record.paid_in] == ["pay_1"]


def test_a_new_claim_and_the_account_it_pays_to_are_stored_together_or_not_at_all(stores, claim):
    file = stores.claims.load_policy(claim.policy_id, None)
    other = claim.replace(id=claim.id[:-6] + "zzzzzz")
    pay(stores, stores.billing.get(claim.policy_id), "one")

    with pytest.raises(AccountMoved):
        _notice(stores, other, file, set_off(None))
    assert len(stores.claims.load_policy(claim.policy_id, None).noticed) == 1

    file = stores.claims.load_policy(claim.policy_id, None)
    _notice(stores, other, file, set_off(file.account))
    found = account(stores, claim)
    assert found is not None
    assert [each.reference for each in found.record.paid_in] == ["one", "pay_1"]
    assert stores.claims.get(other.id).record == other


def _notice(stores: Stores, claim: Claim, file: NoticeContext, moved: SetOffEntry) -> None:
    event = next_event(StreamPosition(), claim, file.policy.key, type=ClaimEventType.NOTIFIED)
    kept = Stored(claim, event.head, file.policy.key)
    command = make_command("n-2", operation=NOTIFY).with_answer(kept)
    stores.claims.notify(event, claim, context=file, command=command, account=moved)
