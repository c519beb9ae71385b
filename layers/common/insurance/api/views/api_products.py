"""How API products and their versions are shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from insurance import config
from insurance.api.etag import etag
from insurance.api.fields import Code, Subject
from insurance.api.paging import Page, page_of
from insurance.api.views.terms import Shown, View
from insurance.api_products import ApiProduct
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.partner.api_product import (
    TOLD,
    VERSIONS_MAX,
    ApiPath,
    ApiProductLife,
    ApiVersion,
    ApiVersionNumber,
    ApiVersionStatus,
)
from insurance.domain.partner.application import PARTNER_SCOPES, PartnerPlan

PATHS_MAX = 30
Words = Annotated[str, StringConstraints(pattern=r"^[A-Z][ -~]*$", max_length=400)]
"""A name or a sentence of the file of API products."""
Address = Annotated[
    str, StringConstraints(pattern=r"^https?://[!-~]+/openapi/[a-z0-9-]+\.json$", max_length=200)
]


class ApiVersionView(Shown):
    """A version of an API product, and where it stands."""

    version: ApiVersionNumber
    status: ApiVersionStatus
    deprecated_at: datetime | None
    sunset_at: datetime | None
    """From then on nothing is served."""
    successor: ApiPath | None
    """Where callers go on."""
    reason: Code | None
    submitted_by: Subject | None
    """Shown to staff alone, as `approved_by`."""
    approved_by: Subject | None
    changed_at: datetime | None

    @classmethod
    def for_caller(cls, version: ApiVersion, caller: Caller) -> Self:
        is_staff = caller.kind is CallerKind.STAFF
        return cls(
            version=version.version,
            status=version.status,
            deprecated_at=version.deprecated_at,
            sunset_at=version.sunset_at,
            successor=version.successor or None,
            reason=version.reason or None,
            submitted_by=version.submitted_by or None if is_staff else None,
            approved_by=version.approved_by or None if is_staff else None,
            changed_at=version.changed_at,
        )


class ApiProductView(View):
    """An API product: what partners subscribe to."""

    code: ApiProduct
    title: Words
    description: Words
    owner: Words
    plans: Annotated[list[PartnerPlan], Field(max_length=len(PartnerPlan))]
    paths: Annotated[list[ApiPath], Field(max_length=PATHS_MAX)]
    scopes: Annotated[list[Scope], Field(max_length=len(PARTNER_SCOPES))]
    definition: Address
    """The address of its part of the API's definition, as OpenAPI in JSON."""
    changes: Words
    """What the version that is deployed brings."""
    versions: Annotated[list[ApiVersionView], Field(max_length=VERSIONS_MAX)]

    @classmethod
    def of(cls, stored: Stored[ApiProductLife], *, caller: Caller) -> Self:
        offer = stored.record.code.offer
        is_staff = caller.kind is CallerKind.STAFF
        return cls(
            # A release brings a version and words without a step: what is held from the one before is stale.
            etag=etag(stored.head.sequence, f"api-product-{offer.version}"),
            code=stored.record.code,
            title=offer.title,
            description=offer.description,
            owner=offer.owner,
            plans=[PartnerPlan(plan) for plan in offer.plans],
            paths=list(offer.paths),
            scopes=[Scope(scope) for scope in offer.scopes],
            definition=f"{config.docs_url()}/openapi/{offer.code}.json",
            changes=offer.changes,
            versions=[
                ApiVersionView.for_caller(version, caller)
                for version in stored.record.versions
                if is_staff or version.status in TOLD
            ],
        )


class ApiProductListView(View):
    """A page of the API products."""

    items: list[ApiProductView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, products: Sequence[Stored[ApiProductLife]], *, page: Page, caller: Caller) -> Self:
        shown, following = page_of(products, page)
        return cls(
            items=[ApiProductView.of(stored, caller=caller) for stored in shown], next=following
        )
