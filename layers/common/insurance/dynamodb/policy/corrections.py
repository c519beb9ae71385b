"""A party and all of its policies, read together and changed in one transaction."""

from collections.abc import Collection, Iterator, Sequence
from itertools import batched, islice
from typing import TYPE_CHECKING, Final

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.identity import (
    PartyId,
    PolicyId,
    QuoteId,
    policy_id_for,
    quote_id_for,
    renewal_quote_id_for,
)
from insurance.domain.core.stored import UNNAMED, Naming, Stored
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.domain.policy.corrected_people import SharedPolicy
from insurance.domain.policy.people import customers_on
from insurance.domain.quote.quote import Quote, QuoteStatus
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import (
    NAMED,
    ContractKeys,
    is_former_mark,
    marked_contract,
    naming_in,
)
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.parties.key_copies import DynamoDBKeyCopies
from insurance.dynamodb.parties.parties import DynamoDBParties, party_change
from insurance.dynamodb.policy.policy_changes import policy_change
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.quoting.quotes import quote_changes
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, check, load, transact
from insurance.operations.command import Command
from insurance.operations.policy.ports import CorrectionContext, CorrectionEvents

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONTRACTS_READ: Final = 300
KEYS_PER_READ: Final = 100
"""What DynamoDB returns in one BatchGetItem at most."""
POLICIES_PER_READ: Final = KEYS_PER_READ // 3


class DynamoDBCorrections:
    """The port `Corrections` on DynamoDB: the party, the list of its contracts, and their policies."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        reader: PolicyReader,
        parties: DynamoDBParties,
        idempotency: IdempotencyRecords,
    ) -> None:
        self._client = client
        self._tables = tables
        self._reader = reader
        self._parties = parties
        self._copies = DynamoDBKeyCopies(client, tables)
        self._idempotency = idempotency

    def get(self, party_id: PartyId) -> CorrectionContext:
        return self._context(self._parties.get(party_id))

    def load(self, party_id: PartyId, command: Command) -> CorrectionContext:
        return self._context(self._parties.load([party_id], command)[0])

    def correct(self, events: CorrectionEvents, *, command: Command) -> None:
        party, tables = events.party, self._tables
        namings = dict(events.namings)
        writes = party_change(tables, party, namings.pop(party.event.stream, UNNAMED))
        writes += [self._unnamed(member, naming) for member, naming in namings.items()]
        for policy in events.policies:
            writes += policy_change(tables, policy.event, before=policy.before)
        for quote in events.quotes:
            writes += quote_changes(
                quote.event,
                quote.after,
                before=quote.before,
                quotes_table=tables.quotes,
                events_table=tables.events,
            )
        answer = self._idempotency.keep(
            command.idempotency, about=party.event.stream, key=party.before.key
        )
        transact(self._client, [*writes, answer])

    def _context(self, party: Stored[Party]) -> CorrectionContext:
        if party.record.merged_into is not None:
            party = self._parties.get(party.record.merged_into)
        namings = self._namings(party)
        entries = (
            entry for held in party.record.ids for entry in self._copies.every_contract(held)
        )
        listed = [*islice(entries, CONTRACTS_READ + 1)]
        read = [policy_id_for(entry) for entry in listed if not is_former_mark(entry)]
        marked = {policy_id_for(marked_contract(each)) for each in listed if is_former_mark(each)}
        own = map(policy_id_for, party.record.ids)
        late = (
            policy_id_for(contract)
            for naming in namings.values()
            for _, contracts in naming.recent
            for contract in contracts
        )
        ids = {*own, *late, *read}
        found = self._read(sorted(ids | marked))
        policies = [policy for policy, _ in found if policy.record.party in party.record.ids]
        shared = [*_shared(party.record, found)]
        renewed = self._renewals(policies, ids)
        policies = sorted(
            [*policies, *self._held(party.record, renewed)], key=lambda held: str(held.record.id)
        )
        issued = {policy.record.id for policy in policies}
        quotes = self._quotes(
            [quote_id_for(id) for id in sorted({*ids, *renewed}) if id not in issued], party.record
        )
        is_complete = len(listed) <= CONTRACTS_READ
        return CorrectionContext(party, policies, quotes, is_complete, namings, shared)

    def _namings(self, party: Stored[Party]) -> dict[PartyId, Naming]:
        """What contracts have named the party and its members: read before any contract is."""
        members = party.record.members
        items = load(
            self._client, [(self._tables.parties, {"id": codec.text(id)}) for id in members]
        )
        found = {id: naming_in(item) for id, item in zip(members, items, strict=True)}
        return {party.record.id: party.naming} | found

    def _unnamed(self, party_id: PartyId, naming: Naming) -> Write:
        """The check that no contract has named a member since."""
        unnamed = "#named = :times" if naming.times else "attribute_not_exists(#named)"
        return check(
            self._tables.parties,
            {"id": codec.text(party_id)},
            lambda _item: StaleRevision(party_id),
            condition=unnamed,
            names={"#named": NAMED},
            **({"times": codec.number(naming.times)} if naming.times else {}),
        )

    def _held(self, party: Party, ids: Sequence[PolicyId]) -> list[Stored[Policy]]:
        return [policy for policy, _ in self._read(ids) if policy.record.party in party.ids]

    def _renewals(
        self, policies: Sequence[Stored[Policy]], known: Collection[PolicyId]
    ) -> list[PolicyId]:
        """The contracts that renewals of these policies are, as far as they are not known: an offer made a
        moment ago is found by the id that follows from its policy's."""
        next_terms = [
            quote_id
            for policy in policies
            for holder in (None, *([policy.record.party] if policy.record.former_holders else ()))
            if policy_id_for(quote_id := renewal_quote_id_for(policy.record.id, holder))
            not in known
        ]
        found = self._quote_items(next_terms)
        return [policy_id_for(quote_id) for quote_id in next_terms if quote_id in found]

    def _quotes(self, ids: Sequence[QuoteId], party: Party) -> list[Stored[Quote]]:
        """Those of them that the party holds and that became no policy."""
        quotes = [
            aggregates.read_stored(Quote, item, self._reader.keys(id, item))
            for id, item in self._quote_items(ids).items()
        ]
        return [
            quote
            for quote in quotes
            if quote.record.party in party.ids and quote.record.status is not QuoteStatus.BOUND
        ]

    def _quote_items(self, ids: Sequence[QuoteId]) -> dict[QuoteId, Item]:
        """Those of them that are there."""
        return {
            id: item
            for part in batched(ids, KEYS_PER_READ, strict=False)
            for id, item in zip(
                part,
                load(self._client, [(self._tables.quotes, {"id": codec.text(id)}) for id in part]),
                strict=True,
            )
            if item
        }

    def _read(self, ids: Sequence[PolicyId]) -> list[tuple[Stored[Policy], ContractKeys]]:
        """Those of them that were issued, with their contracts' keys."""
        policies = []
        for part in batched(ids, POLICIES_PER_READ, strict=False):
            wanted = [key for policy_id in part for key in self._reader.wants(policy_id)]
            found = batched(load(self._client, wanted), 3, strict=True)
            policies += [
                (self._reader.read(policy_id, items), self._reader.keys(policy_id, items[-1]))
                for policy_id, items in zip(part, found, strict=True)
                if items[1] is not None
            ]
        return policies


def _shared(
    party: Party, found: Sequence[tuple[Stored[Policy], ContractKeys]]
) -> Iterator[SharedPolicy]:
    """Those of the policies that have data of the party beside those of their holder."""
    for policy, keys in found:
        names = {*party.ids}.intersection(customers_on(policy.record))
        if names:
            own = {party_id: keys.of(party_id) for party_id in names}
            yield SharedPolicy(policy, own.get)
