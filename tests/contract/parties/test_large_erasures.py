"""The erasure of a party with more contracts than one transaction can check, on a real engine."""

from typing import TYPE_CHECKING, Any

import pytest
from insurance.domain.core.classification import Record
from insurance.domain.core.errors import AlreadyErased, StaleRevision
from insurance.domain.core.event import Event, NothingToSeal
from insurance.domain.core.stored import Stored
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.party import Erasure
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.operations.idempotency import RecordedAnswer
from insurance.operations.parties.ports import PartyChange

from tests.support.builders import LATER, make_claim, make_command, make_quote, next_event
from tests.support.engine import make_tables
from tests.support.stores import Stores, accept, add_quote, issue, notify, on_dynamodb

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONTRACTS = 40
LAST = f"quo_test_{CONTRACTS - 1:016d}"
WRITING = frozenset({"transact_write_items", "update_item", "put_item"})


class Died(Exception):
    """The process ends here."""


class Mortal:
    """A client whose process ends before its nth write; 0: never."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client = client
        self.ends_at = 0
        self.writes = 0

    def __getattr__(self, name: str) -> Any:
        if name in WRITING:
            self.writes += 1
            if self.writes == self.ends_at:
                raise Died
        return getattr(self._client, name)


class Fleet:
    """A customer with forty contracts; the first one is a policy."""

    def __init__(self, dynamodb: "DynamoDBClient") -> None:
        self.tables = make_tables(dynamodb)
        self.client = Mortal(dynamodb)
        self.stores = on_dynamodb(self.client, self.tables)  # type: ignore[arg-type]  # as one
        self.policy: Stored[Policy] = issue(
            self.stores, accept(self.stores, add_quote(self.stores))
        )
        self.party_id = self.policy.record.party
        self.quotes = [
            add_quote(self.stores, make_quote(id=f"quo_test_{number:016d}"), of=self.policy)
            for number in range(CONTRACTS)
        ]
        self.seen = self.stores.contracts.read([self.party_id])

    def erase(self) -> None:
        """Erase what was read."""
        command = make_command("erase-1", render=lambda _erasure: RecordedAnswer(self.party_id))
        before = self.stores.parties.load_group(self.party_id, command).party
        erasure = Erasure(party_id=self.party_id, reason="requested", erased_at=LATER)
        event = Event.following(
            before.head,
            erasure,
            NothingToSeal(),
            stream=self.party_id,
            type=PartyEventType.ERASED,
            actor="staff-priya",
            now=LATER,
        )
        self.stores.parties.erase(
            [PartyChange(event, before)],
            unless_changed=self.seen,
            command=command.with_answer(erasure),
        )

    def dies_at(self, write: int) -> None:
        self.client.writes, self.client.ends_at = 0, write

    def opened(self) -> list[bool]:
        """Of the policy and each quote, whether anybody can read it."""
        records: list[Record] = [self.stores.policies.get(self.policy.record.id).record]
        records += [self.stores.quotes.get(quote.record.id).record for quote in self.quotes]
        return [getattr(record, "policyholder", None) is not None for record in records]


@pytest.fixture
def fleet(dynamodb: "DynamoDBClient") -> Fleet:
    return Fleet(dynamodb)


def test_it_is_not_done_at_once_and_leaves_nothing_readable(fleet: Fleet):
    assert not fleet.stores.parties.erases_at_once([1], fleet.seen)
    assert fleet.stores.parties.erases_at_once([1], fleet.seen[:2])

    fleet.erase()

    assert not any(fleet.opened())
    fleet.stores.key_copies.remove_copies(fleet.party_id, LATER)
    for name in ("quotes", "parties"):
        for item in fleet.client.scan(TableName=fleet.tables[name])["Items"]:
            assert not {"key", "erasing"} & item.keys()


def test_a_change_of_the_last_contract_is_seen_and_nothing_is_erased(fleet: Fleet):
    accepted = accept(fleet.stores, fleet.quotes[-1], key="accept-last")
    issue(fleet.stores, accepted, key="issue-last")

    with pytest.raises(StaleRevision):
        fleet.erase()

    assert all(fleet.opened())
    accept(fleet.stores, fleet.quotes[0], key="accept-after")


def test_a_change_while_it_goes_on_is_refused_or_seen(fleet: Fleet):
    """The process dies before each of its writes in turn, and a claim is notified there."""
    for write in range(1, 100):
        fleet.dies_at(write)
        try:
            fleet.erase()
        except Died:
            fleet.dies_at(0)
        else:
            break
        fenced = write > 1 and not any(fleet.opened())
        if fenced:
            claim = make_claim(fleet.policy.record, party_id=fleet.party_id)
            with pytest.raises(AlreadyErased):
                refuse(fleet.stores, claim.policy_id)
            with pytest.raises(StaleRevision):
                accept(fleet.stores, fleet.quotes[-1], key=f"accept-{write}")
    assert write > 3, "it was done in fewer steps than there are"
    assert not any(fleet.opened())


def refuse(stores: Stores, policy_id: str) -> None:
    """What a command sees that loads the policy."""
    if stores.policies.get(policy_id).key is None:
        raise AlreadyErased(policy_id)


@pytest.mark.parametrize("write", [1, 2, 3, 4])
def test_one_that_died_is_undone(fleet: Fleet, write: int):
    fleet.dies_at(write)
    with pytest.raises(Died):
        fleet.erase()
    fleet.dies_at(0)

    for _repeated in range(2):
        fleet.stores.parties.keep([fleet.party_id])

    assert all(fleet.opened())
    change(fleet.stores, fleet.stores.policies.get(fleet.policy.record.id))
    notify(fleet.stores, make_claim(fleet.policy.record))


def change(stores: Stores, before: Stored[Policy]) -> None:
    """A command that has read the policy changes it."""
    event = next_event(before.head, before.record, before.key, type=PolicyEventType.ENDORSED)
    after = Stored(before.record, event.head, before.key)
    command = make_command("change", operation="test POST /v1/policies/{policy_id}/endorsements")
    stores.changes.change(event, after, before=before, command=command.with_answer(after))


def test_a_command_that_had_read_the_key_before_the_fence_writes_nothing(fleet: Fleet):
    before = fleet.stores.policies.get(fleet.policy.record.id)
    fleet.erase()

    with pytest.raises(StaleRevision):
        change(fleet.stores, before)


def test_a_quote_for_a_party_that_is_being_erased_is_refused(fleet: Fleet):
    fleet.dies_at(2)
    with pytest.raises(Died):
        fleet.erase()
    fleet.dies_at(0)

    with pytest.raises(AlreadyErased):
        add_quote(fleet.stores, make_quote(id="quo_test_" + "9" * 16), of=fleet.policy)
