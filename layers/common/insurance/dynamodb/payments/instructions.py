"""Instructions as they come from the stream: one item each, on the queue of their mode and currency."""

from contextlib import suppress
from typing import TYPE_CHECKING

from insurance.domain.bank import Instruction
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.dynamodb import codec
from insurance.dynamodb.kinds import INSTRUCTION
from insurance.dynamodb.payment_queue import FILE, NO_FILE, WAITING
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, transact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def queue_of(mode: Mode, currency: Currency) -> str:
    return f"{mode}#{currency}"


class AlreadyQueued(Exception):
    """An instruction is there already."""


class DynamoDBInstructions:
    """Takes instructions in from the stream of events."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
    ) -> None:
        self._client = client
        self._table = tables.payments

    def add(self, instruction: Instruction) -> None:
        """Queue it once; one that waits or stands in a file is left as it is, whatever became of it."""
        item = {
            "id": codec.text(instruction.id),
            "v": INSTRUCTION.mark,
            "amount": codec.number(instruction.amount.amount),
            WAITING: codec.text(queue_of(instruction.mode, instruction.amount.currency)),
        }
        unless_it_waits = "attribute_not_exists(id) OR #file = :none"
        request = {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": unless_it_waits,
            "ExpressionAttributeNames": {"#file": FILE},  # the word is reserved
            "ExpressionAttributeValues": {":none": codec.text(NO_FILE)},
        }
        with suppress(AlreadyQueued):
            queued = Write("Put", request, lambda _item: AlreadyQueued())
            transact(self._client, [queued])
