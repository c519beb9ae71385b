"""The table of duties that need two people, and the limits of what a role lets go."""

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import NoAuthority, SamePerson, SignInTooOld
from insurance.domain.core.house_authority import (
    APPROVALS_A_DAY,
    APPROVED_LIMITS,
    HOLDERS_ACCOUNT,
    LIMITS,
    PARTS,
    SIGN_IN_MINUTES,
    STEP_UP_ABOVE,
    TOTAL_LIMITS,
    Outlay,
    RunningTotal,
    check_house_authority,
    check_sign_in,
    day_limit,
    part_limit,
    total_limit,
)
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.roles import Role
from insurance.domain.core.segregation import (
    INCOMPATIBLE,
    WORDS,
    Duty,
    OfficeDuty,
    check_segregation,
)


def caller(*roles: str) -> Caller:
    return Caller(
        principal="staff-1",
        kind=CallerKind.STAFF,
        partner="",
        roles=frozenset(roles),
        scopes=frozenset(),
        mode=Mode.TEST,
        signed_in_recently=True,
    )


PAIRS = [frozenset(each) for duties in (Duty, OfficeDuty) for each in combinations(duties, 2)]


@pytest.mark.parametrize("pair", PAIRS)
def test_two_duties_are_one_persons_unless_the_table_says_otherwise(pair: frozenset[Any]) -> None:
    first, second = pair
    if pair in INCOMPATIBLE:
        with pytest.raises(SamePerson):
            check_segregation(second, "ann", {first: "ann"}, "claim 1")
        with pytest.raises(SamePerson):
            check_segregation(first, "ann", {second: "ann"}, "claim 1")
    else:
        check_segregation(second, "ann", {first: "ann"}, "claim 1")


def test_a_refusal_names_both_duties_in_words_for_people() -> None:
    submitted, approved = OfficeDuty.API_VERSION_SUBMITTED, OfficeDuty.API_VERSION_APPROVED
    with pytest.raises(SamePerson) as refused:
        check_segregation(approved, "ann", {submitted: "ann"}, "quoting 0.10.0")

    assert str(refused.value) == (
        "On quoting 0.10.0 nobody may both submit the version of the API product and approve the version of the"
        " API product. You did the first."
    )
    assert WORDS.keys() == {*Duty, *OfficeDuty}
    assert len(set(WORDS.values())) == len(WORDS)


@pytest.mark.parametrize("pair", sorted(INCOMPATIBLE, key=str))
def test_two_people_may_have_any_two_duties(pair: frozenset[Any]) -> None:
    first, second = pair
    check_segregation(second, "ann", {first: "ben"}, "claim 1")


def test_every_duty_stands_in_the_table() -> None:
    assert {duty for pair in INCOMPATIBLE for duty in pair} == {*Duty, *OfficeDuty}


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


def test_above_the_value_that_the_document_names_a_sign_in_must_be_fresh() -> None:
    value = Money.of(str(STEP_UP_ABOVE), Currency.GBP)
    earlier = caller().replace(signed_in_recently=False)

    check_sign_in(earlier, value)
    with pytest.raises(SignInTooOld):
        check_sign_in(earlier, value + Money(amount=1, currency=Currency.GBP))

    check_sign_in(caller(), value + Money(amount=1, currency=Currency.GBP))
    assert f"Above {STEP_UP_ABOVE:,} (`STEP_UP_ABOVE`" in DOCUMENT
    assert SIGN_IN_MINUTES == 10
    assert "ten minutes (`SIGN_IN_MINUTES`)" in DOCUMENT


def test_a_limit_is_counted_in_the_units_of_the_currency() -> None:
    check_house_authority(
        caller(Role.SUPERVISOR), Outlay.REDRESS, Money.of("3750000", Currency.JPY)
    )
    with pytest.raises(NoAuthority):
        check_house_authority(
            caller(Role.SUPERVISOR), Outlay.REDRESS, Money.of("3750001", Currency.JPY)
        )


DOCUMENT = (Path(__file__).parents[3] / "docs" / "segregation.md").read_text("utf-8")
ROWS = {
    Outlay.REDRESS: "| redress |",
    Outlay.REFUND: "| refund |",
    Outlay.RETURN: "| return of a payment in suspense |",
    Outlay.WRITE_OFF: "| write-off of a recovery |",
    Outlay.UNEXPECTED_RECEIPT: "| receipt beyond what a recovery was expected to bring |",
}
COLUMNS = (Role.CLAIMS_HANDLER, Role.SUPERVISOR, Role.FINANCE)
TOTALS = {
    RunningTotal.PAYEE_ACCOUNT: "| account, month |",
    RunningTotal.PARTNER_DAY: "| partner, day |",
    RunningTotal.HANDLER_DAY: "| person, day |",
    RunningTotal.PARTNER_ALL: "| partner, day, everybody |",
}
APPROVED = {
    RunningTotal.PAYEE_ACCOUNT: "| account, month, approved |",
    RunningTotal.REQUESTER_DAY: "| who asked, day |",
    RunningTotal.PARTNER_OUTLAYS: "| partner, day, approved |",
}


def cells(row: str) -> list[str]:
    """What the document says in the row that begins so."""
    [line] = [line for line in DOCUMENT.splitlines() if line.startswith(row)]
    return [cell.strip() for cell in line.strip("| ").split("|")]


@pytest.mark.parametrize("outlay", Outlay)
def test_the_document_says_up_to_what_each_role_lets_money_go(outlay: Outlay) -> None:
    limits = [LIMITS.get((role, outlay)) for role in COLUMNS]

    said = [f"{limit:,}" if limit else "" for limit in limits]

    assert (cells(ROWS[outlay])[2:] + [""] * len(COLUMNS))[: len(COLUMNS)] == said


@pytest.mark.parametrize("total", TOTAL_LIMITS)
def test_the_document_says_how_much_may_count_to_a_total(total: RunningTotal) -> None:
    assert cells(TOTALS[total])[-1].startswith(f"{TOTAL_LIMITS[total]:,}")


def test_the_document_says_what_a_holders_account_is_paid() -> None:
    assert cells(TOTALS[RunningTotal.PAYEE_ACCOUNT])[-1].endswith(
        f"who holds the policy, once it is known, {HOLDERS_ACCOUNT:,}"
    )


@pytest.mark.parametrize("total", APPROVED)
def test_the_document_says_what_two_people_let_go(total: RunningTotal) -> None:
    limits = [APPROVED_LIMITS[total, outlay] for outlay in (Outlay.REFUND, Outlay.REDRESS)]

    assert cells(APPROVED[total])[-2:] == [f"{limit:,}" for limit in limits]


def test_each_way_out_has_totals_of_its_person_and_those_to_a_payee_of_all_three() -> None:
    paid_to_somebody = {Outlay.REFUND, Outlay.REDRESS}
    assert set(APPROVED_LIMITS) == {
        (total, outlay) for total in APPROVED for outlay in paid_to_somebody
    }
    for (role, outlay), limit in LIMITS.items():
        whole = day_limit(caller(role), outlay, Currency.GBP)
        assert whole == Money.of(str(limit * APPROVALS_A_DAY), Currency.GBP)


def test_the_parts_of_a_partner_come_to_no_more_than_its_day() -> None:
    whole = total_limit(RunningTotal.PARTNER_ALL, Currency.GBP)

    assert part_limit(Currency.GBP).amount * PARTS == whole.amount
