"""What the store of billing accounts promises, in memory and on a real engine alike."""

from datetime import date

import pytest
from insurance.domain.billing import BillingAccount, PaymentIn, Plan, SuspendedPayment
from insurance.domain.errors import PolicyNotFound, StaleRevision
from insurance.domain.event import Event, Head, NothingToSeal
from insurance.domain.identity import Mode, policy_id_for, suspense_id_for
from insurance.operations.ports import BillingFile
from insurance.operations.receipt import AlreadyAnswered

from tests.builders import LATER, QUOTE_ID, gbp, make_receipt
from tests.contract.conftest import Stores
from tests.contract.test_stores import accept, add_quote, issue

PAY = "test POST /v1/payments-received"
POLICY_ID = policy_id_for(QUOTE_ID)
PLAN = Plan(code="annual", name="All at once", count=1)


def event_of(account: BillingAccount | SuspendedPayment, head: Head) -> Event:
    return Event.following(
        head,
        account,
        NothingToSeal(),
        stream=account.id,
        type="billing.payment_received",
        actor="bank",
        now=LATER,
    )


def pay(stores: Stores, file: BillingFile, reference: str) -> BillingAccount:
    account = (
        file.account.record
        if file.account
        else BillingAccount.opened(file.policy.record, PLAN, date(2026, 3, 11))
    )
    account = account.paid(
        PaymentIn(
            reference=reference,
            amount=gbp("10"),
            received_on=date(2026, 3, 12),
            booked_at=LATER,
            to_suspense=gbp("0"),
        )
    )
    event = event_of(account, file.account.head if file.account else Head())
    receipt = make_receipt(reference, operation=PAY).answered(file.policy)
    stores.billing.store(event, account, file=file, receipt=receipt)
    return account


@pytest.fixture
def file(stores: Stores) -> BillingFile:
    issue(stores, accept(stores, add_quote(stores)))
    return stores.billing.get(POLICY_ID)


def test_a_policy_has_no_account_until_something_is_stored(file):
    assert file.account is None
    assert file.policy.record.id == POLICY_ID


def test_a_stored_account_comes_back_with_its_policy(stores, file):
    pay(stores, file, "one")
    account = pay(stores, stores.billing.get(POLICY_ID), "two")

    found = stores.billing.get(POLICY_ID).account

    assert found.record == account
    assert found.head.sequence == 2


def test_two_first_payments_at_once_cannot_both_open_the_account(stores, file):
    pay(stores, file, "one")

    with pytest.raises(StaleRevision):
        pay(stores, file, "two")


def test_a_payment_on_an_account_that_moved_on_is_stale(stores, file):
    pay(stores, file, "one")
    was = stores.billing.get(POLICY_ID)
    pay(stores, was, "two")

    with pytest.raises(StaleRevision):
        pay(stores, was, "three")


def test_a_repeated_payment_is_answered_as_at_first(stores, file):
    pay(stores, file, "one")

    with pytest.raises(AlreadyAnswered):
        pay(stores, file, "one")
    with pytest.raises(AlreadyAnswered):
        stores.billing.load(POLICY_ID, make_receipt("one", operation=PAY))


def test_there_is_no_account_without_a_policy(stores):
    with pytest.raises(PolicyNotFound):
        stores.billing.get(POLICY_ID)


def test_a_payment_in_suspense_is_kept_once(stores, file):
    id = suspense_id_for(Mode.TEST, "REF-1")
    payment = SuspendedPayment(
        id=id,
        reference="REF-1",
        amount=gbp("10"),
        received_on=date(2026, 3, 12),
        booked_at=LATER,
    )
    assert stores.billing.suspended(id, make_receipt("s1", operation=PAY)) is None

    event = event_of(payment, Head())
    for key in ("s1", "s2"):
        receipt = make_receipt(key, operation=PAY).answered(file.policy)
        if key == "s1":
            stores.billing.suspend(event, payment, receipt=receipt)
        else:
            with pytest.raises(StaleRevision):
                stores.billing.suspend(event, payment, receipt=receipt)

    assert stores.billing.suspended(id, make_receipt("s3", operation=PAY)) == payment
