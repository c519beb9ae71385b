"""What the store of stops promises, in memory and on a real engine alike."""

from typing import TYPE_CHECKING

import pytest
from insurance import wiring
from insurance.domain.control.event_types import StopEventType
from insurance.domain.control.stop import QUOTE_LEASE_SECONDS, Activity
from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.identity import Mode
from insurance.dynamodb.controls.stops import DynamoDBStops
from insurance.dynamodb.tables import Tables
from insurance.operations.command import Command
from insurance.operations.controls.change_stops import (
    ChangedStop,
    StopInput,
    lift_stop,
    set_stop,
)
from insurance.operations.controls.ports import StopPorts
from insurance.operations.idempotency import AlreadyAnswered

from tests.support.builders import QUOTE_ID, make_command
from tests.support.engine import make_tables
from tests.support.partners_at_work import command
from tests.support.stores import Stores, accept, add_quote, issue, on_dynamodb

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BIND = StopInput((Activity.BIND,), "rate_error")


def ports_on(stores: Stores) -> StopPorts:
    return StopPorts(stores.stops, wiring.products(), lambda _seconds: None)


def held(stores: Stores, by: Command | None = None) -> ChangedStop:
    return set_stop(BIND, by or command("stop"), ports_on(stores))


def test_what_is_set_is_read_until_it_is_lifted(stores: Stores) -> None:
    stop = held(stores).stop

    assert stores.stops.get(Mode.TEST).record.stops == (stop,)
    assert stores.stops.get(Mode.LIVE).record.stops == ()
    for key, by in (("ask", "ben"), ("lift", "cleo")):
        lift_stop(stop.id, "mended", command(key, by=by), ports_on(stores))
    assert stores.stops.get(Mode.TEST).record.stops == ()


def test_a_repeated_command_is_answered_as_the_first_was(stores: Stores) -> None:
    held(stores)

    with pytest.raises(AlreadyAnswered):
        held(stores)


def test_who_read_before_another_set_one_decides_again(stores: Stores) -> None:
    before = stores.stops.load(Mode.TEST, command("slow"))
    held(stores)
    slow = command("slow").with_answer(None)
    after = before.record.replace(stops=())

    with pytest.raises(StaleRevision):
        stores.stops.store(slow.event(after.id, after, StopEventType.SET, None), before, slow)


def test_stops_come_with_the_quote_to_issue_and_with_the_policy_to_renew(stores: Stores) -> None:
    quote = accept(stores, add_quote(stores))
    stop = held(stores).stop

    assert stores.policies.load_quote(QUOTE_ID, make_command("issue")).stops.stops == (stop,)
    policy = issue(stores, quote)
    assert stores.renewals.expiring(policy.record.id).stops.stops == (stop,)


def test_a_lease_ends_and_no_process_goes_by_an_older_state(dynamodb: "DynamoDBClient") -> None:
    tables = make_tables(dynamodb)
    stores = on_dynamodb(dynamodb, tables)
    clock = [1000.0]
    leasing = DynamoDBStops(
        dynamodb,
        Tables(tables.__getitem__),
        idempotency=lambda: pytest.fail("a lease needs no records"),
        now=lambda: clock[0],
    )
    assert leasing.leased(Mode.TEST).stops == ()

    stop = held(stores).stop
    clock[0] += QUOTE_LEASE_SECONDS - 0.01
    assert leasing.leased(Mode.TEST).stops == ()
    clock[0] += 0.01
    assert leasing.leased(Mode.TEST).stops == (stop,)
