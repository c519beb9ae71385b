"""People, products and figures of the tests of a policy's life."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency, Money
from insurance.domain.product import Product, ProductSource
from insurance.products import product

from tests.support.motor import driver

PARTNER = Caller(
    principal="app_one",
    kind=CallerKind.APPLICATION,
    partner="ptn_one",
    roles=frozenset(),
    scopes=frozenset({"policies:read", "policies:write"}),
    mode=Mode.TEST,
)
UNDERWRITER = Caller(
    principal="staff-ursula",
    kind=CallerKind.STAFF,
    partner="",
    roles=frozenset({"underwriter"}),
    scopes=frozenset({"policies:read", "policies:write"}),
    mode=Mode.TEST,
)
BOUGHT_ON = datetime(2025, 12, 20, 9, tzinfo=UTC)
WITH_A_TEENAGER: dict[str, Any] = {"drivers": [driver(), driver(19)]}


def gbp(major: str) -> Money:
    return Money.of(major, Currency.GBP)


def motor_with(**life: Any) -> Product:
    """Personal motor with other rules for the life of a policy."""
    return product_with("personal_motor", life=life)


def product_with(code: str, *, life: Mapping[str, Any], **changes: Any) -> Product:
    bundled = product(code).source
    document = copy.deepcopy(dict(bundled.document))
    document["life"] = {**document["life"], **life}
    document.update(changes)
    return Product(ProductSource(document=document, tables=bundled.tables))


@dataclass
class OneProduct:
    """A catalogue of one."""

    of: Product

    def on_sale(self, code: str, day: date, mode: Mode) -> Product:  # noqa: ARG002 - it answers to any name
        return self.of

    def for_renewal(self, code: str, day: date, mode: Mode) -> Product:  # noqa: ARG002 - the same
        return self.of

    def version(self, ref: ProductRef) -> Product:  # noqa: ARG002 - the same
        return self.of

    def sells(self, ref: ProductRef, day: date, mode: Mode, *, renewal: bool) -> bool:  # noqa: ARG002
        return True

    def all_on_sale(self, day: date, mode: Mode) -> list[Product]:  # noqa: ARG002 - the same
        return [self.of]


def major(money: Money) -> Decimal:
    return money.major
