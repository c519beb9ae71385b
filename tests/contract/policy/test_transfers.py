"""A policy passes to another holder once, in memory and on a real engine alike."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from insurance.domain.contract.interested_party import Interest, InterestedParty, Interests
from insurance.domain.core.errors import AlreadyErased, StaleRevision
from insurance.domain.core.identity import Mode, new_quote_id, party_id_for
from insurance.domain.core.sealed_apart import seal_apart
from insurance.domain.core.stored import Stored
from insurance.domain.party.demands import RestrictionKind
from insurance.domain.party.details import details_of
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.party import Policyholder
from insurance.domain.party.record import ContactKind, Party, PartyDetails, PartyKind
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.holders import JointHolder
from insurance.domain.policy.people import with_people_of
from insurance.operations.parties.change_party import party_event
from insurance.operations.parties.register_party import registration
from insurance.operations.policy.ports import Newcomer, TransferContext

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
        known=None,
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
    stores.transfers.pass_on(
        event, after, before=before, known=known, registered=None, command=command
    )
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


def customer(stores: Stores) -> Stored[Party]:
    """A customer who was registered, and has no contract of their own."""
    command = make_command("ben", operation="test POST /v1/parties")
    details = PartyDetails(kind=PartyKind.PERSON, name="Ben Okri", contacts=CONTACTS)
    party, key = Party.new(FIRST, "ptn_one", details, at=LATER, by="app_one"), stores.new_key()
    event = registration(party, key, command)
    stored = Stored(party, event.head, key)
    stores.parties.register(event, party, key=key, command=command.with_answer(stored))
    return stored


CONTACTS = ((ContactKind.EMAIL, "ben@okri.example"),)


def join(
    stores: Stores, before: TransferContext, joint: Stored[Party], key: str = "join"
) -> Stored[Policy]:
    """Let a customer hold the policy with its policyholder."""
    holder, own = before.policy, joint.key
    assert holder.key is not None
    assert own is not None
    person = joint.record.policyholder
    sealed = seal_apart(
        person.model_dump(mode="json", exclude_defaults=True), holder.record.id, own
    )
    joined = JointHolder.of_customer(person, joint.record.id, sealed)
    policy = holder.record.replace(joint_holders=(*holder.record.joint_holders, joined))
    event = next_event(holder.head, policy, holder.key, type=PolicyEventType.TRANSFERRED, now=AFTER)
    after = Stored(policy, event.head, holder.key)
    stores.transfers.join(
        event,
        after,
        newcomers=[Newcomer(joint, None)],
        before=before,
        command=make_command(key, operation=TRANSFER).with_answer(after),
    )
    return after


def joint_names(policy: Stored[Policy]) -> list[str | None]:
    return [joint.name for joint in policy.record.joint_holders]


def test_a_customer_holds_a_policy_with_its_holder_and_is_read_with_their_own_key(stores):
    policy_id, ben = issued(stores), customer(stores)

    after = join(stores, loaded(stores, policy_id, "join"), ben)

    assert stores.policies.get(policy_id).record == after.record
    assert stores.policies.as_known(policy_id, AFTER).record == after.record
    assert joint_names(stores.policies.as_known(policy_id, LATER)) == []


def test_a_joint_holder_is_erased_alone_in_what_stands_and_in_what_was_known(stores):
    policy_id, ben = issued(stores), customer(stores)
    join(stores, loaded(stores, policy_id, "join"), ben)

    erase(stores, ben.record.id)

    for policy in (stores.policies.get(policy_id), stores.policies.as_known(policy_id, AFTER)):
        assert joint_names(policy) == [None]
        assert policy.record.policyholder is not None


def test_no_copy_of_an_erased_joint_holder_s_key_is_left_with_the_contract(dynamodb_stores):
    stores = dynamodb_stores
    policy_id, ben = issued(stores), customer(stores)
    join(stores, loaded(stores, policy_id, "join"), ben)
    assert ben.key is not None
    assert loaded(stores, policy_id, "look").former == {ben.record.id: ben.key.wrapped}

    erase(stores, ben.record.id)

    assert loaded(stores, policy_id, "look again").former == {}


def test_a_customer_who_was_erased_meanwhile_joins_nobody(stores):
    policy_id, ben = issued(stores), customer(stores)
    before = loaded(stores, policy_id, "join")
    erase(stores, ben.record.id)

    with pytest.raises(AlreadyErased):
        join(stores, before, ben)

    assert joint_names(stores.policies.get(policy_id)) == []


def restrict(stores: Stores, party_id: str) -> None:
    """Another change of the party's own record."""
    command = make_command("restrict", operation="test POST /v1/parties/{party_id}/restrictions")
    [before] = stores.parties.load([party_id], command)
    party = before.record.restricted(RestrictionKind.OBJECTION, "asked to", at=LATER)
    change, stored = party_event(before, party, PartyEventType.RESTRICTED, command)
    stores.parties.change([change], command=command.with_answer(stored))


@pytest.mark.parametrize("meanwhile", [True, False])
def test_the_contract_s_own_party_joins_its_holder_as_it_stands(stores, *, meanwhile: bool):
    policy_id = issued(stores)
    own = party_id_for(policy_id)
    pass_on(stores, loaded(stores, policy_id, "one"), FIRST, "one")
    if not meanwhile:
        restrict(stores, own)
    before, joint = loaded(stores, policy_id, "join"), stores.parties.get(own)
    if meanwhile:
        restrict(stores, own)
        with pytest.raises(StaleRevision):
            join(stores, before, joint)
        before, joint = loaded(stores, policy_id, "again"), stores.parties.get(own)

    counted = stores.corrections.get(own).namings[own].times

    join(stores, before, joint, "again")

    assert joint_names(stores.policies.get(policy_id)) == [joint.record.policyholder.name]
    assert stores.corrections.get(own).namings[own].times == counted + 1


def test_nobody_joins_a_holder_who_was_erased_meanwhile(dynamodb_stores):
    stores = dynamodb_stores
    policy_id, ben = issued(stores), customer(stores)
    before = loaded(stores, policy_id, "join")
    erase(stores, before.policy.record.party_id)

    with pytest.raises(StaleRevision):
        join(stores, before, ben)


def test_a_policy_that_passes_on_keeps_its_joint_holder_until_they_are_erased(dynamodb_stores):
    stores = dynamodb_stores
    policy_id, ben = issued(stores), customer(stores)
    join(stores, loaded(stores, policy_id, "join"), ben)
    pass_on(stores, loaded(stores, policy_id, "two"), SECOND, "two")
    assert joint_names(stores.policies.get(policy_id)) == ["Ben Okri"]

    erase(stores, ben.record.id)

    assert joint_names(stores.policies.get(policy_id)) == [None]
    known = stores.policies.as_known(policy_id, LATER).record
    assert known.policyholder is not None, "the former holder's key is still there"


def test_a_joint_holder_who_was_sealed_with_the_policyholder_s_key_is_read_on(stores):
    """So were customers before each had their details sealed with their own key."""
    policy_id = issued(stores)
    before = loaded(stores, policy_id, "one").policy
    told = JointHolder(name="Ben Okri", party_id=FIRST)
    policy = before.record.replace(joint_holders=(told,))
    event = next_event(before.head, policy, before.key, type=PolicyEventType.TRANSFERRED, now=AFTER)
    after = Stored(policy, event.head, before.key)
    command = make_command("one", operation=TRANSFER).with_answer(after)
    stores.changes.change(event, after, before=before, command=command)

    assert stores.policies.get(policy_id).record.joint_holders == (told,)


def interested(stores: Stores, policy_id: str, people: Sequence[Stored[Party]]) -> Stored[Policy]:
    """Give customers a role on a policy, all at once."""
    before = loaded(stores, policy_id, "interests")
    holder, parties = before.policy, []
    assert holder.key is not None
    for each in people:
        assert each.key is not None
        lender = InterestedParty(
            interest=Interest.MORTGAGEE, name=each.record.policyholder.name, party_id=each.record.id
        )
        sealed = seal_apart(lender.details, policy_id, each.key)
        parties.append(lender.replace(sealed=sealed, sealed_in=policy_id))
    policy = holder.record.replace(interests=Interests(parties=tuple(parties)))
    type = PolicyEventType.INTERESTED_PARTIES_RECORDED
    event = next_event(holder.head, policy, holder.key, type=type, now=AFTER)
    after = Stored(policy, event.head, holder.key)
    newcomers = [Newcomer(each, None) for each in people]
    command = make_command("interests", operation=TRANSFER).with_answer(after)
    stores.transfers.join(event, after, newcomers=newcomers, before=before, command=command)
    return after


def lenders(stores: Stores, policy_id: str) -> list[str | None]:
    interests = stores.policies.get(policy_id).record.interests
    return [each.name for each in interests.parties] if interests else []


def test_each_of_several_customers_with_a_role_is_read_with_their_own_key(stores):
    ben, other = customer(stores), stores.parties.get(party_id_for(issued(stores)))
    policy_id = issued_to_another(stores)
    name = other.record.policyholder.name

    after = interested(stores, policy_id, [ben, other])

    assert stores.policies.get(policy_id).record == after.record
    assert stores.policies.as_known(policy_id, AFTER).record == after.record
    erase(stores, ben.record.id)
    assert lenders(stores, policy_id) == [None, name]
    [told] = [each.roles for each in stores.contracts.read_opened([other.record.id], limit=9)][1]
    assert told.name == name


def test_a_customer_who_was_erased_meanwhile_gets_no_role_and_nobody_else_does(stores):
    ben, other = customer(stores), stores.parties.get(party_id_for(issued(stores)))
    policy_id = issued_to_another(stores)
    erase(stores, ben.record.id)

    with pytest.raises(AlreadyErased):
        interested(stores, policy_id, [other, ben])

    assert lenders(stores, policy_id) == []


def next_term(stores: Stores, policy_id: str, ending: TransferContext) -> Stored[Policy]:
    """Issue the next term of a policy, whose people were read before."""
    quote = make_quote(id=new_quote_id(Mode.TEST, "transfers", "next"))
    accepted = accept(stores, add_quote(stores, quote), key="accept-next")
    people = with_people_of(
        ending.policy.record,
        Policy.from_quote(accepted.record, now=LATER).replace(party_id=ending.policy.record.party),
    )
    return issue(
        stores,
        accepted,
        key="issue-next",
        ending=ending,
        joint_holders=people.joint_holders,
    )


def test_the_next_term_has_the_joint_holder_with_their_own_key(stores):
    policy_id, ben = issued(stores), customer(stores)
    join(stores, loaded(stores, policy_id, "join"), ben)
    counted = stores.corrections.get(ben.record.id).namings[ben.record.id].times

    second = next_term(stores, policy_id, stores.policies.ending(policy_id)).record.id

    assert joint_names(stores.policies.get(second)) == ["Ben Okri"]
    assert stores.corrections.get(ben.record.id).namings[ben.record.id].times == counted + 1
    erase(stores, ben.record.id)
    for id in (policy_id, second):
        assert joint_names(stores.policies.get(id)) == [None]


def test_no_key_of_a_joint_holder_comes_back_with_the_next_term(dynamodb_stores):
    stores = dynamodb_stores
    policy_id, ben = issued(stores), customer(stores)
    join(stores, loaded(stores, policy_id, "join"), ben)
    ending = stores.policies.ending(policy_id)
    erase(stores, ben.record.id)

    with pytest.raises(StaleRevision):
        next_term(stores, policy_id, ending)


def test_a_correction_finds_the_policies_of_others_and_the_party_s_own_key_alone(stores):
    policy_id, ben = issued(stores), customer(stores)
    join(stores, loaded(stores, policy_id, "join"), ben)

    found = stores.corrections.get(ben.record.id)

    assert found.policies == []
    [shared] = found.shared
    assert shared.policy.record == stores.policies.get(policy_id).record
    key = shared.key_of(ben.record.id)
    assert key is not None
    assert ben.key is not None
    assert key.wrapped == ben.key.wrapped
    assert shared.key_of(shared.policy.record.party) is None
    assert stores.corrections.get(shared.policy.record.party).shared == []
