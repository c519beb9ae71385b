"""The index says what the last event of each source says, however the events come."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import permutations

import pytest
from insurance.api.paging import Page
from insurance.domain.core.identity import Mode, new_quote_id, party_id_for
from insurance.domain.search.entry import (
    FIRST,
    LAST,
    IndexedObject,
    ObjectKind,
    SearchableObject,
    SearchField,
    SearchKey,
    key_partition,
    list_partition,
)
from insurance.domain.search.summaries import PolicySummary
from insurance.operations.delivery.ports import PartyLinks

from tests.support.builders import NOW, make_policy
from tests.support.stores import Stores

POLICY = make_policy()
PARTY = party_id_for(POLICY.id)
PLATE = SearchKey(SearchField.REGISTRATION, "AB12CDE")


def policy_object(status: str = "issued", *keys: SearchKey, hours: int = 0) -> SearchableObject:
    return SearchableObject(
        kind=ObjectKind.POLICIES,
        id=POLICY.id,
        partner="harbour",
        party_id=PARTY,
        at=NOW + timedelta(hours=hours),
        summary=PolicySummary.of(POLICY),
        filters={"status": status},
        keys=keys,
    )


def index(stores: Stores, sequence: int, *objects: SearchableObject, source: str = "") -> None:
    indexed = [IndexedObject.of(each, stores.index_keys.token) for each in objects]
    stores.index.replace(source or POLICY.id, sequence, indexed, party_id=PARTY)


def listed(stores: Stores, partition: str, kind: ObjectKind = ObjectKind.POLICIES) -> Sequence[str]:
    entries = stores.lists.read(kind, partition, Page("", "", 50), first=FIRST, last=LAST)
    return [entry.position.rpartition("#")[2] for entry in entries]


def by_status(stores: Stores, status: str, owner: str = "harbour") -> Sequence[str]:
    partition = list_partition(Mode.TEST, ObjectKind.POLICIES, owner, {"status": status})
    return listed(stores, partition)


def by_key(stores: Stores, key: SearchKey, kind: ObjectKind = ObjectKind.POLICIES) -> Sequence[str]:
    return listed(stores, key_partition(Mode.TEST, kind, key, stores.index_keys.token), kind)


def test_an_object_stands_in_the_lists_of_its_partner_and_of_all(stores):
    index(stores, 1, policy_object("issued", PLATE))

    for owner in ("harbour", "*"):
        assert by_status(stores, "issued", owner) == [POLICY.id]
    assert by_status(stores, "issued", "meadow") == []
    assert by_key(stores, PLATE) == [POLICY.id]


def test_what_an_object_was_finds_it_no_more(stores):
    index(stores, 1, policy_object("issued", PLATE))
    index(stores, 2, policy_object("cancelled"))

    assert (by_status(stores, "issued"), by_status(stores, "cancelled")) == ([], [POLICY.id])
    assert by_key(stores, PLATE) == []


def test_the_order_in_which_events_come_makes_no_difference(stores):
    stages = {1: policy_object("issued", PLATE), 2: policy_object("cancelled"), 3: policy_object()}
    for place, order in enumerate(permutations((1, 2, 3, 2))):
        source = f"{POLICY.id}-{place}"
        for sequence in order:
            index(stores, sequence, stages[sequence], source=source)

    assert set(by_status(stores, "issued")) == {POLICY.id}
    assert by_status(stores, "cancelled") == []
    assert by_key(stores, PLATE) == []


def test_an_object_that_an_event_no_longer_tells_of_is_gone(stores):
    index(stores, 1, policy_object())
    index(stores, 2)

    assert by_status(stores, "issued") == []


def test_a_source_that_was_removed_is_found_by_nothing_and_may_come_again(stores):
    index(stores, 1, policy_object("issued", PLATE))

    for _ in range(2):
        stores.index.remove(POLICY.id)
        assert by_status(stores, "issued") == by_key(stores, PLATE) == []

    index(stores, 1, policy_object("issued", PLATE))
    assert by_status(stores, "issued") == by_key(stores, PLATE) == [POLICY.id]


def test_a_source_with_a_later_event_is_not_removed(stores):
    index(stores, 1, policy_object("issued", PLATE))

    stores.index.remove(POLICY.id, through=0)
    assert by_key(stores, PLATE) == [POLICY.id]
    stores.index.remove(POLICY.id, through=1)
    assert by_key(stores, PLATE) == []


def test_a_list_is_read_page_by_page_in_the_order_of_time(stores):
    numbers = range(5)
    for hours in numbers:
        index(stores, 1, policy_object(hours=hours), source=f"source-{hours}")
    partition = list_partition(Mode.TEST, ObjectKind.POLICIES, "harbour")

    found, after = [], ""
    while True:
        part = Page("", after, 2)
        page = stores.lists.read(ObjectKind.POLICIES, partition, part, first=FIRST, last=LAST)
        found += [entry.position for entry in page]
        if len(page) < 2:
            break
        after = page[-1].position

    assert len(found) == len(set(found)) == len(numbers)
    assert found == sorted(found)


def test_a_forgotten_party_is_found_by_nothing_personal(stores):
    index(stores, 1, policy_object("issued", PLATE))

    stores.index.forget(PARTY)
    stores.index.forget(PARTY)

    assert by_key(stores, PLATE) == []
    assert by_status(stores, "issued") == [POLICY.id]


def test_nothing_personal_is_written_of_a_forgotten_party_by_a_late_event(stores):
    stores.index.forget(PARTY)

    index(stores, 1, policy_object("issued", PLATE))
    index(stores, 2, policy_object("cancelled", PLATE))

    assert by_key(stores, PLATE) == []
    assert by_status(stores, "cancelled") == [POLICY.id]


def test_the_party_itself_is_gone_when_it_is_forgotten(stores):
    party = policy_object("issued", PLATE)
    index(stores, 0, party, source=PARTY)

    stores.index.forget(PARTY)
    index(stores, 1, party, source=PARTY)

    assert by_status(stores, "issued") == []


ONE, TWO, THREE = (party_id_for(new_quote_id(Mode.TEST, "merged", each)) for each in "abc")
"""Parties: the second and the third are merged into the first."""
THEIRS = {party: f"source-{party}" for party in (ONE, TWO, THREE)}


def own(stores: Stores, party_id: str, sequence: int = 1, *also: str) -> None:
    """Index an object of the party."""
    found = replace(
        policy_object("issued", hours=[*THEIRS].index(party_id)), party_id=party_id, also_of=also
    )
    indexed = [IndexedObject.of(found, stores.index_keys.token)]
    stores.index.replace(THEIRS[party_id], sequence, indexed, party_id=party_id)


def number_of(stores: Stores, party_id: str) -> int:
    """How many objects are listed for the party."""
    return len(by_key(stores, SearchKey(SearchField.PARTY, party_id)))


def merges(stores: Stores) -> list[Callable[[], None]]:
    """What the events of two merges tell the index, one after the other."""
    regroup = stores.index.regroup
    return [
        partial(regroup, ONE, 2, PartyLinks(members=(TWO,))),
        partial(regroup, TWO, 2, PartyLinks(merged_into=ONE)),
        partial(regroup, ONE, 3, PartyLinks(members=(TWO, THREE))),
        partial(regroup, THREE, 2, PartyLinks(merged_into=ONE)),
    ]


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
@pytest.mark.parametrize("late", [False, True])
def test_what_was_merged_is_listed_for_each_party_however_the_events_come(stores, order, late):
    told = merges(stores)
    for party in () if late else THEIRS:
        own(stores, party)
    for place in order:
        told[place]()
    for party in THEIRS if late else ():
        own(stores, party)

    assert [number_of(stores, party) for party in THEIRS] == [3, 3, 3]


def test_parties_that_were_parted_are_listed_apart(stores):
    for party in THEIRS:
        own(stores, party)
    for tell in merges(stores):
        tell()
    stores.index.regroup(ONE, 4, PartyLinks(members=(THREE,)))
    stores.index.regroup(TWO, 3, PartyLinks())
    own(stores, TWO, 2)

    assert [number_of(stores, party) for party in THEIRS] == [2, 1, 2]
    held = [by_key(stores, SearchKey(SearchField.HOLDER, party)) for party in THEIRS]
    assert [len(each) for each in held] == [1, 1, 1]


def test_a_joint_holder_and_those_merged_with_them_find_the_policy_too(stores):
    own(stores, THREE, 1, TWO)
    stores.index.regroup(TWO, 2, PartyLinks(merged_into=ONE))

    assert [number_of(stores, party) for party in THEIRS] == [1, 1, 1]
    held = [by_key(stores, SearchKey(SearchField.HOLDER, party)) for party in (TWO, THREE)]
    assert [len(each) for each in held] == [1, 1]  # each in their own portal

    stores.index.forget(TWO)
    assert number_of(stores, THREE) == 1


def test_what_finds_a_policy_by_a_joint_holder_goes_with_them_alone(stores):
    shared = SearchKey(SearchField.EMAIL, "home@okri.example")
    bens = SearchKey(SearchField.EMAIL, "ben@okri.example")
    found = replace(
        policy_object("issued", PLATE),
        also_of=(TWO, THREE),
        keys_of_others=((TWO, bens), (TWO, shared), (THREE, shared)),
    )
    index(stores, 1, found)
    assert [by_key(stores, key) for key in (PLATE, bens, shared)] == [[POLICY.id]] * 3

    stores.index.forget(TWO)
    assert [by_key(stores, key) for key in (PLATE, bens, shared)] == [[POLICY.id], [], [POLICY.id]]
    index(stores, 2, found)  # a late event
    assert by_key(stores, bens) == []

    stores.index.forget(THREE)
    assert [by_key(stores, key) for key in (PLATE, shared)] == [[POLICY.id], []]


def test_a_forgotten_party_that_was_merged_leaves_the_others_what_is_theirs(stores):
    index(stores, 1, policy_object("issued", PLATE))
    own(stores, TWO)
    stores.index.regroup(PARTY, 2, PartyLinks(members=(TWO,)))
    stores.index.regroup(TWO, 2, PartyLinks(merged_into=PARTY))

    stores.index.forget(TWO)
    assert by_key(stores, PLATE) == [POLICY.id]
    stores.index.forget(PARTY)
    assert by_key(stores, PLATE) == []
    assert number_of(stores, PARTY) == 2


@pytest.mark.parametrize("number", [97, 98, 99, 250])
def test_an_object_with_many_keys_is_found_by_all_of_them_and_by_none_later(stores, number):
    keys = [SearchKey(SearchField.EMAIL, f"ada{each}@example.com") for each in range(number)]

    index(stores, 1, policy_object("issued", *keys))
    assert [by_key(stores, key) for key in keys] == [[POLICY.id]] * number

    index(stores, 2, policy_object("cancelled", keys[0]))
    assert [by_key(stores, key) for key in keys] == [[POLICY.id]] + [[]] * (number - 1)

    index(stores, 3, policy_object("cancelled", *keys))
    stores.index.remove(POLICY.id)
    assert [by_key(stores, key) for key in keys] == [[]] * number
