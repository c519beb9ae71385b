"""The keys of a contract: copies of the wrapped keys of every party that its records are sealed for.

They stand in one item among the parties, at the id that the contract's id gives, and with the quote. For
a contract that names no other party this is the party's own item.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.errors import AlreadyErased, StaleRevision
from insurance.domain.core.identity import PartyId, QuoteId, party_id_for, quote_id_for
from insurance.domain.core.stored import UNNAMED, Naming, PartyKey, Stored
from insurance.domain.party.demands import NO_DEMANDS, Demands, RestrictionKind
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import ERASED_FOR, FORMER_MARK
from insurance.dynamodb.transaction import Write, update

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

NAMED = "named"
"""The column of a party that counts the contracts that named it."""
RECENT = "named_in_"
"""What the columns of a party begin with that have the contracts of a minute."""
LISTED_AFTER = timedelta(minutes=1)
"""After so long any index lists a contract."""

ERASING = "erasing"
"""The column that names the holder while it is being erased. Its key is withheld from commands then. Of the lists of
a contract's claims and complaints: the party for whose erasure the list was looked at last, for 0.9.0; `ERASED_FOR` has all."""


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


def marking(quotes_table: str, contract_id: str, party_id: PartyId) -> Write:
    """The write of that mark, where the contract has data of the party, which does not hold it."""
    mark = former_mark(contract_id, party_id)
    return update(
        quotes_table,
        {"id": mark["id"]},
        {"v": mark["v"], PARTY: mark[PARTY]},
        lambda _item: StaleRevision(contract_id),
        condition=f"attribute_not_exists({PARTY}) OR {PARTY} = :former",
        former=mark[PARTY],
    )


def wrapped_column(wrapped: Mapping[PartyId, bytes]) -> Item:
    """Wrapped keys as the column `former` has them."""
    return {party: codec.binary(each) for party, each in wrapped.items()}


def wrapped_in(item: Item | None) -> dict[PartyId, bytes] | None:
    """The wrapped keys of others on a contract; None: there never were any."""
    if item is None or FORMER not in item:
        return None
    return {party_id: wrapped["B"] for party_id, wrapped in item[FORMER]["M"].items()}


def is_former_mark(id: str) -> bool:
    """Whether an entry of the index is such a mark, and not a quote."""
    return "#" in id


def marked_contract(mark: str) -> QuoteId:
    """The contract that such a mark is of."""
    return mark.partition("#")[0]


def naming(
    parties_table: str,
    party_id: PartyId,
    contract_id: str,
    *,
    seen: Stored[Any] | None = None,
    at: datetime,
) -> Write:
    """The write of a party's item that a contract names it, beside the write of another copy of its key.

    It is refused where the party has no key any more: else an erasure between read and write would leave
    the new copy behind, and a contract would come that the erasure has not looked at. It is refused too
    where the party has changed since it was `seen`: the contract would have the details of before a
    correction. And it counts, so that a correction that has not seen this contract is not made.

    Args:
        parties_table: Where parties are.
        party_id: The party.
        contract_id: The id of the quote or policy.
        seen: The party as the contract has its details; None: it has them of a policy, which is checked.
        at: The time by our own clock.
    """

    def refused(item: Item | None) -> Exception:
        erased = AlreadyErased(f"party {party_id}")
        return StaleRevision(party_id) if item and _has_key(item, party_id) else erased

    condition = (
        "(attribute_exists(#key) AND attribute_not_exists(#party) OR attribute_exists(#former.#id))"
        " AND (attribute_not_exists(#erasing) OR #erasing <> :id)"
    )
    names = {"#key": KEY, "#party": PARTY, "#former": FORMER, "#id": party_id, "#erasing": ERASING}
    values: Item = {":id": codec.text(party_id), ":one": codec.number(1)}
    names["#named"] = NAMED
    added, removed = ["#named :one"], ""
    if seen is not None:
        written = seen.head.sequence > 0
        condition += " AND revision = :seen" if written else " AND attribute_not_exists(revision)"
        values |= {":seen": codec.number(seen.head.sequence)} if written else {}
        names["#recent"] = recent_column(at)
        values[":contract"] = {"SS": [quote_id_for(contract_id)]}
        added.append("#recent :contract")
        past = {
            f"#past{place}": column
            for place, (column, _contracts) in enumerate(seen.naming.recent)
            if column < recent_column(at - LISTED_AFTER)
        }
        removed = f" REMOVE {', '.join(past)}" if past else ""
        names |= past
    request = {
        "TableName": parties_table,
        "Key": {"id": codec.text(party_id)},
        "UpdateExpression": f"ADD {', '.join(added)}{removed}",
        "ConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    return Write("Update", request, refused)


def unless_erased(write: Write, party_id: PartyId) -> Write:
    """The same Update of a list of a contract, refused where the contract's party is erased by now: what is
    entered would be sealed with a key that is there no longer. An erasure marks the list that it has looked at."""
    request = write.request

    def refused(item: Item | None) -> Exception:
        if item and (
            party_id == item.get(ERASING, {}).get("S")
            or party_id in item.get(ERASED_FOR, {"SS": []})["SS"]
        ):
            return StaleRevision(item["id"]["S"])
        return write.refusal(item)

    entered = request["ConditionExpression"]
    if not entered.startswith("("):  # DynamoDB refuses parentheses that say nothing
        entered = f"({entered})"
    condition = (
        f"{entered} AND (attribute_not_exists(#erasing) OR #erasing <> :erased)"
        " AND (attribute_not_exists(#parties) OR NOT contains(#parties, :erased))"
    )
    changed = request | {
        "ConditionExpression": condition,
        "ExpressionAttributeNames": request["ExpressionAttributeNames"]
        | {"#erasing": ERASING, "#parties": ERASED_FOR},
        "ExpressionAttributeValues": request["ExpressionAttributeValues"]
        | {":erased": codec.text(party_id)},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    return Write(write.action, changed, refused)


def named_again(write: Write, seen: Stored[Any]) -> Write:
    """The same Update of a party's item, which also says, as `naming` does, that a contract names it."""
    request = write.request
    condition = (
        f"attribute_not_exists({NAMED})" if seen.naming.times == 0 else f"{NAMED} = :counted"
    )
    revision = "revision = :known" if seen.head.sequence else "attribute_not_exists(revision)"
    values: Item = {":next": codec.number(seen.naming.times + 1)}
    if seen.naming.times:
        values[":counted"] = codec.number(seen.naming.times)
    if seen.head.sequence:
        values[":known"] = codec.number(seen.head.sequence)
    changed = request | {
        "UpdateExpression": request["UpdateExpression"].replace(
            "SET ", f"SET {NAMED} = :next, ", 1
        ),
        "ConditionExpression": f"{request['ConditionExpression']} AND {condition} AND {revision}",
        "ExpressionAttributeValues": request["ExpressionAttributeValues"] | values,
    }
    return Write(write.action, changed, write.refusal)


def _has_key(item: Item, party_id: PartyId) -> bool:
    own = KEY in item and PARTY not in item
    erasing = ERASING in item and item[ERASING]["S"] == party_id
    return (own or party_id in item.get(FORMER, {"M": {}})["M"]) and not erasing


def recent_column(at: datetime) -> str:
    """The column with the contracts that name a party in this minute."""
    return f"{RECENT}{int(at.timestamp()) // 60}"


def naming_in(item: Item | None) -> Naming:
    """Which contracts named the party whose item it is."""
    if item is None or NAMED not in item:
        return UNNAMED
    columns = sorted(name for name in item if name.startswith(RECENT))
    recent = tuple((name, tuple(sorted(item[name]["SS"]))) for name in columns)
    return Naming(int(item[NAMED]["N"]), recent)


def named_as_seen(naming: Naming) -> tuple[str, Item]:
    """The condition that no contract has named the party since, and its values."""
    if naming.times == 0:
        return f"attribute_not_exists({NAMED})", {}
    return f"{NAMED} = :named", {"named": codec.number(naming.times)}


def party_in(facts: JsonObject, id: str) -> PartyId:
    """The party that stored facts belong to; `id` is that of the record or of its stream."""
    named: PartyId | None = facts.get("party_id")
    return named or party_id_for(id)
