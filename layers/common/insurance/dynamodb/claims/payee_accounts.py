"""Accounts of payees among the parties' keys: one item each, under a keyed hash of the account."""

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from insurance.domain.claim.payee_account import CLAIMS_MAX, UNKNOWN, PayeeAccount
from insurance.domain.core.identity import ClaimId, Mode, index_key_id_for
from insurance.domain.party.names import comparable
from insurance.domain.party.party import Payee
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import PAYEE_ACCOUNT
from insurance.dynamodb.parties.index_keys import DynamoDBIndexKeys
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, load, transact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FIELD: Final = "payee_account"
NAME_FIELD: Final = "payee_name"


class DynamoDBPayeeAccounts:
    """The port `PayeeAccounts` on DynamoDB, and what a load of claims reads beside the rest.

    The key of the hashes is the search index's. Event delivery makes it; who reads claims finds it
    there, in the first read of a process, and holds it then.
    """

    def __init__(
        self, client: "DynamoDBClient", tables: Tables, *, index_keys: DynamoDBIndexKeys
    ) -> None:
        self._client = client
        self._table = tables.parties
        self._index_keys = index_keys

    def note(self, mode: Mode, payee: Payee, claim_id: ClaimId, *, approved: bool) -> None:
        account = payee.account
        if account is None:
            return
        key = self._row(self._index_keys.token(mode, FIELD, account))[1]
        with suppress(_NothingToNote):
            entry = f"{claim_id} {self._name(mode, payee)}"
            transact(self._client, [self._adding(key, entry)])
        if approved:
            with suppress(_NothingToNote):
                transact(self._client, [self._approving(key)])

    def wants(self, mode: Mode, naming: Payee | None) -> list[tuple[str, Item]]:
        """What to read of the payee's account; as long as the key is not known, the key."""
        account = naming.account if naming else None
        if account is None:
            return []
        if not self._index_keys.is_known(mode):
            return [(self._table, {"id": codec.text(index_key_id_for(mode))})]
        return [self._row(self._index_keys.token(mode, FIELD, account))]

    def read(self, mode: Mode, naming: Payee | None, found: list[Item | None]) -> PayeeAccount:
        """What is known of the account, from what `wants` asked for; where that was the key, by one
        more read. Without a key nothing was noted yet."""
        account = naming.account if naming else None
        if account is None or found == [None]:
            return UNKNOWN
        [item] = found
        if item is not None and item["id"]["S"] == index_key_id_for(mode):
            self._index_keys.learn(mode, item)
            [item] = load(self._client, [self._row(self._index_keys.token(mode, FIELD, account))])
        if item is None:
            return UNKNOWN
        entries = item["claims"]["SS"] if "claims" in item else []
        noted = [(claim, name) for claim, _, name in (each.partition(" ") for each in entries)]
        own = self._name(mode, naming) if naming else None
        return PayeeAccount(
            frozenset(claim for claim, _ in noted),
            frozenset(claim for claim, name in noted if name == own),
            approved="approved" in item,
        )

    def _name(self, mode: Mode, payee: Payee) -> str:
        return self._index_keys.token(mode, NAME_FIELD, comparable(payee.name))

    def _row(self, token: str) -> tuple[str, Item]:
        return self._table, {"id": codec.text(f"account_{token}")}

    def _adding(self, key: Item, entry: str) -> Write:
        request = {
            "TableName": self._table,
            "Key": key,
            "UpdateExpression": "SET v = :v ADD claims :claim",
            "ConditionExpression": "attribute_not_exists(claims)"
            " OR (size(claims) < :most AND NOT contains(claims, :entry))",
            "ExpressionAttributeValues": {
                ":v": PAYEE_ACCOUNT.mark,
                ":entry": codec.text(entry),
                ":claim": {"SS": [entry]},
                ":most": codec.number(CLAIMS_MAX),
            },
        }
        return Write("Update", request, _NothingToNote)

    def _approving(self, key: Item) -> Write:
        request = {
            "TableName": self._table,
            "Key": key,
            "UpdateExpression": "SET v = :v, approved = :yes",
            "ConditionExpression": "attribute_not_exists(approved)",
            "ExpressionAttributeValues": {
                ":v": PAYEE_ACCOUNT.mark,
                ":yes": {"BOOL": True},
            },
        }
        return Write("Update", request, _NothingToNote)


class _NothingToNote(Exception):
    """It is noted already, or as many claims are as there can be."""

    def __init__(self, _item: Item | None) -> None:
        super().__init__("noted before")
