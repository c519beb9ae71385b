"""The table of duties that need two people, and the limits of what a role lets go."""

from itertools import combinations

import pytest
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import NoAuthority, SamePerson
from insurance.domain.core.house_authority import LIMITS, Outlay, check_house_authority
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.roles import Role
from insurance.domain.core.segregation import INCOMPATIBLE, Duty, check_segregation


def caller(*roles: str) -> Caller:
    return Caller(
        principal="staff-1",
        kind=CallerKind.STAFF,
        partner="",
        roles=frozenset(roles),
        scopes=frozenset(),
        mode=Mode.TEST,
    )


@pytest.mark.parametrize("pair", [frozenset(each) for each in combinations(Duty, 2)])
def test_two_duties_are_one_persons_unless_the_table_says_otherwise(pair: frozenset[Duty]) -> None:
    first, second = pair
    if pair in INCOMPATIBLE:
        with pytest.raises(SamePerson):
            check_segregation(second, "ann", {first: "ann"}, "claim 1")
        with pytest.raises(SamePerson):
            check_segregation(first, "ann", {second: "ann"}, "claim 1")
    else:
        check_segregation(second, "ann", {first: "ann"}, "claim 1")


@pytest.mark.parametrize("pair", sorted(INCOMPATIBLE, key=str))
def test_two_people_may_have_any_two_duties(pair: frozenset[Duty]) -> None:
    first, second = pair
    check_segregation(second, "ann", {first: "ben"}, "claim 1")


def test_every_duty_stands_in_the_table() -> None:
    assert {duty for pair in INCOMPATIBLE for duty in pair} == set(Duty)


@pytest.mark.parametrize(("role", "outlay"), sorted(LIMITS))
def test_a_role_lets_its_limit_go_and_no_minor_unit_more(role: Role, outlay: Outlay) -> None:
    limit = Money.of(str(LIMITS[role, outlay]), Currency.GBP)

    check_house_authority(caller(role), outlay, limit)

    more = limit + Money(amount=1, currency=Currency.GBP)
    with pytest.raises(NoAuthority):
        check_house_authority(caller(role), outlay, more)


@pytest.mark.parametrize("outlay", Outlay)
def test_a_role_that_is_not_listed_lets_nothing_go(outlay: Outlay) -> None:
    penny = Money(amount=1, currency=Currency.GBP)
    for role in set(Role) - {role for role, of in LIMITS if of is outlay} | {"receptionist"}:
        with pytest.raises(NoAuthority):
            check_house_authority(caller(role), outlay, penny)


def test_every_way_out_has_somebody_who_may() -> None:
    assert {outlay for _, outlay in LIMITS} == set(Outlay)


def test_a_limit_is_counted_in_the_units_of_the_currency() -> None:
    check_house_authority(
        caller(Role.SUPERVISOR), Outlay.REDRESS, Money.of("3750000", Currency.JPY)
    )
    with pytest.raises(NoAuthority):
        check_house_authority(
            caller(Role.SUPERVISOR), Outlay.REDRESS, Money.of("3750001", Currency.JPY)
        )
