"""Products that tests of claims are made on: data, as everywhere."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from insurance.domain.product import Product, ProductSource

HERE = Path(__file__).parent


def _product(name: str, **claims: Any) -> Product:
    document = json.loads((HERE / f"{name}.json").read_text("utf-8"), parse_float=Decimal)
    document["claims"] = {**document["claims"], **claims}
    return Product(ProductSource(document, {}))


def published_claims(**claims: Any) -> Product:
    """One cover for each published worked figure; with other rules for claims, where some are given."""
    return _product("published_claims", **claims)


def shared_limits() -> Product:
    """Covers whose claims share a limit or a deductible."""
    return _product("shared_limits")


def suspicious() -> Product:
    """A cover whose claims are scored by signals."""
    return _product("suspicious")


def reinstated_limits() -> Product:
    """Covers whose limits stand again for a premium."""
    return _product("reinstated_limits")
