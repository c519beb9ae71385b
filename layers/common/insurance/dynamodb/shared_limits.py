"""Shared limits and running totals as columns of items that change by arithmetic, each as far as there is room."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from insurance.domain.core.identity import Mode, index_key_id_for
from insurance.domain.core.money import Money
from insurance.domain.core.running_totals import LimitMovement, Pool, Room
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.parties.index_keys import DynamoDBIndexKeys
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Refusal, Write, load

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

USED: Final = "used_"
"""In front of an aggregate's code: the column that says how much of it is taken."""

LIFE: Final = "life_"
"""The same of what others than the claims of this term share: it stands with the first term's policy, or by
itself."""


def read_used(item: Item | None, column: str) -> dict[str, int]:
    return {
        name.removeprefix(column): int(value["N"])
        for name, value in (item or {}).items()
        if name.startswith(column)
    }


def arithmetic(
    place: tuple[str, Item],
    moved: Sequence[LimitMovement],
    *,
    entering: dict[str, Item] | None = None,
) -> dict[str, Any]:
    """An Update that moves limits that stand in one item, each as far as there is room, and enters a
    claim in the register beside them."""
    names, conditions, adds = {}, [], []
    values: dict[str, Item] = dict(entering or {})
    for number, movement in enumerate(moved):
        names[f"#{number}"] = (LIFE if movement.pool else USED) + movement.code
        adds.append(f"#{number} :change{number}")
        values[f":change{number}"] = codec.number(movement.change)
        if movement.change > 0:
            conditions.append(f"(attribute_not_exists(#{number}) OR #{number} <= :room{number})")
            values[f":room{number}"] = codec.number(movement.room)
    expression = f"ADD {', '.join(adds)}" if adds else ""
    if entering is not None:
        names |= {"#v": "v", "#revision": "revision", "#body": "body"}
        expression = f"SET #v = :v, #revision = :revision, #body = :body {expression}".strip()
        conditions.append("(attribute_not_exists(#revision) OR #revision = :seen)")
    table, key = place
    request = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": expression,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    return request | ({"ConditionExpression": " AND ".join(conditions)} if conditions else {})


class DynamoDBRunningTotals:
    """The port `RunningTotals` on DynamoDB: one item for each total, beside the claims."""

    def __init__(
        self, client: "DynamoDBClient", tables: Tables, *, index_keys: DynamoDBIndexKeys
    ) -> None:
        self._client = client
        self._tables = tables  # by need: who moves no total has no access to that table
        self._index_keys = index_keys

    def totals(self, pools: Sequence[Pool], *, look: bool = True) -> Sequence[Room]:
        ids = {pool: pool.id or self._hashed(pool) for pool in pools}
        known = [(pool, id) for pool, id in ids.items() if id is not None]
        if not look:
            return [Room(pool.total, None, pool.whole, id) for pool, id in known]
        items = load(self._client, [self._place(id) for _, id in known])
        return [
            Room(pool.total, _used(pool, item), pool.whole, id)
            for (pool, id), item in zip(known, items, strict=True)
        ]

    def moved(self, totals: Sequence[LimitMovement], refused: Refusal) -> list[Write]:
        """What a transaction adds to totals: refused where others have left too little room in one."""
        return [
            Write("Update", arithmetic(self._place(each.pool), [each]), refused)
            for each in totals
            if each.pool is not None
        ]

    def _hashed(self, pool: Pool) -> str | None:
        """Where a running total of an account is kept; None: there is no key for hashes yet."""
        mode = Mode(pool.name.partition("#")[0])
        if not self._index_keys.is_known(mode):
            place: Item = {"id": codec.text(index_key_id_for(mode))}
            [item] = load(self._client, [(self._tables.parties, place)])
            if item is None:
                return None
            self._index_keys.learn(mode, item)
        return f"total_{pool.total}_{self._index_keys.token(mode, pool.total, pool.name)}"

    def _place(self, id: str) -> tuple[str, Item]:
        return self._tables.claims, {"id": codec.text(id)}


def _used(pool: Pool, item: Item | None) -> Money:
    return Money(amount=read_used(item, LIFE).get(pool.total, 0), currency=pool.whole.currency)
