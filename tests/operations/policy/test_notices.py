"""The insurer ends nothing before its notice was proven to be sent and the days of notice are over."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from insurance.domain.core.errors import (
    InvalidFields,
    NoticeNotFound,
    NoticeNotServed,
    WrongState,
)
from insurance.domain.jurisdiction.jurisdiction import DispatchChannel, NoticeKind
from insurance.domain.jurisdiction.places import JURISDICTIONS
from insurance.domain.policy import Initiator
from insurance.operations.policy.record_non_renewal import record_non_renewal
from insurance.operations.policy.withdraw_notice import withdraw_notice

from tests.support.platform import Platform
from tests.support.policy_life import UNDERWRITER

SENT = datetime(2026, 6, 1, 15, 30, tzinfo=UTC)
OVER = datetime(2026, 6, 8, 23, tzinfo=UTC)
"""The end of 8 June in London: seven whole days after the first."""


@pytest.fixture
def platform():
    platform = Platform()
    platform.issue()
    platform.now = SENT
    return platform


def earliest(code, kind, sent, zone):
    return JURISDICTIONS[code].earliest(kind, datetime.fromisoformat(sent), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("code", "kind", "sent", "zone", "expected"),
    [
        # Seven whole days; the day of dispatch does not count.
        ("GB", "lapse", "2026-06-01T15:30Z", "Europe/London", "2026-06-09T00:00+01:00"),
        # Late in the evening in UTC it is the next day already in London.
        ("GB", "lapse", "2026-06-01T23:30Z", "Europe/London", "2026-06-10T00:00+01:00"),
        # Clocks go forward on 29 March and back on 25 October: midnights stay midnights.
        ("GB", "lapse", "2026-03-24T12:00Z", "Europe/London", "2026-04-01T00:00+01:00"),
        ("GB", "lapse", "2026-10-20T12:00Z", "Europe/London", "2026-10-28T00:00+00:00"),
        # 29 February is a day like any other, where there is one.
        ("GB", "lapse", "2028-02-25T12:00Z", "Europe/London", "2028-03-04T00:00+00:00"),
        ("GB", "lapse", "2027-02-25T12:00Z", "Europe/London", "2027-03-05T00:00+00:00"),
        # Ten working days over Christmas: 25, 28 December and 1 January rest in Ireland.
        ("IE", "lapse", "2026-12-18T12:00Z", "Europe/Dublin", "2027-01-06T00:00+00:00"),
        ("IE", "cancellation", "2026-12-18T12:00Z", "Europe/Dublin", "2027-01-02T00:00+00:00"),
        ("US-CA", "lapse", "2026-06-01T23:30Z", "America/Los_Angeles", "2026-06-12T00:00-07:00"),
    ],
)
def test_the_days_of_notice(code, kind, sent, zone, expected):
    found = earliest(code, NoticeKind(kind), sent, zone)

    assert found == datetime.fromisoformat(expected)


@pytest.mark.parametrize("code", JURISDICTIONS)
@pytest.mark.parametrize("kind", NoticeKind)
def test_no_less_time_passes_than_the_days_say_wherever_it_is_sent(code, kind):
    for hours in range(0, 24 * 400, 7):
        sent = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        for zone in ("Europe/London", "America/Los_Angeles", "Pacific/Auckland"):
            found = JURISDICTIONS[code].earliest(kind, sent, ZoneInfo(zone))
            # A local day on which clocks go forward has 23 hours.
            assert found - sent >= timedelta(days=JURISDICTIONS[code].notices[kind].days, hours=-1)


def test_without_notice_the_insurer_ends_nothing(platform):
    with pytest.raises(NoticeNotServed):
        platform.cancel(date(2026, 7, 2), by="insurer")


def test_a_notice_whose_dispatch_is_not_proven_ends_nothing(platform):
    platform.announce()

    with pytest.raises(NoticeNotServed):
        platform.cancel(date(2026, 12, 1), by="insurer")


def test_cover_ends_when_the_days_of_notice_are_over_and_not_a_moment_before(platform):
    platform.announce()
    notice = platform.prove_dispatch().notice

    assert notice.effective_at == OVER
    with pytest.raises(NoticeNotServed, match="not before 2026-06-08T23:00:00"):
        platform.cancel(OVER - timedelta(microseconds=1), by="insurer")

    cancelled = platform.cancel(OVER, by="insurer").serviced.policy
    assert cancelled.covers_at(OVER - timedelta(microseconds=1))
    assert not cancelled.covers_at(OVER)
    assert cancelled.notices[0].ended == "carried_out"


def test_a_policy_ends_for_the_reason_that_was_announced_and_for_no_other(platform):
    platform.announce(reason="false_facts")
    platform.prove_dispatch()
    end: dict[str, Any] = {"by": Initiator.INSURER, "caller": UNDERWRITER}

    with pytest.raises(NoticeNotServed):
        platform.change("cancellation", OVER, reason="claims_record", **end)

    assert platform.change("cancellation", OVER, **end).serviced.requested.reason == "false_facts"


def test_a_notice_takes_effect_when_it_is_wanted_if_that_is_later(platform):
    platform.announce(on=date(2026, 7, 1))

    assert platform.prove_dispatch().notice.effective_at == datetime(2026, 6, 30, 23, tzinfo=UTC)


def test_while_it_is_open_the_policy_is_on_risk_and_about_to_be_cancelled(platform):
    platform.announce()
    assert platform.policy.state_at(SENT).codes == ("on_risk",)

    platform.prove_dispatch()

    assert platform.policy.state_at(SENT).codes == ("on_risk", "cancel_pending")


@pytest.mark.parametrize("at", [SENT + timedelta(seconds=1), SENT - timedelta(days=1)])
def test_a_dispatch_lies_between_the_notice_and_now(platform, at):
    platform.announce()

    with pytest.raises(InvalidFields):
        platform.prove_dispatch(at)


def test_a_dispatch_is_proven_once(platform):
    platform.announce()
    platform.prove_dispatch()

    with pytest.raises(WrongState):
        platform.prove_dispatch()


def test_what_proves_a_dispatch_is_the_jurisdictions_to_say(platform):
    california = JURISDICTIONS["US-CA"]

    assert DispatchChannel.EMAIL not in california.channels
    assert DispatchChannel.REGISTERED_POST in california.channels


def test_a_calendar_that_does_not_reach_so_far_is_said(platform):
    with pytest.raises(ValueError, match="ends on 2035-12-31"):
        earliest("IE", NoticeKind.LAPSE, "2036-01-01T00:00Z", "Europe/Dublin")


def test_one_notice_of_a_kind_at_a_time(platform):
    platform.announce()

    with pytest.raises(WrongState):
        platform.announce()


def test_a_notice_that_was_taken_back_ends_nothing(platform):
    platform.announce()
    platform.prove_dispatch()

    withdraw_notice(
        platform.policy_id,
        1,
        platform.command("withdraw", caller=UNDERWRITER),
        platform.servicing_ports,
    )

    assert platform.policy.state_at(SENT).codes == ("on_risk",)
    with pytest.raises(NoticeNotServed):
        platform.cancel(OVER, by="insurer")


def test_a_notice_that_is_not_there(platform):
    with pytest.raises(NoticeNotFound):
        platform.prove_dispatch(number=3)


def test_arrears_are_not_announced_by_hand(platform):
    with pytest.raises(InvalidFields):
        platform.announce("non_payment")


def test_a_policy_that_nobody_wants_to_renew_says_so(platform):
    ports = platform.servicing_ports
    record_non_renewal(
        platform.policy_id, Initiator.POLICYHOLDER, None, platform.command("no"), ports
    )

    assert platform.policy.state_at(SENT).codes == ("on_risk", "do_not_renew")
