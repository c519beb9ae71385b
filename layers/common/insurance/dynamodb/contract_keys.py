"""The keys of a contract: copies of the wrapped keys of every party that its records are sealed for.

They stand in one item among the parties, at the id that the contract's id gives, and with the quote. For
a contract that names no other party this is the party's own item.
"""

from typing import TYPE_CHECKING, Protocol

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.errors import AlreadyErased
from insurance.domain.core.identity import PartyId, QuoteId, party_id_for, quote_id_for
from insurance.domain.core.stored import PartyKey
from insurance.domain.party.demands import NO_DEMANDS, Demands, RestrictionKind
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import FORMER_MARK
from insurance.dynamodb.transaction import Write, check

if TYPE_CHECKING:
    from insurance.operations.parties.ports import Keys

PARTY = "party"
"""The column that names the holder of a contract, where the contract's id does not give it."""
KEY = "key"
"""The column with the holder's wrapped key; removed when the holder is erased."""
ERASED_AT = "erased_at"
"""The column that says when the holder was erased."""
DEMANDS = "demands"
"""The column of a contract's keys that says which demands of its holder stand; absent where none does."""
BOOK = "book"
"""The column that names the partner whose business the contract is, where that changed."""
FORMER = "former"
"""The column with the wrapped keys of others whose data the contract has, by party: former holders, and joint
holders who are customers, present and former."""

ERASING = "erasing"
"""The column that names the holder while it is being erased. Its key is withheld from commands then."""


def holder_in(item: Item, contract_id: str) -> PartyId:
    """The party that holds a contract, as its quote or the item of its keys says."""
    return item[PARTY]["S"] if PARTY in item else party_id_for(contract_id)


class RecordKeys(Protocol):
    """What opens stored records: each with the key of the party that it belongs to."""

    @property
    def book(self) -> str | None:
        """The partner whose business the contract is, where that changed."""

    def of(self, party_id: PartyId) -> PartyKey | None:
        """The party's key; None if it is not here, or destroyed."""


class OnePartyKey:
    """The key of a single party, for records that are read beside one that was opened with it."""

    def __init__(self, party_id: PartyId, key: PartyKey | None) -> None:
        self._party_id = party_id
        self._key = key
        self.book: str | None = None

    def of(self, party_id: PartyId) -> PartyKey | None:
        return self._key if party_id == self._party_id else None


class ContractKeys:
    """The keys of one contract, from the items that carry copies of them. That of a party that is being
    erased is withheld; without `keys` all are."""

    def __init__(self, keys: "Keys | None", contract_id: str, *items: Item | None) -> None:
        self._keys = keys
        self.holder: PartyId = party_id_for(contract_id)
        """The party that holds the contract."""
        self.demands: Demands = NO_DEMANDS
        """Those of the holder that stand, as far as the delivery of events has brought them here."""
        self.book: str | None = None
        """Whose business the contract is, if it is another partner's than at first."""
        self._wrapped: dict[PartyId, bytes] = {}
        self._withheld: set[PartyId] = set()
        for item in reversed([item for item in items if item is not None]):
            if ERASING in item:
                self._withheld.add(item[ERASING]["S"])
            self.holder = holder_in(item, contract_id)
            if BOOK in item:
                self.book = item[BOOK]["S"]
            if DEMANDS in item:
                self.demands = frozenset(
                    codec.member(RestrictionKind, each) for each in item[DEMANDS]["SS"]
                )
            if KEY in item:
                self._wrapped[self.holder] = item[KEY]["B"]
            for party_id, wrapped in item.get(FORMER, {"M": {}})["M"].items():
                self._wrapped[party_id] = wrapped["B"]

    def of(self, party_id: PartyId) -> PartyKey | None:
        wrapped = self._wrapped.get(party_id)
        if self._keys is None or wrapped is None or party_id in self._withheld:
            return None
        return self._keys.open(wrapped)


def holder_columns(named: PartyId | None, key: PartyKey) -> Item:
    """What a contract's item says about its holder; `named`: as the contract's records name them."""
    columns: Item = {KEY: codec.binary(key.wrapped)}
    return columns | ({PARTY: codec.text(named)} if named else {})


def former_mark(contract_id: str, party_id: PartyId) -> Item:
    """The item that says, in the index of a party's contracts, that the party held the contract before."""
    return {
        "id": codec.text(f"{quote_id_for(contract_id)}#{party_id}"),
        "v": FORMER_MARK.mark,
        PARTY: codec.text(party_id),
    }


def is_former_mark(id: str) -> bool:
    """Whether an entry of the index is such a mark, and not a quote."""
    return "#" in id


def marked_contract(mark: str) -> QuoteId:
    """The contract that such a mark is of."""
    return mark.partition("#")[0]


def not_erased(parties_table: str, party_id: PartyId) -> Write:
    """The check that a party still has its key, beside the write of another copy of it.

    Without it, an erasure between read and write would leave the new copy behind, and a contract
    would come that the erasure has not looked at.
    """

    def erased(_item: Item | None) -> Exception:
        return AlreadyErased(f"party {party_id}")

    return check(
        parties_table,
        {"id": codec.text(party_id)},
        erased,
        condition="(attribute_exists(#key) AND attribute_not_exists(#party)"
        " OR attribute_exists(#former.#id)) AND (attribute_not_exists(#erasing) OR #erasing <> :id)",
        names={
            "#key": KEY,
            "#party": PARTY,
            "#former": FORMER,
            "#id": party_id,
            "#erasing": ERASING,
        },
        id=codec.text(party_id),
    )


def party_in(facts: JsonObject, id: str) -> PartyId:
    """The party that stored facts belong to; `id` is that of the record or of its stream."""
    named: PartyId | None = facts.get("party_id")
    return named or party_id_for(id)
