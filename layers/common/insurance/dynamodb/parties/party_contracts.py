"""All that stands on a party's contracts, from every table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any, NamedTuple

from insurance.domain.billing import BillingAccount
from insurance.domain.claim import Claim
from insurance.domain.complaint import Complaint
from insurance.domain.contract.interested_party import InterestedParty
from insurance.domain.core.identity import (
    PartyId,
    QuoteId,
    billing_id_for,
    policy_id_for,
    quote_id_for,
)
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.core.versions import VERSION
from insurance.domain.policy.holders import JointHolder
from insurance.domain.privacy.legal_hold import ContractRecords
from insurance.domain.quote.quote import Quote
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.claims.claim_items import read_register
from insurance.dynamodb.codec import Item
from insurance.dynamodb.complaints.complaints import COMPLAINTS
from insurance.dynamodb.contract_keys import (
    ERASING,
    ContractKeys,
    RecordKeys,
    holder_in,
    is_former_mark,
    marked_contract,
)
from insurance.dynamodb.kinds import CLAIM_REGISTER, COMPLAINT_LIST, ERASED_FOR, ItemKind
from insurance.dynamodb.parties.key_copies import DynamoDBKeyCopies
from insurance.dynamodb.policy.policy_reader import read_policy
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Refusal, Write, check, load
from insurance.operations.parties.ports import Keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS_PER_READ = 100
"""What DynamoDB returns in one BatchGetItem at most."""
ITEMS_PER_CONTRACT = 6


class DynamoDBPartyContracts:
    """The port `PartyContracts` on DynamoDB: the list of contracts, then two rounds of reads by key."""

    def __init__(
        self, client: "DynamoDBClient", tables: Tables, *, keys: Callable[[], Keys]
    ) -> None:
        self._client = client
        self._tables = tables
        self._make_keys = keys  # only where personal data are opened
        self._copies = DynamoDBKeyCopies(client, tables)

    def read(self, party_ids: Sequence[PartyId]) -> Sequence[ContractRecords]:
        return self._read(party_ids, self._quotes_of(party_ids), None)

    def read_opened(
        self, party_ids: Sequence[PartyId], *, after: QuoteId = "", limit: int
    ) -> Sequence[ContractRecords]:
        quotes = self._quotes_of(party_ids)
        own = {quote_id_for(party_id) for party_id in party_ids}

        def place(quote_id: QuoteId) -> tuple[bool, QuoteId]:
            return quote_id not in own, quote_id

        left = sorted((id for id in quotes if not after or place(id) > place(after)), key=place)
        found: list[ContractRecords] = []
        keys = self._make_keys()
        while left and len(found) < limit:  # one that is listed may not be theirs, or be deleted
            wanted, left = left[: limit - len(found)], left[limit - len(found) :]
            found += self._read(party_ids, {id: quotes[id] for id in wanted}, keys)
        return found

    def _quotes_of(self, party_ids: Sequence[PartyId]) -> dict[QuoteId, bool]:
        """The quotes that name these parties, and whether one of them is no holder of the contract, or no more."""
        quotes: dict[QuoteId, bool] = {}
        for party_id in party_ids:
            listed = self._listed(party_id)
            for quote_id in (quote_id_for(party_id), *listed.named):
                quotes.setdefault(quote_id, False)
            quotes |= dict.fromkeys(listed.passed_on, True)
        return quotes

    def _read(
        self, party_ids: Sequence[PartyId], quotes: Mapping[QuoteId, bool], opening: Keys | None
    ) -> list[ContractRecords]:
        found = self._load([key for quote_id in quotes for key in self._of_contract(quote_id)])
        contracts = [
            items
            for items in batched(found, ITEMS_PER_CONTRACT, strict=True)
            if items[0] is not None
            and (
                holder_in(items[0], items[0]["id"]["S"]) in party_ids or quotes[items[0]["id"]["S"]]
            )
        ]
        hanging = iter(self._load([key for items in contracts for key in self._hanging(items)]))
        own = _OwnKeys(opening, party_ids) if opening else None
        return [self._records(items, hanging, own) for items in contracts]

    def _listed(self, party_id: PartyId) -> "_Listed":
        """The contracts that name the party, as their holder or as a former one."""
        listed = _Listed([], [])
        for entry in self._copies.every_contract(party_id):
            if is_former_mark(entry):
                listed.passed_on.append(marked_contract(entry))
            else:
                listed.named.append(entry)
        return listed

    def _of_contract(self, quote_id: str) -> list[tuple[str, Item]]:
        """Quote, policy, its first event, account, the register of claims, the list of complaints."""
        policy_id = policy_id_for(quote_id)
        first = {"stream": codec.text(policy_id), "sequence": codec.number(1)}
        return [
            self._item(self._tables.quotes, quote_id),
            self._item(self._tables.policies, policy_id),
            (self._tables.events, first),
            self._item(self._tables.billing, billing_id_for(policy_id)),
            self._item(self._tables.claims, policy_id),
            self._item(self._tables.complaints, quote_id),
        ]

    def _hanging(self, items: Sequence[Item | None]) -> list[tuple[str, Item]]:
        """The claims and complaints of a contract."""
        *_, register, listed = items
        claims = [claim.claim_id for claim in read_register(register)]
        return [
            *(self._item(self._tables.claims, claim_id) for claim_id in claims),
            *(self._item(self._tables.complaints, one) for one in _listed(listed)),
        ]

    def _records(
        self, items: Sequence[Item | None], hanging: Iterator[Item | None], own: "_OwnKeys | None"
    ) -> ContractRecords:
        quote, header, issued, account, register, listed = items
        claims = [next(hanging) for _claim in read_register(register)]
        complaints = [next(hanging) for _complaint in _listed(listed)]
        if quote is None:
            raise ValueError("a contract has a quote")
        keys = own.of_contract(quote) if own else None
        roles = own.roles(quote, header, issued) if own and issued else ()
        return ContractRecords(
            quote=aggregates.read_stored(Quote, quote, keys),
            policy=read_policy(header, issued, keys) if issued else None,
            account=aggregates.read_stored(BillingAccount, account, keys) if account else None,
            claims=[aggregates.read_stored(Claim, item, keys) for item in claims if item],
            complaints=[
                aggregates.read_stored(Complaint, item, keys) for item in complaints if item
            ],
            roles=roles,
        )

    def _item(self, table: str, id: str) -> tuple[str, Item]:
        return table, {"id": codec.text(id)}

    def _load(self, keys: Sequence[tuple[str, Item]]) -> list[Item | None]:
        return [
            item
            for part in batched(keys, KEYS_PER_READ, strict=False)
            for item in load(self._client, part)
        ]


class _Listed(NamedTuple):
    """The contracts of a party, as the index lists them."""

    named: list[QuoteId]
    passed_on: list[QuoteId]
    """The party held them before, and they have its data."""


class _OwnKeys:
    """The keys of some parties alone: a contract that was passed on has those of other holders too."""

    def __init__(self, opening: Keys, party_ids: Sequence[PartyId]) -> None:
        self._opening, self._party_ids = opening, party_ids

    def of_contract(self, quote: Item) -> RecordKeys:
        return _OwnKeysOfContract(
            ContractKeys(self._opening, quote["id"]["S"], quote), self._party_ids
        )

    def roles(
        self, quote: Item, header: Item | None, issued: Item
    ) -> Sequence[JointHolder | InterestedParty]:
        """What the policy says of these parties, which is sealed with its holder's key too."""
        keys = ContractKeys(self._opening, quote["id"]["S"], quote)
        policy = read_policy(header, issued, keys).record
        interested = policy.interests.parties if policy.interests else ()
        everybody: tuple[JointHolder | InterestedParty, ...] = (*policy.joint_holders, *interested)
        return [each for each in everybody if each.party_id in self._party_ids]


class _OwnKeysOfContract:
    def __init__(self, keys: ContractKeys, party_ids: Sequence[PartyId]) -> None:
        self._keys, self._party_ids = keys, party_ids

    @property
    def book(self) -> str | None:
        return self._keys.book

    def of(self, party_id: PartyId) -> PartyKey | None:
        return self._keys.of(party_id) if party_id in self._party_ids else None


class UnchangedContracts:
    """The checks that contracts stand as they were read."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def places(self, quote_id: QuoteId) -> list[tuple[str, Item]]:
        """What of a contract is marked where it is checked."""
        policy_id = policy_id_for(quote_id)
        claims, complaints = self._tables.claims, self._tables.complaints
        register, listed = load(
            self._client,
            [
                (claims, {"id": codec.text(policy_id)}),
                (complaints, {"id": codec.text(quote_id)}),
            ],
        )
        ids = [
            (self._tables.policies, policy_id),
            (self._tables.billing, billing_id_for(policy_id)),
            *((claims, noticed.claim_id) for noticed in read_register(register)),
            *((complaints, id) for id in _listed(listed)),
        ]
        return [(table, {"id": codec.text(id)}) for table, id in ids]

    def checks(
        self, contract: ContractRecords, party_ids: Sequence[PartyId], refusal: Refusal
    ) -> list[Write]:
        """That nothing was issued, paid, notified, complained of or changed on the contract since. The lists of
        its claims and complaints are marked for the erasure of these parties: a notice or a complaint whose
        command had read the key is not entered after it."""
        quote_id = contract.quote.record.id
        policy_id = policy_id_for(quote_id)
        tables, claims, complaints = self._tables, contract.claims, contract.complaints
        holder = contract.policy.record.party if contract.policy else contract.quote.record.party
        erased = holder if holder in party_ids else party_ids[0]
        aggregates_of: list[tuple[str, str, Stored[Any] | None]] = [
            (tables.policies, policy_id, contract.policy),
            (tables.billing, billing_id_for(policy_id), contract.account),
            *((tables.claims, claim.record.id, claim) for claim in claims),
            *((tables.complaints, complaint.record.id, complaint) for complaint in complaints),
        ]
        return [
            # The register of claims counts its entries as revisions.
            self._listed(
                (tables.claims, policy_id, CLAIM_REGISTER), "revision", len(claims), erased, refusal
            ),
            self._listed(
                (tables.complaints, quote_id, COMPLAINT_LIST),
                COMPLAINTS,
                len(complaints),
                erased,
                refusal,
            ),
            *(
                self._unchanged(table, stored, party_ids, refusal)
                if stored
                else self._not_begun(stream, refusal)
                for table, stream, stored in aggregates_of
            ),
        ]

    def _not_begun(self, stream: str, refusal: Refusal) -> Write:
        """That the stream has no event yet."""
        return check(
            self._tables.events,
            {"stream": codec.text(stream), "sequence": codec.number(1)},
            refusal,
            condition="attribute_not_exists(#stream)",
            names={"#stream": "stream"},
        )

    def _unchanged(
        self, table: str, stored: Stored[Any], party_ids: Sequence[PartyId], refusal: Refusal
    ) -> Write:
        """That an aggregate is at the revision that was read. It is marked for the erasure, so that no command
        writes it any more that has read the key before. A policy that never changed has its head from then on."""
        party = stored.record.party
        head = aggregates.head_columns(stored.head)
        first = table == self._tables.policies and stored.head.sequence == 1
        sets = "SET #v = if_not_exists(#v, :v), #revision = :revision, #hash = :hash, #at = :at "
        names, condition = {"#parties": ERASED_FOR}, "#revision = :revision"
        values = {":parties": {"SS": [party if party in party_ids else party_ids[0]]}}
        if first:
            condition = f"attribute_not_exists(#revision) OR {condition}"
        columns = head if first else {"revision": head["revision"]}
        names |= {f"#{column}": column for column in columns}
        values |= {f":{column}": value for column, value in columns.items()}
        request = {
            "TableName": table,
            "Key": {"id": codec.text(stored.record.id)},
            "UpdateExpression": f"{sets if first else ''}ADD #parties :parties",
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }
        return Write("Update", request, refusal)

    def _listed(
        self,
        place: tuple[str, str, ItemKind],
        column: str,
        seen: int,
        erased: PartyId,
        refusal: Refusal,
    ) -> Write:
        """That a list has as many entries as were read: its column is a count, or a set."""
        table, id, kind = place
        counted = column if column == "revision" else f"size({column})"
        values: Item = {":seen": codec.number(seen)} if seen else {}
        request = {
            "TableName": table,
            "Key": {"id": codec.text(id)},
            "UpdateExpression": "SET #v = :v, #erasing = :erasing ADD #parties :parties",
            "ConditionExpression": f"{counted} = :seen"
            if seen
            else f"attribute_not_exists({column})",
            "ExpressionAttributeNames": {
                "#v": VERSION,
                "#erasing": ERASING,
                "#parties": ERASED_FOR,
            },
            "ExpressionAttributeValues": values
            | {":v": kind.mark, ":erasing": codec.text(erased), ":parties": {"SS": [erased]}},
        }
        return Write("Update", request, refusal)


def _listed(item: Item | None) -> list[str]:
    return sorted(item[COMPLAINTS]["SS"]) if item and COMPLAINTS in item else []
