"""The largest risk that a product may ask for is told, priced, stored, issued and changed in requests."""

from random import Random
from typing import Any

import pytest

from tests.support import pet
from tests.support.calls import AUTHOR, LOSS_CLOCK, PUBLISHER, QUOTE, Answer
from tests.support.platform import Platform

type Json = dict[str, Any]

VEHICLES = 500
LETTERS = "ABCDEFGHJKLMNPRSTUVWXY0123456789"
FLEET: Json = {
    "questions": [
        {
            "code": "vehicles",
            "type": "list",
            "min": 1,
            "max": VEHICLES,
            "fields": [
                {"code": "registration", "type": "text", "pattern": "[A-Z0-9]{1,8}"},
                {"code": "keeper", "type": "text", "max": 60},
                {"code": "value", "type": "money"},
                {"code": "mileage", "type": "integer", "min": 0},
            ],
        }
    ],
    "rating": {
        "steps": [{"step": "vehicles", "base": "sum(0.01 * each.value for each in vehicles)"}]
    },
}
SCENARIOS: Json = {
    "risks": {
        "baseline": {
            "start": "2026-07-01",
            "answers": {
                "vehicles": [{"registration": "A1", "keeper": "Di", "value": 9000, "mileage": 1}]
            },
        }
    },
    "scenarios": [
        {"name": "one", "expect": {"net": "90.00"}},
        {"name": "claim", "claim": {"cover": "vet", "claimed": 10}, "expect": {"payable": "10.00"}},
    ],
}


def vehicles(seed: int) -> list[Json]:
    """As many as a fleet may have, no two alike, each text at its longest and of the longest characters."""
    random = Random(seed)  # noqa: S311 - nothing here is a secret
    return [
        {
            "registration": "".join(random.choices(LETTERS, k=8)),
            "keeper": "".join(chr(random.randrange(0x20000, 0x2A6D0)) for _ in range(60)),
            "value": {"amount": random.randrange(100_000, 9_000_000), "currency": "GBP"},
            "mileage": random.randrange(10**9),
        }
        for _ in range(VEHICLES)
    ]


@pytest.fixture
def fleet(handlers: Platform) -> Platform:
    """A platform that sells the product."""
    made = pet.files(scenarios=SCENARIOS, **FLEET)
    files = {"document": made.document, "scenarios": made.scenarios}
    version = "/v1/products/pet/versions/2026.1"
    drafted = handlers.call("POST", f"{version}/draft", files, by=AUTHOR)
    assert drafted.status == 200, drafted.text
    for step, who in (("submit", AUTHOR), ("approve", PUBLISHER), ("publish", PUBLISHER)):
        body = {"step": step, "reason": "because"}
        taken = handlers.call("POST", f"{version}/steps", body, by=who)
        assert taken.status == 200, taken.text
    return handlers


def test_five_hundred_vehicles_are_quoted_issued_and_changed(fleet: Platform):
    risk = QUOTE | {"product": "pet", "answers": {"vehicles": vehicles(1)}}

    quote = fleet.call("POST", "/v1/quotes", risk)
    assert quote.status == 201, quote.text
    accepted = fleet.call("POST", f"/v1/quotes/{quote.body['id']}/acceptance", {})
    assert accepted.status == 200, accepted.text
    policy = fleet.call("POST", "/v1/policies", {"quote_id": quote.body["id"]})
    assert policy.status == 201, policy.text
    path = f"/v1/policies/{policy.body['id']}/endorsements"
    changed = change(fleet, path, vehicles(2), "2027-01-11")
    assert changed.status == 200, changed.text

    read = fleet.call("GET", f"/v1/policies/{policy.body['id']}", clock=LOSS_CLOCK)
    assert len(read.body["segments"]) == 2


def test_what_no_item_could_hold_is_refused_and_nothing_is_stored(fleet: Platform):
    risk = QUOTE | {"product": "pet", "answers": {"vehicles": vehicles(1)}}
    policy = fleet.issued(**risk)
    path = f"/v1/policies/{policy['id']}/endorsements"
    days = (f"2027-01-{day}" for day in range(11, 31))
    changes = (change(fleet, path, vehicles(seed), day) for seed, day in enumerate(days, 2))
    refused = next(answer for answer in changes if answer.status != 200)

    assert (refused.status, refused.code) == (422, "too-large-to-store")
    fewer = change(fleet, path, vehicles(1)[:20], "2027-01-31")
    assert fewer.status == 200, fewer.text


def change(fleet: Platform, path: str, to: list[Json], day: str) -> Answer:
    body = {"effective_on": day, "answers": {"vehicles": to}}
    return fleet.call("POST", path, body, clock=LOSS_CLOCK)
