"""Read the products on sale."""

from collections.abc import Sequence

from insurance.domain.product import Product
from insurance.operations.command import Query
from insurance.operations.products.ports import ProductPorts


def list_products(query: Query, ports: ProductPorts) -> Sequence[Product]:
    """Every product that new business is written on today."""
    return ports.products.all_on_sale(query.now.date(), query.caller.mode)


def read_product(code: str, query: Query, ports: ProductPorts) -> Product:
    """The version of a product that new business is written on today.

    Raises:
        ProductNotFound: No such product is on sale.
    """
    return ports.products.on_sale(code, query.now.date(), query.caller.mode)
