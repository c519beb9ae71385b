"""API products: what partners can subscribe to, and the life of their versions."""

from collections.abc import Sequence

from insurance import wiring
from insurance.api.body import Request
from insurance.api.fields import Code, Instant
from insurance.api.paging import Page
from insurance.api.router import Api
from insurance.api.views.api_products import ApiProductListView, ApiProductView
from insurance.api_products import definitions
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    ApiProductNotFound,
    DefinitionDiffers,
    SamePerson,
    StillSubscribed,
    VersionNotFound,
    WrongState,
)
from insurance.domain.core.roles import EVERY_ROLE, Role
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.partner.api_product import (
    ApiPath,
    ApiProductLife,
    ApiVersionInput,
    ApiVersionNumber,
    ApiVersionStep,
)
from insurance.operations.command import Command, Query
from insurance.operations.partners.advance_api_product import (
    advance_api_product,
    list_api_products,
    read_api_product,
)
from insurance.operations.partners.ports import CataloguePorts

ports = CataloguePorts(api_products=wiring.stores().api_products, definitions=definitions())
idempotency = wiring.stores().staff_idempotency
api = Api(idempotency.find_replay, wiring.edge())
handler = api.entrypoint()

API_PRODUCT = "/v1/api-products/{api_product}"
READERS = {CallerKind.APPLICATION, CallerKind.STAFF, CallerKind.DEVELOPER}


class ApiProductStepRequest(Request):
    """What is to become of a version of an API product, and why."""

    version: ApiVersionNumber
    step: ApiVersionStep
    reason: Code
    sunset_at: Instant | None = None
    """When deprecating: from then on nothing is served."""
    successor: ApiPath | None = None
    """When deprecating: a path of another API product where callers go on."""

    def asked(self) -> ApiVersionInput:
        return ApiVersionInput(
            version=self.version,
            step=self.step,
            reason=self.reason,
            sunset_at=self.sunset_at,
            successor=self.successor or "",
        )


@api.query(
    "/v1/api-products",
    operation_id="listApiProducts",
    summary="List API products",
    scope=Scope.PRODUCTS_READ,
    callers=READERS,
    roles=EVERY_ROLE,
    shows=ApiProductListView,
    paged="api-products",
)
def get_api_products(page: Page, query: Query) -> Sequence[Stored[ApiProductLife]]:
    """As they stand in the caller's mode. Partners see the versions that were published."""
    return list_api_products(query, ports)


@api.query(
    API_PRODUCT,
    operation_id="getApiProduct",
    summary="Read an API product and its versions",
    scope=Scope.PRODUCTS_READ,
    callers=READERS,
    roles=EVERY_ROLE,
    shows=ApiProductView,
    etag=True,
    raises=(ApiProductNotFound,),
)
def get_api_product(api_product: str, query: Query) -> Stored[ApiProductLife]:
    """As it stands in the caller's mode. Partners see the versions that were published."""
    return read_api_product(api_product, query, ports)


@api.command(
    f"{API_PRODUCT}/steps",
    operation_id="advanceApiProduct",
    summary="Submit, approve, publish, deprecate or retire a version of an API product",
    scope=Scope.PRODUCTS_WRITE,
    callers={CallerKind.STAFF},
    roles={Role.PRODUCT_MANAGER},
    shows=ApiProductView,
    if_match=True,
    raises=(
        ApiProductNotFound,
        DefinitionDiffers,
        SamePerson,
        StillSubscribed,
        VersionNotFound,
        WrongState,
    ),
)
def post_step(
    api_product: str, request: ApiProductStepRequest, command: Command
) -> Stored[ApiProductLife]:
    """In the caller's mode. Another person approves than submitted. Partners who have the product are told when a
    version is published, deprecated or retired."""
    return advance_api_product(api_product, request.asked(), command, ports)
