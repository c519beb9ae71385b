"""API products: what partners subscribe to. `products.json` says what each is.

Authorizer, definition, onboarding and catalogue read it, so it stands below them all and needs the standard library alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class ApiProductOffer:
    """An API product as this release has it: one version of one major, in front of the paths that it opens."""

    code: str
    title: str
    description: str
    owner: str
    """The team that answers for it."""
    plans: tuple[str, ...]
    """The usage plans on which it is offered."""
    paths: tuple[str, ...]
    """A subscription opens what begins with one of these. A list of methods would exceed the size of a policy."""
    scopes: tuple[str, ...]
    """What its operations ask for."""
    proves_sender: bool
    """In live mode an application that has it proves that its tokens are its own."""
    version: str
    """Of its part of the API's definition: the release that changed it last."""
    changes: str
    """What the version brings, for who reads the changelog."""
    released: str
    """The version that was published before there was a catalogue; empty: there was none."""

    def opens(self, path: str) -> bool:
        """Whether a path is behind one of the product's."""
        return any(path == prefix or path.startswith(f"{prefix}/") for prefix in self.paths)


def read_offers(file: Mapping[str, Any]) -> Mapping[str, ApiProductOffer]:
    """The API products of a file, by code.

    Raises:
        TypeError: A product has other members than an offer has.
    """
    every = file["in_every_product"]
    return MappingProxyType(
        {code: _offer(code, dict(said), every) for code, said in file["products"].items()}
    )


def _offer(code: str, said: dict[str, Any], every: Mapping[str, list[str]]) -> ApiProductOffer:
    paths = sorted({*said.pop("paths"), *every["paths"]})
    scopes = sorted({*said.pop("scopes"), *every["scopes"]})
    plans = tuple(said.pop("plans"))
    return ApiProductOffer(code, plans=plans, paths=tuple(paths), scopes=tuple(scopes), **said)


FILE: Final = Path(__file__).with_name("products.json")
_WRITTEN: Final[Mapping[str, Any]] = json.loads(FILE.read_text("utf-8"))
API_PRODUCTS: Final = read_offers(_WRITTEN)
"""Every API product that the release has, by code."""
SHARED_PATHS: Final = tuple(_WRITTEN["in_every_product"]["paths"])
"""Of every product: they end with none of them, so that who has the last one can read that it ended, and complain."""

READ_ONLY_PATHS: Final = frozenset[str](_WRITTEN["read_only"])
"""Those behind which nothing is changed: a subscription opens them to GET alone, which keeps its policy small."""


@cache
def definitions() -> Mapping[str, str]:
    """SHA-256 of each product's part of the definition that this release has (`make openapi` writes it)."""
    written: dict[str, str] = json.loads(FILE.with_name("definitions.json").read_text("utf-8"))
    return MappingProxyType(written)


class ApiProduct(StrEnum):
    """The code of an API product: one member for each that the file has."""

    vars().update({code.upper(): code for code in API_PRODUCTS})

    @property
    def offer(self) -> ApiProductOffer:
        return API_PRODUCTS[self.value]


def products_of(path: str) -> tuple[str, ...]:
    """The API products that a path of the API belongs to."""
    return tuple(code for code, offer in API_PRODUCTS.items() if offer.opens(path))


def scopes_of(products: Iterable[str]) -> frozenset[str]:
    """What the operations of these API products ask for."""
    return frozenset(scope for code in products for scope in API_PRODUCTS[code].scopes)
