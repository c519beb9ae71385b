"""The contracts of parties in memory: held to the same contract as the store on DynamoDB (tests/contract)."""

from collections.abc import Sequence

from insurance.domain.contract.interested_party import InterestedParty
from insurance.domain.core.classification import Record
from insurance.domain.core.identity import billing_id_for, policy_id_for, quote_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.policy.holders import JointHolder
from insurance.domain.privacy.legal_hold import ContractRecords

from tests.fakes.memory import Memory


class MemoryPartyContracts:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def read(self, party_ids: Sequence[str]) -> Sequence[ContractRecords]:
        return [unopened(contract_in(self._memory, id)) for id in self._held(party_ids)]

    def read_opened(
        self, party_ids: Sequence[str], *, after: str = "", limit: int
    ) -> Sequence[ContractRecords]:
        held = self._held(party_ids)
        start = held.index(after) + 1 if after else 0
        return [
            contract_in(self._memory, id)._replace(roles=self._roles(id, party_ids))
            for id in held[start:][:limit]
        ]

    def _held(self, party_ids: Sequence[str]) -> list[str]:
        held = [
            quote_id
            for quote_id, stored in sorted(self._memory.quotes.items())
            if stored.record.party in party_ids or self._of_policy(quote_id) & {*party_ids}
        ]
        own = {quote_id_for(party_id) for party_id in party_ids}
        return sorted(held, key=lambda held_id: held_id not in own)

    def _roles(
        self, quote_id: str, party_ids: Sequence[str]
    ) -> Sequence[JointHolder | InterestedParty]:
        stored = self._memory.policies.get(policy_id_for(quote_id))
        if stored is None:
            return ()
        policy = stored.record
        interested = policy.interests.parties if policy.interests else ()
        everybody: tuple[JointHolder | InterestedParty, ...] = (*policy.joint_holders, *interested)
        return [each for each in everybody if each.party_id in party_ids]

    def _of_policy(self, quote_id: str) -> set[str]:
        """The parties that hold the policy by now, or have a role on it."""
        policy = self._memory.policies.get(policy_id_for(quote_id))
        if policy is None:
            return set()
        interests = policy.record.interests
        return {*policy.record.holders, *(interests.customers if interests else ())}


def contract_in(memory: Memory, quote_id: str) -> ContractRecords:
    """Everything that stands on one contract."""
    policy_id = policy_id_for(quote_id)
    return ContractRecords(
        quote=memory.quotes[quote_id],
        policy=memory.policies.get(policy_id),
        account=memory.accounts.get(billing_id_for(policy_id)),
        claims=[memory.claims[one.claim_id] for one in memory.registers.get(policy_id, ())],
        complaints=[
            stored
            for complaint_id, stored in sorted(memory.complaints.items())
            if quote_id_for(complaint_id) == quote_id
        ],
    )


def unopened(contract: ContractRecords) -> ContractRecords:
    """The contract without personal data."""
    return ContractRecords(
        quote=_sealed(contract.quote),
        policy=_sealed(contract.policy) if contract.policy else None,
        account=_sealed(contract.account) if contract.account else None,
        claims=[_sealed(claim) for claim in contract.claims],
        complaints=[_sealed(complaint) for complaint in contract.complaints],
    )


def _sealed[R: Record](stored: Stored[R]) -> Stored[R]:
    opened, _personal = stored.record.split_personal()
    return Stored(type(stored.record).merge_personal(opened, {}), stored.head, None)
