"""Algorithms: each issuer has its own, by configuration."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from insurance.access.issuers import USUAL_ALGORITHMS, trusted_issuers
from joserfc.jwk import ECKey, RSAKey

from functions.authorizer.app import Unauthorized
from local.aws.gateway.policy import grant_of
from tests.unit.authorizer.house import (
    ARN,
    CLAIMS,
    HARBOUR,
    OWN,
    PARTNERS_OWN,
    House,
    ec_key,
    published,
    rsa_key,
    signed,
)

type Json = dict[str, Any]

PSS = RSAKey.generate_key(2048, {"kid": "pss-1", "use": "sig", "alg": "PS256"})


def house_that_trusts(configured: str) -> House:
    house = House(configured=configured)
    house.documents = {OWN: published(), PARTNERS_OWN: published(rsa_key(), ec_key(), PSS)}
    return house


def is_admitted(house: House, token: str) -> bool:
    try:
        return grant_of(house.answer(token)).verdict(ARN) == "allow"
    except Unauthorized:
        return False


def of_partner(key: RSAKey | ECKey, algorithm: str) -> str:
    claims = CLAIMS | {"iss": PARTNERS_OWN, "aud": "coverwright-api"}
    return signed(claims, key=key, algorithm=algorithm)


@pytest.mark.parametrize(
    ("configured", "taken"),
    [
        ("", {"RS256", "ES256"}),
        ("ES256 PS256", {"ES256", "PS256"}),
        ("PS256", {"PS256"}),
        ("RS256", {"RS256"}),
    ],
)
def test_a_partners_issuer_signs_with_the_algorithms_that_it_is_trusted_for(
    configured: str, taken: set[str]
) -> None:
    house = house_that_trusts(f"{OWN} RS256, {PARTNERS_OWN} {configured}")
    house.applications["harbour"] = dataclasses.replace(HARBOUR, issuer=PARTNERS_OWN)
    tokens: dict[str, RSAKey | ECKey] = {"RS256": rsa_key(), "ES256": ec_key(), "PS256": PSS}

    admitted = {name for name, key in tokens.items() if is_admitted(house, of_partner(key, name))}

    assert admitted == taken


def test_the_pools_tokens_are_rs256_and_nothing_else() -> None:
    house = house_that_trusts(f"{OWN} RS256")

    assert is_admitted(house, signed())
    assert not is_admitted(house, signed(key=ec_key()))


def test_without_a_list_an_issuer_has_the_usual_ones() -> None:
    [own, other] = trusted_issuers("https://a.example/x RS256,https://b.example/").values()

    assert (own.algorithms, other.algorithms) == (frozenset({"RS256"}), USUAL_ALGORITHMS)
    assert own.is_own
    assert not other.is_own


@pytest.mark.parametrize("algorithm", ["none", "HS256", "es256", "https://b.example/"])
def test_an_algorithm_that_nobody_knows_is_no_configuration(algorithm: str) -> None:
    with pytest.raises(ValueError, match="not known"):
        trusted_issuers(f"https://a.example/x {algorithm}")
