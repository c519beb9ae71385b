"""A command reads a key, an erasure destroys it, and the command writes: in memory and on a real engine alike."""

from collections.abc import Callable

import pytest
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.complaint.event_types import ComplaintEventType
from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import StreamPosition
from insurance.domain.core.identity import Mode, new_complaint_id, new_quote_id, party_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Policyholder
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType

from tests.support.builders import (
    LATER,
    QUOTE_ID,
    make_claim,
    make_command,
    make_quote,
    next_event,
)
from tests.support.party_records import complaint_of
from tests.support.stores import (
    NOTIFY,
    SETTLE,
    Stores,
    accept,
    add_quote,
    erase,
    issue,
    notify,
    pay,
)

type Write = Callable[[], object]
"""What a command writes that has read everything."""

PARTY = party_id_for(QUOTE_ID)
CHANGE = "test POST /v1/policies/{policy_id}/endorsements"
COMPLAIN = "test POST /v1/complaints"


def policy_of(stores: Stores) -> Stored[Policy]:
    return issue(stores, accept(stores, add_quote(stores)))


def change_policy(stores: Stores, key: str = "change") -> Write:
    """Of a policy that may never have changed before: it has no item of its own until then."""
    before = stores.changes.load(policy_of_party(stores), make_command(key, operation=CHANGE))
    event = next_event(before.head, before.record, before.key, type=PolicyEventType.ENDORSED)
    after = Stored(before.record, event.head, before.key)
    command = make_command(key, operation=CHANGE).with_answer(after)
    return lambda: stores.changes.change(event, after, before=before, command=command)


def change_policy_again(stores: Stores) -> Write:
    change_policy(stores, "before")()
    return change_policy(stores)


def take_payment(stores: Stores) -> Write:
    pay(stores, stores.billing.get(policy_of_party(stores)), "REF-1")
    read = stores.billing.get(policy_of_party(stores))
    return lambda: pay(stores, read, "REF-2")


def change_claim(stores: Stores) -> Write:
    policy = stores.policies.get(policy_of_party(stores)).record
    before = notify(stores, make_claim(policy))
    event = next_event(before.head, before.record, before.key, type=ClaimEventType.SETTLED)
    after = Stored(before.record, event.head, before.key)
    command = make_command("settle", operation=SETTLE).with_answer(after)
    return lambda: stores.claims.change(event, before.record, before=before, command=command)


def change_complaint(stores: Stores) -> Write:
    policy = stores.policies.get(policy_of_party(stores))
    assert policy.key is not None
    complaint = complaint_of(
        id=new_complaint_id(policy.record.id, "app_one", "complain"), about=policy.record.id
    )
    event = next_event(StreamPosition(), complaint, policy.key, type=ComplaintEventType.RECEIVED)
    before = Stored(complaint, event.head, policy.key)
    command = make_command("complain", operation=COMPLAIN).with_answer(before)
    stores.complaints.add(event, complaint, key=policy.key, command=command)
    noted = next_event(before.head, complaint, policy.key, type=ComplaintEventType.NOTED)
    command = make_command("note", operation=COMPLAIN)
    command = command.with_answer(Stored(complaint, noted.head, policy.key))
    return lambda: stores.complaints.change(noted, complaint, before=before, command=command)


def policy_of_party(stores: Stores) -> str:
    [contract] = stores.contracts.read([PARTY])
    assert contract.policy is not None
    return contract.policy.record.id


COMMANDS = [change_policy, change_policy_again, take_payment, change_claim, change_complaint]


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_is_written_with_a_key_that_an_erasure_has_destroyed(
    stores: Stores, command: Callable[[Stores], Write]
):
    policy_id = policy_of(stores).record.id
    write = command(stores)
    before = heads(stores, policy_id)
    erase(stores, PARTY, unless_changed=stores.contracts.read([PARTY]))

    with pytest.raises(StaleRevision):
        write()

    assert heads(stores, policy_id) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_what_was_written_first_stops_the_erasure(
    stores: Stores, command: Callable[[Stores], Write]
):
    policy_of(stores)
    write = command(stores)
    seen = stores.contracts.read([PARTY])
    write()

    with pytest.raises(StaleRevision):
        erase(stores, PARTY, unless_changed=seen)


@pytest.mark.parametrize("command", [change_policy, change_policy_again])
def test_the_policy_stands_as_it_did_after_the_erasure(
    stores: Stores, command: Callable[[Stores], Write]
):
    policy_id = policy_of(stores).record.id
    command(stores)
    before = stores.policies.get(policy_id)
    erase(stores, PARTY, unless_changed=stores.contracts.read([PARTY]))

    after = stores.policies.get(policy_id)

    assert (after.head.sequence, after.head.hash) == (before.head.sequence, before.head.hash)
    assert after.record.premium == before.record.premium
    assert after.record.policyholder is None


def test_a_payment_that_comes_after_the_erasure_is_posted(stores: Stores):
    policy_id = policy_of(stores).record.id
    take_payment(stores)
    erase(stores, PARTY, unless_changed=stores.contracts.read([PARTY]))

    paid = pay(stores, stores.billing.get(policy_id), "REF-3")

    assert [each.reference for each in paid.paid_in] == ["REF-1", "REF-3"]
    account = stores.billing.get(policy_id).account
    assert account is not None
    assert account.head.sequence == len(paid.paid_in)


def test_the_erasure_of_a_former_holder_stops_no_command_of_the_present_one(
    dynamodb_stores: Stores,
):
    stores = dynamodb_stores
    issued = policy_of(stores)
    other, key = "pty_test_" + "9" * 16, stores.new_key()
    holder = Policyholder(name="Ben Okri")
    held = issued.record.replace(party_id=other, policyholder=holder)
    event = next_event(issued.head, held, key, type=PolicyEventType.ENDORSED, now=LATER)
    after = Stored(held, event.head, key)
    command = make_command("ben", operation=CHANGE).with_answer(after)
    erase(stores, PARTY, unless_changed=stores.contracts.read([PARTY]))

    stores.changes.change(event, after, before=Stored(held, issued.head, key), command=command)


def heads(stores: Stores, policy_id: str) -> list[int]:
    """How many events each stream of the contract has."""
    read = stores.billing.get(policy_id)
    claims = [
        stores.claims.get(each.claim_id)
        for each in stores.claims.load_policy(policy_id, None).noticed
    ]
    return [each.head.sequence for each in (read.policy, read.account, *claims) if each]


def give_notice_of_loss(stores: Stores) -> Write:
    read = stores.claims.load_policy(policy_of_party(stores), None)
    claim, key = make_claim(read.policy.record), read.policy.key
    event = next_event(StreamPosition(), claim, key, type=ClaimEventType.NOTIFIED)
    command = make_command("notice", operation=NOTIFY)
    command = command.with_answer(Stored(claim, event.head, key))
    return lambda: stores.claims.notify(event, claim, context=read, command=command)


def complain(stores: Stores) -> Write:
    policy = stores.policies.get(policy_of_party(stores))
    key = policy.key
    assert key is not None
    complaint = complaint_of(
        id=new_complaint_id(policy.record.id, "app_one", "complain"), about=policy.record.id
    )
    event = next_event(StreamPosition(), complaint, key, type=ComplaintEventType.RECEIVED)
    command = make_command("complain", operation=COMPLAIN)
    command = command.with_answer(Stored(complaint, event.head, key))
    return lambda: stores.complaints.add(event, complaint, key=key, command=command)


@pytest.mark.parametrize("command", [*COMMANDS, give_notice_of_loss, complain])
def test_the_erasure_of_another_on_the_contract_leaves_the_mark_of_the_first(
    dynamodb_stores: Stores, command: Callable[[Stores], Write]
):
    """Both may be at it at once: the second has read the contract before the first was made."""
    stores = dynamodb_stores
    quote = make_quote(id=new_quote_id(Mode.TEST, "erasure", "other"))
    other = party_id_for(add_quote(stores, quote).record.id)
    policy_id = policy_of(stores).record.id
    write = command(stores)
    before, seen = heads(stores, policy_id), stores.contracts.read([PARTY])
    erase(stores, PARTY, unless_changed=seen)
    erase(stores, other, "erase-2", unless_changed=seen)

    with pytest.raises(StaleRevision):
        write()

    assert heads(stores, policy_id) == before
