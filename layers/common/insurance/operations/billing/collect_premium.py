"""Collect premium: ask for what falls due, announce a lapse, and carry notices out or end them.

Every step is decided on what stands, and stored once: with the account's or the policy's own
revision, and a receipt that is named for the step. To look twice, late or for nothing does no harm.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from insurance.domain.billing import BillingAccount, BillingEventType
from insurance.domain.billing.collection import Collection, CollectionStep, CollectionTask
from insurance.domain.core.errors import PolicyNotFound
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import mode_of
from insurance.domain.core.posting import Account, Posting, post
from insurance.domain.core.stored import Stored
from insurance.domain.core.system_actor import SYSTEM_ACTOR, system_actor
from insurance.domain.jurisdiction import local_midnight
from insurance.domain.policy import Initiator, Policy, TransactionKind
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.notice import NoticeEnd
from insurance.domain.policy.notice_rules import announced
from insurance.domain.policy.servicing import Servicing, ServicingResult, TransactionInput
from insurance.domain.product import Product
from insurance.operations.billing.bill_policy import account_of, opening_of, seal_of
from insurance.operations.billing.ports import Billing, BillingContext
from insurance.operations.command import Command
from insurance.operations.idempotency import Idempotency
from insurance.operations.policy.ports import PolicyChanges
from insurance.operations.policy.reprice_policy import repricing
from insurance.operations.products.ports import Products
from insurance.operations.quoting.ports import LookUps
from insurance.operations.system_command import instant_after, receipt_for

STEPS_MAX: Final = 40
"""Of one look: more than a year's dues and notices together."""

PAID_IN_TIME: Final = "paid_in_time"

ENDS = {CollectionStep.CURE: NoticeEnd.CURED, CollectionStep.SUPERSEDE: NoticeEnd.OVERTAKEN}
EVENTS = {
    CollectionStep.INVOICE: BillingEventType.INSTALMENT_DUE,
    CollectionStep.ADJUST: BillingEventType.CHARGE_ADJUSTED,
    CollectionStep.ANNOUNCE: PolicyEventType.NOTICE_GIVEN,
    CollectionStep.CURE: PolicyEventType.NOTICE_CURED,
    CollectionStep.SUPERSEDE: PolicyEventType.NOTICE_OVERTAKEN,
    CollectionStep.LAPSE: PolicyEventType.LAPSED,
    CollectionStep.REVERSE_LAPSE: PolicyEventType.LAPSE_UNDONE,
    CollectionStep.USE_SUSPENSE: BillingEventType.SUSPENSE_USED,
    CollectionStep.CANCEL: PolicyEventType.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class PremiumCollector:
    """The look at a policy's dues and notices."""

    products: Products
    look_ups: LookUps
    billing: Billing
    policies: PolicyChanges

    def look(self, policy_id: str, now: datetime) -> datetime | None:
        """Do what is to be done by now; when to look again, None when nothing is foreseen."""
        for _ in range(STEPS_MAX):
            try:
                file = self.billing.get(policy_id)
            except PolicyNotFound:
                return None
            policy = file.policy.record
            if file.policy.key is None or policy.answers is None:
                return None  # erased: nobody is left to be asked
            product = self.products.version(policy.product)
            heads = (file.policy.head, file.account.head if file.account else StreamPosition())
            collection = _collection(file, product, instant_after(now, *heads))
            task = collection.task
            if task is None:
                return collection.next_check()
            self._carry_out(task, collection, file, product)
        return now

    def _carry_out(
        self, task: CollectionTask, collection: Collection, file: BillingContext, product: Product
    ) -> None:
        number = task.number
        if task.step is CollectionStep.USE_SUSPENSE and file.account is not None:
            number = file.account.head.sequence  # it may be used again, once there is more
        subject = f"{file.policy.record.id} {number}"
        receipt = receipt_for(mode_of(subject), task.step, subject, collection.now)
        match task.step:
            case CollectionStep.INVOICE:
                account = collection.account.replace(invoiced=task.number)
                at = local_midnight(collection.due(task.number).due.due_on, product.zone)
                self._store_account(account, task.step, file, receipt, effective_at=at)
            case CollectionStep.ADJUST:
                self._store_account(collection.account, task.step, file, receipt)
            case CollectionStep.USE_SUSPENSE:
                account, used = collection.account.with_suspense_used(file.policy.record)
                moved = post(Account.SUSPENSE, Account.PREMIUM_RECEIVABLE, used)
                self._store_account(account, task.step, file, receipt, postings=moved)
            case CollectionStep.ANNOUNCE:
                policy = announced(file.policy.record, collection.lapse_notice())
                self._store(policy, task.step, file, receipt)
            case CollectionStep.CURE | CollectionStep.SUPERSEDE:
                notice = file.policy.record.notices[task.number - 1]
                ended = notice.ending(ENDS[task.step], collection.now)
                self._store(file.policy.record.with_notice(ended), task.step, file, receipt)
            case CollectionStep.LAPSE | CollectionStep.CANCEL:
                self._end(task, file, product, receipt)
            case CollectionStep.REVERSE_LAPSE:
                self._undo(task, file, product, receipt)

    def _store_account(
        self,
        account: BillingAccount,
        step: CollectionStep,
        file: BillingContext,
        receipt: Idempotency,
        *,
        effective_at: datetime | None = None,
        postings: tuple[Posting, ...] = (),
    ) -> None:
        event = Event.following(
            file.account.head if file.account else StreamPosition(),
            account,
            seal_of(file),
            stream=account.id,
            type=EVENTS[step],
            actor=SYSTEM_ACTOR,
            now=receipt.now,
            effective_at=effective_at,
            postings=(*opening_of(file, account), *postings),
        )
        self.billing.store(event, account, file=file, receipt=receipt.record(None))

    def _end(
        self, task: CollectionTask, file: BillingContext, product: Product, receipt: Idempotency
    ) -> None:
        """Cover ends when the notice says, by the same arithmetic as any cancellation."""
        notice = file.policy.record.notices[task.number - 1]
        if notice.effective_at is None:
            raise ValueError("only a notice whose dispatch is proven is carried out")
        asked = TransactionInput(
            kind=TransactionKind.CANCELLATION,
            effective_at=notice.effective_at,
            by=Initiator.INSURER,
            reason=notice.reason,
        )
        serviced = self._serviced(asked, file, product, receipt.now)
        self._store_change(serviced, serviced.policy, task.step, file, receipt)

    def _undo(
        self, task: CollectionTask, file: BillingContext, product: Product, receipt: Idempotency
    ) -> None:
        """As if cover had never ended: nobody has to declare that nothing happened meanwhile."""
        policy = file.policy.record
        lapse = policy.transaction(task.number)
        notice = policy.carried_out_by(lapse)
        if notice is None:
            raise ValueError("only a lapse after a notice is undone")
        asked = TransactionInput(
            kind=TransactionKind.REVERSAL,
            effective_at=lapse.effective_at,
            by=Initiator.INSURER,
            reason=PAID_IN_TIME,
            number=lapse.number,
        )
        serviced = self._serviced(asked, file, product, receipt.now)
        cured = notice.replace(ended=NoticeEnd.CURED, ended_at=receipt.now)
        cured_policy = serviced.policy.with_notice(cured)
        self._store_change(serviced, cured_policy, task.step, file, receipt)

    def _serviced(
        self, asked: TransactionInput, file: BillingContext, product: Product, now: datetime
    ) -> ServicingResult:
        caller = system_actor(mode_of(file.policy.record.id))
        servicing = Servicing(
            conditions=Conditions.of(product),
            reprice=repricing(product, look_ups=self.look_ups, caller=caller),
            actor=SYSTEM_ACTOR,
            now=now,
        )
        return servicing.change(file.policy.record, asked)

    def _store_change(
        self,
        serviced: ServicingResult,
        policy: Policy,
        step: CollectionStep,
        file: BillingContext,
        receipt: Idempotency,
    ) -> None:
        self._store(
            policy,
            step,
            file,
            receipt,
            effective_at=serviced.requested.effective_at,
            postings=serviced.postings,
        )

    def _store(
        self,
        policy: Policy,
        step: CollectionStep,
        file: BillingContext,
        receipt: Idempotency,
        *,
        effective_at: datetime | None = None,
        postings: tuple[Posting, ...] = (),
    ) -> None:
        before = file.policy
        if before.key is None:
            raise ValueError("what was erased is not looked at")
        event = Event.following(
            before.head,
            policy,
            before.key,
            stream=policy.id,
            type=EVENTS[step],
            actor=SYSTEM_ACTOR,
            now=receipt.now,
            effective_at=effective_at,
            postings=postings,
        )
        kept = Stored(policy, event.head, before.key)
        command = Command(system_actor(mode_of(policy.id)), receipt.record(None))
        self.policies.change(event, kept, before=before, command=command)


def _collection(file: BillingContext, product: Product, now: datetime) -> Collection:
    policy = file.policy.record
    return Collection(
        policy=policy,
        account=account_of(file, product),
        stored=file.account.record if file.account else None,
        now=now,
        zone=product.zone,
        grace_days=product.life.grace_days,
        gives_notice=product.life.jurisdiction is not None,
    )
