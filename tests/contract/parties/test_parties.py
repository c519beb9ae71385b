"""The records of parties: what the store promises, in memory and on a real engine alike."""

from types import SimpleNamespace
from typing import Any

import pytest
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    PartyNotFound,
    ReferenceTaken,
    StaleRevision,
    WrongState,
)
from insurance.domain.core.event import first_broken_link
from insurance.domain.core.identity import Mode, party_id_for, policy_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.party.record import MEMBERS_MAX, Party, PartyDetails, PartyKind
from insurance.operations.command import Command
from insurance.operations.idempotency import AlreadyAnswered, RecordedAnswer
from insurance.operations.parties.merge_parties import merge_parties, undo_merge
from insurance.operations.parties.ports import Contract, PartyPorts
from insurance.operations.parties.record_consent import record_consent
from insurance.operations.parties.register_party import register_party

from tests.fakes.keys import MemoryKeys, PlainKeys
from tests.support.builders import QUOTE_ID, make_command, make_quote
from tests.support.stores import Stores, accept, add_quote, erase, issue

DERIVED = party_id_for(QUOTE_ID)
SECOND = "quo_test_" + "2" * 16
PARTNER = Caller(
    principal="app_test_1",
    kind=CallerKind.APPLICATION,
    partner="ptn_one",
    roles=frozenset(),
    scopes=frozenset(),
    mode=Mode.TEST,
)


def command(key: str, caller: Caller = PARTNER) -> Command:
    return make_command(
        key,
        caller=caller,
        operation="test POST /v1/parties",
        render=lambda stored: RecordedAnswer(stored.record.id if stored else ""),
    )


def registered(stores: Stores, key: str, **details: Any) -> Stored[Party]:
    memory = type(stores.parties).__name__.startswith("Memory")
    ports = PartyPorts(
        parties=stores.parties,
        index_keys=stores.index_keys,
        keys=MemoryKeys() if memory else PlainKeys(),
    )
    person = PartyDetails(kind=PartyKind.PERSON, name="Ada Lovelace", **details)
    return register_party(person, command(key), ports)


def test_a_registered_party_is_read_as_it_was_stored(stores):
    party = registered(stores, "one", language="en-GB")

    assert stores.parties.get(party.record.id).record == party.record
    assert stores.parties.contracts(party.record) == []


def test_a_registration_is_answered_once(stores):
    party = registered(stores, "one")

    with pytest.raises(AlreadyAnswered) as earlier:
        registered(stores, "one")
    assert earlier.value.answer.body == party.record.id


def test_a_reference_has_one_party(stores):
    registered(stores, "one", reference="C-1")

    with pytest.raises(ReferenceTaken):
        registered(stores, "two", reference="C-1")
    assert registered(stores, "three", reference="C-2")


def test_a_party_nobody_has_written_is_the_policyholder_of_its_quote(stores):
    add_quote(stores)

    party = stores.parties.get(DERIVED)

    assert party.head.sequence == 0
    assert party.record.policyholder == make_quote().policyholder
    assert stores.parties.contracts(party.record) == [Contract(QUOTE_ID, None)]


def test_a_quote_that_names_its_party_makes_none(stores):
    first = issue(stores, accept(stores, add_quote(stores)))
    add_quote(stores, make_quote(id=SECOND), of=first)

    with pytest.raises(PartyNotFound):
        stores.parties.get(party_id_for(SECOND))
    party = stores.parties.get(DERIVED).record
    assert stores.parties.contracts(party) == [
        Contract(SECOND, None),
        Contract(QUOTE_ID, policy_id_for(QUOTE_ID)),
    ]


def test_a_command_on_an_unwritten_party_leaves_its_contract_as_it_was(stores):
    quote = add_quote(stores)

    record_consent(DERIVED, "post", command("consent"), stores.parties, given=True)

    policy = issue(stores, accept(stores, quote))
    assert stores.policies.get(policy.record.id).record == policy.record
    assert stores.parties.get(DERIVED).head.sequence == 1


def as_read(stores: Stores, *parties: Stored[Party]) -> Any:
    """The store of parties, with these as they were read before somebody else wrote."""
    return SimpleNamespace(load=lambda *_: list(parties), change=stores.parties.change)


def test_of_two_merges_at_once_one_is_decided_again(stores):
    first, second, third = (registered(stores, key) for key in "abc")
    late = as_read(stores, second, third)
    merge_parties(first.record.id, second.record.id, command("merge-1"), stores.parties)

    with pytest.raises(StaleRevision):
        merge_parties(second.record.id, third.record.id, command("merge-2"), late)
    with pytest.raises(WrongState):
        merge_parties(second.record.id, third.record.id, command("merge-2"), stores.parties)
    assert stores.parties.get(third.record.id).record == third.record


def test_a_merge_is_answered_once(stores):
    first, second = (registered(stores, key).record.id for key in "ab")
    merge_parties(first, second, command("merge"), stores.parties)

    with pytest.raises(AlreadyAnswered):
        merge_parties(first, second, command("merge"), stores.parties)
    undo_merge(first, second, command("undo"), stores.parties)
    assert stores.parties.get(first).record.members == ()
    assert stores.parties.get(second).record.merged_into is None


def test_an_erasure_that_comes_first_stops_a_merge(stores):
    first, second = (registered(stores, key) for key in "ab")
    late = as_read(stores, first, second)
    erase(stores, second.record.id)

    with pytest.raises((StaleRevision, AlreadyErased)):
        merge_parties(first.record.id, second.record.id, command("merge"), late)
    with pytest.raises(AlreadyErased):
        merge_parties(first.record.id, second.record.id, command("merge"), stores.parties)
    assert stores.parties.get(first.record.id).record.members == ()


def test_an_erasure_covers_as_many_members_as_there_can_be(stores):
    first = registered(stores, "first").record.id
    members = [registered(stores, f"member-{number}").record.id for number in range(MEMBERS_MAX)]
    for member in members:
        merge_parties(first, member, command(f"merge-{member}"), stores.parties)

    event = erase(stores, members[-1])

    assert event.stream == first
    for party_id in (first, *members):
        with pytest.raises(AlreadyErased):
            stores.parties.get(party_id)
    assert first_broken_link([event], after=event.sequence - 1) is None
