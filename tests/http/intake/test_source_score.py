"""How good a source is decides with: a product refers its risks, the policy keeps it, and a claim shows what the price stood on."""

from typing import Any

import pytest
from insurance import wiring
from insurance.domain.contract.data_origin import DataOrigin

from tests.support import pet
from tests.support.calls import AUTHOR, CLAIM, LOSS_CLOCK, PUBLISHER, QUOTE, SOON, UNDERWRITER
from tests.support.intake import Desk
from tests.support.platform import Platform

type Json = dict[str, Any]

CAUTIOUS: Json = {
    "look_ups": [
        {
            "source": "source",
            "fields": [{"code": "score", "type": "integer", "min": 0, "max": 100}],
            "unavailable": {"outcome": "use", "defaults": {"score": 100}},
        }
    ],
    "rating": {
        "steps": [
            {"step": "base", "base": 100},
            {"step": "age", "factor": "by_age(age)"},
            {"step": "unsure", "when": "source.score < 100", "factor": 1.1},
        ]
    },
    "underwriting": [
        {
            "code": "poor_source",
            "outcome": "refer",
            "when": "source.score < 80",
            "reason": "The source of these data is often wrong",
        }
    ],
}
SCENARIOS: Json = {
    "risks": {"baseline": {"start": "2026-07-01", "answers": {"age": 7}}},
    "scenarios": [
        {"name": "by hand", "expect": {"net": "100.00", "outcome": "priced"}},
        {
            "name": "old",
            "with": {"answers": {"age": 8}, "look_ups": {"source": {"score": 80}}},
            "expect": {"net": "220.00", "outcome": "priced"},
        },
        {
            "name": "from a poor source",
            "with": {"look_ups": {"source": {"score": 79}}},
            "expect": {"outcome": "referred"},
        },
        {"name": "claim", "claim": {"cover": "vet", "claimed": 10}, "expect": {"payable": "10.00"}},
    ],
}
MAPPING: Json = {
    "kind": "quotes",
    "columns": {"Owner": {"personal": True}, "Age": {}},
    "fields": {
        "product": {"value": "'pet'"},
        "start": {"value": f"'{SOON}'"},
        "policyholder.name": {"from": "Owner", "required": True},
        "answers.age": {"from": "Age", "as": "integer", "min": 0, "max": 20},
    },
    "rules": [
        {"code": "newborn", "when": "given(answers_age) and answers_age < 1", "action": "warn"}
    ],
}


@pytest.fixture
def desk(handlers: Platform) -> Desk:
    made = pet.files(scenarios=SCENARIOS, **CAUTIOUS)
    version = "/v1/products/pet/versions/2026.1"
    drafted = handlers.call("POST", f"{version}/draft", made._asdict(), by=AUTHOR)
    assert drafted.status == 200, drafted.text
    for step, who in (("submit", AUTHOR), ("approve", PUBLISHER), ("publish", PUBLISHER)):
        taken = handlers.call("POST", f"{version}/steps", {"step": step, "reason": "x"}, by=who)
        assert taken.status == 200, taken.text
    desk = Desk(handlers)
    desk.approved("vets", MAPPING)
    return desk


def quoted(desk: Desk, file: bytes) -> tuple[str, list[Json]]:
    """The batch, and the quotes that its rows have made."""
    batch = desk.brought(file, "vets").body["id"]
    desk.step(batch, "start")
    desk.run(batch)
    results = desk.get(f"/v1/batches/{batch}/results")["items"]
    return batch, [
        desk.get(f"/v1/quotes/{each['made_id']}") for each in results if "made_id" in each
    ]


def test_a_poor_source_refers_its_risks_and_a_claim_shows_what_the_price_stood_on(
    desk: Desk, handlers: Platform
) -> None:
    first, [known] = quoted(desk, b"Owner,Age\nAda Merton,3\nBen Young,99\n,9\n,99\n")
    assert known["status"] == "bindable"  # nothing was known of the source
    assert known["premium"]["net"]["amount"] == 100_00
    row = {"source": "vets", "version": 1, "row": 2}
    assert known["data_origin"] == row | {"batch_id": first, "findings": []}

    second, [quote] = quoted(desk, b"Owner,Age\nCy Other,0\n")

    assert quote["status"] == "referred"
    [finding] = quote["findings"]
    assert (finding["code"], finding["outcome"]) == ("poor_source", "refer")
    origin = row | {"batch_id": second, "score": 75, "findings": ["newborn"]}
    assert quote["data_origin"] == origin
    told = handlers.get(f"/v1/quotes/{quote['id']}/explanation")
    [step] = [each for each in told["steps"] if each["code"] == "unsure"]
    assert step["inputs"] == {"source": {"score": 75}}
    by_hand = handlers.post("/v1/quotes", QUOTE | {"product": "pet", "answers": {"age": 3}})
    assert (by_hand["status"], by_hand.get("data_origin")) == ("bindable", None)

    decision = {"decision": "accept", "reason": "The vet was asked."}
    taken = handlers.call(
        "POST", f"/v1/quotes/{quote['id']}/referral-decision", decision, by=UNDERWRITER
    )
    assert taken.status == 200, taken.text
    handlers.post(f"/v1/quotes/{quote['id']}/acceptance")
    policy = handlers.post("/v1/policies", {"quote_id": quote["id"]})
    with handlers.surroundings():
        kept = wiring.stores().policies.get(policy["id"]).record
    assert DataOrigin.of(kept.looked_up) == DataOrigin.model_validate(origin, strict=False)
    loss = CLAIM | {
        "policy_id": policy["id"],
        "cover": "vet",
        "facts": {},
        "claimed": {"amount": 10_00, "currency": "GBP"},
    }
    claim = handlers.call("POST", "/v1/claims", loss, clock=LOSS_CLOCK)
    assert claim.status == 201, claim.text
    assert claim.body["data_origin"] == origin
