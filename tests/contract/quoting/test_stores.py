"""What the stores promise, in memory and on a real DynamoDB engine alike."""

from datetime import timedelta

import pytest
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.core.errors import (
    AlreadyErased,
    ClaimNotFound,
    KeyReused,
    PartyNotFound,
    PolicyNotFound,
    QuoteAlreadyIssued,
    QuoteNotFound,
    StaleRevision,
)
from insurance.domain.core.event import StreamPosition, first_broken_link
from insurance.domain.core.identity import party_id_for, policy_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.quote.quote import QuoteStatus
from insurance.operations.idempotency import KEPT_FOR, AlreadyAnswered, RecordedAnswer

from tests.support.builders import (
    NOW,
    QUOTE_ID,
    make_claim,
    make_command,
    next_event,
)
from tests.support.stores import (
    ACCEPT,
    NOTIFY,
    SETTLE,
    accept,
    add_quote,
    erase,
    issue,
    notify,
)


def test_a_stored_quote_comes_back_unchanged(stores):
    kept = add_quote(stores)

    assert stores.quotes.get(QUOTE_ID).record == kept.record
    assert stores.quotes.get(QUOTE_ID).head == kept.head


def test_a_quote_that_nobody_made_is_not_found(stores):
    with pytest.raises(QuoteNotFound):
        stores.quotes.get(QUOTE_ID)


def test_adding_a_quote_again_is_answered_as_at_first(stores):
    add_quote(stores)

    with pytest.raises(AlreadyAnswered) as earlier:
        add_quote(stores)

    assert earlier.value.answer.body == QUOTE_ID


def test_the_first_answer_is_given_even_after_the_quote_has_moved_on(stores):
    accept(stores, add_quote(stores))
    command = make_command(
        render=lambda kept: RecordedAnswer(f"{kept.record.status} at {kept.head.sequence}")
    )

    with pytest.raises(AlreadyAnswered) as earlier:
        stores.quotes.find_replay(command)

    assert earlier.value.answer.body == "bindable at 1"


def test_one_key_for_two_quotes_is_refused(stores):
    kept = add_quote(stores)
    other = make_command(request=b"o" * 32).with_answer(kept)
    assert kept.key is not None

    with pytest.raises(KeyReused):
        stores.quotes.add(kept.record.made(kept.key), kept.record, key=kept.key, command=other)


def test_a_changed_quote_comes_back_changed_with_its_head(stores):
    accepted = accept(stores, add_quote(stores))

    found = stores.quotes.get(QUOTE_ID)

    assert found.record.status is QuoteStatus.ACCEPTED
    assert found.head == accepted.head


def test_a_change_of_a_quote_that_moved_on_is_stale(stores):
    before = add_quote(stores)
    accept(stores, before)

    with pytest.raises(StaleRevision):
        accept(stores, before, key="accept-2")


def test_a_repeated_change_is_answered_as_at_first_not_as_stale(stores):
    before = add_quote(stores)
    accept(stores, before)

    with pytest.raises(AlreadyAnswered):
        accept(stores, before)


def test_an_idempotency_record_is_found_in_the_commands_own_read(stores):
    accept(stores, add_quote(stores))

    with pytest.raises(AlreadyAnswered) as earlier:
        stores.quotes.load(QUOTE_ID, make_command("accept-1", operation=ACCEPT))

    assert earlier.value.answer.body == QUOTE_ID


def test_an_idempotency_record_ends_after_its_time_even_if_it_was_not_deleted(stores):
    accept(stores, add_quote(stores))
    much_later = NOW + KEPT_FOR + timedelta(days=1)

    kept = stores.quotes.load(QUOTE_ID, make_command("accept-1", operation=ACCEPT, now=much_later))

    assert kept.record.status is QuoteStatus.ACCEPTED


def test_a_key_used_for_another_request_is_refused_in_the_read(stores):
    accept(stores, add_quote(stores))

    with pytest.raises(KeyReused):
        stores.quotes.load(QUOTE_ID, make_command("accept-1", operation=ACCEPT, request=b"o" * 32))


def test_an_issued_policy_comes_back_with_the_bound_quote(stores):
    issued = issue(stores, accept(stores, add_quote(stores)))

    found = stores.policies.get(issued.record.id)

    assert found.record == issued.record
    assert found.head == issued.head
    assert stores.quotes.get(QUOTE_ID).record.status is QuoteStatus.BOUND


def test_a_quote_is_issued_once_whatever_the_key(stores):
    accepted = accept(stores, add_quote(stores))
    issue(stores, accepted)

    with pytest.raises((QuoteAlreadyIssued, StaleRevision)):
        issue(stores, accepted, key="issue-2")


def test_issuing_again_with_the_same_key_is_answered_as_at_first(stores):
    accepted = accept(stores, add_quote(stores))
    issue(stores, accepted)

    with pytest.raises(AlreadyAnswered) as earlier:
        issue(stores, accepted)

    assert earlier.value.answer.body == policy_id_for(QUOTE_ID)


def test_nothing_is_stored_when_the_quote_has_moved_on(stores):
    before = add_quote(stores)
    accept(stores, before)

    with pytest.raises(StaleRevision):
        issue(stores, before)

    with pytest.raises(PolicyNotFound):
        stores.policies.get(policy_id_for(QUOTE_ID))


def test_a_policys_events_come_page_by_page_and_their_chain_holds(stores):
    policy = issue(stores, accept(stores, add_quote(stores))).record

    events = stores.policies.events(policy.id, after=0, limit=10)

    assert [event.type for event in events] == ["policy.issued"]
    assert first_broken_link(events) is None
    assert stores.policies.events(policy.id, after=1, limit=10) == []


def test_a_notified_claim_comes_back_and_stands_in_the_register(stores):
    policy = issue(stores, accept(stores, add_quote(stores))).record
    claim = notify(stores, make_claim(policy))

    assert stores.claims.get(claim.record.id).record == claim.record
    file = stores.claims.load_policy(policy.id, None)
    assert [noticed.claim_id for noticed in file.noticed] == [claim.record.id]
    assert file.register_revision == 1


def test_two_claims_entered_at_once_do_not_lose_one(stores):
    policy = issue(stores, accept(stores, add_quote(stores))).record
    file = stores.claims.load_policy(policy.id, None)
    notify(stores, make_claim(policy))
    other = make_claim(policy, id=make_claim(policy).id[:-6] + "zzzzzz")
    event = next_event(StreamPosition(), other, file.policy.key, type=ClaimEventType.NOTIFIED)
    kept = Stored(other, event.head, file.policy.key)

    with pytest.raises(StaleRevision):
        stores.claims.notify(
            event,
            other,
            context=file,
            command=make_command("c-2", operation=NOTIFY).with_answer(kept),
        )


def test_a_claim_is_loaded_with_its_policy_and_changes(stores):
    policy = issue(stores, accept(stores, add_quote(stores))).record
    notify(stores, make_claim(policy))
    file = stores.claims.load(make_claim(policy).id, make_command("s-1", operation=SETTLE))
    changed = file.claim.record.replace(catastrophe_event="storm_ada")
    event = next_event(file.claim.head, changed, file.claim.key, type=ClaimEventType.SETTLED)
    kept = Stored(changed, event.head, file.claim.key)

    command = make_command("s-1", operation=SETTLE).with_answer(kept)
    stores.claims.change(event, changed, before=file.claim, command=command)

    assert file.policy == policy
    assert stores.claims.get(changed.id).record == changed
    with pytest.raises(AlreadyAnswered):
        stores.claims.change(event, changed, before=file.claim, command=command)
    with pytest.raises(StaleRevision):
        stores.claims.change(
            event,
            changed,
            before=file.claim,
            command=make_command("s-2", operation=SETTLE).with_answer(kept),
        )


def test_a_claim_that_nobody_made_is_not_found(stores):
    with pytest.raises(ClaimNotFound):
        stores.claims.get(make_claim().id)


def test_after_an_erasure_nothing_personal_is_read_and_every_chain_holds(stores):
    policy = issue(stores, accept(stores, add_quote(stores))).record
    notify(stores, make_claim(policy))
    before = stores.policies.events(policy.id, after=0, limit=10)

    erase(stores, policy.party_id)

    assert stores.quotes.get(QUOTE_ID).record.policyholder is None
    assert stores.quotes.get(QUOTE_ID).record.answers is None
    assert stores.policies.get(policy.id).record.policyholder is None
    assert stores.claims.get(make_claim(policy).id).record.facts is None
    after = stores.policies.events(policy.id, after=0, limit=10)
    assert after == before
    assert first_broken_link(after) is None


def test_a_party_without_a_policy_is_erased_too(stores):
    add_quote(stores)

    erase(stores, party_id_for(QUOTE_ID))

    assert stores.quotes.get(QUOTE_ID).record.policyholder is None


def test_an_erasure_happens_once(stores):
    add_quote(stores)
    erase(stores, party_id_for(QUOTE_ID))

    with pytest.raises(AlreadyAnswered):
        erase(stores, party_id_for(QUOTE_ID))
    with pytest.raises(AlreadyErased):
        erase(stores, party_id_for(QUOTE_ID), key="erase-2")


def test_a_party_that_nobody_knows_is_not_found(stores):
    with pytest.raises(PartyNotFound):
        erase(stores, party_id_for(QUOTE_ID))


def test_what_a_caller_in_the_past_did_is_remembered_as_long_as_anything_else(stores):
    long_ago = NOW - timedelta(days=3650)
    kept = accept(stores, add_quote(stores))
    command = make_command("past-1", operation=ACCEPT, now=long_ago, received_at=NOW)
    moved = next_event(kept.head, kept.record, kept.key, type=QuoteEventType.ACCEPTED)
    stores.quotes.change(moved, kept.record, before=kept, command=command.with_answer(kept))

    with pytest.raises(AlreadyAnswered):
        stores.quotes.load(QUOTE_ID, command)
