"""What stands on a party's contracts: read without a key, in memory and on a real engine alike."""

from collections.abc import Sequence

import pytest
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.complaint.event_types import ComplaintEventType
from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.core.identity import new_complaint_id, party_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.party import Erasure
from insurance.domain.privacy.legal_hold import ContractRecords
from insurance.operations.idempotency import RecordedAnswer
from insurance.operations.parties.ports import PartyChange

from tests.support.builders import (
    LATER,
    QUOTE_ID,
    make_claim,
    make_command,
    make_quote,
    next_event,
)
from tests.support.party_records import complaint_of
from tests.support.stores import NOTIFY, Stores, accept, add_quote, issue, notify, pay

PARTY = party_id_for(QUOTE_ID)
COMPLAIN = "test POST /v1/complaints"
SECOND = "quo_test_" + "2" * 16
OTHER = "quo_test_" + "7" * 16


def test_all_contracts_of_the_party_are_read_with_what_hangs_on_them(stores: Stores):
    policy = issue(stores, accept(stores, add_quote(stores)))
    claim = notify(stores, make_claim(policy.record))
    pay(stores, stores.billing.get(policy.record.id), "REF-1")
    add_quote(stores, make_quote(id=SECOND), of=policy)
    add_quote(stores, make_quote(id=OTHER))

    first, second = stores.contracts.read([PARTY])

    assert first.policy is not None
    assert first.account is not None
    assert (first.quote.record.id, first.policy.head) == (QUOTE_ID, policy.head)
    assert [one.record.id for one in first.claims] == [claim.record.id]
    assert (second.quote.record.id, second.policy, second.claims) == (SECOND, None, [])


def test_nothing_personal_is_read(stores: Stores):
    policy = issue(stores, accept(stores, add_quote(stores)))
    notify(stores, make_claim(policy.record))

    [contract] = stores.contracts.read([PARTY])

    assert contract.policy is not None
    assert (contract.quote.record.policyholder, contract.quote.key) == (None, None)
    assert (contract.policy.record.policyholder, contract.policy.key) == (None, None)
    assert contract.claims[0].record.claimant is None


def test_a_party_that_nobody_knows_has_no_contracts(stores: Stores):
    assert stores.contracts.read([PARTY]) == []


def test_the_contracts_of_several_parties_are_read_together(stores: Stores):
    issue(stores, accept(stores, add_quote(stores)))
    add_quote(stores, make_quote(id=OTHER))

    both = stores.contracts.read([PARTY, party_id_for(OTHER)])

    assert {contract.quote.record.id for contract in both} == {QUOTE_ID, OTHER}


@pytest.mark.parametrize("meanwhile", ["issued", "notified", "paid"])
def test_an_erasure_is_stale_once_a_contract_has_changed(stores: Stores, meanwhile: str):
    quote = accept(stores, add_quote(stores))
    policy = issue(stores, quote) if meanwhile != "issued" else None
    seen = stores.contracts.read([PARTY])
    if policy is None:
        issue(stores, quote)
    elif meanwhile == "notified":
        notify(stores, make_claim(policy.record))
    else:
        pay(stores, stores.billing.get(policy.record.id), "REF-1")
    with pytest.raises(StaleRevision):
        erase(stores, seen)

    assert stores.quotes.get(QUOTE_ID).record.policyholder is not None


def erase(stores: Stores, contracts: Sequence[ContractRecords], key: str = "erase-1") -> None:
    """Erase the party, if its contracts stand as they were read."""
    command = make_command(key, render=lambda _erasure: RecordedAnswer(PARTY))
    before = stores.parties.load_group(PARTY, command).party
    erasure = Erasure(party_id=PARTY, reason="asked for", erased_at=LATER)
    event = Event.following(
        before.head,
        erasure,
        NothingToSeal(),
        stream=PARTY,
        type=PartyEventType.ERASED,
        actor="staff-priya",
        now=LATER,
    )
    stores.parties.erase(
        [PartyChange(event, before)],
        unless_changed=contracts,
        command=command.with_answer(erasure),
    )


def test_a_notice_whose_command_read_the_key_before_an_erasure_is_not_entered_after_it(
    stores: Stores,
):
    """It would be sealed with a key that nobody has any more."""
    policy = issue(stores, accept(stores, add_quote(stores)))
    claim = make_claim(policy.record)
    read = stores.claims.load_policy(policy.record.id, None)
    erase(stores, stores.contracts.read([PARTY]))

    event = next_event(StreamPosition(), claim, policy.key, type=ClaimEventType.NOTIFIED)
    command = make_command("claim-1", operation=NOTIFY)
    with pytest.raises(StaleRevision):
        stores.claims.notify(
            event,
            claim,
            context=read,
            command=command.with_answer(Stored(claim, event.head, policy.key)),
        )

    assert [contract.claims for contract in stores.contracts.read([PARTY])] in ([], [[]])


def test_a_complaint_whose_command_read_the_key_before_an_erasure_is_not_entered_after_it(
    stores: Stores,
):
    policy = issue(stores, accept(stores, add_quote(stores)))
    assert policy.key is not None
    complaint = complaint_of(
        id=new_complaint_id(policy.record.id, "app_one", "complain-1"), about=policy.record.id
    )
    erase(stores, stores.contracts.read([PARTY]))

    event = next_event(StreamPosition(), complaint, policy.key, type=ComplaintEventType.RECEIVED)
    command = make_command("complain-1", operation=COMPLAIN)
    made = command.with_answer(Stored(complaint, event.head, policy.key))
    with pytest.raises(StaleRevision):
        stores.complaints.add(event, complaint, key=policy.key, command=made)


def test_the_erasure_of_a_former_holder_stops_no_notice_of_the_present_one(dynamodb_stores):
    stores = dynamodb_stores
    policy = issue(stores, accept(stores, add_quote(stores)))
    claim = make_claim(policy.record).replace(party_id="pty_test_" + "9" * 16)
    read = stores.claims.load_policy(policy.record.id, None)
    erase(stores, stores.contracts.read([PARTY]))

    key = stores.new_key()
    event = next_event(StreamPosition(), claim, key, type=ClaimEventType.NOTIFIED)
    command = make_command("claim-1", operation=NOTIFY)
    answered = command.with_answer(Stored(claim, event.head, key))
    stores.claims.notify(event, claim, context=read, command=answered)

    [register] = [stores.claims.load_policy(policy.record.id, None).register_revision]
    assert register == 1
