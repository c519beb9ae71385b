"""Where a policy stands and how it is read, for every command that needs one."""

from collections.abc import Sequence

from insurance.domain.errors import PolicyNotFound
from insurance.domain.identity import party_id_for
from insurance.domain.policy import Policy
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.operations.ports import Kept, Keys


class PolicyReader:
    """Where a policy stands: three keys, all known from its id, read at once."""

    def __init__(
        self, *, policies_table: str, events_table: str, parties_table: str, keys: Keys
    ) -> None:
        self._policies_table = policies_table
        self._events_table = events_table
        self._parties_table = parties_table
        self._keys = keys

    def wants(self, policy_id: str) -> list[tuple[str, Item]]:
        """The header, the body and the party's key: for the read of any command on the policy."""
        return [
            (self._policies_table, {"id": codec.text(policy_id)}),
            (self._events_table, {"stream": codec.text(policy_id), "sequence": codec.number(1)}),
            (self._parties_table, {"id": codec.text(party_id_for(policy_id))}),
        ]

    def read(self, policy_id: str, items: Sequence[Item | None]) -> Kept[Policy]:
        """The policy from what `wants` asked for, or PolicyNotFound."""
        header, body, party = items
        if header is None or body is None:
            raise PolicyNotFound(policy_id)
        key = aggregates.read_key(self._keys, party)
        policy = aggregates.read_record(Policy, body, key, policy_id)
        return Kept(policy, aggregates.read_head(header), key)
