"""Send payments to the bank: those that wait, in one file, each once whatever fails when.

A call claims what waits for a file of its own in one transaction, and only then writes it. A call
that died in between is finished by the next one, by any caller: the file's name derives from the
call, and what stands under a name is never written again.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from insurance.domain.bank import Instruction, PaymentFile
from insurance.domain.bank.event_types import BankEventType
from insurance.domain.bank.payment_file import PAYMENTS_PER_FILE_MAX
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.control.stop import Activity, Reach, Stops
from insurance.domain.core.errors import KeyReused
from insurance.domain.core.identity import payment_file_id_for
from insurance.domain.core.money import Currency
from insurance.domain.core.stored import Stored
from insurance.domain.quote.pricing import territory_of
from insurance.operations.command import Command
from insurance.operations.payments.ports import PaymentPorts, PaymentQueue
from insurance.operations.payments.report_payment import report_one_of_many

PARTS_MAX: Final = 20
"""How often as many payments as a file takes are looked at for some that nothing holds."""

NO_PAYEE: Final = "The payee's data are gone, or name no account."


def send_payments(
    currency: Currency, command: Command, ports: PaymentPorts
) -> Sequence[PaymentFile]:
    """Send what waits in this currency and the caller's mode.

    Returns the files that this call wrote: at most one new one, and those left unwritten before.

    Raises:
        KeyReused: The caller's key was used for another currency.
        StaleRevision: Another call claimed the same payments.
    """
    own_id = payment_file_id_for(command.caller.mode, command.actor, command.idempotency.key)
    queue = ports.orders.load(command.caller.mode, currency, own_id, command)
    if queue.own is not None and queue.own.record.currency is not currency:
        raise KeyReused
    unwritten = [
        stored
        for stored in queue.unwritten
        if not _stopped(queue.stops, stored.record.instructions, command, ports)
    ]
    if queue.own is None:
        new = _make_file(own_id, currency, _ready(currency, queue, command, ports), command, ports)
        unwritten += [new] if new else []
    files = {queue.own.record.id: queue.own.record} if queue.own else {}
    for stored in unwritten:
        files[stored.record.id] = _write_file(stored, command, ports)
    result = tuple(files.values())
    ports.orders.record_answer(command.with_answer(result))
    return result


def _ready(
    currency: Currency, queue: PaymentQueue, command: Command, ports: PaymentPorts
) -> tuple[Instruction, ...]:
    """The first payments that wait and that nothing holds, at most one file of them.

    A payment that the bank has reported on in another way needs no file any more. One that is on hold,
    or held by a stop, waits on; those behind it go. A call that does not come to the end notes its place:
    the next one goes on from there, and then from the first, so that nothing waits behind what is held.
    """
    mode, first, rest = command.caller.mode, queue.place, bool(queue.place)
    place, waiting, ready = queue.place, queue.waiting, list[Instruction]()
    for _ in range(PARTS_MAX):
        payables = ports.payers.payables([instruction.id for instruction in waiting])
        gone = [instruction.id for instruction in waiting if instruction.id not in payables]
        if gone:
            ports.orders.drop(gone)
        payable = [
            instruction
            for instruction in waiting
            if instruction.id in payables and not payables[instruction.id].held
        ]
        stopped = _stopped(queue.stops, payable, command, ports)
        ready += [instruction for instruction in payable if instruction.id not in stopped]
        if len(ready) >= PAYMENTS_PER_FILE_MAX:
            place = ready[PAYMENTS_PER_FILE_MAX - 1].id
            break
        is_end = len(waiting) < PAYMENTS_PER_FILE_MAX
        if is_end and not rest:
            place = ""
            break
        place, rest = ("", False) if is_end else (waiting[-1].id, rest)
        waiting = ports.orders.waiting_after(mode, currency, place)
        if first and not rest:  # from the first again, up to where this call began
            waiting = [instruction for instruction in waiting if instruction.id <= first]
    if place != queue.place:
        ports.orders.note_place(mode, currency, before=queue.place, after=place)
    return tuple(ready[:PAYMENTS_PER_FILE_MAX])


def _stopped(
    stops: Stops, instructions: Sequence[Instruction], command: Command, ports: PaymentPorts
) -> frozenset[str]:
    """Those of the payments that a stop holds."""
    holding = stops.of_activity(Activity.PAY)
    if not holding or not instructions:
        return frozenset()
    policies = ports.policies.of([instruction.id for instruction in instructions])

    def reach(payment_id: str) -> Reach:
        policy = policies.get(payment_id)
        if policy is None:
            return Reach(None, None, None)
        product = ports.products.version(policy.product)
        return Reach(product.code, territory_of(policy, product), policy.partner)

    return frozenset(
        instruction.id
        for instruction in instructions
        if any(
            stop.holds(Activity.PAY, reach(instruction.id), command.received_at) for stop in holding
        )
    )


def _make_file(
    file_id: str,
    currency: Currency,
    ready: tuple[Instruction, ...],
    command: Command,
    ports: PaymentPorts,
) -> Stored[PaymentFile] | None:
    """A new file, if there is a payment for it."""
    if not ready:
        return None
    file = PaymentFile(
        id=file_id,
        mode=command.caller.mode,
        currency=currency,
        made_at=command.now,
        instructions=ready,
    )
    event = command.event(file.id, file, BankEventType.PAYMENT_FILE_MADE, None)
    ports.orders.make(event, file)
    return Stored(file, event.head, None)


def _write_file(stored: Stored[PaymentFile], command: Command, ports: PaymentPorts) -> PaymentFile:
    """The file as it stands with the bank, whichever call wrote it first.

    A payment without a payee is left out, and we report it as failed. Where no payment is left, an
    empty file says so: a later call, which may know more, must not write another one.
    """
    file = stored.record
    payables = ports.payers.payables([instruction.id for instruction in file.instructions])
    ready = [
        payable for payable in payables.values() if payable.payee and payable.payee.has_account
    ]
    message = ports.messages.write(file, ready) if ready else b""
    if not ports.objects.put(file.name, message, media_type="application/xml"):
        message = ports.objects.get(file.name) or b""
    sent = ports.messages.payments_in(message)
    for payment_id in payables.keys() - sent:
        failed = BankReport(payment_id, BankOutcome.FAILED, file.id, command.now, NO_PAYEE)
        report_one_of_many(failed, command, ports.payers)
    left_out = [instruction.id for instruction in file.instructions if instruction.id not in sent]
    written = file.written(sha256(message).hexdigest(), left_out, command.now)
    event = command.event(file.id, written, BankEventType.PAYMENT_FILE_WRITTEN, stored)
    ports.orders.mark_written(event, before=stored)
    return written
