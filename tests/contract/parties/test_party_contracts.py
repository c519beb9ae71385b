"""What stands on a party's contracts: read without a key, in memory and on a real engine alike."""

import pytest
from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event, NothingToSeal
from insurance.domain.core.identity import party_id_for
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.party import Erasure
from insurance.operations.idempotency import RecordedAnswer
from insurance.operations.parties.ports import PartyChange

from tests.support.builders import LATER, QUOTE_ID, make_claim, make_command, make_quote
from tests.support.stores import Stores, accept, add_quote, issue, notify, pay

PARTY = party_id_for(QUOTE_ID)
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
    command = make_command("erase-1", render=lambda _erasure: RecordedAnswer(PARTY))
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

    with pytest.raises(StaleRevision):
        stores.parties.erase(
            [PartyChange(event, before)],
            unless_changed=seen,
            command=command.with_answer(erasure),
        )

    assert stores.quotes.get(QUOTE_ID).record.policyholder is not None
