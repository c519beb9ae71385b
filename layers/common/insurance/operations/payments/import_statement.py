"""Import a bank statement: each entry is posted on the policy that it names, whatever becomes of others.

Every entry is a command of its own, with an idempotency record of its own. So a call that broke off
is repeated whole, and the same entries in another statement are found to be posted.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from insurance.domain.bank.incoming import IncomingPayment
from insurance.domain.bank.statement import BankEntry, BankStatement, named_in
from insurance.domain.billing import SuspendedPayment, UsedReference
from insurance.domain.core.errors import (
    InsuranceError,
    PaymentDiffers,
    StaleRevision,
    Unavailable,
)
from insurance.domain.core.identity import mode_of, suspense_id_for
from insurance.domain.core.stored import Stored
from insurance.operations.billing.ports import BillingPorts
from insurance.operations.billing.receive_payment import PaymentResult, receive_payment
from insurance.operations.command import Command
from insurance.operations.idempotency import AlreadyAnswered, RecordedAnswer

TRIES: Final = 5

type Named = tuple[str, int | None]
"""A policy, and the number of an invoice if one is named."""


class EntryOutcome(StrEnum):
    """What became of an entry."""

    POSTED = "posted"
    POSTED_BEFORE = "posted_before"
    SUSPENDED = "suspended"
    LEFT_OUT = "left_out"
    REFUSED = "refused"
    FAILED = "failed"
    """Repeat the call."""


class EntryResult(NamedTuple):
    """What became of one entry, and why."""

    entry: BankEntry
    outcome: EntryOutcome
    reason: str
    policy_id: str | None = None


@dataclass(frozen=True, slots=True)
class StatementResult:
    """What became of a statement."""

    statement: BankStatement
    entries: Sequence[EntryResult]


def import_statement(
    statement: BankStatement, command: Command, ports: BillingPorts
) -> StatementResult:
    """Post every entry, one after the other. The answer is recorded once none of them failed."""
    ports.billing.find_replay(command)
    entries = [_import_entry(entry, command, ports) for entry in statement.entries]
    result = StatementResult(statement, entries)
    if all(entry.outcome is not EntryOutcome.FAILED for entry in entries):
        ports.billing.record_answer(command.with_answer(result))
    return result


def _import_entry(entry: BankEntry, command: Command, ports: BillingPorts) -> EntryResult:
    """A refusal or a fault of one entry does not stop the others."""
    left_out = _left_out(entry)
    if left_out is not None:
        return EntryResult(entry, EntryOutcome.LEFT_OUT, left_out)
    try:
        return _post_entry(entry, command, ports)
    except PaymentDiffers:
        return EntryResult(entry, EntryOutcome.REFUSED, "posted_before_with_other_figures")
    except Unavailable:
        return EntryResult(entry, EntryOutcome.FAILED, "busy")
    except InsuranceError as error:
        return EntryResult(entry, EntryOutcome.REFUSED, _code(error))
    except Exception as error:
        # Its name alone: the text may quote what was stored.
        return EntryResult(entry, EntryOutcome.FAILED, _code(error))


def _post_entry(entry: BankEntry, command: Command, ports: BillingPorts) -> EntryResult:
    named = named_in(entry.text)
    policy_id = named[0] if named else None
    if policy_id is not None and mode_of(policy_id) is not command.caller.mode:
        policy_id = None
    earlier = _earlier(entry, command, ports)
    if isinstance(earlier, Stored):
        return _in_suspense(entry, earlier.record)
    if earlier is not None:  # it was posted on this policy, whatever the text says
        policy_id = earlier.policy_id
    return _receive(entry.payment(policy_id), named, entry, command, ports)


def _earlier(
    entry: BankEntry, command: Command, ports: BillingPorts
) -> Stored[SuspendedPayment] | UsedReference | None:
    """What became of the entry when it was imported before."""
    suspense_id = suspense_id_for(command.caller.mode, entry.reference)
    part = command.part(f"suspense {entry.reference}", command.idempotency.render)
    return ports.billing.load_suspense(suspense_id, part)


def _receive(
    payment: IncomingPayment,
    named: Named | None,
    entry: BankEntry,
    command: Command,
    ports: BillingPorts,
) -> EntryResult:
    """Post the payment; again when another call changed the account meanwhile."""
    part = command.part(
        payment.reference, lambda result: _recorded(_entry_result(entry, result, named))
    )
    for _ in range(TRIES):
        try:
            return _entry_result(entry, receive_payment(payment, part, ports), named)
        except AlreadyAnswered as earlier:  # by this call, before it broke off
            outcome, reason, policy_id = json.loads(earlier.answer.body)
            return EntryResult(entry, EntryOutcome(outcome), reason, policy_id)
        except StaleRevision:
            continue
    raise Unavailable("The account")


def _in_suspense(entry: BankEntry, earlier: SuspendedPayment) -> EntryResult:
    """A payment that went to suspense before stays there until a person resolves it."""
    entry.payment().check_same(earlier.amount, earlier.received_on)
    return EntryResult(entry, EntryOutcome.POSTED_BEFORE, str(earlier.status), earlier.allocated_to)


def _left_out(entry: BankEntry) -> str | None:
    """Why there is nothing to post: payments that went out are posted by the bank's reports."""
    if not entry.posted:
        return "not_posted_yet"
    if not entry.came_in:
        return "went_out"
    if entry.reversal:
        return "reversal"
    if not entry.amount:
        return "nothing"
    return None


def _entry_result(entry: BankEntry, result: PaymentResult, named: Named | None) -> EntryResult:
    """What became of the payment, and how its amount compares with what it was for."""
    if result.summary is None:
        reason = "names_no_policy" if named is None else "no_such_policy"
        before = result.posted_before
        outcome = EntryOutcome.POSTED_BEFORE if before else EntryOutcome.SUSPENDED
        return EntryResult(entry, outcome, reason)
    policy_id = result.summary.account.policy_id
    outcome = EntryOutcome.POSTED_BEFORE if result.posted_before else EntryOutcome.POSTED
    if result.to_suspense:
        return EntryResult(entry, outcome, "more_than_owed", policy_id)
    if named is None or named[1] is None:
        return EntryResult(entry, outcome, "policy", policy_id)
    invoices = result.summary.statement.invoices
    due = [invoice.due.amount for invoice in invoices if invoice.due.number == named[1]]
    reason = "invoice" if due == [entry.amount] else "other_amount_than_invoice"
    return EntryResult(entry, outcome, reason, policy_id)


def _recorded(result: EntryResult) -> RecordedAnswer:
    return RecordedAnswer(json.dumps([result.outcome, result.reason, result.policy_id]))


def _code(error: Exception) -> str:
    """`CurrencyMismatch` as `currency_mismatch`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()
