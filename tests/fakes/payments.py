"""The ports of payments in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from collections.abc import Mapping, Sequence

from insurance.domain.bank import Instruction, PaymentFile
from insurance.domain.bank.payment_file import PAYMENTS_PER_FILE_MAX
from insurance.domain.core.errors import (
    PaymentFileNotFound,
    StaleRevision,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, policy_id_for
from insurance.domain.core.money import Currency
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.operations.command import Command
from insurance.operations.payments.ports import PaymentQueue

from tests.fakes.controls import MemoryStops
from tests.fakes.memory import Memory


class MemoryPaymentOrders:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._waiting: dict[str, Instruction] = {}
        self._known: set[str] = set()
        """Payments that wait, or that a file has claimed."""
        self._files: dict[str, Stored[PaymentFile]] = {}
        self._places: dict[tuple[Mode, Currency], str] = {}

    def add(self, instruction: Instruction) -> None:
        if instruction.id not in self._known:
            self._known.add(instruction.id)
            self._waiting[instruction.id] = instruction

    def load(self, mode: Mode, currency: Currency, file_id: str, command: Command) -> PaymentQueue:
        self._memory.check(command.idempotency)
        unwritten = [
            kept
            for kept in self._files.values()
            if kept.record.written_at is None
            and (kept.record.mode, kept.record.currency) == (mode, currency)
        ]
        place = self._places.get((mode, currency), "")
        return PaymentQueue(
            self._after(place, mode, currency),
            unwritten,
            self._files.get(file_id),
            MemoryStops(self._memory).leased(mode),
            place,
        )

    def note_place(self, mode: Mode, currency: Currency, *, before: str, after: str) -> None:
        if self._places.get((mode, currency), "") != before:
            raise StaleRevision("The queue of payments")
        self._places[mode, currency] = after

    def waiting_after(
        self, mode: Mode, currency: Currency, payment_id: str
    ) -> Sequence[Instruction]:
        return self._after(payment_id, mode, currency)

    def _after(self, payment_id: str, mode: Mode, currency: Currency) -> Sequence[Instruction]:
        waiting = [
            each
            for each in self._waiting.values()
            if each.mode is mode and each.amount.currency is currency and each.id > payment_id
        ]
        return sorted(waiting, key=lambda each: each.id)[:PAYMENTS_PER_FILE_MAX]

    def get(self, file_id: str) -> Stored[PaymentFile]:
        if file_id not in self._files:
            raise PaymentFileNotFound(file_id)
        return self._files[file_id]

    def drop(self, payment_ids: Sequence[str]) -> None:
        self._claim(payment_ids, "The queue of payments")
        self._known -= set(payment_ids)

    def of(self, payment_ids: Sequence[str]) -> frozenset[str]:
        """Those that no file has claimed."""
        return frozenset(payment_ids) - (self._known - set(self._waiting))

    def make(self, event: Event, file: PaymentFile) -> None:
        self._claim([each.id for each in file.instructions], file.id)
        self._memory.append(event, lambda: StaleRevision(file.id))
        self._files[file.id] = Stored(file, event.head, None)

    def _claim(self, payment_ids: Sequence[str], what: str) -> None:
        if any(payment_id not in self._waiting for payment_id in payment_ids):
            raise StaleRevision(what)
        for payment_id in payment_ids:
            del self._waiting[payment_id]

    def mark_written(self, event: Event, *, before: Stored[PaymentFile]) -> None:
        if self._files[before.record.id].head != before.head:
            raise StaleRevision(before.record.id)
        self._memory.append(event, lambda: StaleRevision(before.record.id))
        file = PaymentFile.merge_personal(event.facts, {})
        self._files[file.id] = Stored(file, event.head, None)

    def record_answer(self, command: Command) -> None:
        self._memory.check(command.idempotency)
        self._memory.keep(command.idempotency)


class MemoryPaidPolicies:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def of(self, payment_ids: Sequence[str]) -> Mapping[str, Policy]:
        policies = {id: policy_id_for(id.rsplit("_", 1)[0]) for id in payment_ids}
        return {
            payment_id: self._memory.policies[policy_id].record
            for payment_id, policy_id in policies.items()
            if policy_id in self._memory.policies
        }
