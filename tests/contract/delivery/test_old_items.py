"""What changed after it was read ahead for a batch decides nothing, unless the write is refused for it."""

from collections.abc import Callable
from contextvars import Context
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from insurance import wiring
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.core.identity import Mode, party_id_for, quote_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.ledger.calendar import Calendar, period_after, period_of
from insurance.domain.ledger.event_types import LedgerEventType
from insurance.domain.party.demands import RestrictionKind
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.dynamodb.stores import Stores as DynamoDBStores
from insurance.operations.delivery.index_event import index_quote, remove_quote
from insurance.operations.delivery.ports import BooksPorts, IndexPorts, StoredFacts
from insurance.operations.delivery.post_event import post_event
from insurance.operations.parties.change_party import party_event
from insurance.products import product

from bench.meter.tally import Meter
from tests.fakes.delivery import streamed
from tests.fakes.keys import MemoryKey, PlainKeys
from tests.support.builders import LATER, NOW, PREMIUM, make_command, make_policy
from tests.support.engine import make_tables
from tests.support.stores import Stores, accept, add_quote, issue, on_dynamodb

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

EVENTS = 8
"""More than the ledger tries to post one event."""
PRODUCTS: Any = SimpleNamespace(version=lambda _ref: product("personal_motor"))


class Delivered:
    """The stores as the delivery of events has them, and what others do meanwhile."""

    def __init__(self, dynamodb: "DynamoDBClient") -> None:
        self.client, self.tables = dynamodb, make_tables(dynamodb)
        self.stores: Stores = on_dynamodb(dynamodb, self.tables)
        keys = PlainKeys()
        self.real = DynamoDBStores(
            lambda: dynamodb, self.tables.__getitem__, lambda: keys, lambda: keys
        )
        self.ahead = self.real.expected_reads
        self.index = IndexPorts(
            PRODUCTS,
            self.real.sealed_facts,
            self.real.index_keys,
            self.real.search_index,
            self.real.payee_accounts,
        )

    def meanwhile(self, does: Callable[[], Any]) -> None:
        """As another process does: it knows nothing of what was read ahead here."""
        Context().run(does)

    def close(self, period: str) -> None:
        command = make_command("close", operation="test POST /v1/ledger/periods/{period}/closure")
        before = self.real.calendars.load(Mode.TEST, command)
        calendar = before.record.replace(closed_through=period)
        event = Event.following(
            before.head,
            calendar,
            NothingToSeal(),
            stream=calendar.id,
            type=LedgerEventType.PERIOD_CLOSED,
            actor="app_one",
            now=LATER,
        )
        command = command.with_answer(Stored[Calendar](calendar, event.head, None))
        self.real.calendars.store(event, calendar, before=before, command=command)

    def move_into(self, book: str, policy: Stored[Policy]) -> None:
        for table, id in (
            ("quotes", quote_id_for(policy.record.id)),
            ("parties", party_id_for(policy.record.id)),
        ):
            self.client.update_item(
                TableName=self.tables[table],
                Key={"id": {"S": id}},
                UpdateExpression="SET book = :book",
                ExpressionAttributeValues={":book": {"S": book}},
            )

    def object_to(self, party_id: str) -> None:
        command = make_command("objects", operation="test POST /v1/parties/{party_id}/restrictions")
        [before] = self.stores.parties.load([party_id], command)
        party = before.record.restricted(RestrictionKind.OBJECTION, "asked to", at=LATER)
        change, stored = party_event(before, party, PartyEventType.RESTRICTED, command)
        self.stores.parties.change([change], command=command.with_answer(stored))

    def rows(self) -> int:
        return self.client.scan(TableName=self.tables["search"])["Count"]


@pytest.fixture
def delivered(dynamodb: "DynamoDBClient") -> Delivered:
    return Delivered(dynamodb)


def posted(number: int) -> Event:
    policy = make_policy(id=f"pol_test_{number:016}")
    type, postings = PolicyEventType.ISSUED, PREMIUM.written()
    return Event.following(
        StreamPosition(),
        policy,
        MemoryKey(b"key"),
        stream=policy.id,
        type=type,
        actor="app_one",
        now=NOW,
        postings=postings,
    )


def test_a_batch_that_meets_the_close_of_a_period_is_posted_to_the_next(delivered: Delivered):
    events = [posted(number) for number in range(EVENTS)]
    ports = BooksPorts(wiring.products(), delivered.real.control_accounts)
    period = period_of(events[0].tax_point)

    with delivered.ahead.of_events([streamed(each) for each in events]):
        delivered.meanwhile(lambda: delivered.close(period))
        for event in events:
            post_event(event, NOW, ports)

    items = delivered.client.scan(TableName=delivered.tables["balances"])["Items"]
    marks = [item for item in items if item["account"]["S"].startswith("posted#")]
    assert [mark["period"]["S"] for mark in marks] == [period_after(period)] * EVENTS


def test_a_demand_that_was_recorded_meanwhile_stays_with_the_policy(delivered: Delivered):
    stores = delivered.stores
    policy = issue(stores, accept(stores, add_quote(stores)))
    party_id = policy.record.party
    [issued] = stores.policies.events(policy.record.id, after=0, limit=1)

    with delivered.ahead.of_events([streamed(issued)]):
        delivered.meanwhile(lambda: delivered.object_to(party_id))
        stores.contract_demands.mark(policy.record.id, party_id)

    assert stores.claims.load_policy(policy.record.id, None).demands == {RestrictionKind.OBJECTION}


def test_what_moved_into_another_book_meanwhile_is_entered_there(delivered: Delivered):
    stores = delivered.stores
    policy = issue(stores, accept(stores, add_quote(stores)))
    [issued] = stores.policies.events(policy.record.id, after=0, limit=1)

    with delivered.ahead.of_events([streamed(issued)]):
        delivered.meanwhile(lambda: delivered.move_into("meadow", policy))

        assert delivered.real.sealed_facts.read(StoredFacts.of(issued)).book == "meadow"


DAMAGE: dict[str, Callable[[Event], Event]] = {
    "facts that are a list": lambda event: event.model_copy(update={"facts": ["party_id"]}),
    "a party that is none": lambda event: event.replace(facts={"party_id": ["pty"]}),
    "a stream of no name": lambda event: event.replace(stream="pol_"),
    "a stream of another area": lambda event: event.replace(stream="clm_x"),
    "a type that nobody knows": lambda event: event.replace(type="policy.unheard_of"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_event_keeps_no_other_from_being_read_ahead(delivered: Delivered, damage: Any):
    whole, meter = posted(1), Meter({})
    ports = BooksPorts(wiring.products(), delivered.real.control_accounts)
    meter.listen(delivered.client)

    batch = [streamed(damage(posted(2))), streamed(whole)]
    with delivered.ahead.of_events(batch), meter.measuring() as tally:
        post_event(whole, NOW, ports)
    meter.leave(delivered.client)

    assert tally.round_trips == 1, "its transaction, and no read"


def test_a_quote_with_a_strange_id_keeps_no_other_from_being_indexed(delivered: Delivered):
    quote = add_quote(delivered.stores)
    assert quote.key is not None

    with delivered.ahead.of_quotes(["", "strange", quote.record.id]):
        index_quote(StoredFacts.of(quote.record.made(quote.key)), delivered.index)

    assert delivered.rows() > 0


def test_a_quote_that_was_indexed_meanwhile_is_removed_with_all_its_rows(delivered: Delivered):
    quote = add_quote(delivered.stores)
    assert quote.key is not None
    made = StoredFacts.of(quote.record.made(quote.key))

    with delivered.ahead.of_quotes([made.id]):
        delivered.meanwhile(lambda: index_quote(made, delivered.index))
        before = delivered.rows()
        remove_quote(made.id, delivered.index)

    assert (before > 0, delivered.rows()) == (True, 0)
