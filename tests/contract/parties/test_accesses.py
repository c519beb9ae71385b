"""Whose policies a person sees: what the store promises, in memory and on a real engine alike."""

import pytest
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    AccessFull,
    AlreadyErased,
    PolicyNotFound,
    StaleRevision,
)
from insurance.domain.core.identity import Mode, party_id_for, policy_id_for
from insurance.domain.party.party import ACCESS_MAX, Access
from insurance.operations.command import Command
from insurance.operations.idempotency import AlreadyAnswered, RecordedAnswer
from insurance.operations.parties.grant_access import PersonOfPolicy, grant_access, withdraw_access
from insurance.operations.parties.ports import AccessContext, Accesses

from tests.support.builders import QUOTE_ID, make_command
from tests.support.stores import Stores, accept, add_quote, erase, issue

PERSON = "per_test_" + "0123456789abcdef" * 2
POLICY = policy_id_for(QUOTE_ID)
PARTY = party_id_for(QUOTE_ID)
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
        operation="test POST /v1/policies/{policy_id}/access",
        render=lambda access: RecordedAnswer(" ".join(access.parties)),
    )


def issued(stores: Stores) -> None:
    issue(stores, accept(stores, add_quote(stores)))


def give(stores: Stores, key: str = "give-1", policy_id: str = POLICY) -> Access:
    return grant_access(policy_id, PersonOfPolicy(PERSON), command(key), stores.accesses)


def test_access_is_given_once_however_often_it_is_asked_for(stores):
    issued(stores)

    assert give(stores).parties == (PARTY,)
    with pytest.raises(AlreadyAnswered) as earlier:
        give(stores)
    assert earlier.value.answer.body == PARTY
    assert give(stores, "give-2").parties == (PARTY,)


def test_access_that_was_withdrawn_is_gone_and_its_chain_holds(stores):
    issued(stores)
    give(stores)

    left = withdraw_access(POLICY, PersonOfPolicy(PERSON), command("withdraw-1"), stores.accesses)

    assert left.parties == ()
    file = stores.accesses.load(POLICY, PERSON, command("another"))
    assert file.access.record == left
    assert file.access.head.sequence == 2


class _AsRead:
    """Accesses as they were read before somebody else wrote."""

    def __init__(self, accesses: Accesses, file: AccessContext) -> None:
        self._file = file
        self.store = accesses.store

    def load(self, *_: object) -> AccessContext:
        return self._file


def test_of_two_at_once_one_decides_again(stores):
    issued(stores)
    late = _AsRead(stores.accesses, stores.accesses.load(POLICY, PERSON, command("give-2")))
    give(stores)

    with pytest.raises(StaleRevision):
        grant_access(POLICY, PersonOfPolicy(PERSON), command("give-2"), late)


def test_a_policy_that_is_not_there_gives_no_access(stores):
    with pytest.raises(PolicyNotFound):
        give(stores)


def test_another_partners_policy_gives_no_access(stores):
    issued(stores)

    with pytest.raises(PolicyNotFound):
        grant_access(
            POLICY,
            PersonOfPolicy(PERSON),
            command("x", PARTNER.replace(partner="meadow")),
            stores.accesses,
        )


def test_a_party_that_was_erased_is_given_to_nobody(stores):
    issued(stores)
    erase(stores, PARTY)

    with pytest.raises(AlreadyErased):
        give(stores)


def test_a_person_is_no_more_parties_than_an_authorizer_can_hand_on():
    access = Access(person_id=PERSON)
    for number in range(ACCESS_MAX):
        access = access.granted(f"pty_test_{number:016d}")

    assert access.granted(f"pty_test_{0:016d}") == access
    with pytest.raises(AccessFull):
        access.granted(PARTY)
