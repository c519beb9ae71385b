"""The next term is offered to the present holder: a transfer withdraws an invitation, and the scheduler makes another."""

from datetime import timedelta
from typing import Any

import pytest
from insurance import bundles
from insurance.operations.policy.invite_renewal import invite_renewal

from tests.support.driving.http import Json
from tests.support.platform import Platform
from tests.support.search import insured

DEATH: Json = {
    "reason": "death",
    "holder": {"name": "Estate of the late policyholder"},
    "consents": ["representative"],
    "evidence": "CERT-1",
}
DIVORCE: Json = {
    "reason": "divorce",
    "holder": {"name": "Bertram Oystercatcher", "email": "bertram@example.com"},
    "consents": ["holder", "new_holder"],
}


@pytest.fixture
def path(platform: Platform) -> str:
    policy = insured(platform)
    platform.now += timedelta(days=360)
    return f"/v1/policies/{policy['id']}"


def invited(platform: Platform, path: str) -> Any:
    """The offer that the scheduler has made, as the policy names it."""
    platform.now += timedelta(minutes=5)
    invite_renewal(path.rsplit("/", 1)[1], platform.now, ports=bundles.invitation_ports())
    return platform.get(path).get("renewal_quote_id")


def passed(platform: Platform, path: str, body: Json) -> Json:
    platform.now += timedelta(minutes=5)
    return platform.post(f"{path}/transfers", body)


@pytest.mark.parametrize("body", [DEATH, DIVORCE])
def test_a_policy_passes_on_after_an_invitation_and_the_new_holder_is_invited(
    platform: Platform, path: str, body: Json
):
    first = invited(platform, path)
    platform.post(f"/v1/quotes/{first}/acceptance")

    passed(platform, path, body)

    assert "renewal_quote_id" not in platform.get(path)
    assert platform.refused("/v1/policies", {"quote_id": first}) == "quote-changed"
    own = invited(platform, path)
    assert own not in {None, first}
    assert invited(platform, path) == own
    assert platform.get(f"/v1/quotes/{own}")["policyholder"]["name"] == body["holder"]["name"]
    platform.post(f"/v1/quotes/{own}/acceptance")
    renewed = platform.post("/v1/policies", {"quote_id": own})
    assert renewed["policyholder"]["name"] == body["holder"]["name"]


def test_an_offer_by_call_is_made_to_the_new_holder_and_repeated(platform: Platform, path: str):
    first = platform.post(f"{path}/renewals")
    passed(platform, path, DIVORCE)

    offers = [platform.call("POST", f"{path}/renewals", {}, key="offer-two") for _ in range(2)]

    assert [each.status for each in offers] == [201, 201]
    assert offers[0].body["id"] == offers[1].body["id"] != first["id"]


def test_a_term_that_was_issued_to_the_former_holder_is_offered_to_nobody_else(
    platform: Platform, path: str
):
    first = platform.post(f"{path}/renewals")
    platform.post(f"/v1/quotes/{first['id']}/acceptance")
    platform.post("/v1/policies", {"quote_id": first["id"]})

    passed(platform, path, DEATH)

    assert platform.refused(f"{path}/renewals", {}) == "wrong-state"
    assert invited(platform, path) is None
