"""Instructions as they come from the stream: one item each, on the queue of their mode and currency."""

from typing import TYPE_CHECKING

from insurance.domain.bank import Instruction
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.dynamodb import codec
from insurance.dynamodb.kinds import INSTRUCTION
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import add, transact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WAITING = "waiting"
"""The index of what waits, by mode and currency: only items that do wait have this column."""


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
        """Queue it once; one that was queued before is left as it is, whatever became of it."""
        item = {
            "id": codec.text(instruction.id),
            "v": INSTRUCTION.mark,
            "amount": codec.number(instruction.amount.amount),
            WAITING: codec.text(queue_of(instruction.mode, instruction.amount.currency)),
        }
        try:
            transact(
                self._client, [add(self._table, item, lambda _item: AlreadyQueued(), key="id")]
            )
        except AlreadyQueued:
            return
