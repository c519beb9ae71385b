"""The queue of payments for the bank, as what pays them sees it: one item each, from approval on."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from insurance.domain.bank.outgoing_payment import OutgoingPayment, recalled
from insurance.domain.core.errors import StaleRevision
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import INSTRUCTION
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, load, update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WAITING = "waiting"
"""The index of what waits, by mode and currency: only items that do wait have this column."""
FILE = "file"
"""The column with the id of the file that a payment stands in."""
NO_FILE = "none"
"""In place of it: the payment was not to be carried out when a file was made. It may be later: one that was
recalled, and let go again."""


class DynamoDBUnsentPayments:
    """The port `UnsentPayments` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.payments

    def of(self, payment_ids: Sequence[str]) -> frozenset[str]:
        items = load(self._client, [(self._table, _key(id)) for id in payment_ids])
        return frozenset(
            payment_id
            for payment_id, item in zip(payment_ids, items, strict=True)
            if item is None or item.get(FILE, codec.text(NO_FILE)) == codec.text(NO_FILE)
        )


def recalls(
    tables: Tables, before: Sequence[OutgoingPayment], after: Iterable[OutgoingPayment]
) -> list[Write]:
    """Take recalled payments off the queue. Refused where a file has claimed one since."""

    def claimed(_item: Item | None) -> Exception:
        return StaleRevision("The queue of payments")

    return [
        update(
            tables.payments,  # named here alone: who recalls nothing has no right to it
            _key(payment_id),
            {"v": INSTRUCTION.mark, FILE: codec.text(NO_FILE)},
            claimed,
            condition="attribute_not_exists(#1) OR #1 = :set1",  # the file
            removed=[WAITING],
        )
        for payment_id in recalled(before, after)
    ]


def _key(payment_id: str) -> Item:
    return {"id": codec.text(payment_id)}
