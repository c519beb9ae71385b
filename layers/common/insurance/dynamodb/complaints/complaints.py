"""Complaints in their table: one item each, in the queue of the role that must act and in the register of its month."""

from collections.abc import Sequence
from datetime import UTC
from typing import TYPE_CHECKING

from insurance.domain.complaint import Complaint
from insurance.domain.core.errors import ComplaintNotFound, LimitMoved, StaleRevision
from insurance.domain.core.event import Event
from insurance.domain.core.identity import party_id_for, quote_id_for
from insurance.domain.core.running_totals import LimitMovement
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.quote.quote import Quote, QuoteStatus
from insurance.dynamodb import aggregates, codec, work_queue_index
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import ContractKeys, unless_erased
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.payment_queue import recalls
from insurance.dynamodb.shared_limits import DynamoDBRunningTotals
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, enter, load, transact
from insurance.operations.command import Command
from insurance.operations.complaints.ports import ComplaintContext
from insurance.operations.parties.ports import Keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


COMPLAINTS = "complaints"
"""The column of an item beside the complaints, at the quote's id: the ids of all complaints about the
quote, its policy and its claims."""


class DynamoDBComplaints:
    """The port `Complaints` on DynamoDB.

    The party's key is stored with the quote and, once there is a policy, with the party.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        idempotency: IdempotencyRecords,
        running_totals: DynamoDBRunningTotals,
        keys: Keys,
    ) -> None:
        self._client = client
        self._running_totals = running_totals
        self._tables = tables  # the payments' is asked for by what recalls one alone
        self._table = tables.complaints
        self._quotes_table = tables.quotes
        self._claims_table = tables.claims
        self._parties_table = tables.parties
        self._events_table = tables.events
        self._idempotency = idempotency
        self._keys = keys

    def load_context(self, about: str, command: Command) -> ComplaintContext | None:
        kind = about.split("_", 1)[0]
        keys = [self._idempotency.key(command.idempotency), *self._holders(about)]
        if kind == "clm":
            keys.append((self._claims_table, {"id": codec.text(about)}))
        earlier, quote, party, *rest = load(self._client, keys)
        contract = ContractKeys(self._keys, about, party, quote)
        self._idempotency.check(command.idempotency, earlier, contract)
        if quote is None or None in rest:
            return None
        open_fields = aggregates.open_fields(Quote, quote)
        if kind == "pol" and open_fields.status is not QuoteStatus.BOUND:
            return None
        return ComplaintContext(
            partner=open_fields.partner,
            party_id=contract.holder,
            product=open_fields.product,
            territory=open_fields.territory,
            key=contract.of(contract.holder),
        )

    def add(self, event: Event, complaint: Complaint, *, key: PartyKey, command: Command) -> None:
        answer = self._idempotency.keep(command.idempotency, about=complaint.party, key=key)
        transact(
            self._client, [*self._writes(event, complaint, None), self._entry(complaint), answer]
        )

    def get(self, complaint_id: str) -> Stored[Complaint]:
        item, *holders = load(
            self._client, [self._place(complaint_id), *self._holders(complaint_id)]
        )
        return self._read(complaint_id, item, self._contract(complaint_id, holders))

    def load(self, complaint_id: str, command: Command) -> Stored[Complaint]:
        places = [self._place(complaint_id), self._idempotency.key(command.idempotency)]
        item, earlier, *holders = load(self._client, [*places, *self._holders(complaint_id)])
        keys = self._contract(complaint_id, holders)
        self._idempotency.check(command.idempotency, earlier, keys)
        return self._read(complaint_id, item, keys)

    def change(
        self,
        event: Event,
        complaint: Complaint,
        *,
        before: Stored[Complaint],
        command: Command,
        totals: Sequence[LimitMovement] = (),
    ) -> None:
        answer = self._idempotency.keep(command.idempotency, about=complaint.party, key=before.key)
        counted = self._running_totals.moved(totals, lambda _item: LimitMoved(complaint.id))
        recalled = recalls(self._tables, before.record.redress, complaint.redress)
        writes = [*self._writes(event, complaint, before), *recalled, *counted, answer]
        transact(self._client, writes)

    def _writes(
        self, event: Event, complaint: Complaint, before: Stored[Complaint] | None
    ) -> list[Write]:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(complaint.id)

        return aggregates.moved(
            self._table, self._events_table, event, before, stale, _columns(complaint)
        )

    def _entry(self, complaint: Complaint) -> Write:
        """The complaint's entry in the list of the complaints about its contract."""

        def stale(_item: Item | None) -> Exception:
            return StaleRevision(complaint.id)

        key = {"id": codec.text(quote_id_for(complaint.id))}
        entry = enter(self._table, key, COMPLAINTS, complaint.id, stale)
        return unless_erased(entry, complaint.party)

    def _read(self, complaint_id: str, item: Item | None, keys: ContractKeys) -> Stored[Complaint]:
        if item is None:
            raise ComplaintNotFound(complaint_id)
        return aggregates.read_stored(Complaint, item, keys)

    def _contract(self, id: str, holders: Sequence[Item | None]) -> ContractKeys:
        return ContractKeys(self._keys, id, *reversed(holders))

    def _place(self, complaint_id: str) -> tuple[str, Item]:
        return self._table, {"id": codec.text(complaint_id)}

    def _holders(self, id: str) -> list[tuple[str, Item]]:
        return [
            (self._quotes_table, {"id": codec.text(quote_id_for(id))}),
            (self._parties_table, {"id": codec.text(party_id_for(id))}),
        ]


def _columns(complaint: Complaint) -> Item:
    """Where the complaint stands in the work queue and in the register."""
    role = complaint.waits_for
    received = complaint.received_at.astimezone(UTC)
    return {
        **(work_queue_index.waiting_columns(complaint.id, role, complaint.since) if role else {}),
        "month": work_queue_index.queue_key(complaint.id, f"{received:%Y-%m}"),
        "received": work_queue_index.queue_order(received, complaint.id),
    }
