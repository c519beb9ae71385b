"""The products on sale, as operations ask for them: bundled with the layer, compiled when first used."""

from collections.abc import Sequence
from datetime import date
from functools import cache

from insurance.domain.errors import ProductNotFound
from insurance.domain.identity import Mode
from insurance.domain.product import Product
from insurance.domain.terms import ProductRef
from insurance.products import product, versions


class BundledProducts:
    """The port `Products` over the definitions that ship with the layer."""

    def on_sale(self, code: str, day: date, mode: Mode) -> Product:  # noqa: ARG002 - sold in both
        """The newest version whose new business is open on the day."""
        for known, version in reversed(_bundled()):
            if known == code and _sold_on(day, found := product(code, version)):
                return found
        raise ProductNotFound(code)

    def for_renewal(self, code: str, day: date, mode: Mode) -> Product:  # noqa: ARG002 - the same
        """The newest version whose renewals are open on the day."""
        for known, version in reversed(_bundled()):
            if known == code and (found := product(code, version)).sold_on(day, renewal=True):
                return found
        raise ProductNotFound(code)

    def version(self, ref: ProductRef) -> Product:
        return product(ref.code, ref.version)

    def all_on_sale(self, day: date, mode: Mode) -> Sequence[Product]:
        codes = dict.fromkeys(code for code, _ in _bundled())
        found = []
        for code in codes:
            try:
                found.append(self.on_sale(code, day, mode))
            except ProductNotFound:
                continue
        return found


@cache
def _bundled() -> tuple[tuple[str, str], ...]:
    """What ships does not change while a process lives: its folders are listed once."""
    return tuple(versions())


def _sold_on(day: date, version: Product) -> bool:
    """Active, and its new business has begun."""
    sale = version.definition.document.get("sale", {})
    begins = sale.get("new_business_from", date.min.isoformat())
    return version.status == "active" and begins <= day.isoformat()
