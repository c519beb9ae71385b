"""Proofs of possession that were used, for as long as one would be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from insurance.dynamodb import codec
from insurance.dynamodb.kinds import USED_PROOF
from insurance.dynamodb.transaction import put, transact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from insurance.dynamodb.codec import Item
    from insurance.dynamodb.tables import Tables

NOT_BY_ANOTHER = "attribute_not_exists(id) OR used_by = :used_by"
"""A try after a lost reply finds what this call itself has written."""


class _UsedBefore(Exception):
    """Another call used the proof."""


class DynamoDBUsedProofs:
    """One item a proof, put on condition that there is none: two instances cannot both use one."""

    def __init__(self, client: DynamoDBClient, tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def use(self, id: str, *, expires_at: int) -> bool:
        """Note that a proof is used; false where it was used before.

        Raises:
            Unavailable: The table is busy.
        """
        used_by = codec.text(uuid4().hex)
        item: Item = {
            "id": codec.text(id),
            "v": USED_PROOF.mark,
            "used_by": used_by,
            "expires_at": codec.number(expires_at),
        }
        write = put(self._tables.proofs, item, _refusal, condition=NOT_BY_ANOTHER, used_by=used_by)
        try:
            transact(self._client, [write])
        except _UsedBefore:
            return False
        return True


def _refusal(_there: Item | None) -> Exception:
    return _UsedBefore()
