"""A product is published and withdrawn through the handlers, and sold in between: on a real engine."""

import pytest
from insurance.catalogue import STATE_SECONDS

from tests.support import pet
from tests.support.calls import (
    AUTHOR,
    CLAIM,
    LIVE,
    LOSS_CLOCK,
    PARTNER,
    PUBLISHER,
    QUOTE,
    Handlers,
)

VERSION = "/v1/products/pet/versions/2026.1"
RISK = QUOTE | {"product": "pet", "answers": {"age": 7}}


@pytest.fixture(autouse=True)
def clock(handlers: Handlers, monkeypatch: pytest.MonkeyPatch):
    """Seconds that the catalogue thinks have passed; what another test read is forgotten."""
    passed = [1_000_000.0]
    catalogue = handlers.modules["quoting"].ports.products
    catalogue._states.clear()
    monkeypatch.setattr(catalogue, "_now", lambda: passed[0])
    yield passed
    catalogue._states.clear()


def step(handlers: Handlers, name: str, who=PUBLISHER, **options):
    body = {"step": name, "reason": "because"}
    return handlers.post(f"{VERSION}/steps", body, caller=who, **options)


def publish(handlers: Handlers) -> None:
    draft = handlers.post(f"{VERSION}/draft", pet.files()._asdict(), caller=AUTHOR)
    assert draft.status == 200, draft.text
    for name, who in (("submit", AUTHOR), ("approve", PUBLISHER), ("publish", PUBLISHER)):
        assert step(handlers, name, who).status == 200


def accepted(handlers: Handlers) -> str:
    quote = handlers.post("/v1/quotes", RISK)
    assert quote.status == 201, quote.text
    handlers.post(f"/v1/quotes/{quote.body['id']}/acceptance", {})
    return str(quote.body["id"])


def test_a_published_product_is_quoted_issued_and_claimed_on(
    handlers: Handlers, clock: list[float]
):
    assert handlers.post("/v1/quotes", RISK).code == "product-not-found"
    publish(handlers)
    clock[0] += STATE_SECONDS

    policy = handlers.post("/v1/policies", {"quote_id": accepted(handlers)})

    assert policy.status == 201, policy.text
    assert policy.body["premium"]["total"]["amount"] == 10_000
    loss = CLAIM | {"policy_id": policy.body["id"], "cover": "vet", "facts": {}}
    claim = handlers.post("/v1/claims", loss, clock=LOSS_CLOCK)
    assert claim.status == 201, claim.text
    listed = handlers.get("/v1/products", caller=PARTNER).body["items"]
    assert "pet" in {one["code"] for one in listed}
    live = handlers.get("/v1/products/pet", caller=LIVE, clock=None)
    assert (live.status, live.code) == (404, "product-not-found")


def test_a_version_closed_meanwhile_is_issued_no_more_but_its_policies_go_on(
    handlers: Handlers, clock: list[float]
):
    publish(handlers)
    policy = handlers.post("/v1/policies", {"quote_id": accepted(handlers)}).body
    waiting = accepted(handlers)
    assert step(handlers, "close").status == 200
    clock[0] += STATE_SECONDS

    refused = handlers.post("/v1/policies", {"quote_id": waiting})

    assert (refused.status, refused.code) == (422, "no-longer-sold")
    assert handlers.post("/v1/quotes", RISK).code == "product-not-found"
    change = {"effective_on": "2026-12-05", "answers": {"age": 8}}
    changed = handlers.post(f"/v1/policies/{policy['id']}/endorsements", change)
    assert changed.status == 200, changed.text


def test_a_step_on_a_revision_that_has_passed_is_stale(handlers: Handlers):
    handlers.post(f"{VERSION}/draft", pet.files()._asdict(), caller=AUTHOR)
    submit = {"headers": {"If-Match": '"1-version"'}}
    assert step(handlers, "submit", AUTHOR, **submit).status == 200

    stale = step(handlers, "send_back", **submit)

    assert (stale.status, stale.code) == (412, "stale-revision")


def test_files_of_more_than_four_megabytes_are_refused(handlers: Handlers):
    files = pet.files(table="x" * 1_900_000)._asdict()
    files["tables"] = {f"t{place}": files["tables"]["by_age"] for place in range(3)}

    refused = handlers.post(f"{VERSION}/draft", files, caller=AUTHOR)

    assert (refused.status, refused.code) == (413, "body-too-large")


def drafted(handlers: Handlers, **changes) -> None:
    answer = handlers.post(f"{VERSION}/draft", pet.files(**changes)._asdict(), caller=AUTHOR)
    assert answer.status == 200, answer.text


def test_files_that_do_not_compile_are_refused_at_every_door(handlers: Handlers):
    unsound = pet.files(currency="XXX")._asdict()

    for path in ("/v1/product-checks", f"{VERSION}/draft"):
        refused = handlers.post(path, unsound, caller=AUTHOR)
        assert (refused.status, refused.code) == (422, "invalid-definition"), path


def test_a_version_that_nothing_tries_is_not_published(handlers: Handlers):
    drafted(handlers, scenarios={"risks": {}, "scenarios": []})
    step(handlers, "submit", AUTHOR)
    step(handlers, "approve")

    refused = step(handlers, "publish")

    assert (refused.status, refused.code) == (422, "invalid-definition")


def test_an_author_does_not_approve_their_own_version(handlers: Handlers):
    drafted(handlers)
    step(handlers, "submit", AUTHOR)

    refused = step(handlers, "approve", AUTHOR)

    assert (refused.status, refused.code) == (409, "same-person")


def test_a_step_out_of_turn_is_refused_and_so_is_a_draft_in_review(handlers: Handlers):
    drafted(handlers)

    early = step(handlers, "publish")
    step(handlers, "submit", AUTHOR)
    late = handlers.post(f"{VERSION}/draft", pet.files()._asdict(), caller=AUTHOR)

    assert (early.code, late.code) == ("wrong-state", "wrong-state")


def test_a_version_that_is_not_there_takes_no_step(handlers: Handlers):
    refused = step(handlers, "submit", AUTHOR)

    assert (refused.status, refused.code) == (404, "version-not-found")


def test_a_draft_on_a_revision_that_has_passed_is_stale(handlers: Handlers):
    drafted(handlers)
    drafted(handlers, name="Pets")

    refused = handlers.post(
        f"{VERSION}/draft",
        pet.files()._asdict(),
        caller=AUTHOR,
        headers={"If-Match": '"1-version"'},
    )

    assert (refused.status, refused.code) == (412, "stale-revision")
