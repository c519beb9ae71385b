"""Products: those on sale and their questions; and their versions, for product managers."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from insurance import bundles, wiring
from insurance.api.body import FILE_BODY_BYTES_MAX, MalformedBody, Request, read_request
from insurance.api.fields import Code
from insurance.api.paging import Page
from insurance.api.parameters import Parameters
from insurance.api.requests.uploads import UploadRequest
from insurance.api.router import Api
from insurance.api.views.product_versions import (
    DefinitionCheckView,
    DraftView,
    ProductSchemaView,
    ProductVersionListView,
    ProductVersionView,
    VersionFilesView,
)
from insurance.api.views.products import AnswersSchemaView, ProductListView, ProductView
from insurance.api.views.uploads import AnnouncedUploadView
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    InvalidDefinition,
    ProductNotFound,
    SamePerson,
    UploadNotScanned,
    UploadNotSent,
    UploadRefused,
    VersionNotFound,
    WrongState,
)
from insurance.domain.core.identity import UploadId
from insurance.domain.core.roles import EVERY_ROLE, Role
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.product import Product
from insurance.domain.product.definition.files import Files, schema
from insurance.domain.product.publishing.checks import Report
from insurance.domain.product.publishing.release import ProductVersion, VersionStep
from insurance.operations.command import Command, Query
from insurance.operations.files.ports import UploadPorts
from insurance.operations.files.uploads import AnnouncedUpload, announce_upload, read_upload
from insurance.operations.products.change_version import Draft, advance_version, draft_version
from insurance.operations.products.check_files import check_files
from insurance.operations.products.read_products import (
    list_products,
    read_answers_schema,
    read_product,
)
from insurance.operations.products.read_versions import (
    VersionFiles,
    list_versions,
    read_files,
    read_version,
)
from pydantic import Field, StringConstraints, ValidationInfo, field_validator

ports, idempotency = bundles.product_ports(), wiring.stores().staff_idempotency


def uploads() -> UploadPorts:
    """Made when a file is uploaded: a list of products needs no bucket."""
    return bundles.upload_ports("product_uploads")


api = Api(idempotency.find_replay, wiring.edge())
handler = api.entrypoint()

VERSIONS = "/v1/products/{product_code}/versions"
VERSION = f"{VERSIONS}/{{version}}"
READERS = {CallerKind.APPLICATION, CallerKind.STAFF, CallerKind.DEVELOPER}
AUTHORS = {CallerKind.STAFF}
VERSION_MAX = 40
AUTHORING_ROLES = {Role.PRODUCT_MANAGER}
UPLOAD = (UploadNotScanned, UploadNotSent, UploadRefused)

Text = Annotated[str, StringConstraints(max_length=60_000)]
Table = Annotated[str, StringConstraints(max_length=6_000)]
TableName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class FilesRequest(Request):
    """A version's files as text: product.json, CSV tables by their names without `.csv`, scenarios.json.
    Or the upload by which they were sent."""

    BYTES_MAX: ClassVar[int] = FILE_BODY_BYTES_MAX
    FILES: ClassVar[frozenset[str]] = frozenset({"document", "tables", "scenarios"})

    upload_id: UploadId | None = None
    """A file that was announced and uploaded: an object of `document`, `tables` and `scenarios`."""
    document: Annotated[Text | None, Field(validate_default=True)] = None
    tables: Annotated[dict[TableName, Table], Field(max_length=20)] = {}
    scenarios: Text | None = None

    @field_validator("document")
    @classmethod
    def _one_of_both(cls, document: str | None, info: ValidationInfo) -> str | None:
        if (document is None) is (info.data.get("upload_id") is None):
            raise ValueError("either a document is expected, or an upload_id")
        return document

    @field_validator("tables", "scenarios")
    @classmethod
    def _beside_the_document[V](cls, value: V, info: ValidationInfo) -> V:
        if value and info.data.get("upload_id") is not None:
            raise ValueError("the upload holds all files")
        return value

    def files(self, caller: Caller) -> Files:
        """The files, of this request or of the upload that it names.

        Raises:
            UploadNotSent: Nothing of this caller's is there.
            UploadRefused: It holds malware, is no UTF-8, or no JSON object.
            InvalidFields: The object holds other things than files.
        """
        if self.document is not None:
            return Files(self.document, self.tables, self.scenarios)
        text = read_upload(self.upload_id or "", caller, uploads())
        try:
            return read_request(text, UploadedFiles)[0].files
        except MalformedBody as error:
            raise UploadRefused("it is no JSON object of files") from error


class UploadedFiles(Request):
    """What an upload of product files holds. Its size is the upload's; the definition's own bounds follow."""

    FILES: ClassVar[frozenset[str]] = FilesRequest.FILES

    document: str
    tables: dict[TableName, str] = {}
    scenarios: str | None = None

    @property
    def files(self) -> Files:
        return Files(self.document, self.tables, self.scenarios)


class SchemaParameters(Parameters):
    version: Annotated[str, StringConstraints(min_length=1, max_length=VERSION_MAX)] | None = Field(
        None, description="A version that was published; without it the one on sale"
    )


class VersionStepRequest(Request):
    """The next step of a version's life, and why."""

    step: Literal["submit", "send_back", "approve", "publish", "close", "retire"]
    reason: Code


@api.query(
    "/v1/products",
    operation_id="listProducts",
    summary="List the products on sale",
    scope=Scope.PRODUCTS_READ,
    callers=READERS,
    roles=EVERY_ROLE,
    shows=ProductListView,
    paged="products",
)
def get_products(page: Page, query: Query) -> Sequence[Product]:
    return list_products(query, ports)


@api.query(
    "/v1/products/{product_code}",
    operation_id="getProduct",
    summary="Read a product's questions and covers",
    scope=Scope.PRODUCTS_READ,
    callers=READERS,
    roles=EVERY_ROLE,
    shows=ProductView,
    raises=(ProductNotFound,),
)
def get_product(product_code: str, query: Query) -> Product:
    return read_product(product_code, query, ports)


@api.query(
    "/v1/products/{product_code}/schema",
    operation_id="getProductAnswersSchema",
    summary="Read the JSON Schema of a product's answers",
    scope=Scope.PRODUCTS_READ,
    callers=READERS,
    roles=EVERY_ROLE,
    shows=AnswersSchemaView,
    raises=(ProductNotFound, VersionNotFound),
)
def get_product_answers_schema(
    product_code: str, parameters: SchemaParameters, query: Query
) -> Mapping[str, Any]:
    """What fits it has the types, bounds and choices that `POST /v1/quotes` takes, and is asked. Days that must
    have passed end today."""
    return read_answers_schema(product_code, parameters.version, query, ports)


@api.query(
    "/v1/product-schema",
    operation_id="getProductSchema",
    summary="Read the JSON Schema of product definitions",
    scope=Scope.PRODUCTS_WRITE,
    callers=AUTHORS,
    roles=AUTHORING_ROLES,
    shows=ProductSchemaView,
)
def get_product_schema() -> Mapping[str, Any]:
    return schema()


@api.query(
    "/v1/product-checks",
    method="POST",
    operation_id="checkProductFiles",
    summary="Check a version's files and run their scenarios without storing them",
    scope=Scope.PRODUCTS_WRITE,
    callers=AUTHORS,
    roles=AUTHORING_ROLES,
    shows=DefinitionCheckView,
    raises=(InvalidDefinition, *UPLOAD),
)
def post_product_check(request: FilesRequest, query: Query) -> Report:
    return check_files(request.files(query.caller))


@api.query(
    "/v1/product-uploads",
    method="POST",
    operation_id="announceProductFiles",
    summary="Announce a version's files and get a form to upload them",
    scope=Scope.PRODUCTS_WRITE,
    callers=AUTHORS,
    roles=AUTHORING_ROLES,
    shows=AnnouncedUploadView,
)
def post_product_upload(request: UploadRequest, query: Query) -> AnnouncedUpload:
    """For files that are larger than a request, as one JSON object of `document`, `tables` and
    `scenarios`. The form takes this very file for ten minutes; a check or a draft may name it for a day."""
    return announce_upload(request.file(), query, uploads())


@api.query(
    VERSIONS,
    operation_id="listProductVersions",
    summary="List a product's versions, each with its state",
    scope=Scope.PRODUCTS_WRITE,
    callers=AUTHORS,
    roles=AUTHORING_ROLES,
    shows=ProductVersionListView,
    paged="product-versions:{product_code}",
    paged_before="{product_code}",
)
def get_product_versions(
    product_code: str, page: Page, query: Query
) -> Sequence[Stored[ProductVersion]]:
    return list_versions(product_code, query, ports)


@api.query(
    VERSION,
    operation_id="getProductVersion",
    summary="Read a product version",
    scope=Scope.PRODUCTS_WRITE,
    callers=AUTHORS,
    roles=AUTHORING_ROLES,
    shows=ProductVersionView,
    etag=True,
    raises=(VersionNotFound,),
)
def get_product_version(product_code: str, version: str, query: Query) -> Stored[ProductVersion]:
    return read_version(product_code, version, query, ports)


@api.query(
    f"{VERSION}/files",
    operation_id="getProductVersionFiles",
    summary="Read a product version's files",
    scope=Scope.PRODUCTS_WRITE,
    callers=AUTHORS,
    roles=AUTHORING_ROLES,
    shows=VersionFilesView.of_files,
    etag=True,
    raises=(VersionNotFound,),
)
def get_product_files(product_code: str, version: str, query: Query) -> VersionFiles:
    return read_files(product_code, version, query, ports)


@api.command(
    f"{VERSION}/draft",
    operation_id="draftProductVersion",
    summary="Store files as a product version's draft",
    scope=Scope.PRODUCTS_WRITE,
    callers=AUTHORS,
    roles=AUTHORING_ROLES,
    shows=DraftView.of_draft,
    if_match=True,
    raises=(InvalidDefinition, *UPLOAD, WrongState),
)
def post_product_draft(
    product_code: str, version: str, request: FilesRequest, command: Command
) -> Draft:
    return draft_version(product_code, version, request.files(command.caller), command, ports)


@api.command(
    f"{VERSION}/steps",
    operation_id="advanceProductVersion",
    summary="Submit, send back, approve, publish, close or retire a product version",
    scope=Scope.PRODUCTS_WRITE,
    callers=AUTHORS,
    roles=AUTHORING_ROLES,
    shows=ProductVersionView,
    if_match=True,
    raises=(InvalidDefinition, SamePerson, VersionNotFound, WrongState),
)
def post_product_step(
    product_code: str, version: str, request: VersionStepRequest, command: Command
) -> Stored[ProductVersion]:
    """Another person than its authors approves and publishes; to publish runs the scenarios."""
    return advance_version(
        product_code, version, VersionStep(request.step), request.reason, command, ports
    )
