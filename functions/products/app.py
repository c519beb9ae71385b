"""Products: what is on sale, what is asked, what is offered."""

from insurance import wiring
from insurance.api.app import Api, Call
from insurance.api.views.products import ProductListView, ProductView

api = Api()
handler = api.entrypoint()
products = wiring.products()


@api.query("GET", "/v1/products", scope="products:read", summary="List the products on sale")
def get_products(call: Call) -> ProductListView:
    return ProductListView.of(products.all_on_sale(call.now.date(), call.caller.mode))


@api.query(
    "GET",
    "/v1/products/{product_code}",
    scope="products:read",
    summary="Read a product's questions and covers",
)
def get_product(product_code: str, call: Call) -> ProductView:
    return ProductView.of(products.on_sale(product_code, call.now.date(), call.caller.mode))
