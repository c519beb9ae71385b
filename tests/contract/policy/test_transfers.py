"""A policy passes to another holder once, in memory and on a real engine alike."""

from datetime import timedelta

import pytest
from insurance.domain.core.errors import AlreadyErased, StaleRevision
from insurance.domain.core.identity import Mode, new_quote_id, party_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.party.details import details_of
from insurance.domain.party.party import Policyholder
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.operations.parties.register_party import registration
from insurance.operations.policy.ports import TransferContext

from tests.support.builders import LATER, make_command, make_quote, next_event
from tests.support.stores import Stores, accept, add_quote, erase, issue

TRANSFER = "test POST /v1/policies/{policy_id}/transfers"
AFTER = LATER + timedelta(days=1)
FIRST, SECOND = "pty_test_yyyyyyyyyyyyyyyy", "pty_test_zzzzzzzzzzzzzzzz"


def issued(stores: Stores) -> str:
    return issue(stores, accept(stores, add_quote(stores))).record.id


def loaded(stores: Stores, policy_id: str, key: str) -> TransferContext:
    return stores.transfers.load(policy_id, make_command(key, operation=TRANSFER))


def pass_on(stores: Stores, before: TransferContext, party_id: str, key: str) -> Stored[Policy]:
    holder = Policyholder(name=f"Holder {key}")
    policy = before.policy.record.replace(party_id=party_id, policyholder=holder)
    new_key = stores.new_key()
    event = next_event(
        before.policy.head, policy, new_key, type=PolicyEventType.TRANSFERRED, now=AFTER
    )
    after = Stored(policy, event.head, new_key)
    command = make_command(key, operation=TRANSFER).with_answer(after)
    party = Party.new(party_id, policy.partner, details_of(holder), at=AFTER, by="app_one")
    stores.transfers.pass_on(
        event,
        after,
        before=before,
        registered=registration(party, new_key, command),
        command=command,
    )
    return after


def test_the_policy_is_the_new_holder_s_and_what_was_known_before_is_the_former_one_s(stores):
    policy_id = issued(stores)
    before = loaded(stores, policy_id, "one")

    after = pass_on(stores, before, FIRST, "one")

    assert stores.policies.get(policy_id).record == after.record
    assert stores.policies.as_known(policy_id, LATER).record == before.policy.record


def test_of_two_transfers_that_read_the_same_policy_one_is_made(stores):
    policy_id = issued(stores)
    one, other = loaded(stores, policy_id, "one"), loaded(stores, policy_id, "two")
    pass_on(stores, one, FIRST, "one")

    with pytest.raises(StaleRevision):
        pass_on(stores, other, SECOND, "two")

    assert stores.policies.get(policy_id).record.party_id == FIRST


def test_a_second_transfer_keeps_what_the_first_one_left_readable(stores):
    policy_id = issued(stores)
    first = pass_on(stores, loaded(stores, policy_id, "one"), FIRST, "one")

    second = pass_on(stores, loaded(stores, policy_id, "two"), SECOND, "two")

    assert stores.policies.get(policy_id).record == second.record
    events = stores.policies.events(policy_id, after=0, limit=10)
    assert [event.type for event in events[1:]] == [PolicyEventType.TRANSFERRED] * 2
    assert first.record.policyholder != second.record.policyholder
    known = stores.policies.as_known(policy_id, LATER).record
    assert known.policyholder is not None


def test_a_holder_who_was_erased_meanwhile_hands_nothing_over(dynamodb_stores):
    stores = dynamodb_stores
    policy_id = issued(stores)
    before = loaded(stores, policy_id, "one")
    erase(stores, before.policy.record.party_id)

    with pytest.raises(StaleRevision):
        pass_on(stores, before, FIRST, "one")

    assert stores.policies.get(policy_id).key is None


def test_a_former_holder_who_was_erased_meanwhile_comes_back_by_no_later_transfer(dynamodb_stores):
    stores = dynamodb_stores
    policy_id = issued(stores)
    former = stores.policies.get(policy_id).record.party_id
    pass_on(stores, loaded(stores, policy_id, "one"), FIRST, "one")
    before = loaded(stores, policy_id, "two")
    erase(stores, former)

    with pytest.raises(StaleRevision):
        pass_on(stores, before, SECOND, "two")
    again = pass_on(stores, loaded(stores, policy_id, "three"), SECOND, "three")

    assert stores.policies.get(policy_id).record == again.record
    assert stores.policies.as_known(policy_id, LATER).record.policyholder is None


def pass_on_to(stores: Stores, before: TransferContext, known: Stored[Party]) -> Stored[Policy]:
    """Pass the policy on to a party that has a key already."""
    assert known.key is not None
    holder = known.record.policyholder
    policy = before.policy.record.replace(party_id=known.record.id, policyholder=holder)
    type = PolicyEventType.TRANSFERRED
    event = next_event(before.policy.head, policy, known.key, type=type, now=AFTER)
    after = Stored(policy, event.head, known.key)
    command = make_command("one", operation=TRANSFER).with_answer(after)
    stores.transfers.pass_on(event, after, before=before, registered=None, command=command)
    return after


def test_a_policy_passes_on_to_a_party_that_is_known(stores):
    known = stores.parties.get(party_id_for(issued(stores)))
    policy_id = issued_to_another(stores)

    after = pass_on_to(stores, loaded(stores, policy_id, "one"), known)

    assert stores.policies.get(policy_id).record == after.record


def test_a_policy_does_not_pass_on_to_a_party_that_was_erased_meanwhile(stores):
    known = stores.parties.get(party_id_for(issued(stores)))
    before = loaded(stores, issued_to_another(stores), "one")
    erase(stores, known.record.id)

    with pytest.raises(AlreadyErased):
        pass_on_to(stores, before, known)


def issued_to_another(stores: Stores) -> str:
    quote = make_quote(id=new_quote_id(Mode.TEST, "transfers", "another"))
    accepted = accept(stores, add_quote(stores, quote), key="accept-another")
    return issue(stores, accepted, key="issue-another").record.id
