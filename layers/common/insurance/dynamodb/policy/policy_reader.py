"""Where a policy stands and how it is read, for every command that needs one.

A policy that never changed is its first event; from the second event on it has an item of its own, which
carries the body.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from insurance.domain.core.errors import PolicyNotFound
from insurance.domain.core.identity import party_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import ContractKeys, RecordKeys
from insurance.dynamodb.streams import SEQUENCE_MAX, newest_items
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import load
from insurance.operations.parties.ports import Keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NEWEST_READ = 10
"""What is asked for is mostly of late."""


def read_policy(header: Item | None, event: Item, keys: RecordKeys | None) -> Stored[Policy]:
    """The policy as its header says, or, without one, as an event left it."""
    # A policy that was issued before policies had numbers has a header without a body.
    body = header if header and "body" in header else event
    opened = aggregates.opened(Policy, body, keys, event["stream"]["S"])
    if header:
        return aggregates.stored_as(opened, header)
    head = aggregates.read_event_head(event, is_understood=opened.is_understood)
    return Stored(opened.record, head, opened.key)


class PolicyReader:
    """Where a policy stands: three keys, all known from its id, read at once.

    Without `keys` what is personal stays sealed, and reads as that of an erased party.
    """

    def __init__(self, tables: Tables, *, keys: Keys | None) -> None:
        self._policies_table = tables.policies
        self._events_table = tables.events
        self._parties_table = tables.parties
        self._keys = keys

    def wants(self, policy_id: str) -> list[tuple[str, Item]]:
        """The header, the body and the contract's keys: for the read of any command on the policy."""
        return [
            (self._policies_table, {"id": codec.text(policy_id)}),
            (self._events_table, {"stream": codec.text(policy_id), "sequence": codec.number(1)}),
            (self._parties_table, {"id": codec.text(party_id_for(policy_id))}),
        ]

    def read(self, policy_id: str, items: Sequence[Item | None]) -> Stored[Policy]:
        """The policy from the items that `wants` names.

        Raises:
            PolicyNotFound: There is no such policy.
        """
        header, issued, key_item = items
        if issued is None:
            raise PolicyNotFound(policy_id)
        return read_policy(header, issued, self.keys(policy_id, key_item))

    def keys(self, policy_id: str, key_item: Item | None) -> ContractKeys:
        """The keys of the contract, from the last of the items that `wants` names."""
        return ContractKeys(self._keys, policy_id, key_item)

    def as_known(
        self, client: "DynamoDBClient", policy_id: str, known_at: datetime
    ) -> Stored[Policy]:
        """The policy as its last event up to a time left it.

        Times in a stream never run backwards, so the newest such event is the one.

        Raises:
            PolicyNotFound: There was no such policy at that time.
        """
        [key_item] = load(client, [self.wants(policy_id)[-1]])
        keys = self.keys(policy_id, key_item)
        before = SEQUENCE_MAX
        while before > 1:
            items = newest_items(
                client, self._events_table, policy_id, before=before, limit=NEWEST_READ
            )
            for item in items:
                if codec.read_instant(item["at"]) <= known_at:
                    return read_policy(None, item, keys)
            before = int(items[-1]["sequence"]["N"]) if items else 0
        raise PolicyNotFound(policy_id)
