"""Notices: which API products end when, as the authorizer hands it on, and the edge says it to callers."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from insurance.api_products import API_PRODUCTS, SHARED_PATHS

CONTEXT: Final = "notices"
"""The member of the authorizer's context that has them: absent where there is none."""


FRESH_SECONDS: Final = 60.0


class SunsetNotice(NamedTuple):
    """That an API product is deprecated. Times are in seconds since 1970."""

    product: str
    deprecated_at: int
    sunset_at: int
    successor: str = ""


def notice_id(mode: str, product: str) -> str:
    """The row of a product in the table of applications: no client has such an id."""
    return f"api-product {mode} {product}"


def notices_of(
    products: Collection[str], known: Mapping[str, SunsetNotice]
) -> dict[str, SunsetNotice]:
    """Paths that are served by deprecated products alone, each with the notice that runs longest.

    Args:
        products: Those that the caller has.
        known: The notices, by product.
    """
    if not known:
        return {}
    by_path: dict[str, list[SunsetNotice | None]] = {}
    for product in sorted(products):
        for path in set(API_PRODUCTS[product].paths).difference(SHARED_PATHS):
            by_path.setdefault(path, []).append(known.get(product))
    return {
        path: max(of_path, key=lambda notice: notice.sunset_at)
        for path, found in by_path.items()
        if len(of_path := [notice for notice in found if notice is not None]) == len(found)
    }


@dataclass
class RecentNotices:
    """The notices of each mode, as of a minute ago at most: a deprecation is announced long before it bites."""

    fetch: Callable[[str], Mapping[str, SunsetNotice] | None]
    """Those of a mode; None: they cannot be read now, and the last ones stand."""
    clock: Callable[[], float]
    _read: dict[str, tuple[float, Mapping[str, SunsetNotice]]] = field(default_factory=dict)

    def of(self, mode: str) -> Mapping[str, SunsetNotice]:
        read_at, known = self._read.get(mode, (-FRESH_SECONDS, {}))
        now = self.clock()
        if not 0 <= now - read_at < FRESH_SECONDS:
            fetched = self.fetch(mode)
            known = known if fetched is None else fetched
            self._read[mode] = (now, known)
        return known


def notices_in(rows: Iterable[Mapping[str, Any]]) -> dict[str, SunsetNotice]:
    """Rows of the table, by product."""
    return {
        row["product"]["S"]: SunsetNotice(
            row["product"]["S"],
            int(row["deprecated_at"]["N"]),
            int(row["sunset_at"]["N"]),
            row["successor"]["S"],
        )
        for row in rows
    }


def written(notices: Mapping[str, SunsetNotice]) -> dict[str, str]:
    """As the context has them: flat text."""
    return {CONTEXT: json.dumps(notices, separators=(",", ":"))} if notices else {}


def read(context: Mapping[str, object], path: str) -> SunsetNotice | None:
    """The notice of a path, out of the context of a call."""
    text = context.get(CONTEXT)
    if not isinstance(text, str):
        return None
    found: Iterable[tuple[str, list[object]]] = json.loads(text).items()
    for prefix, (product, deprecated_at, sunset_at, successor) in found:
        if path == prefix or path.startswith(f"{prefix}/"):
            return SunsetNotice(
                str(product), int(str(deprecated_at)), int(str(sunset_at)), str(successor)
            )
    return None
