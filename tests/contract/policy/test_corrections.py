"""A party and its policies change together or not at all, in memory and on a real engine alike."""

from datetime import timedelta

import pytest
from insurance.domain.core.errors import AlreadyErased, PartyNotFound, StaleRevision
from insurance.domain.core.event import first_broken_link
from insurance.domain.core.identity import (
    party_id_for,
    policy_id_for,
    renewal_quote_id_for,
)
from insurance.domain.core.stored import Stored
from insurance.domain.party.correction import CorrectedDetails, Correction, corrected
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.quote.quote import Quote
from insurance.dynamodb.contract_keys import naming
from insurance.dynamodb.parties.key_copies import DynamoDBKeyCopies
from insurance.dynamodb.transaction import transact
from insurance.operations.command import Command
from insurance.operations.idempotency import AlreadyAnswered, RecordedAnswer
from insurance.operations.parties.change_party import party_event
from insurance.operations.parties.merge_parties import merge_parties
from insurance.operations.policy.correct_party import POLICIES_MAX
from insurance.operations.policy.ports import (
    CorrectionContext,
    CorrectionEvents,
    PolicyEvent,
    QuoteEvent,
)
from insurance.operations.quoting.ports import QuoteBasis

from tests.support.builders import LATER, PARTNER, QUOTE_ID, make_command, make_quote, next_event
from tests.support.engine import make_tables
from tests.support.stores import Stores, accept, add_quote, erase, issue, on_dynamodb

CORRECT = "test POST /v1/parties/{party_id}/corrections"
PARTY = party_id_for(QUOTE_ID)
AFTER = LATER + timedelta(days=1)


def quote_id(number: int) -> str:
    return f"quo_test_{number:016d}"


def issued(stores: Stores, number: int = 0, of: Stored[Policy] | None = None) -> Stored[Policy]:
    """The first policy, or another one; `of` the party of a policy if one is given."""
    quote = make_quote(id=quote_id(number)) if number else make_quote()
    name = f"{number}"
    return issue(
        stores, accept(stores, add_quote(stores, quote, of=of), f"accept-{name}"), f"issue-{name}"
    )


def command(key: str) -> Command:
    return make_command(
        key,
        operation=CORRECT,
        now=AFTER,
        render=lambda stored: RecordedAnswer(stored.record.id),
    )


def correct(
    stores: Stores, context: CorrectionContext, name: str, key: str = "correct-1"
) -> Stored[Party]:
    """Give the party and its policies another name."""
    correction = Correction(CorrectedDetails(name=name), "told wrong")
    after = corrected(context.party.record, correction, now=AFTER, by="app_one")
    change, stored = party_event(context.party, after, PartyEventType.CORRECTED, command(key))
    policies = []
    for policy in context.policies:
        assert policy.record.policyholder is not None
        holder = policy.record.policyholder.replace(name=name)
        renamed = policy.record.replace(policyholder=holder)
        event = next_event(
            policy.head, renamed, policy.key, type=PolicyEventType.HOLDER_CORRECTED, now=AFTER
        )
        policies.append(PolicyEvent(event, policy, Stored(renamed, event.head, policy.key)))
    quotes = [_renamed(quote, name) for quote in context.quotes]
    events = CorrectionEvents(change, policies, quotes, context.namings)
    stores.corrections.correct(events, command=command(key).with_answer(stored))
    return stored


def _renamed(quote: Stored[Quote], name: str) -> QuoteEvent:
    assert quote.record.policyholder is not None
    after = quote.record.replace(policyholder=quote.record.policyholder.replace(name=name))
    event = next_event(quote.head, after, quote.key, type=QuoteEventType.CORRECTED, now=AFTER)
    return QuoteEvent(event, quote, after)


def names(stores: Stores, *policies: Stored[Policy]) -> list[str]:
    read = [stores.policies.get(policy.record.id).record.policyholder for policy in policies]
    return [holder.name for holder in read if holder]


def test_a_party_and_all_of_its_policies_are_read_and_no_other_s(stores):
    first = issued(stores)
    second = issued(stores, 1, of=first)
    issued(stores, 2)

    context = stores.corrections.get(PARTY)

    assert context.is_complete
    assert context.party == stores.parties.get(PARTY)
    assert list(context.policies) == sorted(
        [first, second], key=lambda policy: str(policy.record.id)
    )


def test_quotes_that_became_no_policy_are_read_and_stored_with_the_party(stores):
    first = issued(stores)
    quote = add_quote(stores, make_quote(id=quote_id(3)), of=first)
    add_quote(stores, make_quote(id=quote_id(4)))
    context = stores.corrections.get(PARTY)
    assert list(context.quotes) == [quote]

    correct(stores, context, "Ada King")

    after = stores.quotes.get(quote.record.id)
    assert (after.record.policyholder.name, after.head.sequence) == ("Ada King", 2)
    assert stores.quotes.get(quote_id(4)).head.sequence == 1


def test_a_quote_that_moved_on_stops_the_correction(stores):
    first = issued(stores)
    quote = add_quote(stores, make_quote(id=quote_id(3)), of=first)
    context = stores.corrections.get(PARTY)
    accept(stores, quote, "meanwhile")

    with pytest.raises(StaleRevision):
        correct(stores, context, "Ada King")

    assert names(stores, first) == ["Ada Lovelace"]


def test_the_party_that_stands_for_another_is_read_with_the_policies_of_both(stores):
    first, other = issued(stores), issued(stores, 2)
    merge = make_command("merge", operation="merge", caller=PARTNER)
    merge_parties(PARTY, other.record.party, merge, stores.parties)

    context = stores.corrections.get(other.record.party)

    assert context.party.record.id == PARTY
    assert {policy.record.id for policy in context.policies} == {first.record.id, other.record.id}


def test_the_party_and_the_policies_are_stored_together_each_in_its_own_stream(stores):
    first = issued(stores)
    second = issued(stores, 1, of=first)

    stored = correct(stores, stores.corrections.get(PARTY), "Ada King")

    assert stores.parties.get(PARTY) == stored
    assert names(stores, first, second) == ["Ada King", "Ada King"]
    for policy in (first, second):
        events = stores.policies.events(policy.record.id, after=0, limit=9)
        assert [event.type for event in events][1:] == ["policy.holder_corrected"]
        assert first_broken_link(events) is None
        assert stores.policies.as_known(policy.record.id, LATER).record == policy.record


def test_nothing_is_stored_where_one_policy_has_changed_meanwhile(stores):
    first = issued(stores)
    second = issued(stores, 1, of=first)
    read = stores.corrections.get(PARTY)
    correct(stores, stores.corrections.get(PARTY), "Ada King")
    now = stores.corrections.get(PARTY)
    stale = CorrectionContext(now.party, read.policies, (), is_complete=True)

    with pytest.raises(StaleRevision):
        correct(stores, stale, "Ada Lovelace", "correct-2")

    assert stores.parties.get(PARTY) == now.party
    assert names(stores, first, second) == ["Ada King", "Ada King"]


def test_nothing_is_stored_where_the_party_has_changed_meanwhile(stores):
    first = issued(stores)
    read = stores.corrections.get(PARTY)
    correct(stores, read, "Ada King")
    now = stores.corrections.get(PARTY)
    stale = CorrectionContext(read.party, now.policies, (), is_complete=True)

    with pytest.raises(StaleRevision):
        correct(stores, stale, "Ada Byron", "correct-2")

    assert names(stores, first) == ["Ada King"]


def test_a_correction_is_answered_once(stores):
    issued(stores)
    correct(stores, stores.corrections.load(PARTY, command("correct-1")), "Ada King")

    with pytest.raises(AlreadyAnswered) as earlier:
        stores.corrections.load(PARTY, command("correct-1"))

    assert earlier.value.answer.body == PARTY


def test_who_is_not_known_or_was_erased_has_nothing_to_correct(stores):
    with pytest.raises(PartyNotFound):
        stores.corrections.get(PARTY)
    issued(stores)
    erase(stores, PARTY)

    with pytest.raises(AlreadyErased):
        stores.corrections.get(PARTY)


def test_as_many_policies_as_are_promised_fit_into_one_transaction(dynamodb_stores):
    first = issued(dynamodb_stores)
    others = [issued(dynamodb_stores, number, of=first) for number in range(1, POLICIES_MAX)]

    correct(dynamodb_stores, dynamodb_stores.corrections.get(PARTY), "Ada King")

    assert set(names(dynamodb_stores, first, *others)) == {"Ada King"}


def test_a_party_with_more_contracts_than_are_looked_through_says_so(dynamodb_stores, monkeypatch):
    monkeypatch.setattr("insurance.dynamodb.policy.corrections.CONTRACTS_READ", 2)
    first = issued(dynamodb_stores)
    for number in range(1, 4):
        issued(dynamodb_stores, number, of=first)

    assert not dynamodb_stores.corrections.get(PARTY).is_complete


def known_party(stores: Stores) -> Stored[Party]:
    """The party of the first policy, corrected once: so it has a record of its own."""
    issued(stores)
    correct(stores, stores.corrections.get(PARTY), "Ada Byron", "correct-0")
    return stores.parties.get(PARTY)


def named(stores: Stores, party: Stored[Party], number: int = 3) -> Stored[Quote]:
    """A quote that names the party, with the details that were read of it."""
    assert party.key is not None
    quote = make_quote(id=quote_id(number), party_id=PARTY, policyholder=party.record.policyholder)
    event = quote.made(party.key)
    kept = Stored(quote, event.head, party.key)
    basis = QuoteBasis(party=party)
    command = make_command(f"quote-{number}").with_answer(kept)
    stores.quotes.add(event, quote, key=party.key, command=command, basis=basis)
    return kept


def holder_of(stores: Stores, quote: Stored[Quote]) -> str | None:
    holder = stores.quotes.get(quote.record.id).record.policyholder
    return holder.name if holder else None


def test_a_quote_is_not_made_of_what_was_known_before_a_correction(stores):
    read = known_party(stores)
    correct(stores, stores.corrections.get(PARTY), "Ada King")

    with pytest.raises(StaleRevision):
        named(stores, read)

    assert holder_of(stores, named(stores, stores.parties.get(PARTY))) == "Ada King"


def test_a_correction_that_has_not_seen_a_quote_is_not_made(stores):
    party = known_party(stores)
    context = stores.corrections.get(PARTY)
    quote = named(stores, party)

    with pytest.raises(StaleRevision):
        correct(stores, context, "Ada King")
    correct(stores, stores.corrections.get(PARTY), "Ada King", "correct-2")

    assert holder_of(stores, quote) == "Ada King"


def test_a_correction_that_has_not_seen_a_member_s_quote_is_not_made(stores):
    known_party(stores)
    other = issued(stores, 5)
    merge = make_command("merge", operation="merge", caller=PARTNER)
    merge_parties(PARTY, other.record.party, merge, stores.parties)
    context = stores.corrections.get(PARTY)
    quote = add_quote(stores, make_quote(id=quote_id(3)), of=other)

    with pytest.raises(StaleRevision):
        correct(stores, context, "Ada King")
    correct(stores, stores.corrections.get(PARTY), "Ada King", "correct-2")
    assert holder_of(stores, quote) == "Ada King"


def offered(stores: Stores, policy: Stored[Policy]) -> Stored[Quote]:
    """The next term of a policy, with its holder's details."""
    assert policy.key is not None
    quote = make_quote(
        id=renewal_quote_id_for(policy.record.id),
        party_id=PARTY,
        policyholder=policy.record.policyholder,
    )
    event = quote.made(policy.key)
    kept = Stored(quote, event.head, policy.key)
    command, basis = make_command("renew").with_answer(kept), QuoteBasis(policy=policy)
    stores.quotes.add(event, quote, key=policy.key, command=command, basis=basis)
    return kept


def test_the_next_term_is_not_offered_of_what_was_known_before_a_correction(stores):
    read = issued(stores)
    correct(stores, stores.corrections.get(PARTY), "Ada King")

    with pytest.raises(StaleRevision):
        offered(stores, read)

    assert holder_of(stores, offered(stores, stores.policies.get(read.record.id))) == "Ada King"


def test_a_correction_that_has_not_seen_the_next_term_is_not_made(stores):
    policy = issued(stores)
    context = stores.corrections.get(PARTY)
    offered(stores, policy)

    with pytest.raises(StaleRevision):
        correct(stores, context, "Ada King")


def test_a_correction_finds_what_no_index_lists_yet(dynamodb, monkeypatch):
    """The index is read eventually: here it lists nothing of what was made in the last moment."""
    stores = on_dynamodb(dynamodb, make_tables(dynamodb))
    party, policy = known_party(stores), stores.policies.get(policy_id_for(QUOTE_ID))
    quote = named(stores, party)
    next_term = add_quote(stores, make_quote(id=renewal_quote_id_for(policy.record.id)), of=policy)
    monkeypatch.setattr(DynamoDBKeyCopies, "contracts", lambda *_args, **_options: [])

    context = stores.corrections.get(PARTY)

    found = sorted(each.record.id for each in context.quotes)
    assert found == sorted([quote.record.id, next_term.record.id])


def test_what_named_a_party_is_remembered_for_a_minute_or_two(dynamodb):
    tables = make_tables(dynamodb)
    stores = on_dynamodb(dynamodb, tables)
    known_party(stores)

    def at(minute: int, number: int) -> list[str]:
        quote = make_quote(id=quote_id(number), party_id=PARTY)
        party = stores.parties.get(PARTY)
        write = naming(
            tables["parties"],
            PARTY,
            quote.id,
            seen=party,
            at=LATER + timedelta(minutes=minute),
        )
        transact(dynamodb, [write])
        named = stores.parties.get(PARTY).naming
        return [contract for _, contracts in named.recent for contract in contracts]

    assert at(0, 1) == [quote_id(1)]
    assert at(1, 2) == [quote_id(1), quote_id(2)]
    assert at(2, 3) == [quote_id(2), quote_id(3)]
    assert at(60, 4) == [quote_id(4)]
    assert stores.parties.get(PARTY).naming.times == 4
