"""Access policies in their table, and one row with what is in force of all: what the edge reads."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from insurance.domain.control.access_policy import AccessPolicy, PoliciesInForce, RuleHits
from insurance.domain.core.errors import AccessPolicyNotFound, StaleRevision
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, access_policy_id_for
from insurance.domain.core.stored import Stored
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.controls.hits import read_hits
from insurance.dynamodb.controls.rules_in_force import revision_of, rules_in, rules_key
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.kinds import ACCESS_RULES
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, load, put, query, read, transact
from insurance.operations.command import Command
from insurance.operations.controls.ports import LoadedPolicy
from insurance.operations.listing import ListEntry, ListRange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBAccessPolicies:
    """The port `AccessPolicies` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        idempotency: IdempotencyRecords,
    ) -> None:
        self._client = client
        self._tables = tables
        self._idempotency = idempotency

    def get(self, mode: Mode, code: str) -> Stored[AccessPolicy]:
        """A policy.

        Raises:
            AccessPolicyNotFound: There is none.
        """
        item = read(self._client, *self._policy(mode, code))
        if item is None:
            raise AccessPolicyNotFound(code)
        return aggregates.read_stored(AccessPolicy, item, None)

    def hits(self, mode: Mode, code: str) -> Mapping[str, RuleHits]:
        return read_hits(self._client, self._tables, mode, code)

    def in_force(self, mode: Mode) -> PoliciesInForce:
        return rules_in(read(self._client, *rules_key(self._tables, mode)))

    def policies(self, mode: Mode, part: ListRange) -> Sequence[ListEntry[AccessPolicy]]:
        items = query(
            self._client,
            consistent=False,
            TableName=self._tables.controls,
            IndexName="list",
            KeyConditionExpression="#list = :list AND code > :after",
            ExpressionAttributeNames={"#list": "list"},
            ExpressionAttributeValues={
                ":list": codec.text(mode),
                ":after": codec.text(part.after or " "),
            },
            Limit=part.limit,
        )
        return [
            ListEntry(item["code"]["S"], aggregates.read_stored(AccessPolicy, item, None).record)
            for item in items
        ]

    def load(self, code: str, command: Command) -> LoadedPolicy:
        mode, records = command.caller.mode, self._idempotency
        item, row, earlier = load(
            self._client,
            [
                self._policy(mode, code),
                rules_key(self._tables, mode),
                records.key(command.idempotency),
            ],
        )
        records.check(command.idempotency, earlier)
        policy = aggregates.read_stored(AccessPolicy, item, None) if item else None
        return LoadedPolicy(policy, rules_in(row), revision_of(row))

    def store(
        self, event: Event, policy: AccessPolicy, before: LoadedPolicy, command: Command
    ) -> None:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(policy.title)

        tables = self._tables
        columns = {"list": codec.text(event.mode), "code": codec.text(policy.code)}
        moved = aggregates.moved(
            tables.controls, tables.events, event, before.policy, stale, columns
        )
        answer = self._idempotency.keep(command.idempotency)
        transact(self._client, [*moved, *self._rules(event.mode, policy, before), answer])

    def _rules(self, mode: Mode, policy: AccessPolicy, before: LoadedPolicy) -> list[Write]:
        """The row that the edge reads, where the policy changes what is in force."""
        if before.in_force.get(policy.code) == policy.in_force:
            return []

        def stale(_item: Item | None) -> Exception:
            return StaleRevision(policy.title)

        texts = dict(before.in_force)
        texts.pop(policy.code, None)
        if policy.in_force:
            texts[policy.code] = policy.in_force
        packed = {code: text.model_dump(mode="json") for code, text in sorted(texts.items())}
        table, key = rules_key(self._tables, mode)
        row = {
            **key,
            "v": ACCESS_RULES.mark,
            "revision": codec.number(before.revision + 1),
            "body": codec.binary(codec.pack(packed)),
        }
        condition = "revision = :seen" if before.revision else "attribute_not_exists(id)"
        values = {"seen": codec.number(before.revision)} if before.revision else {}
        return [put(table, row, stale, condition=condition, **values)]

    def _policy(self, mode: Mode, code: str) -> tuple[str, Item]:
        return self._tables.controls, {"id": codec.text(access_policy_id_for(mode, code))}
