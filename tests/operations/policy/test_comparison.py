"""Two versions of a policy side by side."""

from datetime import UTC, date, datetime

from insurance.operations.command import Query
from insurance.operations.policy.compare_policy import Version, compare_policy

from tests.fakes.policy_ports import servicing_ports
from tests.support.policy_life import PARTNER, WITH_A_TEENAGER, House

IN_MAY, IN_AUGUST = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC)


def compared(house: House, first: Version, second: Version) -> dict[str, tuple[object, object]]:
    query = Query(PARTNER, house.now, house.now)
    ports = servicing_ports(house.products, house.memory)
    found = compare_policy(house.policy_id, first, second, query, ports)
    return {each.pointer: (each.before, each.after) for each in found}


def test_what_a_change_changes_is_said_in_words():
    house = House()
    house.issue()
    house.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)

    said = compared(house, Version(IN_MAY, None), Version(IN_AUGUST, None))

    assert said["/answers/drivers/1/age"] == (None, "19")
    assert said["/premium/net"] == ("128.80 GBP", "322.00 GBP")
    assert "/answers/registration" not in said
    assert "/charged" not in said


def test_what_was_learnt_later_is_said_apart_from_what_came_into_force():
    house = House()
    house.issue()
    before = house.now
    house.now = datetime(2026, 9, 1, tzinfo=UTC)
    house.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)

    said = compared(house, Version(IN_AUGUST, before), Version(IN_AUGUST, house.now))

    assert said["/charged"] == ("169.26 GBP", "302.75 GBP")


def test_a_version_does_not_differ_from_itself():
    house = House()
    house.issue()

    assert compared(house, Version(IN_MAY, None), Version(IN_MAY, None)) == {}
