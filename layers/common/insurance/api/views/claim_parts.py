"""How the parts of a claim are shown: decisions, reserves, payments, recoveries, tasks, deadlines."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.views.terms import MoneyView, Shown
from insurance.domain.bank.outgoing_payment import OutgoingPayment
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankOutcome
from insurance.domain.claim import Claim, DecisionRecord, Payment, Reserve, Task
from insurance.domain.claim.decision import REVIEW, Decision
from insurance.domain.claim.recovery import Recovery, RecoveryKind, RecoveryStatus
from insurance.domain.claim.reserve import CostType, ReserveReason
from insurance.domain.core.classification import Personal
from insurance.domain.core.roles import Role
from insurance.domain.core.tasks import TaskCode
from insurance.domain.party.party import Payee


class ReserveView(BaseModel):
    """What is outstanding for one type of cost, and why it was last changed."""

    cost_type: CostType
    outstanding: MoneyView
    reason: ReserveReason
    at: datetime

    @classmethod
    def of(cls, reserve: Reserve) -> Self:
        return cls(
            cost_type=reserve.cost_type,
            outstanding=MoneyView.of(reserve.outstanding),
            reason=reserve.reason,
            at=reserve.at,
        )


class DecisionView(BaseModel):
    """A decision: what, how much, why, where in the wording, and the way to appeal."""

    decision: Decision
    amount: MoneyView
    reason_code: str | None
    reason: str | None
    wording: list[str]
    rules: list[str]
    sources: list[str]
    """Where the facts come from that an adverse decision rests on."""
    appeal: str | None
    automated: bool
    review: str | None
    """How to have a person look at an automated decision."""
    at: datetime

    @classmethod
    def of(cls, record: DecisionRecord) -> Self:
        return cls(
            decision=record.decision,
            amount=MoneyView.of(record.amount),
            reason_code=record.reason_code,
            reason=record.reason,
            wording=list(record.wording),
            rules=list(record.rules),
            sources=list(record.sources),
            appeal=record.appeal,
            automated=record.automated,
            review=REVIEW if record.automated else None,
            at=record.at,
        )


class RecoveryView(BaseModel):
    """What may come back on a paid claim, what came, and how much of it is the insurer's."""

    number: int
    kind: RecoveryKind
    status: RecoveryStatus
    against: Personal[str | None]
    expected: MoneyView
    received: MoneyView
    kept: MoneyView
    written_off: MoneyView | None

    @classmethod
    def of(cls, recovery: Recovery, debtors: Mapping[str, str] | None) -> Self:
        return cls(
            number=recovery.number,
            kind=recovery.kind,
            status=recovery.status,
            against=(debtors or {}).get(str(recovery.number)),
            expected=MoneyView.of(recovery.expected),
            received=MoneyView.of(recovery.received),
            kept=MoneyView.of(recovery.kept),
            written_off=MoneyView.of(recovery.written_off) if recovery.written_off else None,
        )


class PayeeView(Shown):
    """The payee, with their account; staff see the end of it alone."""

    name: str
    is_policyholder: bool
    iban: str | None
    sort_code: str | None
    account_number: str | None
    account_ending: str | None = None
    """The account's last four characters, in place of all of it."""

    @classmethod
    def masked(cls, payee: Payee) -> Self:
        """Without the account, but for its end."""
        return cls(
            name=payee.name,
            is_policyholder=payee.is_policyholder,
            iban=None,
            sort_code=None,
            account_number=None,
            account_ending=payee.ending,
        )


class KeptReportView(Shown):
    """A report of the bank that does not fit how far the payment is."""

    outcome: BankOutcome
    bank_reference: str
    executed_at: datetime

    @classmethod
    def all_of(cls, payment: OutgoingPayment) -> list[Self] | None:
        """Those that the payment keeps; None: all fit."""
        return [
            cls(
                outcome=each.outcome,
                bank_reference=each.bank_reference,
                executed_at=each.executed_at,
            )
            for each in payment.kept
        ] or None


class PaymentView(BaseModel):
    """A payment of a claim. Its payee, and who asked for it, are for staff alone."""

    id: str
    cost_type: CostType
    status: PaymentStatus
    amount: MoneyView
    premium_set_off: MoneyView | None
    """The overdue premium that was set off; reversed if the payment is lost."""
    net: MoneyView | None
    """What the bank is told to pay, where premium was set off."""
    instruction_id: str | None
    bank_reference: str | None
    finished_at: datetime | None
    payee: Personal[PayeeView | None] = None
    """Of a bill its sender, who was named by who requested it."""
    requested_by: str | None = None
    decided_by: str | None = None
    payee_corrected_at: datetime | None = None
    """When the payee's name, address or account was corrected, while the payment was on its way: a third person
    looks at it."""
    kept_reports: list[KeptReportView] | None = None
    """What the bank reported and does not fit how far the payment is; a person asks the bank."""

    @classmethod
    def internal(cls, payment: Payment, claim: Claim) -> Self:
        """As who approves it must see it: the payee with the end of the account, and who asked for it."""
        payee = claim.payee_of(payment)
        return cls.of(payment).model_copy(
            update={
                "payee": PayeeView.masked(payee) if payee else None,
                "requested_by": payment.requested_by,
                "decided_by": payment.decided_by,
                "payee_corrected_at": payment.payee_corrected_at,
                "kept_reports": KeptReportView.all_of(payment),
            }
        )

    @classmethod
    def of(cls, payment: Payment) -> Self:
        return cls(
            id=payment.id,
            cost_type=payment.cost_type,
            status=payment.status,
            amount=MoneyView.of(payment.amount),
            premium_set_off=MoneyView.of(payment.set_off.amount) if payment.set_off else None,
            net=MoneyView.of(payment.net) if payment.set_off else None,
            instruction_id=payment.instruction_id,
            bank_reference=payment.bank_reference,
            finished_at=payment.finished_at,
        )


class TaskView(BaseModel):
    """What a person must do: which role, what for, since when."""

    role: Role
    code: TaskCode
    reason: str
    since: datetime

    @classmethod
    def of(cls, task: Task) -> Self:
        return cls.model_validate(task.model_dump())


class DeadlineView(Shown):
    """One act that a regulator wants done in time."""

    code: str
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    missed_at: datetime | None
