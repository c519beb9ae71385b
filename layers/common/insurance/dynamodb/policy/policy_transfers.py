"""Policies as they pass to another holder: the contract's keys move with them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from insurance.domain.billing.account import BillingAccount
from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import PartyId, billing_id_for, party_id_for, quote_id_for
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import (
    BOOK,
    DEMANDS,
    ERASED_AT,
    ERASING,
    FORMER,
    KEY,
    PARTY,
    former_mark,
    marking,
    named_again,
    naming,
    wrapped_column,
    wrapped_in,
)
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.parties.party_items import party_write
from insurance.dynamodb.policy.policy_changes import policy_change
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Refusal, Write, load, transact, update
from insurance.operations.command import Command
from insurance.operations.policy.ports import Newcomer, TransferContext

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBPolicyTransfers:
    """The port `PolicyTransfers` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        reader: PolicyReader,
        idempotency: IdempotencyRecords,
    ) -> None:
        self._client = client
        self._tables = tables
        self._reader = reader
        self._idempotency = idempotency

    def get(self, policy_id: str) -> TransferContext:
        return self._context(policy_id, load(self._client, self._wants(policy_id)))

    def load(self, policy_id: str, command: Command) -> TransferContext:
        wanted = [self._idempotency.key(command.idempotency), *self._wants(policy_id)]
        earlier, *items = load(self._client, wanted)
        self._idempotency.check(
            command.idempotency, earlier, self._reader.keys(policy_id, items[-1])
        )
        return self._context(policy_id, items)

    def _wants(self, policy_id: str) -> list[tuple[str, Item]]:
        account = (self._tables.billing, {"id": codec.text(billing_id_for(policy_id))})
        return [account, *self._reader.wants(policy_id)]

    def _context(self, policy_id: str, items: Sequence[Item | None]) -> TransferContext:
        account, *rest = items
        policy, held = self._reader.read(policy_id, rest), rest[-1]
        keys = self._reader.keys(policy_id, held)
        return TransferContext(
            policy,
            wrapped_in(held),
            aggregates.read_stored(BillingAccount, account, keys) if account else None,
        )

    def pass_on(
        self,
        event: Event,
        policy: Stored[Policy],
        *,
        before: TransferContext,
        known: Stored[Party] | None,
        registered: Event | None,
        command: Command,
    ) -> None:
        """The former holder's key goes into the column `former`; a mark says where it is, for an
        erasure."""
        holder, key = policy.record.party_id, policy.key
        if key is None:
            raise ValueError("a new holder has a key")

        def stale(_item: Item | None) -> Exception:
            return StaleRevision(event.stream)

        returns = holder in (before.former or {})
        transact(
            self._client,
            [
                *policy_change(self._tables, event, before=before.policy),
                *self._known_party(event.stream, _Known(holder, key, known, registered), command),
                *self._hand_over(policy, before, known),
                *([self._taken_out(former_mark(event.stream, holder), stale)] if returns else []),
                marking(self._tables.quotes, event.stream, before.policy.record.party_id),
                self._idempotency.keep(command.idempotency, about=holder, key=key),
            ],
        )

    def join(
        self,
        event: Event,
        policy: Stored[Policy],
        *,
        newcomers: Sequence[Newcomer],
        before: TransferContext,
        command: Command,
    ) -> None:
        """The customers' keys go into the column `former`, each with a mark, as that of a former holder."""
        holder, contract = before.policy, event.stream
        if holder.key is None:
            raise ValueError("the holder has a key")
        others = wrapped_column(before.former or {}) | {
            each.party.record.id: {"B": _key_of(each.party).wrapped} for each in newcomers
        }
        on_keys, on_quote = self._with_keys(contract, {FORMER: {"M": others}}, before)
        for each in newcomers:
            if each.party.record.id == party_id_for(contract):
                on_keys = named_again(on_keys, each.party)
        transact(
            self._client,
            [
                *policy_change(self._tables, event, before=holder),
                *(
                    write
                    for each in newcomers
                    for write in self._known_party(contract, _known(each), command)
                ),
                on_keys,
                on_quote,
                *(
                    marking(self._tables.quotes, contract, each.party.record.id)
                    for each in newcomers
                ),
                self._idempotency.keep(
                    command.idempotency, about=policy.record.party_id, key=policy.key
                ),
            ],
        )

    def _taken_out(self, mark: Item, refusal: Refusal) -> Write:
        """The mark of a former holder who holds the policy again, out of the index of their contracts."""
        return update(
            self._tables.quotes,
            {"id": mark["id"]},
            {"v": mark["v"]},
            refusal,
            condition=f"{PARTY} = :former",
            removed=[PARTY],
            former=mark[PARTY],
        )

    def _known_party(self, contract: str, who: "_Known", command: Command) -> list[Write]:
        """What is written of a party of whom the policy has data from now on. Of the party that
        the contract made, the item is the contract's own: the write of its keys checks it."""
        if who.party_id == party_id_for(contract):
            return []
        registered = who.registered
        if registered is None:
            at = command.idempotency.received_at
            return [naming(self._tables.parties, who.party_id, contract, seen=who.known, at=at)]

        def stale(_item: Item | None) -> Exception:
            return StaleRevision(registered.stream)

        return [
            party_write(self._tables, registered, before=StreamPosition(), key=who.key),
            aggregates.append(self._tables.events, registered, taken=stale),
        ]

    def _hand_over(
        self, policy: Stored[Policy], before: TransferContext, known: Stored[Party] | None
    ) -> list[Write]:
        """The writes of the items that carry copies of the contract's keys. They are refused where a
        holder, present or former, was erased meanwhile."""
        id, key = policy.record.id, policy.key
        if key is None or before.policy.key is None:
            raise ValueError("both holders have a key")
        former = wrapped_column(before.former or {}) | {
            before.policy.record.party_id: {"B": before.policy.key.wrapped}
        }
        holder = policy.record.party_id
        former.pop(holder, None)
        is_own = holder == party_id_for(id)  # the contract's id gives its holder then
        columns: Item = (
            ({} if is_own else {PARTY: codec.text(holder)})
            | {
                KEY: codec.binary(key.wrapped),
                FORMER: {"M": former},
            }
            | ({BOOK: codec.text(policy.record.partner)} if policy.record.former_partners else {})
        )
        # the former holder's demands; delivery of the event brings the new one's
        removed = [DEMANDS, *([PARTY] if is_own else [])]
        on_keys, on_quote = self._with_keys(id, columns, before, removed=removed)
        return [named_again(on_keys, known) if is_own and known else on_keys, on_quote]

    def _with_keys(
        self, id: str, columns: Item, before: TransferContext, *, removed: Sequence[str] = ()
    ) -> list[Write]:
        """The writes of both items that carry copies of the contract's keys, if they are as they were read."""

        def stale(_item: Item | None) -> Exception:
            return StaleRevision(id)

        values: Item = (
            {} if before.former is None else {"seen": {"M": wrapped_column(before.former)}}
        )
        unchanged = f"{FORMER} = :seen" if values else f"attribute_not_exists({FORMER})"
        places = (
            (self._tables.parties, party_id_for(id)),
            (self._tables.quotes, quote_id_for(id)),
        )
        return [
            update(
                table,
                {"id": codec.text(item_id)},
                columns,
                stale,
                condition=f"attribute_not_exists({ERASED_AT}) AND attribute_not_exists({ERASING})"
                f" AND {unchanged}",
                removed=removed,
                **values,
            )
            for table, item_id in places
        ]


class _Known(NamedTuple):
    """A party of whom a policy has data from now on: it holds it, or has a role on it."""

    party_id: PartyId
    key: PartyKey
    known: Stored[Party] | None
    registered: Event | None


def _known(newcomer: Newcomer) -> _Known:
    party = newcomer.party
    return _Known(party.record.id, _key_of(party), party, newcomer.registered)


def _key_of(party: Stored[Party]) -> PartyKey:
    if party.key is None:
        raise ValueError("a customer whom a policy names has a key")
    return party.key
