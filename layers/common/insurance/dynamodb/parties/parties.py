"""Parties in their table: each with the key that seals their personal data, until it is destroyed."""

from collections.abc import Sequence
from itertools import batched
from typing import TYPE_CHECKING

from insurance.domain.core.errors import ReferenceTaken, StaleRevision
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import PartyId, PolicyId, policy_id_for, quote_id_for
from insurance.domain.core.stored import Naming, PartyKey, Stored
from insurance.domain.party.record import Party
from insurance.domain.privacy.legal_hold import ContractRecords
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import (
    ERASED_AT,
    ERASING,
    FORMER,
    KEY,
    PARTY,
    former_mark,
    is_former_mark,
    marked_contract,
)
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.parties.erasure_fence import WRITES_AT_ONCE, ErasureFence
from insurance.dynamodb.parties.key_copies import DynamoDBKeyCopies
from insurance.dynamodb.parties.party_items import party_places, party_write, read_party
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import (
    Refusal,
    Write,
    load,
    remove_path,
    transact,
    update,
    without_entry,
)
from insurance.dynamodb.work_queue_index import QUEUE, WAITS
from insurance.operations.command import Command
from insurance.operations.parties.ports import Contract, Keys, PartyChange, PartyGroup

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WRITES_OF_ERASURE = 3
"""Of one party at most: its item, its event, and the quote that it came of."""
CONTRACTS_SHOWN = 100


class DynamoDBParties:
    """The port `Parties` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        idempotency: IdempotencyRecords,
        keys: Keys,
    ) -> None:
        self._client = client
        self._tables = tables
        self._copies = DynamoDBKeyCopies(client, tables)
        self._fence = ErasureFence(client, tables)
        self._idempotency = idempotency
        self._keys = keys

    def get(self, party_id: PartyId) -> Stored[Party]:
        return self._read([party_id])[0]

    def load(self, party_ids: Sequence[PartyId], command: Command) -> list[Stored[Party]]:
        return self._read(party_ids, command)

    def load_group(self, party_id: PartyId, command: Command) -> PartyGroup:
        [party] = self._read([party_id], command)
        if party.record.merged_into is not None:
            [party] = self._read([party.record.merged_into])
        return PartyGroup(party, self._read(party.record.members))

    def contracts(self, party: Party) -> list[Contract]:
        quotes = {
            quote_id
            for party_id in party.ids
            for quote_id in (*self._copies.contracts(party_id), *self._own_contract(party_id))
            if not is_former_mark(quote_id)
        }
        shown = sorted(quotes)[:CONTRACTS_SHOWN]
        policies = [policy_id_for(quote_id) for quote_id in shown]
        issues = load(self._client, [self._issue(policy_id) for policy_id in policies])
        return [
            Contract(quote_id, policy_id if issued else None)
            for quote_id, policy_id, issued in zip(shown, policies, issues, strict=True)
        ]

    def register(self, event: Event, party: Party, *, key: PartyKey, command: Command) -> None:
        def taken(_item: Item | None) -> Exception:
            return ReferenceTaken(party.id)

        write = party_write(self._tables, event, before=StreamPosition(), key=key)
        transact(
            self._client,
            [
                Write(write.action, write.request, taken),
                aggregates.append(self._tables.events, event, taken=taken),
                self._idempotency.keep(
                    command.idempotency, about=party.id, key=key, key_is_new=True
                ),
            ],
        )

    def change(self, changes: Sequence[PartyChange], *, command: Command) -> None:
        answer = changes[0]
        transact(
            self._client,
            [
                *(write for change in changes for write in party_change(self._tables, change)),
                self._idempotency.keep(
                    command.idempotency, about=answer.event.stream, key=answer.before.key
                ),
            ],
        )

    def erase(
        self,
        erased: Sequence[PartyChange],
        *,
        unless_changed: Sequence[ContractRecords] = (),
        command: Command,
    ) -> None:
        """Each party's own key, its events, the answer and the checks come first; what is left of the
        transaction takes copies. Checks that do not fit are made before, behind the fence."""
        party_ids = [each.event.stream for each in erased]
        if self.erases_at_once(erased, unless_changed):
            self._erase(erased, self._fence.checks(unless_changed, party_ids), command)
            return
        try:
            self._fence.put(party_ids, unless_changed)
            self._fence.check(unless_changed, party_ids)
            self._erase(erased, [], command)
        except StaleRevision:
            self.keep(party_ids)
            raise

    def erases_at_once(
        self, erased: Sequence[object], unless_changed: Sequence[ContractRecords]
    ) -> bool:
        writes = WRITES_OF_ERASURE * len(erased) + 1
        return writes + len(self._fence.checks(unless_changed, [""])) <= WRITES_AT_ONCE

    def keep(self, party_ids: Sequence[PartyId]) -> None:
        quotes = (
            marked_contract(listed) if is_former_mark(listed) else listed
            for party_id in party_ids
            for listed in (quote_id_for(party_id), *self._copies.every_contract(party_id))
        )
        self._fence.take_away(party_ids, quotes)

    def _erase(
        self, erased: Sequence[PartyChange], checks: Sequence[Write], command: Command
    ) -> None:
        writes = [write for each in erased for write in self._erasure(each)]
        room = (WRITES_AT_ONCE - 1 - len(writes) - len(checks)) // 2
        for each in erased:
            quotes = self._copies.contracts(each.event.stream, limit=room) if room else []
            own = former_mark(each.event.stream, each.event.stream)["id"]["S"]
            quotes = [id for id in quotes if id != own]
            writes += self._copies.removals(
                each.event.stream, quotes, each.event.processed_at, _moved_on(each.event)
            )
            room -= len(quotes)
        transact(self._client, [*checks, *writes, self._idempotency.keep(command.idempotency)])

    def _read(
        self, party_ids: Sequence[PartyId], command: Command | None = None
    ) -> list[Stored[Party]]:
        wanted = [place for id in party_ids for place in party_places(self._tables, id)]
        if command is None:
            items = load(self._client, wanted)
        else:
            earlier, *items = load(
                self._client, [self._idempotency.key(command.idempotency), *wanted]
            )
            self._idempotency.check(command.idempotency, earlier)
        return [
            read_party(self._keys, id, places)
            for id, places in zip(party_ids, batched(items, 2, strict=True), strict=True)
        ]

    def _issue(self, policy_id: PolicyId) -> tuple[str, Item]:
        """The event that made the policy: it is there from its issue on."""
        return self._tables.events, {
            "stream": codec.text(policy_id),
            "sequence": codec.number(1),
        }

    def _own_contract(self, party_id: PartyId) -> list[str]:
        """The contract whose id gives the party, if there is one and the party still holds it."""
        quote_id = quote_id_for(party_id)
        [quote] = load(self._client, [(self._tables.quotes, {"id": codec.text(quote_id)})])
        return [quote_id] if quote is not None and PARTY not in quote else []

    def _erasure(self, erased: PartyChange) -> list[Write]:
        """The writes that remove the party's key from its item and from the quote that it came of. Where
        another party holds that contract by now, it is the key of a former holder."""
        event, party_id = erased.event, erased.event.stream
        own, quote = load(self._client, party_places(self._tables, party_id))
        handed_over = own is not None and FORMER in own and party_id in own[FORMER]["M"]
        at = {} if handed_over else {ERASED_AT: codec.instant(event.processed_at)}
        stale, former = _moved_on(event), (FORMER, party_id)
        on_own = update(
            self._tables.parties,
            {"id": codec.text(party_id)},
            at | aggregates.head_columns(event.head),
            stale,
            condition="(attribute_not_exists(revision) AND :seen = :none OR revision = :seen)"
            + ("" if handed_over else f" AND attribute_not_exists({PARTY})"),
            removed=[ERASING, QUEUE, WAITS] if handed_over else [KEY, ERASING, QUEUE, WAITS],
            seen=codec.number(erased.before.head.sequence),
            none=codec.number(0),
        )
        writes = [
            without_entry(on_own, former) if handed_over else on_own,
            aggregates.append(self._tables.events, event, taken=stale),
        ]
        quote_key: Item = {"id": codec.text(quote_id_for(party_id))}
        if handed_over:
            writes.append(remove_path(self._tables.quotes, quote_key, former, stale))
        elif quote is not None and PARTY not in quote:
            condition = f"attribute_not_exists({ERASED_AT}) AND attribute_not_exists({PARTY})"
            writes.append(
                update(
                    self._tables.quotes,
                    quote_key,
                    at,
                    stale,
                    condition=condition,
                    removed=[KEY, ERASING],
                )
            )
        return writes


def party_change(tables: Tables, change: PartyChange, naming: Naming | None = None) -> list[Write]:
    """The writes of a party's item and of the event that it is as; `naming`: as in `party_write`."""
    if change.before.key is None:
        raise ValueError("a party that was erased cannot change")
    return [
        party_write(
            tables,
            change.event,
            before=change.before.head,
            key=change.before.key,
            naming=naming,
        ),
        aggregates.append(tables.events, change.event, taken=_moved_on(change.event)),
    ]


def _moved_on(event: Event) -> Refusal:
    """The party, or one of its contracts, has changed since it was read."""
    return lambda _item: StaleRevision(event.stream)
