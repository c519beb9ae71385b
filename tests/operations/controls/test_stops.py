"""Stops at work: what they hold bites on the next call, and goes on when two people have lifted them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from insurance import wiring
from insurance.domain.bank.payment_file import PAYMENTS_PER_FILE_MAX
from insurance.domain.control.stop import QUOTE_LEASE_SECONDS, Activity
from insurance.domain.core.identity import Mode
from insurance.dynamodb.payments import payment_orders
from insurance.operations.controls.change_stops import StopInput, lift_stop, set_stop
from insurance.operations.controls.ports import StopPorts
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.payments import send_payments
from insurance.operations.policy.invite_renewal import invite_renewal

from tests.fakes.controls import MemoryStops
from tests.fakes.memory import Memory
from tests.support.bank import FILES, FINANCE, executing, payments
from tests.support.calls import QUOTE, staff
from tests.support.partners_at_work import command
from tests.support.platform import Platform, platform_in_memory

type Json = dict[str, Any]

SCOPES = "controls:write coverwright/controls:read"
ANN, BEN = staff("ann", "chief_underwriter", SCOPES), staff("ben", "compliance", SCOPES)
GBP = {"currency": "GBP"}
PREVIEW, QUOTES = "/v1/quotes/preview", "/v1/quotes"


class Guards:
    """Two people who set stops and lift them."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def hold(self, *activities: str, **named: str) -> Json:
        wanted = {"activities": list(activities), "cause": "rate_error", **named}
        return self.platform.post("/v1/stops", wanted, by=ANN)

    def lift(self, stop: Json) -> Json:
        path, why = f"/v1/stops/{stop['id']}/lift", {"reason": "mended"}
        asked = self.platform.post(path, why, by=ANN)
        assert asked["status"] == "lift_requested"
        return self.platform.post(path, why, by=BEN)

    def refused(self, path: str, body: Any = None, **how: Any) -> Json:
        answer = self.platform.call("POST", path, body, **how)
        assert (answer.status, answer.code) == (409, "stopped"), answer.text
        problem: Json = answer.body
        return problem


@pytest.fixture
def guards(platform: Platform) -> Guards:
    return Guards(platform)


@pytest.fixture
def sales() -> Iterator[Platform]:
    """Where quotes are made; in memory no process goes by an earlier state of the stops."""
    with platform_in_memory() as (opened, _):
        yield opened


def test_a_stop_of_quotes_bites_on_the_next_call_and_until_it_is_lifted(sales: Platform) -> None:
    guards = Guards(sales)
    sales.post(QUOTES, QUOTE)

    stop = guards.hold("quote")

    problem = guards.refused(QUOTES, QUOTE)
    assert (problem["stop"], problem["activity"], problem["cause"]) == (
        stop["id"],
        "quote",
        "rate_error",
    )
    guards.refused(PREVIEW, QUOTE)
    assert guards.lift(stop)["status"] == "lifted"
    sales.post(QUOTES, QUOTE)


def test_a_stop_holds_no_other_product_territory_partner_or_activity(sales: Platform) -> None:
    guards = Guards(sales)
    guards.hold("quote", product="home_contents")
    guards.hold("quote", territory="IE")
    guards.hold("quote", partner="meadow")
    guards.hold("bind", "renew", "pay")
    guards.hold("quote", starts_at="2030-01-01T00:00:00Z")

    sales.post(QUOTES, QUOTE)


def test_who_sets_their_clock_back_is_held_too(sales: Platform) -> None:
    guards = Guards(sales)
    guards.hold("quote", starts_at="2026-03-01T00:00:00Z")

    guards.refused(QUOTES, QUOTE, clock="2026-02-28T23:59:59Z")


def test_a_repetition_is_answered_when_no_process_goes_by_an_earlier_state_either() -> None:
    waited: list[float] = []
    ports = StopPorts(MemoryStops(Memory()), wiring.products(), waited.append)
    wanted = StopInput((Activity.QUOTE,), "rate_error")
    set_stop(wanted, command("stop"), ports)

    with pytest.raises(AlreadyAnswered):
        set_stop(wanted, command("stop"), ports)

    assert waited == [QUOTE_LEASE_SECONDS] * 2


def test_a_stop_of_binding_holds_the_issue_and_a_repeated_call_has_its_first_answer(
    guards: Guards, platform: Platform
) -> None:
    accepted = [platform.accepted() for _ in range(2)]
    before = {"quote_id": accepted[0]["id"]}
    policy = platform.post("/v1/policies", before, key="first")

    guards.hold("bind", product="personal_motor")

    guards.refused("/v1/policies", {"quote_id": accepted[1]["id"]})
    assert platform.post("/v1/policies", before, key="first") == policy


def test_a_renewal_is_held_and_its_invitation_waits() -> None:
    platform = Platform()
    platform.issue()
    now = datetime(2026, 12, 20, 9, tzinfo=UTC)
    ports, stops = platform.invitation_ports, MemoryStops(platform.memory)
    wanted = StopInput((Activity.RENEW,), "rate_error", starts_at=now)
    set_stop(wanted, command("stop"), StopPorts(stops, wiring.products(), lambda _seconds: None))

    again = invite_renewal(platform.policy_id, now, ports=ports)

    assert again == now + timedelta(hours=1)
    for key, by in (("ask", "ben"), ("lift", "cleo")):
        [stop] = stops.leased(Mode.TEST).stops
        lift_stop(
            stop.id,
            "mended",
            command(key, by=by),
            StopPorts(stops, wiring.products(), lambda _seconds: None),
        )
    assert invite_renewal(platform.policy_id, again, ports=ports) is None
    assert platform.policy.invitation is not None


def test_payments_on_hold_wait_and_go_when_the_stop_is_lifted(
    guards: Guards, platform: Platform
) -> None:
    claims = executing(platform, 2)
    stop = guards.hold("pay", product="personal_motor")

    assert platform.post(FILES, GBP, by=FINANCE) == {"files": []}
    guards.lift(stop)
    [file] = platform.post(FILES, GBP, by=FINANCE)["files"]

    assert [each["id"] for each in file["payments"]] == sorted(payments(claims))


def test_a_stop_of_another_partners_payments_holds_none(guards: Guards, platform: Platform) -> None:
    executing(platform)
    guards.hold("pay", partner="meadow")

    assert len(platform.post(FILES, GBP, by=FINANCE)["files"]) == 1


def test_payments_behind_those_that_wait_go(
    guards: Guards, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = executing(platform, 3)
    monkeypatch.setattr(send_payments, "PAYMENTS_PER_FILE_MAX", 1)
    monkeypatch.setattr(payment_orders, "PAYMENTS_PER_FILE_MAX", 1)
    assert PAYMENTS_PER_FILE_MAX > 1
    first = min(payments(claims))
    monkeypatch.setattr(
        send_payments,
        "_stopped",
        lambda _stops, some, *_: frozenset(each.id for each in some if each.id == first),
    )

    [file] = platform.post(FILES, GBP, by=FINANCE)["files"]

    assert [each["id"] for each in file["payments"]] == sorted(payments(claims))[1:2]


def test_payments_far_behind_those_that_a_stop_holds_have_their_turn(
    guards: Guards, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that looks at one payment, of which the first is held: the next call goes on behind it."""
    first, second, third = sorted(payments(executing(platform, 3)))
    for name in ("PAYMENTS_PER_FILE_MAX", "PARTS_MAX"):
        monkeypatch.setattr(send_payments, name, 1)
    monkeypatch.setattr(payment_orders, "PAYMENTS_PER_FILE_MAX", 1)
    held = {first}
    monkeypatch.setattr(
        send_payments,
        "_stopped",
        lambda _stops, some, *_: frozenset(each.id for each in some if each.id in held),
    )

    def sent(key: str) -> list[str]:
        files = platform.post(FILES, GBP, by=FINANCE, key=key)["files"]
        return [each["id"] for file in files for each in file["payments"]]

    assert [sent(key) for key in ("one", "two", "three")] == [[], [second], [third]]
    held.clear()
    assert sent("four") + sent("five") == [first]
