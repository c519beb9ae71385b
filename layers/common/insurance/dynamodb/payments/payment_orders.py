"""Payments on their way to the bank: one item each from approval on, and one for each file."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from insurance.domain.bank import Instruction, PaymentFile
from insurance.domain.bank.payment_file import PAYMENTS_PER_FILE_MAX
from insurance.domain.core.errors import PaymentFileNotFound, StaleRevision
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.stored import Stored
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.controls.stops import stops_key, stops_of
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.kinds import PAYMENT_PLACE
from insurance.dynamodb.payment_queue import FILE, NO_FILE, WAITING
from insurance.dynamodb.payments.instructions import queue_of
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Refusal, Write, add, load, put, query, transact, update
from insurance.operations.command import Command
from insurance.operations.payments.ports import PaymentQueue

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBPaymentOrders:
    """The port `PaymentOrders` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        idempotency: IdempotencyRecords,
    ) -> None:
        self._client = client
        self._tables = tables
        self._table = tables.payments
        self._events_table = tables.events
        self._idempotency = idempotency

    def load(self, mode: Mode, currency: Currency, file_id: str, command: Command) -> PaymentQueue:
        own, noted, earlier, stops = load(
            self._client,
            [
                self._key(file_id),
                self._place(mode, currency),
                self._idempotency.key(command.idempotency),
                stops_key(self._tables, mode),
            ],
        )
        self._idempotency.check(command.idempotency, earlier)
        place = PAYMENT_PLACE.current(noted)["place"]["S"] if noted else ""
        return PaymentQueue(
            waiting=self.waiting_after(mode, currency, place),
            unwritten=[
                aggregates.read_stored(PaymentFile, item, None)
                for item in self._waiting(_files(mode, currency))
            ],
            own=aggregates.read_stored(PaymentFile, own, None) if own else None,
            stops=stops_of(mode, stops).record,
            place=place,
        )

    def waiting_after(
        self, mode: Mode, currency: Currency, payment_id: str
    ) -> Sequence[Instruction]:
        found = self._waiting(queue_of(mode, currency), after=payment_id or " ")
        return [_instruction(item) for item in found]

    def note_place(self, mode: Mode, currency: Currency, *, before: str, after: str) -> None:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision("The queue of payments")

        table, key = self._place(mode, currency)
        item = {**key, "v": PAYMENT_PLACE.mark, "place": codec.text(after)}
        condition = "place = :before" if before else "attribute_not_exists(id) OR place = :before"
        write = put(table, item, stale, condition=condition, before=codec.text(before))
        transact(self._client, [write])

    def get(self, file_id: str) -> Stored[PaymentFile]:
        """A file.

        Raises:
            PaymentFileNotFound: There is no such file.
        """
        [item] = load(self._client, [self._key(file_id)])
        if item is None:
            raise PaymentFileNotFound(file_id)
        return aggregates.read_stored(PaymentFile, item, None)

    def drop(self, payment_ids: Sequence[str]) -> None:
        def claimed(_item: Item | None) -> Exception:
            return StaleRevision("The queue of payments")

        transact(self._client, [self._off_the_queue(id, NO_FILE, claimed) for id in payment_ids])

    def make(self, event: Event, file: PaymentFile) -> None:
        def claimed(_item: Item | None) -> Exception:
            return StaleRevision(file.id)

        item = _file_item(event) | {WAITING: codec.text(_files(file.mode, file.currency))}
        transact(
            self._client,
            [
                *(
                    self._off_the_queue(instruction.id, file.id, claimed)
                    for instruction in file.instructions
                ),
                add(self._table, item, claimed, key="id"),
                aggregates.append(self._events_table, event, taken=claimed),
            ],
        )

    def mark_written(self, event: Event, *, before: Stored[PaymentFile]) -> None:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(before.record.id)

        transact(
            self._client,
            [
                put(
                    self._table,
                    _file_item(event),
                    stale,
                    condition=aggregates.AT_REVISION,
                    seen=codec.number(before.head.sequence),
                ),
                aggregates.append(self._events_table, event, taken=stale),
            ],
        )

    def record_answer(self, command: Command) -> None:
        transact(self._client, [self._idempotency.keep(command.idempotency)])

    def _waiting(self, queue: str, after: str = " ") -> list[Item]:
        """What the index has under this queue, as it stands now: the index follows a little later."""
        keys = query(
            self._client,
            consistent=False,
            TableName=self._table,
            IndexName=WAITING,
            KeyConditionExpression="waiting = :queue AND id > :after",
            ExpressionAttributeValues={":queue": codec.text(queue), ":after": codec.text(after)},
            Limit=PAYMENTS_PER_FILE_MAX,
        )
        items = load(self._client, [(self._table, {"id": key["id"]}) for key in keys])
        return [item for item in items if item and item.get(WAITING) == codec.text(queue)]

    def _off_the_queue(self, id: str, file_id: str, refusal: Refusal) -> Write:
        return update(
            self._table,
            {"id": codec.text(id)},
            {FILE: codec.text(file_id)},
            refusal,
            condition="attribute_exists(waiting)",
            removed=[WAITING],
        )

    def _place(self, mode: Mode, currency: Currency) -> tuple[str, Item]:
        return self._table, {"id": codec.text(f"place_{mode}_{currency}")}

    def _key(self, file_id: str) -> tuple[str, Item]:
        return self._table, {"id": codec.text(file_id)}


def _files(mode: Mode, currency: Currency) -> str:
    """Files wait apart from payments, so that many payments cannot hide one that was not written."""
    return f"{queue_of(mode, currency)}#files"


def _instruction(item: Item) -> Instruction:
    mode, currency = item[WAITING]["S"].split("#")
    amount = Money(amount=int(item["amount"]["N"]), currency=Currency(currency))
    return Instruction(id=item["id"]["S"], mode=Mode(mode), amount=amount)


def _file_item(event: Event) -> Item:
    return {
        "id": codec.text(event.stream),
        **aggregates.head_columns(event.head),
        **aggregates.body_columns(event),
    }
