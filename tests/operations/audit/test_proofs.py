"""The proof of one event: it leads to a signed root, shows no other event, and is had by whose book it is."""

from datetime import timedelta

import pytest
from insurance.domain.audit.merkle import leaf_hash, root_by_path
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import EventNotFound, NoRootYet
from insurance.domain.core.identity import Mode
from insurance.operations.audit.prove_event import ProvedEvent, list_roots, prove_event
from insurance.operations.command import Query

from tests.support.audit import AUDITOR, DAY, AuditHouse
from tests.support.builders import PARTNER, make_quote

NEXT = DAY + timedelta(days=1)
OWNER = PARTNER.replace(partner=make_quote().partner, mode=Mode.LIVE)
STREAM = "pol_a"


def house_with(count: int = 5) -> AuditHouse:
    house = AuditHouse()
    house.record(STREAM, count)
    for name in "bcdef":
        house.record(f"pol_{name}")
    house.night()
    return house


def proof(
    house: AuditHouse, sequence: int, caller: Caller = OWNER, stream: str = STREAM
) -> ProvedEvent:
    return prove_event(stream, sequence, Query(caller, NEXT, NEXT), house.ports)


def leads_to_the_root(proved: ProvedEvent) -> bool:
    leaf, root = proved.proof.leaf, proved.signed.root
    events = root_by_path(
        leaf_hash(proved.event.hash),
        proved.event.sequence - leaf.first,
        leaf.last - leaf.first + 1,
        proved.proof.event_path,
    )
    found = root_by_path(leaf.hash, proved.proof.leaf_index, root.heads, proved.proof.path)
    return events == leaf.events.root and found is not None and found.hex() == root.root


@pytest.mark.parametrize("sequence", [1, 2, 3, 4, 5])
def test_every_event_of_a_stream_leads_to_the_root(sequence: int):
    assert leads_to_the_root(proof(house_with(), sequence))


def test_an_event_leads_to_the_root_that_covers_it():
    house = house_with(2)
    house.record(STREAM, 2, NEXT)
    house.night(NEXT)

    proved = [proof(house, sequence) for sequence in (1, 2, 3, 4)]

    assert [each.signed.root.number for each in proved] == [1, 1, 2, 2]
    assert all(map(leads_to_the_root, proved))


def test_a_late_event_says_so():
    house = AuditHouse()
    late = house.record(STREAM, noted=False)
    house.night()
    house.deliver(late)
    house.night(NEXT)

    assert proof(house, 1).is_late
    assert not proof(house_with(), 1).is_late


def test_an_event_without_a_root_waits_for_it():
    house = house_with()
    house.record(STREAM, 1, NEXT)

    with pytest.raises(NoRootYet):
        proof(house, 6)


def test_a_partner_has_no_proof_of_anothers_event_nor_of_none():
    house = house_with()
    stranger = OWNER.replace(partner="ptn_other")
    refusals = []
    for caller, sequence in ((stranger, 1), (OWNER, 99), (OWNER.replace(mode=Mode.TEST), 1)):
        with pytest.raises(EventNotFound) as refused:
            proof(house, sequence, caller)
        refusals.append(str(refused.value).replace("99", "1"))

    assert len(set(refusals)) == 1


def test_an_auditor_has_it_of_every_event():
    assert leads_to_the_root(proof(house_with(), 1, AUDITOR))


@pytest.mark.parametrize(("stream", "is_shown"), [("pol_x", True), ("bil_x", False)])
def test_a_partner_is_shown_what_it_may_read_anyway(stream: str, is_shown: bool):
    house = AuditHouse()
    house.record(stream)
    house.night()

    assert proof(house, 1, stream=stream).is_shown is is_shown
    assert proof(house, 1, AUDITOR, stream=stream).is_shown


def test_roots_are_listed_page_by_page():
    house = house_with()
    house.night(NEXT)
    query = Query(OWNER, NEXT, NEXT)

    first = list_roots(0, 1, query, house.ports)
    second = list_roots(1, 5, query, house.ports)

    assert ([each.signed.root.number for each in first.items], first.next) == ([1], "1")
    assert ([each.signed.root.number for each in second.items], second.next) == ([2], None)
