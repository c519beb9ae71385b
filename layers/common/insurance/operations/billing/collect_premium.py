"""Collect premium: invoice what falls due, announce a lapse, and carry notices out or end them.

Every step is decided on what is stored and stored once: with the account's or the policy's own
revision, and an idempotency record that is named for the step. To check twice, late or for nothing
does no harm.
"""

from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from insurance.domain.billing import BillingEventType
from insurance.domain.billing.collection import Collection, CollectionStep, CollectionTask
from insurance.domain.core.errors import PolicyNotFound
from insurance.domain.core.event import Event
from insurance.domain.core.identity import mode_of
from insurance.domain.core.posting import Account, Posting, post
from insurance.domain.core.stored import Stored
from insurance.domain.core.system_actor import system_actor
from insurance.domain.jurisdiction.jurisdiction import local_midnight
from insurance.domain.policy import Policy
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.notice import NoticeEnd
from insurance.domain.policy.notice_rules import announced
from insurance.domain.policy.servicing import Servicing, ServicingResult
from insurance.domain.policy.transaction_input import TransactionInput
from insurance.operations.billing.account_context import (
    AccountContext,
    AccountStep,
    account_change,
)
from insurance.operations.billing.ports import CollectionPorts
from insurance.operations.command import Command
from insurance.operations.policy.reprice_policy import repricing
from insurance.operations.system_command import command_for, instant_after

STEPS_MAX: Final = 40
"""Of one check: more than a year's dues and notices together."""

ENDS: Final = MappingProxyType(
    {CollectionStep.CURE: NoticeEnd.CURED, CollectionStep.SUPERSEDE: NoticeEnd.OVERTAKEN}
)
POLICY_EVENTS: Final = MappingProxyType(
    {
        CollectionStep.ANNOUNCE: PolicyEventType.NOTICE_GIVEN,
        CollectionStep.CURE: PolicyEventType.NOTICE_CURED,
        CollectionStep.SUPERSEDE: PolicyEventType.NOTICE_OVERTAKEN,
        CollectionStep.LAPSE: PolicyEventType.LAPSED,
        CollectionStep.REVERSE_LAPSE: PolicyEventType.LAPSE_UNDONE,
        CollectionStep.CANCEL: PolicyEventType.CANCELLED,
    }
)
"""Steps on the policy; the others are steps on its account."""


class PolicyStep(NamedTuple):
    """A policy after a step, and what it posts."""

    policy: Policy
    postings: tuple[Posting, ...] = ()
    effective_at: datetime | None = None


def collect_premium(policy_id: str, now: datetime, ports: CollectionPorts) -> datetime | None:
    """Take every step that is due by now on a policy's dues and notices.

    Returns when to check again; None: not before the policy or its account changes.
    """
    for _ in range(STEPS_MAX):
        try:
            stored = ports.billing.get(policy_id)
        except PolicyNotFound:
            return None
        if stored.policy.key is None or stored.policy.record.answers is None:
            return None  # erased: there is no customer to invoice
        context = AccountContext.of(stored, ports.products)
        collection = _collection(context, instant_after(now, stored.policy.head, stored.head))
        task = collection.task
        if task is None:
            return collection.next_check()
        if task.step in POLICY_EVENTS:
            _store_policy(task, collection, context, ports)
        else:
            _store_account(task, collection, context, ports)
    return now


def _collection(context: AccountContext, now: datetime) -> Collection:
    stored = context.stored.account
    return Collection(
        policy=context.policy,
        account=context.account,
        stored=stored.record if stored else None,
        now=now,
        zone=context.product.zone,
        grace_days=context.product.life.grace_days,
        gives_notice=context.product.life.jurisdiction is not None,
    )


def _store_account(
    task: CollectionTask, collection: Collection, context: AccountContext, ports: CollectionPorts
) -> None:
    number = task.number
    if task.step is CollectionStep.USE_SUSPENSE:
        number = context.stored.head.sequence  # it may be used again, once there is more
    command = _command(task, number, collection)
    change = account_change(_account_step(task, collection), context, command)
    ports.billing.store(change, command=command.with_answer(None))


def _account_step(task: CollectionTask, collection: Collection) -> AccountStep:
    account = collection.account
    match task.step:
        case CollectionStep.INVOICE:
            due_on = collection.due(task.number).due.due_on
            return AccountStep(
                account.replace(invoiced=task.number),
                BillingEventType.INSTALMENT_DUE,
                effective_at=local_midnight(due_on, collection.zone),
            )
        case CollectionStep.USE_SUSPENSE:
            account, used = account.with_suspense_used(collection.policy)
            postings = post(Account.SUSPENSE, Account.PREMIUM_RECEIVABLE, used)
            return AccountStep(account, BillingEventType.SUSPENSE_USED, postings)
        case _:  # `account_change` posts what the plan's price has changed by
            return AccountStep(account, BillingEventType.CHARGE_ADJUSTED)


def _store_policy(
    task: CollectionTask, collection: Collection, context: AccountContext, ports: CollectionPorts
) -> None:
    before = context.stored.policy
    if before.key is None:
        raise ValueError("an erased policy is not collected for")
    command = _command(task, task.number, collection)
    step = _policy_step(task, collection, context, ports)
    event = Event.following(
        before.head,
        step.policy,
        before.key,
        stream=step.policy.id,
        type=POLICY_EVENTS[task.step],
        actor=command.actor,
        now=command.now,
        effective_at=step.effective_at,
        postings=step.postings,
    )
    after = Stored(step.policy, event.head, before.key)
    ports.policies.change(event, after, before=before, command=command.with_answer(None))


def _policy_step(
    task: CollectionTask, collection: Collection, context: AccountContext, ports: CollectionPorts
) -> PolicyStep:
    policy, now = collection.policy, collection.now
    match task.step:
        case CollectionStep.ANNOUNCE:
            return PolicyStep(announced(policy, collection.lapse_notice()))
        case CollectionStep.CURE | CollectionStep.SUPERSEDE:
            notice = policy.notices[task.number - 1]
            return PolicyStep(policy.with_notice(notice.ending(ENDS[task.step], now)))
        case CollectionStep.REVERSE_LAPSE:
            reversal, cured = collection.lapse_reversal(task.number)
            result = _serviced(reversal, collection, context, ports)
            return _after_servicing(result, result.policy.with_notice(cured))
        case _:
            end_of_cover = collection.end_of_cover(task.number)
            result = _serviced(end_of_cover, collection, context, ports)
            return _after_servicing(result, result.policy)


def _serviced(
    requested: TransactionInput,
    collection: Collection,
    context: AccountContext,
    ports: CollectionPorts,
) -> ServicingResult:
    """The policy after a transaction of ours, by the same arithmetic as any other."""
    caller = system_actor(mode_of(context.policy.id))
    servicing = Servicing(
        conditions=Conditions.of(context.product),
        reprice=repricing(
            context.product, look_ups=ports.look_ups, caller=caller, now=collection.now
        ),
        actor=caller.principal,
        now=collection.now,
    )
    return servicing.change(collection.policy, requested)


def _after_servicing(result: ServicingResult, policy: Policy) -> PolicyStep:
    return PolicyStep(policy, result.postings, result.requested.effective_at)


def _command(task: CollectionTask, number: int, collection: Collection) -> Command:
    subject = f"{collection.policy.id} {number}"
    return command_for(mode_of(subject), task.step, subject, collection.now)
