"""Whose right a new list of interested parties takes: each entry stands for one person."""

from decimal import Decimal
from typing import Any

import pytest
from insurance.domain.contract.interested_party import Interest, InterestedParty, curtailed
from insurance.domain.party.party import Address


def party(interest: Interest, name: str, **more: Any) -> InterestedParty:
    return InterestedParty(interest=interest, name=name, **more)


def sharing(name: str, share: str, irrevocable: bool = True, **more: Any) -> InterestedParty:
    more |= {"share": Decimal(share), "irrevocable": irrevocable}
    return party(Interest.BENEFICIARY, name, **more)


def lives_at(line: str) -> Address:
    return Address(lines=(line,), country="GB")


ELM, OAK = lives_at("1 Elm Row"), lives_at("2 Oak Row")
NOVAK = sharing("Jan Novak", "0.5")
EVE = sharing("Eve", "0.5", irrevocable=False)
BANK = party(Interest.MORTGAGEE, "Harbour Bank", reference="LOAN-77")
LEASE = party(Interest.LOSS_PAYEE, "Quay Leasing")


@pytest.mark.parametrize("share", ["0.5", "1"])
def test_of_two_people_of_one_name_one_cannot_stand_for_both(share: str) -> None:
    assert curtailed([NOVAK, NOVAK], [sharing("Jan Novak", share), EVE]) == [NOVAK]
    assert curtailed([NOVAK, NOVAK], [NOVAK, NOVAK]) == []


@pytest.mark.parametrize("turned", [False, True])
def test_each_finds_the_entry_that_is_theirs_in_whichever_order(turned: bool) -> None:
    small, large = sharing("Jan Novak", "0.2"), sharing("Jan Novak", "0.5", address=ELM)
    before = [small, large, sharing("Jan Novak", "0.3", reference="J-3")]

    after = [*before][::-1] if turned else [large, before[2], small]

    assert curtailed(before, after) == []
    assert len(curtailed(before, after[:2])) == 1


@pytest.mark.parametrize(
    ("known", "entry"),
    [
        ({"address": ELM}, {"address": OAK}),
        ({"address": ELM}, {}),
        ({"reference": "J-1"}, {"reference": "J-2"}),
        ({"reference": "J-1"}, {}),
    ],
)
def test_somebody_else_of_the_same_name_is_not_the_same_person(
    known: dict[str, Any], entry: dict[str, Any]
) -> None:
    before = sharing("Jan Novak", "1", **known)

    assert curtailed([before], [sharing("Jan Novak", "1", **entry)]) == [before]


def test_what_was_not_known_of_a_person_may_be_added() -> None:
    known = sharing("Jan Novak", "1", address=ELM, reference="J-1", email="jan@novak.example")

    assert curtailed([sharing("Jan Novak", "1")], [known]) == []
    assert curtailed([known], [known.replace(email=None)]) == []


@pytest.mark.parametrize(
    "after",
    [
        [],
        [BANK.replace(name="Eve Bank")],
        [BANK.replace(reference="LOAN-78")],
        [BANK.replace(interest=Interest.LOSS_PAYEE)],
        [LEASE, BANK],
    ],
)
def test_a_lender_is_neither_removed_nor_replaced_nor_put_behind(
    after: list[InterestedParty],
) -> None:
    assert curtailed([BANK], after) == [BANK]


def test_one_who_comes_behind_a_lender_takes_nothing_from_them() -> None:
    assert curtailed([BANK], [EVE, BANK, LEASE]) == []
    assert curtailed([EVE, LEASE, BANK], [BANK]) == [LEASE]
