"""Import a bank statement: each entry is booked for whom it names, once, whatever becomes of others.

Every entry is a command of its own, with a receipt of its own. So a call that broke off is
repeated whole, and the same entries in another statement are found to be booked.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from insurance.domain.bank.incoming import IncomingPayment
from insurance.domain.bank.statement import BankEntry, BankStatement, named_in
from insurance.domain.billing import SuspendedPayment, UsedReference
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import (
    InsuranceError,
    PaymentDiffers,
    StaleRevision,
    Unavailable,
)
from insurance.domain.core.identity import mode_of, suspense_id_for
from insurance.domain.core.stored import Stored
from insurance.operations.billing.bill_policy import (
    PaymentResult,
    receive_payment,
    suspend_payment,
)
from insurance.operations.billing.ports import Billing
from insurance.operations.idempotency import AlreadyAnswered, Idempotency, RecordedAnswer
from insurance.operations.products.ports import Products

TRIES = 5
NOBODY = ""
"""The policy of an entry that names none: it goes to suspense."""

type Named = tuple[str, int | None]
"""A policy, and the number of an invoice if one is named."""


class EntryResult(NamedTuple):
    """What became of one entry, and why."""

    entry: BankEntry
    outcome: str
    """`booked`, `booked_before`, `suspended`, `left_out`, `refused`; or `failed`: repeat the call."""
    reason: str
    policy_id: str | None = None


@dataclass(frozen=True, slots=True)
class StatementResult:
    """What became of a statement."""

    statement: BankStatement
    entries: Sequence[EntryResult]


@dataclass(frozen=True, slots=True)
class StatementImport:
    """One call that takes a statement in."""

    caller: Caller
    products: Products
    billing: Billing
    receipt: Idempotency

    def take_in(self, statement: BankStatement) -> StatementResult:
        """Every entry, one after the other; the answer is kept once all of them are dealt with."""
        self.billing.find_replay(self.receipt)
        taken = StatementResult(statement, [self._entry(entry) for entry in statement.entries])
        if all(each.outcome != "failed" for each in taken.entries):
            self.billing.answer(self.receipt.record(taken))
        return taken

    def _entry(self, entry: BankEntry) -> EntryResult:
        """A refusal is this entry's own, and so is a fault: the others go on."""
        left_out = _left_out(entry)
        if left_out is not None:
            return EntryResult(entry, "left_out", left_out)
        try:
            return self._booked(entry)
        except PaymentDiffers:
            return EntryResult(entry, "refused", "booked_before_with_other_figures")
        except Unavailable:
            return EntryResult(entry, "failed", "busy")
        except InsuranceError as error:
            return EntryResult(entry, "refused", _code(error))
        except Exception as error:
            # Its name alone: the text may quote what was stored.
            return EntryResult(entry, "failed", _code(error))

    def _booked(self, entry: BankEntry) -> EntryResult:
        named = named_in(entry.text)
        policy_id = named[0] if named else NOBODY
        foreign = bool(named) and mode_of(policy_id) is not self.caller.mode
        kept = self._known(entry)
        if isinstance(kept, Stored):
            return _suspended(entry, kept)
        told = entry.payment(
            # Booked on a policy before, it is for that one, whatever the text says.
            kept.policy_id if kept else NOBODY if foreign else policy_id
        )
        return self._received(told, named, entry)

    def _known(self, entry: BankEntry) -> Stored[SuspendedPayment] | UsedReference | None:
        """What became of it when it was told before."""
        id = suspense_id_for(self.caller.mode, entry.reference)
        operation = f"{self.receipt.operation} suspense {entry.reference}"
        return self.billing.suspended(id, replace(self.receipt, operation=operation))

    def _received(
        self, told: IncomingPayment, named: Named | None, entry: BankEntry
    ) -> EntryResult:
        """Booked; again when somebody changed the account meanwhile."""
        operation = f"{self.receipt.operation} {told.reference}"
        own = replace(
            self.receipt,
            operation=operation,
            render=lambda taken: _kept(_told(entry, taken, named)),
        )
        for _ in range(TRIES):
            try:
                return _told(entry, self._booking(told, own), named)
            except AlreadyAnswered as earlier:  # by this call, before it broke off
                return EntryResult(entry, *json.loads(earlier.answer.body))
            except StaleRevision:
                continue
        raise Unavailable("The account")

    def _booking(self, told: IncomingPayment, receipt: Idempotency) -> PaymentResult:
        if told.policy_id == NOBODY:
            return suspend_payment(told, caller=self.caller, billing=self.billing, receipt=receipt)
        return receive_payment(
            told,
            caller=self.caller,
            products=self.products,
            billing=self.billing,
            receipt=receipt,
        )


def _suspended(entry: BankEntry, kept: Stored[SuspendedPayment]) -> EntryResult:
    """What came into suspense before stays there until a person resolves it."""
    known = kept.record
    entry.payment().check_same(known.amount, known.received_on)
    return EntryResult(entry, "booked_before", known.status, known.allocated_to)


def _left_out(entry: BankEntry) -> str | None:
    """Why an entry is nothing to book: what went out is booked by the bank's reports."""
    if not entry.booked:
        return "not_booked_yet"
    if not entry.came_in:
        return "went_out"
    if entry.reversal:
        return "reversal"
    if not entry.amount:
        return "nothing"
    return None


def _told(entry: BankEntry, taken: PaymentResult, named: Named | None) -> EntryResult:
    """What became of it, and how its amount goes with what it was for."""
    if taken.summary is None:
        why = "names_no_policy" if named is None else "no_such_policy"
        return EntryResult(entry, "booked_before" if taken.booked_before else "suspended", why)
    policy_id = taken.summary.account.policy_id
    outcome = "booked_before" if taken.booked_before else "booked"
    if taken.to_suspense:
        return EntryResult(entry, outcome, "more_than_owed", policy_id)
    if named is None or named[1] is None:
        return EntryResult(entry, outcome, "policy", policy_id)
    invoices = taken.summary.statement.invoices
    due = [each.due.amount for each in invoices if each.due.number == named[1]]
    why = "invoice" if due == [entry.amount] else "other_amount_than_invoice"
    return EntryResult(entry, outcome, why, policy_id)


def _kept(taken: EntryResult) -> RecordedAnswer:
    return RecordedAnswer(json.dumps([taken.outcome, taken.reason, taken.policy_id]))


def _code(error: Exception) -> str:
    """`CurrencyMismatch` as `currency_mismatch`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()
