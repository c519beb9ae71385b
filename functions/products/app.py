"""Products: what is on sale, what is asked, what is offered."""

from insurance.api.app import Api
from insurance.api.views.products import ProductListView, ProductView
from insurance.products import catalogue

api = Api()
handler = api.entrypoint()
products = catalogue()


@api.query("GET", "/v1/products", scope="products:read", summary="List the products on sale")
def get_products() -> ProductListView:
    return ProductListView.of(products.all_on_sale())


@api.query(
    "GET",
    "/v1/products/{product_code}",
    scope="products:read",
    summary="Read a product's questions and covers",
)
def get_product(product_code: str) -> ProductView:
    return ProductView.of(products.on_sale(product_code))
