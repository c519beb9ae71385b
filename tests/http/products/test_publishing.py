"""A product is published and withdrawn through the handlers, and sold in between: on a real engine."""

import pytest
from insurance.catalogue import STATE_SECONDS

from tests.support import pet
from tests.support.calls import AUTHOR, CLAIM, LIVE, LOSS_CLOCK, PARTNER, PUBLISHER, QUOTE
from tests.support.platform import Platform

VERSION = "/v1/products/pet/versions/2026.1"
RISK = QUOTE | {"product": "pet", "answers": {"age": 7}}


@pytest.fixture(autouse=True)
def clock(handlers: Platform, monkeypatch: pytest.MonkeyPatch):
    """Seconds that the catalogue thinks have passed."""
    passed = [1_000_000.0]
    monkeypatch.setattr(handlers.apps["quoting"].ports.products, "_now", lambda: passed[0])
    return passed


def step(handlers: Platform, name: str, who=PUBLISHER, **options):
    body = {"step": name, "reason": "because"}
    return handlers.call("POST", f"{VERSION}/steps", body, by=who, **options)


def publish(handlers: Platform) -> None:
    draft = handlers.call("POST", f"{VERSION}/draft", pet.files()._asdict(), by=AUTHOR)
    assert draft.status == 200, draft.text
    for name, who in (("submit", AUTHOR), ("approve", PUBLISHER), ("publish", PUBLISHER)):
        assert step(handlers, name, who).status == 200


def accepted(handlers: Platform) -> str:
    quote = handlers.call("POST", "/v1/quotes", RISK)
    assert quote.status == 201, quote.text
    handlers.call("POST", f"/v1/quotes/{quote.body['id']}/acceptance", {})
    return str(quote.body["id"])


def test_a_published_product_is_quoted_issued_and_claimed_on(
    handlers: Platform, clock: list[float]
):
    assert handlers.call("POST", "/v1/quotes", RISK).code == "product-not-found"
    publish(handlers)
    clock[0] += STATE_SECONDS

    policy = handlers.call("POST", "/v1/policies", {"quote_id": accepted(handlers)})

    assert policy.status == 201, policy.text
    assert policy.body["premium"]["total"]["amount"] == 10_000
    loss = CLAIM | {"policy_id": policy.body["id"], "cover": "vet", "facts": {}}
    claim = handlers.call("POST", "/v1/claims", loss, clock=LOSS_CLOCK)
    assert claim.status == 201, claim.text
    listed = handlers.call("GET", "/v1/products", by=PARTNER).body["items"]
    assert "pet" in {one["code"] for one in listed}
    live = handlers.call("GET", "/v1/products/pet", by=LIVE, clock=None)
    assert (live.status, live.code) == (404, "product-not-found")


def test_a_version_closed_meanwhile_is_issued_no_more_but_its_policies_go_on(
    handlers: Platform, clock: list[float]
):
    publish(handlers)
    policy = handlers.call("POST", "/v1/policies", {"quote_id": accepted(handlers)}).body
    waiting = accepted(handlers)
    assert step(handlers, "close").status == 200
    clock[0] += STATE_SECONDS

    refused = handlers.call("POST", "/v1/policies", {"quote_id": waiting})

    assert (refused.status, refused.code) == (422, "no-longer-sold")
    assert handlers.call("POST", "/v1/quotes", RISK).code == "product-not-found"
    change = {"effective_on": "2026-12-05", "answers": {"age": 8}}
    changed = handlers.call("POST", f"/v1/policies/{policy['id']}/endorsements", change)
    assert changed.status == 200, changed.text


def test_a_step_on_a_revision_that_has_passed_is_stale(handlers: Platform):
    handlers.call("POST", f"{VERSION}/draft", pet.files()._asdict(), by=AUTHOR)
    submit = {"headers": {"If-Match": '"1-version"'}}
    assert step(handlers, "submit", AUTHOR, **submit).status == 200

    stale = step(handlers, "send_back", **submit)

    assert (stale.status, stale.code) == (412, "stale-revision")


def test_files_of_more_than_four_megabytes_are_refused(handlers: Platform):
    files = pet.files(table="x" * 1_900_000)._asdict()
    files["tables"] = {f"t{place}": files["tables"]["by_age"] for place in range(3)}

    refused = handlers.call("POST", f"{VERSION}/draft", files, by=AUTHOR)

    assert (refused.status, refused.code) == (413, "body-too-large")


def drafted(handlers: Platform, **changes) -> None:
    answer = handlers.call("POST", f"{VERSION}/draft", pet.files(**changes)._asdict(), by=AUTHOR)
    assert answer.status == 200, answer.text


def test_files_that_do_not_compile_are_refused_at_every_door(handlers: Platform):
    unsound = pet.files(currency="XXX")._asdict()

    for path in ("/v1/product-checks", f"{VERSION}/draft"):
        refused = handlers.call("POST", path, unsound, by=AUTHOR)
        assert (refused.status, refused.code) == (422, "invalid-definition"), path


def test_a_version_that_nothing_tries_is_not_published(handlers: Platform):
    drafted(handlers, scenarios={"risks": {}, "scenarios": []})
    step(handlers, "submit", AUTHOR)
    step(handlers, "approve")

    refused = step(handlers, "publish")

    assert (refused.status, refused.code) == (422, "invalid-definition")


def test_an_author_does_not_approve_their_own_version(handlers: Platform):
    drafted(handlers)
    step(handlers, "submit", AUTHOR)

    refused = step(handlers, "approve", AUTHOR)

    assert (refused.status, refused.code) == (409, "same-person")


def test_a_step_out_of_turn_is_refused_and_so_is_a_draft_in_review(handlers: Platform):
    drafted(handlers)

    early = step(handlers, "publish")
    step(handlers, "submit", AUTHOR)
    late = handlers.call("POST", f"{VERSION}/draft", pet.files()._asdict(), by=AUTHOR)

    assert (early.code, late.code) == ("wrong-state", "wrong-state")


def test_a_version_that_is_not_there_takes_no_step(handlers: Platform):
    refused = step(handlers, "submit", AUTHOR)

    assert (refused.status, refused.code) == (404, "version-not-found")


def test_a_draft_on_a_revision_that_has_passed_is_stale(handlers: Platform):
    drafted(handlers)
    drafted(handlers, name="Pets")

    refused = handlers.call(
        "POST",
        f"{VERSION}/draft",
        pet.files()._asdict(),
        by=AUTHOR,
        headers={"If-Match": '"1-version"'},
    )

    assert (refused.status, refused.code) == (412, "stale-revision")
