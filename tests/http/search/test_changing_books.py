"""An event is indexed in the very moment in which its policy moves into another partner's book."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from insurance.domain.core.event import Event
from insurance.operations.delivery.index_event import index_event

from tests.support.claims import loss, notified
from tests.support.driving.http import Json
from tests.support.lists import listed
from tests.support.partners import register_partners
from tests.support.platform import Platform
from tests.support.search import insured

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FORMER, NEW, CLERK = "harbour-test", "meadow-test", "call-centre-test"


@pytest.fixture(autouse=True)
def registered(dynamodb: "DynamoDBClient", platform: Platform) -> None:
    register_partners(dynamodb)


@dataclass
class Paused:
    """A port of which one call waits until something else has happened."""

    port: Any
    call: str
    meanwhile: Callable[[], None]
    after: bool = False
    """Whether the call is made first, and its answer waits."""

    def __getattr__(self, name: str) -> Any:
        made = getattr(self.port, name)
        return self._paused(made) if name == self.call else made

    def _paused(self, made: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.call = ""  # once
            if not self.after:
                self.meanwhile()
            answer = made(*arguments, **named)
            if self.after:
                self.meanwhile()
            return answer

        return call


class Moving:
    """A policy of harbour's with a claim, of which nothing was delivered yet."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        policy = insured(platform)
        self.policy_id: str = policy["id"]
        self.claim_id: str = notified(platform, loss(self.policy_id, "windscreen", "400"))["id"]

    def of(self, id: str) -> list[Event]:
        return [each for each in self.platform.events() if each.stream == id]

    def move(self) -> None:
        body: Json = {"reason": "broker", "to_partner": "meadow", "consents": ["holder"]}
        path = f"/v1/policies/{self.policy_id}/transfers"
        self.platform.post(path, body | {"evidence": "APPOINTMENT-1"}, by=CLERK)

    def move_and_deliver(self) -> None:
        self.move()
        for event in self.of(self.policy_id):
            index_event(event, self.platform.index_ports())


@pytest.fixture
def moving(platform: Platform) -> Moving:
    return Moving(platform)


def claims(platform: Platform) -> dict[str, list[str]]:
    return {by: listed(platform, "/v1/claims", by) for by in (FORMER, NEW)}


@pytest.mark.parametrize("is_indexed_before", [False, True])
@pytest.mark.parametrize("step", ["read", "replace"])
def test_a_claim_is_listed_in_the_new_book_alone(
    platform: Platform, moving: Moving, step: str, *, is_indexed_before: bool
):
    [notice] = moving.of(moving.claim_id)
    ports = platform.index_ports()
    if is_indexed_before:
        index_event(notice, ports)
    if step == "read":
        facts = Paused(ports.sealed_facts, "read", moving.move_and_deliver, after=True)
        paused = replace(ports, sealed_facts=facts)
    else:
        paused = replace(ports, index=Paused(ports.index, "replace", moving.move_and_deliver))

    index_event(notice, paused)

    assert claims(platform) == {FORMER: [], NEW: [moving.claim_id]}


def test_a_claim_that_was_entered_between_the_move_and_its_delivery_follows(
    platform: Platform, moving: Moving
):
    [notice] = moving.of(moving.claim_id)
    ports = platform.index_ports()
    facts = Paused(ports.sealed_facts, "read", moving.move, after=True)
    index_event(notice, replace(ports, sealed_facts=facts))

    for event in moving.of(moving.policy_id):
        index_event(event, ports)

    assert claims(platform) == {FORMER: [], NEW: [moving.claim_id]}
