"""How a claim, a policy's register of claims and its shared limits are written as items."""

from collections.abc import Sequence

from insurance.domain.billing import BillingAccount
from insurance.domain.claim import Claim, NoticedClaim
from insurance.domain.claim.attention import waits_for, waits_from
from insurance.domain.claim.context import NoticeContext
from insurance.domain.core.event import Event
from insurance.domain.core.stored import Stored
from insurance.dynamodb import aggregates, codec, work_queue_index
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import RecordKeys


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


def register_item(claim: Claim, context: NoticeContext) -> Item:
    """The policy's register with the new claim entered. It can be rebuilt from the claims' events."""
    entries = [
        noticed.model_dump(mode="json", exclude_none=True)
        for noticed in (*context.noticed, claim.noticed())
    ]
    return {
        "id": codec.text(claim.policy_id),
        "v": codec.number(codec.SCHEMA_VERSION),
        "revision": codec.number(context.register_revision + 1),
        "body": codec.binary(codec.pack({"claims": entries})),
    }


def read_register(item: Item | None) -> Sequence[NoticedClaim]:
    if item is None:
        return ()
    entries = codec.unpack(item["body"]["B"])["claims"]
    return tuple(NoticedClaim.model_validate_json(codec.write(entry)) for entry in entries)
