"""Send payments to the bank: those that wait, in one file, each once whatever fails when.

A run claims what waits for a file of its own in one transaction, and only then writes it. A run that
died in between is finished by the next one, whoever asks for it: the file's name derives from the
call, and what stands under a name is never written again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol

from insurance.domain.bank import Instruction, Payable, PaymentFile
from insurance.domain.bank.event_types import BankEventType
from insurance.domain.bank.outgoing_payment import PaymentStatus
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import (
    KeyReused,
    PaymentFileNotFound,
    StaleRevision,
    WrongState,
)
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.core.identity import Mode, mode_of, payment_file_id_for
from insurance.domain.core.money import Currency
from insurance.domain.core.stored import Stored
from insurance.operations.files.ports import Objects
from insurance.operations.idempotency import AlreadyAnswered, Idempotency, RecordedAnswer

NOBODY = "The payee's data are gone, or name no account."


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for the bank: payments without a file, files that were claimed and not written."""

    waiting: Sequence[Instruction]
    unwritten: Sequence[Stored[PaymentFile]]
    own: Stored[PaymentFile] | None
    """The file that this call has made before."""


class PaymentOrders(Protocol):
    """Instructions from when a payment is approved until they stand in a file, and the files."""

    def load(self, mode: Mode, currency: Currency, file_id: str, receipt: Idempotency) -> Queue:
        """What waits, at most one file of it; raise AlreadyAnswered or KeyReused."""

    def get(self, file_id: str) -> Stored[PaymentFile]:
        """Raise PaymentFileNotFound when there is none."""

    def drop(self, payment_ids: Sequence[str]) -> None:
        """Take payments off the queue that need no file any more."""

    def make(self, event: Event, file: PaymentFile) -> None:
        """Claim the file's instructions for it; raise StaleRevision when one of them is claimed."""

    def written(self, event: Event, *, before: Stored[PaymentFile]) -> None:
        """Keep the file as written; raise StaleRevision when it was kept before."""

    def answer(self, receipt: Idempotency) -> None:
        """Keep the answer, once all of it is done."""


class Payers(Protocol):
    """Those whose payments these are: claims, and whoever pays out beside them."""

    def payables(self, payment_ids: Sequence[str]) -> Mapping[str, Payable]:
        """Those of the payments that are still for the bank to carry out."""

    def statuses(self, payment_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:
        """How far each payment has come."""

    def report(self, report: BankReport, *, caller: Caller, receipt: Idempotency) -> None:
        """Book what became of a payment; raise AlreadyAnswered when this was done before."""


class Messages(Protocol):
    """Payments as the bank reads them."""

    def write(self, file: PaymentFile, payables: Sequence[Payable]) -> bytes:
        """The same bytes for the same file and payments."""

    def payments_in(self, message: bytes) -> frozenset[str]:
        """Which payments a message holds; none in an empty one."""


class PaymentRun:
    """One call that sends what waits: what every step of it is given."""

    def __init__(
        self,
        *,
        caller: Caller,
        orders: PaymentOrders,
        payers: Payers,
        objects: Objects,
        messages: Messages,
        receipt: Idempotency,
    ) -> None:
        self._caller = caller
        self._orders = orders
        self._payers = payers
        self._objects = objects
        self._messages = messages
        self._receipt = receipt

    def send(self, currency: Currency) -> tuple[PaymentFile, ...]:
        """The files written by this call: at most one new one, and those left unwritten before."""
        own = payment_file_id_for(self._caller.mode, self._caller.principal, self._receipt.key)
        queue = self._orders.load(self._caller.mode, currency, own, self._receipt)
        if queue.own is not None and queue.own.record.currency is not currency:
            raise KeyReused
        unwritten = list(queue.unwritten)
        if queue.own is None:
            unwritten += self._made(own, currency, queue.waiting)
        done = {queue.own.record.id: queue.own.record} if queue.own else {}
        for kept in unwritten:
            done[kept.record.id] = self._written(kept)
        result = tuple(done.values())
        self._orders.answer(self._receipt.record(result))
        return result

    def _made(
        self, file_id: str, currency: Currency, waiting: Sequence[Instruction]
    ) -> Iterator[Stored[PaymentFile]]:
        """The new file, if anything that waits is still to be paid. What the bank has reported on by
        another way needs no file any more; what is on hold waits on."""
        payables = self._payers.payables([each.id for each in waiting])
        gone = [each.id for each in waiting if each.id not in payables]
        if gone:
            self._orders.drop(gone)
        ready = [each for each in waiting if each.id in payables and not payables[each.id].held]
        if not ready:
            return
        file = PaymentFile(
            id=file_id,
            mode=self._caller.mode,
            currency=currency,
            made_at=self._receipt.now,
            instructions=tuple(ready),
        )
        event = self._event(StreamPosition(), file, BankEventType.PAYMENT_FILE_MADE)
        self._orders.make(event, file)
        yield Stored(file, event.head, None)

    def _written(self, kept: Stored[PaymentFile]) -> PaymentFile:
        """The file as it stands with the bank, whoever wrote it first.

        What is not in it has nobody to go to, and is reported as failed, by us. Where nothing is
        left an empty file says so: a later run, which may know more, must not write another one.
        """
        file = kept.record
        payables = self._payers.payables([each.id for each in file.instructions])
        ready = [each for each in payables.values() if each.payee and each.payee.has_account]
        message = self._messages.write(file, ready) if ready else b""
        if not self._objects.put(file.name, message, media_type="application/xml"):
            message = self._objects.get(file.name) or b""
        sent = self._messages.payments_in(message)
        for payment_id in payables.keys() - sent:
            self._fail(payment_id, file)
        left_out = [each.id for each in file.instructions if each.id not in sent]
        written = file.written(sha256(message).hexdigest(), left_out, self._receipt.now)
        event = self._event(kept.head, written, BankEventType.PAYMENT_FILE_WRITTEN)
        self._orders.written(event, before=kept)
        return written

    def _fail(self, payment_id: str, file: PaymentFile) -> None:
        report = BankReport(
            instruction_id=payment_id,
            outcome=BankOutcome.FAILED,
            bank_reference=file.id,
            executed_at=self._receipt.now,
            reason=NOBODY,
        )
        book_report(report, caller=self._caller, payers=self._payers, receipt=self._receipt)

    def _event(self, head: StreamPosition, file: PaymentFile, type: str) -> Event:
        return Event.following(
            head,
            file,
            NothingToSeal(),
            stream=file.id,
            type=type,
            actor=self._caller.principal,
            now=self._receipt.now,
        )


def read_payment_file(
    file_id: str, *, caller: Caller, orders: PaymentOrders
) -> Stored[PaymentFile]:
    if mode_of(file_id) is not caller.mode:
        raise PaymentFileNotFound(file_id)
    return orders.get(file_id)


def book_report(
    report: BankReport, *, caller: Caller, payers: Payers, receipt: Idempotency
) -> None:
    """One payment of the many that a call is about, under a receipt of its own: when the call is
    repeated, it is found to be done. StaleRevision: another call has moved it since it was read."""
    own = replace(
        receipt,
        operation=f"{receipt.operation} {report.instruction_id}",
        render=lambda _kept: RecordedAnswer("{}"),
    )
    try:
        payers.report(report, caller=caller, receipt=own)
    except AlreadyAnswered:
        return
    except WrongState as moved:
        raise StaleRevision(report.instruction_id) from moved
