"""Tokens that are bound: what the sender must prove, by the registration and by the token itself."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from insurance.access.binding import Binding

from functions.authorizer.app import ApplicationTable, Unauthorized
from local.aws.gateway.policy import grant_of
from tests.unit.authorizer.house import ARN, CLAIMS, HARBOUR, STAFF, House, event, signed

type Json = dict[str, Any]

OURS = Binding("dpop", frozenset({"key-one", "key-two"}))
CERTIFICATE = Binding("mtls", frozenset({"certificate-one"}))


def house_of(**changes: Any) -> House:
    house = House()
    house.applications["harbour"] = dataclasses.replace(HARBOUR, **changes)
    return house


def presented(house: House, scheme: str, token: str) -> Json:
    sent = event(token)
    sent["multiValueHeaders"] = {"Authorization": [f"{scheme} {token}"]}
    return house.authorizer.answer(sent)


def is_denied(answer: Json) -> bool:
    return grant_of(answer).verdict(ARN) == "deny"


@pytest.mark.parametrize("products", [{"claims"}, {"quoting", "claims", "issuance"}])
def test_in_live_mode_what_reads_claims_or_moves_money_is_not_admitted_by_a_token_alone(
    products: set[str],
) -> None:
    alone = house_of(products=frozenset(products))
    bound = house_of(products=frozenset(products), binding=OURS)
    trying_out = house_of(products=frozenset(products), mode="test")

    assert is_denied(alone.answer(signed()))
    assert not is_denied(bound.answer(signed()))
    assert not is_denied(trying_out.answer(signed()))


def test_a_scope_on_claims_asks_for_it_as_the_product_does() -> None:
    """A policy's claims are read below `/v1/policies`, which the product of policies opens."""
    scopes = frozenset({"policies:read", "claims:read"})
    house = house_of(products=frozenset({"issuance"}), scopes=scopes)
    reads_claims = CLAIMS | {"scope": "coverwright/policies:read coverwright/claims:read"}
    reads_policies = CLAIMS | {"scope": "coverwright/policies:read"}

    assert is_denied(house.answer(signed(reads_claims)))
    assert not is_denied(house.answer(signed(reads_policies)))


def test_a_registration_of_an_unknown_way_admits_nobody() -> None:
    house = house_of(binding=Binding("DPoP", frozenset({"key-one"})))

    assert is_denied(house.answer(signed()))


def test_functions_learn_what_the_sender_must_prove() -> None:
    context = house_of(binding=OURS).answer(signed())["context"]

    assert (context["binding"], context["thumbprints"]) == ("dpop", "key-one key-two")
    assert "binding" not in house_of().answer(signed())["context"]


@pytest.mark.parametrize("cnf", [{"jkt": "key-two"}, {"x5t#S256": "certificate-one"}])
def test_a_token_that_says_what_it_is_bound_to_is_held_to_it(cnf: Json) -> None:
    [thumbprint] = cnf.values()
    registered = OURS if "jkt" in cnf else CERTIFICATE
    for house in (house_of(), house_of(binding=registered)):
        context = house.answer(signed(CLAIMS | {"cnf": cnf}))["context"]
        assert context["binding"] == registered.method
        assert context["thumbprints"] == thumbprint


@pytest.mark.parametrize(
    "cnf",
    [
        {"jkt": "a-strangers-key"},
        {"x5t#S256": "certificate-one"},
        {"x5t#S256": "key-one"},
        {"jwk": {"kty": "EC"}},
        {"jkt": "key-one", "x5t#S256": "certificate-one"},
        {"jkt": ["key-one"]},
        {"jkt": ""},
        {},
        "key-one",
        None,
    ],
)
def test_a_token_that_is_bound_to_something_else_is_denied(cnf: Any) -> None:
    assert is_denied(house_of(binding=OURS).answer(signed(CLAIMS | {"cnf": cnf})))


def test_a_registration_that_names_no_key_admits_only_tokens_that_do() -> None:
    """Browsers of a portal make keys of their own: their issuer must say which."""
    house = house_of(binding=Binding("dpop", frozenset()))

    assert is_denied(house.answer(signed()))
    assert not is_denied(house.answer(signed(CLAIMS | {"cnf": {"jkt": "of-this-browser"}})))


@pytest.mark.parametrize("scheme", ["DPoP", "dpop", "Bearer"])
def test_a_bound_token_may_come_under_either_scheme_and_the_function_asks_for_the_proof(
    scheme: str,
) -> None:
    assert not is_denied(presented(house_of(binding=OURS), scheme, signed()))


@pytest.mark.parametrize("binding", [None, CERTIFICATE])
def test_a_token_that_is_bound_to_no_key_is_no_dpop_token(binding: Binding | None) -> None:
    with pytest.raises(Unauthorized):
        presented(house_of(binding=binding), "DPoP", signed())
    with pytest.raises(Unauthorized):
        presented(House(), "DPoP", signed(STAFF))


def test_the_row_says_the_binding() -> None:
    row = {
        "application": {"S": "app_one"},
        "partner": {"S": "harbour"},
        "status": {"S": "active"},
        "mode": {"S": "live"},
        "plan": {"S": "gold"},
    }
    bound = row | {"binding": {"S": "dpop"}, "thumbprints": {"SS": ["key-one", "key-two"]}}
    named = {"bound": bound, "free": row, "empty": row | {"binding": {"S": "mtls"}}}

    class Rows:
        def get_item(self, *, Key: Json, **_: Any) -> Json:  # noqa: N803 - boto3's own name
            return {"Item": named[Key["id"]["S"]]}

    table: Any = ApplicationTable(Rows(), "applications")  # type: ignore[arg-type]
    assert table.get("bound").binding == OURS
    assert table.get("free").binding is None
    assert table.get("empty").binding == Binding("mtls", frozenset())
