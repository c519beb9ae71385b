"""How a claim, a policy's register of claims and its shared limits are written as items."""

from collections.abc import Sequence
from typing import Any, Final

from insurance.domain.billing import BillingAccount
from insurance.domain.claim import Claim, NoticedClaim
from insurance.domain.claim.attention import waits_for, waits_from
from insurance.domain.claim.context import NoticeContext
from insurance.domain.claim.limits import LimitMovement
from insurance.domain.core.event import Event
from insurance.domain.core.stored import Stored
from insurance.dynamodb import aggregates, codec, work_queue_index
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import RecordKeys
from insurance.dynamodb.kinds import CLAIM_REGISTER

USED: Final = "used_"
"""In front of an aggregate's code: the column that says how much of it is taken."""

LIFE: Final = "life_"
"""The same of what others than the claims of this term share: it stands with the first term's policy, or by
itself."""


def read_account(item: Item | None, keys: RecordKeys) -> Stored[BillingAccount] | None:
    return aggregates.read_stored(BillingAccount, item, keys) if item else None


def read_used(item: Item | None, column: str) -> dict[str, int]:
    return {
        name.removeprefix(column): int(value["N"])
        for name, value in (item or {}).items()
        if name.startswith(column)
    }


def claim_item(event: Event, claim: Claim) -> Item:
    return {
        "id": codec.text(event.stream),
        **aggregates.head_columns(event.head),
        **aggregates.body_columns(event),
        **queue_columns(claim),
    }


def queue_columns(claim: Claim) -> Item:
    """By whom the claim is waited for, and since when."""
    return work_queue_index.waiting_columns(claim.id, waits_for(claim), waits_from(claim))


def register_columns(claim: Claim, context: NoticeContext) -> dict[str, Item]:
    """What a new claim changes in its policy's register. It can be rebuilt from the claims' events."""
    entries = [
        noticed.model_dump(mode="json", exclude_none=True)
        for noticed in (*context.noticed, claim.noticed())
    ]
    return {
        ":v": CLAIM_REGISTER.mark,
        ":revision": codec.number(context.register_revision + 1),
        ":body": codec.binary(codec.pack({"claims": entries})),
        ":seen": codec.number(context.register_revision),
    }


def read_register(item: Item | None) -> Sequence[NoticedClaim]:
    if item is None or "body" not in item:
        return ()  # no claim was entered yet, though others may share its limits
    entries = codec.unpack(item["body"]["B"])["claims"]
    return tuple(codec.read_value(NoticedClaim, entry) for entry in entries)


def read_revision(item: Item | None) -> int:
    """How many claims were entered in the register."""
    return int(item["revision"]["N"]) if item and "revision" in item else 0


def in_pool(moved: Sequence[LimitMovement], pool: str, claim: Claim) -> Sequence[LimitMovement]:
    """The movements in the item of this pool."""
    return [each for each in moved if (each.pool or claim.policy_id) == pool]


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
