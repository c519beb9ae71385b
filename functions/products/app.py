"""Products: what is on sale and what is asked; and the life of their versions, for those who write them."""

from typing import Annotated, ClassVar, Literal

from insurance import wiring
from insurance.api.app import Api, Call
from insurance.api.body import Request
from insurance.api.fields import Reason
from insurance.api.views.product_versions import (
    DefinitionCheckView,
    DraftView,
    ProductSchemaView,
    ProductVersionListView,
    ProductVersionView,
    VersionFilesView,
)
from insurance.api.views.products import ProductListView, ProductView
from insurance.domain.product.definition.source import Files, schema
from insurance.domain.product.publishing.release import Step
from insurance.operations.products.publish_product import (
    ROLE,
    VersionDesk,
    check_files,
    list_versions,
    read_files,
    read_version,
)
from insurance.operations.receipt import Answer, Receipt
from pydantic import Field, StringConstraints

products, versions, seeds = wiring.products(), wiring.stores().product_versions, wiring.seeds()

api = Api(wiring.stores().staff_receipts.recall)
handler = api.entrypoint()

VERSIONS = "/v1/products/{product_code}/versions"
VERSION = f"{VERSIONS}/{{version}}"
WRITES = "products:write"

Text = Annotated[str, StringConstraints(max_length=2_000_000)]
TableName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class FilesRequest(Request):
    """A version's files as text: product.json, CSV tables by their names without `.csv`, scenarios.json."""

    BYTES_MAX: ClassVar[int] = 4 * 1024 * 1024

    document: Text
    tables: Annotated[dict[TableName, Text], Field(max_length=200)] = {}
    scenarios: Text | None = None

    @property
    def files(self) -> Files:
        return Files(self.document, self.tables, self.scenarios)


class StepRequest(Request):
    """The next step of a version's life, and why."""

    step: Literal["submit", "send_back", "approve", "publish", "close", "retire"]
    reason: Reason


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


@api.query(
    "GET",
    "/v1/product-schema",
    scope=WRITES,
    staff=True,
    summary="Read the JSON Schema of product definitions",
)
def get_product_schema() -> ProductSchemaView:
    return ProductSchemaView(dict(schema()))


@api.query(
    "POST",
    "/v1/product-checks",
    scope=WRITES,
    staff=True,
    summary="Check a version's files and run their scenarios; nothing is kept",
)
def post_product_check(request: FilesRequest, call: Call) -> DefinitionCheckView:
    call.caller.require_role(ROLE)
    return DefinitionCheckView.of(check_files(request.files))


@api.query(
    "GET",
    VERSIONS,
    scope=WRITES,
    staff=True,
    summary="List a product's versions, each with its state",
)
def get_product_versions(product_code: str, call: Call) -> ProductVersionListView:
    page = call.page(of=product_code)
    found = list_versions(product_code, caller=call.caller, versions=versions, seeds=seeds)
    return ProductVersionListView.of(product_code, found, page)


@api.query("GET", VERSION, scope=WRITES, staff=True, summary="Read where a version stands")
def get_product_version(product_code: str, version: str, call: Call) -> ProductVersionView:
    kept = read_version(product_code, version, caller=call.caller, versions=versions, seeds=seeds)
    return ProductVersionView.of(kept)


@api.query("GET", f"{VERSION}/files", scope=WRITES, staff=True, summary="Read a version's files")
def get_product_files(product_code: str, version: str, call: Call) -> VersionFilesView:
    return VersionFilesView.holding(
        *read_files(
            product_code,
            version,
            caller=call.caller,
            versions=versions,
            contents=wiring.objects("products"),
            seeds=seeds,
        )
    )


@api.command(
    f"{VERSION}/draft", scope=WRITES, staff=True, summary="Keep these files as a version's draft"
)
def post_product_draft(
    product_code: str, version: str, request: FilesRequest, call: Call
) -> DraftView | Answer:
    return call.once(
        lambda receipt: desk(product_code, version, call, receipt).draft(request.files),
        shows=DraftView.drafted,
    )


@api.command(
    f"{VERSION}/steps",
    scope=WRITES,
    staff=True,
    summary="Submit, approve, send back, publish, close or retire a version",
)
def post_product_step(
    product_code: str, version: str, request: StepRequest, call: Call
) -> ProductVersionView | Answer:
    """Another person than its authors approves and publishes; to publish runs the scenarios."""
    step = Step(request.step)
    return call.once(
        lambda receipt: desk(product_code, version, call, receipt).take(
            step, reason=request.reason
        ),
        shows=ProductVersionView.of,
    )


def desk(code: str, version: str, call: Call, receipt: Receipt) -> VersionDesk:
    return VersionDesk(
        code,
        version,
        expected_revision=call.expected_revision,
        caller=call.caller,
        versions=versions,
        contents=wiring.objects("products"),
        seeds=seeds,
        receipt=receipt,
    )
