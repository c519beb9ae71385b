"""Products of a test's own, and platforms that sell them."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from insurance.domain.product import Product
from insurance.domain.product.definition.files import read_source
from insurance.domain.product.publishing.checks import checked

from tests.support.platform import Platform, platform_in_memory

type Json = dict[str, Any]

UNDERWRITER = "underwriter-test"
TAKEN_ON: Json = {"decision": "accept", "reason": "Seen."}
BASE: Json = {
    "code": "unseen",
    "version": "1",
    "name": "Unseen",
    "status": "active",
    "territories": ["GB"],
    "currency": "GBP",
    "time_zone": "Europe/London",
    "questions": [{"code": "n", "type": "integer", "min": 0, "max": 9, "default": 0}],
    "covers": [{"code": "main", "limit": 1000}],
    "rating": {"steps": [{"step": "base", "cover": "main", "base": 100}]},
    "claims": {
        "straight_through_limit": 100_000,
        "authority": [{"role": "claims_handler", "limit": 1_000_000}],
    },
}


def product(tables: Mapping[str, str] | None = None, **parts: Any) -> Product:
    """As somebody publishes it: a document of JSON, and tables."""
    return checked(read_source(json.dumps({**BASE, **parts}), tables or {}, None))


def rules_of(claim: Json) -> dict[str, str]:
    """The outcome of each rule that a claim was held to."""
    return {rule["code"]: rule["outcome"] for rule in claim["rules"]}


@contextmanager
def selling(made: Product) -> Iterator[Platform]:
    """A platform that sells this product, on stores in memory."""
    with platform_in_memory() as (platform, _):
        yield on_sale(platform, made)


def on_sale(platform: Platform, made: Product) -> Platform:
    """The platform with this product as its own."""
    platform.offering(made)
    platform.product = made
    return platform
