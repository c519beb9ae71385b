"""What the queue of payments promises, in memory and on a real engine."""

from dataclasses import dataclass
from typing import Any

import pytest
from insurance.domain.bank import Instruction, PaymentFile
from insurance.domain.bank.event_types import BankEventType
from insurance.domain.core.errors import PaymentFileNotFound, StaleRevision
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.stored import Stored
from insurance.dynamodb.stores import Stores
from insurance.operations.idempotency import AlreadyAnswered, RecordedAnswer
from insurance.operations.payments.ports import PaymentOrders, UnsentPayments

from tests.fakes.keys import PlainKeys
from tests.fakes.memory import Memory
from tests.fakes.payments import MemoryPaymentOrders
from tests.support.builders import NOW, make_command
from tests.support.engine import make_tables

FILE_ID, OTHER_ID = "pmf_test_0000000000000000", "pmf_test_1111111111111111"


@dataclass(frozen=True)
class Kit:
    instructions: Any
    orders: PaymentOrders
    unsent: UnsentPayments

    def queue(self, currency: Currency = Currency.GBP, mode: Mode = Mode.TEST) -> Any:
        return self.orders.load(mode, currency, FILE_ID, make_command("look"))

    def waiting(self, *arguments: Any) -> list[str]:
        return [each.id for each in self.queue(*arguments).waiting]


@pytest.fixture(params=["memory", "dynamodb"])
def kit(request: pytest.FixtureRequest) -> Kit:
    if request.param == "memory":
        orders = MemoryPaymentOrders(Memory())
        return Kit(orders, orders, orders)
    dynamodb = request.getfixturevalue("dynamodb")
    stores = Stores(lambda: dynamodb, make_tables(dynamodb).__getitem__, PlainKeys, PlainKeys)
    return Kit(stores.instructions, stores.payment_orders, stores.unsent_payments)


def instruction(
    number: int, currency: Currency = Currency.GBP, mode: Mode = Mode.TEST
) -> Instruction:
    prefix = "pay_test" if mode is Mode.TEST else "pay"
    id = f"{prefix}_0123456789abcdefghjkmn_{number}"
    return Instruction(id=id, mode=mode, amount=Money(amount=100 * number, currency=currency))


def file_of(*instructions: Instruction, id: str = FILE_ID) -> Stored[PaymentFile]:
    file = PaymentFile(
        id=id, mode=Mode.TEST, currency=Currency.GBP, made_at=NOW, instructions=instructions
    )
    return Stored(file, event_of(StreamPosition(), file).head, None)


def event_of(head: StreamPosition, file: PaymentFile) -> Event:
    return Event.following(
        head,
        file,
        NothingToSeal(),
        stream=file.id,
        type=BankEventType.PAYMENT_FILE_MADE,
        actor="finance",
        now=NOW,
    )


def make(kit: Kit, kept: Stored[PaymentFile]) -> None:
    kit.orders.make(event_of(StreamPosition(), kept.record), kept.record)


def test_an_instruction_waits_once_however_often_it_is_told(kit):
    for _ in range(3):
        kit.instructions.add(instruction(1))

    assert kit.queue().waiting == [instruction(1)]


def test_a_payment_is_unsent_until_a_file_has_claimed_it(kit):
    queued, claimed, dropped = instruction(1), instruction(2), instruction(3)
    for each in (queued, claimed, dropped):
        kit.instructions.add(each)
    kit.orders.drop([dropped.id])
    make(kit, file_of(claimed))
    unknown = instruction(4).id

    of = [queued.id, claimed.id, dropped.id, unknown]

    assert kit.unsent.of(of) == {queued.id, dropped.id, unknown}


def test_a_payment_that_left_the_queue_without_a_file_waits_again_when_it_is_told_again(kit):
    for each in (instruction(1), instruction(2)):
        kit.instructions.add(each)
    kit.orders.drop([instruction(1).id])
    make(kit, file_of(instruction(2)))

    for each in (instruction(1), instruction(2)):
        kit.instructions.add(each)

    assert kit.waiting() == [instruction(1).id]


def test_the_next_call_begins_behind_the_place_that_was_noted(kit):
    for number in (1, 2, 3):
        kit.instructions.add(instruction(number))

    place = instruction(2).id
    kit.orders.note_place(Mode.TEST, Currency.GBP, before="", after=place)

    queue = kit.queue()
    assert (queue.waiting, queue.place) == ([instruction(3)], place)
    assert len(kit.orders.waiting_after(Mode.TEST, Currency.GBP, "")) == 3
    assert kit.queue(Currency.USD).place == kit.queue(Currency.GBP, Mode.LIVE).place == ""
    with pytest.raises(StaleRevision):
        kit.orders.note_place(Mode.TEST, Currency.GBP, before="", after=instruction(1).id)
    kit.orders.note_place(Mode.TEST, Currency.GBP, before=place, after="")
    assert len(kit.waiting()) == 3


def test_modes_and_currencies_wait_apart(kit):
    live, dollars = instruction(2, mode=Mode.LIVE), instruction(3, Currency.USD)
    for each in (instruction(1), live, dollars):
        kit.instructions.add(each)

    assert kit.waiting() == [instruction(1).id]
    assert kit.waiting(Currency.GBP, Mode.LIVE) == [live.id]
    assert kit.waiting(Currency.USD) == [dollars.id]


def test_what_stands_in_a_file_waits_no_more_and_does_not_come_back(kit):
    kit.instructions.add(instruction(1))
    make(kit, file_of(instruction(1)))

    kit.instructions.add(instruction(1))

    assert kit.waiting() == []
    assert [kept.record.id for kept in kit.queue().unwritten] == [FILE_ID]
    assert kit.queue().own == kit.orders.get(FILE_ID)


def test_a_payment_stands_in_one_file(kit):
    for number in (1, 2):
        kit.instructions.add(instruction(number))
    make(kit, file_of(instruction(1)))

    with pytest.raises(StaleRevision):
        make(kit, file_of(instruction(1), instruction(2), id=OTHER_ID))

    assert kit.waiting() == [instruction(2).id]
    with pytest.raises(PaymentFileNotFound):
        kit.orders.get(OTHER_ID)


def test_a_file_is_kept_as_written_once(kit):
    kit.instructions.add(instruction(1))
    kept = file_of(instruction(1))
    make(kit, kept)
    written = kept.record.written("0" * 64, [], NOW)
    kit.orders.mark_written(event_of(kept.head, written), before=kept)

    with pytest.raises(StaleRevision):
        kit.orders.mark_written(event_of(kept.head, written), before=kept)

    assert kit.orders.get(FILE_ID).record == written
    assert kit.queue().unwritten == []


def test_what_was_dropped_waits_no_more(kit):
    kit.instructions.add(instruction(1))

    kit.orders.drop([instruction(1).id])

    assert kit.waiting() == []


def test_ninety_payments_are_claimed_at_once(kit):
    many = [instruction(number) for number in range(1, 91)]
    for each in many:
        kit.instructions.add(each)

    make(kit, file_of(*many))

    assert kit.waiting() == []


def test_an_answer_is_given_again(kit):
    command = make_command("send", render=lambda _result: RecordedAnswer("[]"))
    kit.orders.record_answer(command.with_answer(()))

    with pytest.raises(AlreadyAnswered):
        kit.orders.load(Mode.TEST, Currency.GBP, FILE_ID, command)
