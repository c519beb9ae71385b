"""What the store of billing accounts promises, in memory and on a real engine alike."""

from datetime import date

import pytest
from insurance.domain.bank.approval import Approval
from insurance.domain.billing import BillingAccount, SuspendedPayment, UsedReference
from insurance.domain.billing.event_types import BillingEventType
from insurance.domain.core.errors import PolicyNotFound, StaleRevision, SuspenseNotFound
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode, policy_id_for, suspense_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Payee
from insurance.operations.billing.ports import AccountChange, BillingContext, SuspenseChange
from insurance.operations.idempotency import AlreadyAnswered

from tests.support.builders import LATER, QUOTE_ID, gbp, make_command
from tests.support.stores import PAY, PLAN, Stores, accept, add_quote, event_of, issue, pay

POLICY_ID = policy_id_for(QUOTE_ID)


@pytest.fixture
def file(stores: Stores) -> BillingContext:
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
    before = stores.billing.get(POLICY_ID)
    pay(stores, before, "two")

    with pytest.raises(StaleRevision):
        pay(stores, before, "three")


def test_a_repeated_payment_is_answered_as_at_first(stores, file):
    pay(stores, file, "one")

    with pytest.raises(AlreadyAnswered):
        pay(stores, file, "one")
    with pytest.raises(AlreadyAnswered):
        stores.billing.load(POLICY_ID, make_command("one", operation=PAY))


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
        posted_at=LATER,
    )
    assert stores.billing.load_suspense(id, make_command("s1", operation=PAY)) is None

    event = event_of(payment, StreamPosition())
    for key in ("s1", "s2"):
        command = make_command(key, operation=PAY).with_answer(file.policy)
        if key == "s1":
            stores.billing.add_suspense(event, payment, command=command)
        else:
            with pytest.raises(StaleRevision):
                stores.billing.add_suspense(event, payment, command=command)

    assert stores.billing.load_suspense(id, make_command("s3", operation=PAY)).record == payment


def suspend(stores: Stores, file: BillingContext) -> Stored[SuspendedPayment]:
    payment = SuspendedPayment(
        id=suspense_id_for(Mode.TEST, "REF-2"),
        reference="REF-2",
        amount=gbp("10"),
        received_on=date(2026, 3, 12),
        posted_at=LATER,
    )
    command = make_command("s", operation=PAY).with_answer(file.policy)
    stores.billing.add_suspense(event_of(payment, StreamPosition()), payment, command=command)
    return stores.billing.get_suspense(payment.id)


def test_a_payment_leaves_suspense_with_the_account_it_goes_to_or_not_at_all(stores, file):
    before = suspend(stores, file)
    moved_on = before.record.with_return_requested(by="fiona", reason="payer_unknown")
    account = BillingAccount.opened(file.policy.record, PLAN, date(2026, 3, 11))

    def allocate(key: str) -> None:
        stores.billing.allocate(
            AccountChange(event_of(account, StreamPosition()), account, file),
            SuspenseChange(event_of(before.record.allocated(POLICY_ID), before.head), before),
            command=make_command(key, operation=PAY).with_answer(file.policy),
        )

    stores.billing.change_suspense(
        SuspenseChange(event_of(moved_on, before.head), before),
        command=make_command("r", operation=PAY).with_answer(file.policy),
    )
    with pytest.raises(StaleRevision):
        allocate("a1")
    assert stores.billing.get(POLICY_ID).account is None

    _, before = stores.billing.load_with_suspense(POLICY_ID, before.record.id, make_command("a2"))
    before = Stored(
        before.record.with_return_decided(Approval(granted=False, by="f", reason=None)),
        before.head,
        None,
    )
    allocate("a2")

    assert stores.billing.get_suspense(before.record.id).record.allocated_to == POLICY_ID
    assert stores.billing.get(POLICY_ID).account.record == account


def test_an_outside_reference_is_used_up_by_what_was_posted_under_it(stores, file):
    id = suspense_id_for(Mode.TEST, "REF-4")
    account = BillingAccount.opened(file.policy.record, PLAN, date(2026, 3, 11))

    def book(key: str, file: BillingContext) -> None:
        stores.billing.post(
            AccountChange(event_of(account, file.head), account, file),
            suspense_id=id,
            command=make_command(key, operation=PAY).with_answer(file.policy),
        )

    book("one", file)

    assert stores.billing.load_suspense(id, make_command("s", operation=PAY)) == UsedReference(
        POLICY_ID
    )
    now, posted = stores.billing.load_with_suspense(POLICY_ID, id, make_command("l"))
    assert posted == UsedReference(POLICY_ID)
    with pytest.raises(SuspenseNotFound):
        stores.billing.get_suspense(id)
    with pytest.raises(StaleRevision):
        book("two", now)
    assert stores.billing.get(POLICY_ID).account == now.account


def test_there_is_no_payment_in_suspense_that_never_came(stores, file):
    unknown = suspense_id_for(Mode.TEST, "REF-3")

    with pytest.raises(SuspenseNotFound):
        stores.billing.get_suspense(unknown)
    beside, kept = stores.billing.load_with_suspense(POLICY_ID, unknown, make_command("a"))
    assert (kept, beside.policy.record.id) == (None, POLICY_ID)


def test_whom_a_refund_goes_to_is_known_until_the_policyholder_is_erased(stores, file):
    account = pay(stores, file, "one")
    file = stores.billing.get(POLICY_ID)
    payee = Payee(name="Ada Merton", iban="GB33BUKB20201555555555")
    account = account.replace(payees={"rfd": payee})
    event = Event.following(
        file.account.head,
        account,
        file.policy.key,
        stream=account.id,
        type=BillingEventType.REFUND_REQUESTED,
        actor="app_one",
        now=LATER,
    )
    command = make_command("two", operation=PAY).with_answer(file.policy)
    stores.billing.store(AccountChange(event, account, file), command=command)

    assert stores.billing.get(POLICY_ID).account.record.payees == {"rfd": payee}
    assert "Ada" not in str(event.facts)
