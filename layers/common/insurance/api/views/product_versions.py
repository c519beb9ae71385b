"""How versions of products are shown to those who write and publish them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel, RootModel

from insurance.api.etag import etag
from insurance.api.paging import Page, page_of
from insurance.api.views.documents import LinkView
from insurance.api.views.terms import View
from insurance.domain.core.errors import FieldFault
from insurance.domain.core.stored import Stored
from insurance.domain.product.publishing.checks import Report
from insurance.domain.product.publishing.release import ProductVersion, VersionStatus
from insurance.operations.products.change_version import Draft
from insurance.operations.products.check_files import warnings
from insurance.operations.products.read_versions import VersionFiles


class FilingView(BaseModel):
    """What was filed with the regulator of one territory."""

    territory: str
    reference: str


class SaleView(BaseModel):
    """From when, and up to but not including when, new business and renewals use a version."""

    new_business_from: date | None = None
    new_business_until: date | None = None
    renewals_from: date | None = None
    renewals_until: date | None = None


class DefinitionFaultView(BaseModel):
    """Where in the files, and what was found, what was expected, and a suggestion where there is one."""

    pointer: str
    code: str
    detail: str

    @classmethod
    def of(cls, fault: FieldFault) -> Self:
        return cls(pointer=fault.pointer, code=fault.code, detail=fault.detail)


class DefinitionCheckView(View):
    """How a version's scenarios went, and what would keep it from being published."""

    scenarios: int
    failed: int
    publishable: bool
    warnings: list[DefinitionFaultView]

    @classmethod
    def of(cls, report: Report) -> Self:
        return cls(
            scenarios=len(report.outcomes),
            failed=len(report.failed),
            publishable=report.publishable,
            warnings=[DefinitionFaultView.of(fault) for fault in warnings(report)],
        )


class ProductVersionView(View):
    """Where a version stands. Without a content it ships with the code."""

    code: str
    version: str
    name: str
    status: VersionStatus
    content: str | None
    authors: list[str]
    approved_by: str | None
    sale: SaleView
    filings: list[FilingView]
    reason: str | None
    changed_at: datetime | None

    @classmethod
    def of(cls, stored: Stored[ProductVersion]) -> Self:
        return cls(etag=_etag(stored), **_shown(stored.record))


class DraftView(ProductVersionView):
    """A draft as it was kept; what `check` says are warnings until it is to be published."""

    check: DefinitionCheckView

    @classmethod
    def of_draft(cls, draft: Draft) -> Self:
        return cls(
            etag=_etag(draft.stored),
            check=DefinitionCheckView.of(draft.report),
            **_shown(draft.stored.record),
        )


class VersionFilesView(ProductVersionView):
    """A version with its files, as they were sent; or a link to them, where they are too large to be shown."""

    document: str | None = None
    tables: dict[str, str] | None = None
    scenarios: str | None = None
    link: LinkView | None = None
    """To one JSON object of `document`, `tables` and `scenarios`."""

    @classmethod
    def of_files(cls, found: VersionFiles) -> Self:
        link = found.link and LinkView(url=found.link.url, expires_at=found.link.expires_at)
        files = found.files._asdict() if found.files else {}
        return cls(etag=_etag(found.version), **_shown(found.version.record), **files, link=link)


class ProductVersionListView(View):
    """A page of a product's versions."""

    items: list[ProductVersionView]
    next: str | None

    @classmethod
    def of(cls, versions: Sequence[Stored[ProductVersion]], *, page: Page) -> Self:
        shown, following = page_of(versions, page)
        return cls(items=[ProductVersionView.of(stored) for stored in shown], next=following)


class ProductSchemaView(RootModel[dict[str, Any]]):
    """The JSON Schema of product.json: editors complete and check by it."""

    @classmethod
    def of(cls, schema: Mapping[str, Any]) -> Self:
        return cls(dict(schema))


def _etag(stored: Stored[ProductVersion]) -> str | None:
    """A bundled version that nobody took a step with has no revision yet."""
    return etag(stored.head.sequence, "version") if stored.head.sequence else None


def _shown(record: ProductVersion) -> dict[str, Any]:
    return {
        "code": record.code,
        "version": record.version,
        "name": record.name,
        "status": record.status.value,
        "content": record.content or None,
        "authors": list(record.authors),
        "approved_by": record.approved_by or None,
        "sale": SaleView.model_validate(dict(record.sale)),
        "filings": [
            FilingView(territory=territory, reference=reference)
            for territory, reference in record.filings
        ],
        "reason": record.reason or None,
        "changed_at": record.changed_at,
    }
