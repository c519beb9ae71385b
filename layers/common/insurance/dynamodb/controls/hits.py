"""How often each rule of an access policy has refused a call: one item a policy, with two columns a rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from insurance.domain.control.access_policy import RuleHits
from insurance.domain.core.errors import Unavailable
from insurance.dynamodb import codec
from insurance.dynamodb.kinds import ACCESS_HITS
from insurance.dynamodb.transaction import read

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from insurance.domain.control.decision import CompiledRule
    from insurance.domain.core.identity import Mode
    from insurance.dynamodb.codec import Item
    from insurance.dynamodb.tables import Tables

_REFUSED: Final = "refused_"
_LAST: Final = "last_"


def note_refusal(
    client: DynamoDBClient, tables: Tables, by: CompiledRule, mode: Mode, at: datetime
) -> None:
    """Count one. It is sent once: with a second try after a lost reply it might count twice.

    Raises:
        Unavailable: The table does not answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - calls that pass need none

    table, key = _place(tables, mode, by.policy)
    try:
        client.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="SET #v = :v, #last = :at ADD #refused :one",
            ExpressionAttributeNames={
                "#v": "v",
                "#last": f"{_LAST}{by.rule.code}",
                "#refused": f"{_REFUSED}{by.rule.code}",
            },
            ExpressionAttributeValues={
                ":v": ACCESS_HITS.mark,
                ":at": codec.number(int(at.timestamp())),
                ":one": codec.number(1),
            },
        )
    except (ClientError, BotoCoreError) as error:
        raise Unavailable("The count of refusals") from error


def read_hits(
    client: DynamoDBClient, tables: Tables, mode: Mode, code: str
) -> Mapping[str, RuleHits]:
    """By the codes of rules; those that refused nothing are missing."""
    item = read(client, *_place(tables, mode, code)) or {}
    return {
        name.removeprefix(_REFUSED): RuleHits(int(value["N"]), _last(item, name))
        for name, value in item.items()
        if name.startswith(_REFUSED)
    }


def _last(item: Item, name: str) -> datetime:
    seconds = int(item[f"{_LAST}{name.removeprefix(_REFUSED)}"]["N"])
    return datetime.fromtimestamp(seconds, UTC)


def _place(tables: Tables, mode: Mode, code: str) -> tuple[str, Item]:
    return tables.controls, {"id": codec.text(f"hits_{mode}_{code}")}
