"""A product whose price is what one answers: figures of the trade without a tariff around them."""

from typing import Any

from insurance.domain.product import Product, ProductSource


def plain_product(**changes: Any) -> Product:
    """A year in New York, in dollars; no tax, no fee, unless a test says so."""
    document: dict[str, Any] = {
        "code": "plain",
        "version": "1",
        "name": "Plain",
        "status": "active",
        "territories": ["US"],
        "currency": "USD",
        "time_zone": "America/New_York",
        "day_count": "actual",
        "term": {"months": 12},
        "questions": [
            {"code": "price", "type": "money", "label": "Price", "min": 0, "max": 100000}
        ],
        "covers": [{"code": "all_risks", "name": "All risks", "limit": 1000}],
        "rating": {"steps": [{"step": "base", "base": "price"}], "charges": []},
        "life": {
            "cooling_off_days": 0,
            "reinstatement_days": 365,
            "cancellation": [{"by": "policyholder", "method": "pro_rata"}],
            "adjustment": {"reprice_on": "contract", "method": "pro_rata"},
        },
    }
    for name, value in changes.items():
        section = document.get(name)
        if isinstance(section, dict) and isinstance(value, dict):
            value = {**section, **value}  # noqa: PLW2901 - a section's rest stays as it is
        document[name] = value
    return Product(ProductSource(document=document, tables={}))


def price(dollars: int) -> dict[str, object]:
    return {"price": {"amount": dollars * 100, "currency": "USD"}}
