"""How a claim, a policy's register of claims and its shared limits are written as items."""

from collections.abc import Sequence

from insurance.domain.billing import BillingAccount
from insurance.domain.claim import Claim, NoticedClaim
from insurance.domain.claim.attention import waits_for, waits_from
from insurance.domain.claim.context import NoticeContext
from insurance.domain.core.event import Event
from insurance.domain.core.running_totals import LimitMovement
from insurance.domain.core.stored import Stored
from insurance.dynamodb import aggregates, codec, work_queue_index
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import RecordKeys
from insurance.dynamodb.kinds import CLAIM_REGISTER


def read_account(item: Item | None, keys: RecordKeys) -> Stored[BillingAccount] | None:
    return aggregates.read_stored(BillingAccount, item, keys) if item else None


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
