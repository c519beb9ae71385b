"""The largest risk that a product may ask for is told, priced, stored, issued and changed in requests."""

import copy
import json
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from insurance.domain.core.errors import InvalidDefinition
from insurance.domain.product.definition.sizes import ANSWERS_BYTES_MAX
from insurance.operations.products.check_files import check_files

from tests.support import loopback, pet
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


LONG_NAME = 450
WORDS = [f"{first}{second}" for first in ("North", "Hill", "Mill", "Oak") for second in LETTERS]
LARGE_FLEET: Json = copy.deepcopy(FLEET)
LARGE_FLEET["questions"][0]["fields"][1]["max"] = LONG_NAME


def described(seed: int) -> list[Json]:
    """As many, each with a long text as people write them: of words that others use too."""
    random = Random(seed)  # noqa: S311 - nothing here is a secret
    texts = (" ".join(random.choices(WORDS, k=100))[:LONG_NAME].strip() for _ in range(VEHICLES))
    return [each | {"keeper": text} for each, text in zip(vehicles(seed), texts, strict=True)]


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
    return selling(handlers, FLEET)


def selling(handlers: Platform, product: Json) -> Platform:
    made = pet.files(scenarios=SCENARIOS, **product)
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


def test_a_fleet_that_no_request_takes_is_uploaded_quoted_issued_and_changed(handlers: Platform):
    selling(handlers, LARGE_FLEET)
    risk = QUOTE | {"product": "pet", "answers": {"vehicles": described(1)}}
    named = {name: value for name, value in risk.items() if name != "answers"}

    inline = handlers.call("POST", "/v1/quotes", risk)
    quote = handlers.post("/v1/quotes", named | uploaded(handlers, risk["answers"]))
    handlers.post(f"/v1/quotes/{quote['id']}/acceptance")
    policy = handlers.post("/v1/policies", {"quote_id": quote["id"]})
    other = uploaded(handlers, {"vehicles": described(2)})
    path = f"/v1/policies/{policy['id']}/endorsements"
    changed = handlers.call("POST", path, other, clock=LOSS_CLOCK)

    assert inline.code == "body-too-large"
    assert quote["answers"] == risk["answers"]
    assert changed.status == 200, changed.text


def uploaded(handlers: Platform, answers: Json) -> Json:
    """What names the file of answers in a request."""
    file = json.dumps({"answers": answers}, ensure_ascii=False).encode()
    about = {"size_bytes": len(file), "sha256": sha256(file).hexdigest()}
    made = handlers.post("/v1/quotes/uploads", about, key=None)
    form = made["upload"]
    sent = loopback.post(form["url"], data=form["fields"], files={"file": file})
    assert sent.status_code == 204, sent.text
    return {"upload_id": made["upload_id"]}


def test_a_product_that_asks_for_more_than_an_upload_takes_is_not_published():
    asked = copy.deepcopy(FLEET)
    asked["questions"][0]["fields"][1]["max"] = 500  # 4 bytes each, of 500 vehicles

    made = pet.files(scenarios=SCENARIOS, **asked)
    with pytest.raises(InvalidDefinition) as refused:
        check_files(made)

    [fault] = refused.value.faults
    assert f"at most {ANSWERS_BYTES_MAX:,}" in fault.detail


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
