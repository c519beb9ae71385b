"""Read the products on sale, and the schema of what they ask."""

from collections.abc import Mapping, Sequence
from typing import Any

from insurance.domain.core.errors import VersionNotFound
from insurance.domain.product import Product
from insurance.domain.product.answer_schema import answers_schema
from insurance.domain.product.publishing.release import RELEASED
from insurance.operations.command import Query
from insurance.operations.products.ports import ProductPorts
from insurance.operations.products.read_versions import read_version


def list_products(query: Query, ports: ProductPorts) -> Sequence[Product]:
    """Every product that new business is written on today."""
    return ports.products.all_on_sale(query.now.date(), query.caller.mode)


def read_product(code: str, query: Query, ports: ProductPorts) -> Product:
    """The version of a product that new business is written on today.

    Raises:
        ProductNotFound: No such product is on sale.
    """
    return ports.products.on_sale(code, query.now.date(), query.caller.mode)


def read_answers_schema(
    code: str, version: str | None, query: Query, ports: ProductPorts
) -> Mapping[str, Any]:
    """The JSON Schema of a product's answers as it asks today: of the version on sale, or of one that
    quotes or policies may have been made on.

    Raises:
        ProductNotFound: No such product is on sale.
        VersionNotFound: There is no such version, or it was never published.
    """
    if version is None:
        product = read_product(code, query, ports)
    else:
        stored = read_version(code, version, query, ports).record
        if stored.status not in RELEASED:
            raise VersionNotFound(f"{code} {version}")
        product = ports.products.version(stored.ref)
    return answers_schema(product, query.now.astimezone(product.zone).date())
