"""A payee whose details were corrected is paid nothing before somebody of ours has named them again."""

from datetime import timedelta

import pytest
from insurance.domain.bank.approval import Approval
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.claim import CostType, Handling
from insurance.domain.claim.attention import with_waiting_task
from insurance.domain.claim.claim import Claim
from insurance.domain.claim.payee import refuse_payee, screening_task, with_payee_corrected
from insurance.domain.claim.payee_change import PayeeChange
from insurance.domain.core.tasks import TaskCode
from insurance.domain.party.party import Payee
from insurance.domain.party.record import DatedName, Party, PartyKind

from tests.support.builders import NOW, gbp, make_claim
from tests.support.claim_records import reserved

ADA = Party(
    id="pty_0000000000000000",
    partner="harbour",
    kind=PartyKind.PERSON,
    names=(DatedName(name="Ada Lovelace", since=NOW),),
    created_at=NOW,
    created_by="staff-hana",
)
"""The payee of a claim as the builder makes it."""
LATER = NOW + timedelta(hours=1)


def paying(status: PaymentStatus) -> Claim:
    claim: Claim = reserved(make_claim(handling=Handling.SETTLING), CostType.INDEMNITY, "100")
    return claim.paying(CostType.INDEMNITY, gbp("100"), status=status, by="staff-hana")


def corrected(claim: Claim) -> Claim:
    held = with_payee_corrected(claim, ADA, None, (), LATER)
    assert held is not None
    return held


@pytest.mark.parametrize(
    ("status", "marked"),
    [(PaymentStatus.SCREENING, LATER), (PaymentStatus.AWAITING_APPROVAL, None)],
)
def test_who_screens_a_payment_of_an_open_claim_is_told_of_the_correction(status, marked):
    """One that waits for approval is not approved before the payee is named again."""
    held = corrected(paying(status))

    assert held.payee_corrected_at == LATER
    [payment] = held.payments
    assert (payment.status, payment.payee_corrected_at) == (status, marked)
    task = with_waiting_task(held.asking(screening_task((), NOW)), LATER).task
    assert task is not None
    assert task.code is TaskCode.CONFIRM_PAYEE  # nobody can clear or approve it before


def test_a_bill_of_who_was_corrected_waits_for_a_third_person_after_its_approval():
    """To name the claim's payee again says nothing of who sent a bill."""
    claim = reserved(make_claim(handling=Handling.SETTLING), CostType.EXPENSE, "100")
    claim = claim.replace(payee=Payee(name="Harbour Garage")).paying(
        CostType.EXPENSE,
        gbp("100"),
        status=PaymentStatus.AWAITING_APPROVAL,
        by="staff-hana",
        to=Payee(name="Ada Lovelace"),
    )

    held = corrected(claim)

    assert held.payee_corrected_at is None
    [bill] = held.payments
    approved = bill.decided(Approval(granted=True, by="staff-sue", reason=None))
    assert approved.status is PaymentStatus.SCREENING


def test_another_payee_who_is_refused_does_not_settle_the_one_who_was_corrected():
    change = PayeeChange(
        payee=Payee(name="Harbour Garage"), signs=None, requested_by="app_one", requested_at=NOW
    )
    held = corrected(make_claim()).replace(payee_change=change)

    refused = refuse_payee(held).claim

    assert (refused.payee_change, refused.payee_corrected_at) == (None, LATER)
    task = with_waiting_task(refused, LATER).task
    assert task is not None
    assert task.code is TaskCode.CONFIRM_PAYEE
