"""Two versions of a policy side by side."""

from datetime import UTC, date, datetime

from insurance.operations.command import Query
from insurance.operations.policy.compare_policy import Version, compare_policy

from tests.support.platform import Platform
from tests.support.policy_life import PARTNER, WITH_A_TEENAGER

IN_MAY, IN_AUGUST = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC)


def compared(
    platform: Platform, first: Version, second: Version
) -> dict[str, tuple[object, object]]:
    query = Query(PARTNER, platform.now, platform.now)
    ports = platform.servicing_ports
    found = compare_policy(platform.policy_id, first, second, query, ports)
    return {each.pointer: (each.before, each.after) for each in found}


def test_what_a_change_changes_is_said_in_words():
    platform = Platform()
    platform.issue()
    platform.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)

    said = compared(platform, Version(IN_MAY, None), Version(IN_AUGUST, None))

    assert said["/answers/drivers/1/age"] == (None, "19")
    assert said["/premium/net"] == ("128.80 GBP", "322.00 GBP")
    assert "/answers/registration" not in said
    assert "/charged" not in said


def test_what_was_learnt_later_is_said_apart_from_what_came_into_force():
    platform = Platform()
    platform.issue()
    before = platform.now
    platform.now = datetime(2026, 9, 1, tzinfo=UTC)
    platform.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)

    said = compared(platform, Version(IN_AUGUST, before), Version(IN_AUGUST, platform.now))

    assert said["/charged"] == ("169.26 GBP", "302.75 GBP")


def test_a_version_does_not_differ_from_itself():
    platform = Platform()
    platform.issue()

    assert compared(platform, Version(IN_MAY, None), Version(IN_MAY, None)) == {}
