"""The bank's reports on a claim's payment, and the task that the claim has already."""

import pytest
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.claim import CostType, Task
from insurance.domain.claim.change import Act
from insurance.domain.claim.claim import Claim
from insurance.domain.claim.context import ClaimContext
from insurance.domain.claim.payments import cancel_payment, report_payment
from insurance.domain.claim.task import PAYMENT_NEWS
from insurance.domain.core.event import StreamPosition
from insurance.domain.core.stored import Stored
from insurance.domain.core.tasks import TaskCode

from tests.support.builders import NOW, PARTNER, gbp, make_claim, make_policy
from tests.support.claim_records import executing, reserved

ACT = Act(PARTNER, NOW)


def task(code: TaskCode) -> Task:
    return Task(role="supervisor", code=code, reason="as asked", since=NOW)


def at_the_bank(code: TaskCode | None) -> Claim:
    """A claim with a payment at the bank and a task."""
    claim: Claim = executing(
        reserved(make_claim(), CostType.INDEMNITY, "3000"), CostType.INDEMNITY, "500"
    )
    return claim.replace(task=None if code is None else task(code))


def told(claim: Claim, outcome: BankOutcome) -> Claim:
    context = ClaimContext(Stored(claim, StreamPosition(), None), make_policy())
    report = BankReport(claim.payments[0].id, outcome, "FP-1", NOW)
    return report_payment(context, report, ACT).claim


@pytest.mark.parametrize("code", sorted(set(TaskCode) - PAYMENT_NEWS))
def test_a_kept_report_takes_no_other_work_from_anybody(code):
    kept = told(at_the_bank(code), BankOutcome.RETURNED)

    assert kept.task == task(code)
    assert kept.payments[0].kept


@pytest.mark.parametrize("code", [None, *sorted(PAYMENT_NEWS)])
def test_a_kept_report_is_a_task_where_nothing_else_is_asked(code):
    kept = told(at_the_bank(code), BankOutcome.RETURNED)

    assert kept.task is not None
    assert (kept.task.code, kept.task.role) == (TaskCode.PAYMENT_REPORT_KEPT, "claims_handler")


@pytest.mark.parametrize("outcomes", [["failed"], ["paid", "returned"], ["reversed", "paid"]])
def test_a_lost_payment_does_not_end_a_review(outcomes):
    claim = at_the_bank(TaskCode.REVIEW_ASKED)

    for outcome in outcomes:
        claim = told(claim, BankOutcome(outcome))

    assert claim.payments[0].status not in {PaymentStatus.EXECUTING, PaymentStatus.PAID}
    assert claim.task == task(TaskCode.REVIEW_ASKED)


def test_a_cancelled_payment_does_not_end_a_review():
    claim = reserved(make_claim(), CostType.INDEMNITY, "3000").paying(
        CostType.INDEMNITY, gbp("500"), status=PaymentStatus.AWAITING_APPROVAL, by="staff-hana"
    )
    asked = claim.replace(task=task(TaskCode.REVIEW_ASKED))

    after = cancel_payment(asked, asked.payments[0].id, "asked twice", ACT).claim

    assert after.task == task(TaskCode.REVIEW_ASKED)
