"""What operations on products are given."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

    from insurance.domain.contract.terms import ProductRef
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode
    from insurance.domain.core.stored import Stored
    from insurance.domain.product import Product
    from insurance.domain.product.definition.files import Files
    from insurance.domain.product.publishing.release import ProductVersion
    from insurance.operations.command import Command
    from insurance.operations.files.ports import Objects


class Products(Protocol):
    def on_sale(self, code: str, day: date, mode: Mode) -> Product:
        """The version that new business is written on that day, or ProductNotFound."""

    def for_renewal(self, code: str, day: date, mode: Mode) -> Product:
        """The version that renewals are written on that day, or ProductNotFound."""

    def version(self, ref: ProductRef) -> Product:
        """The version that a quote or policy was made on, on sale or not."""

    def all_on_sale(self, day: date, mode: Mode) -> Sequence[Product]: ...

    def sells(self, ref: ProductRef, day: date, mode: Mode, *, renewal: bool) -> bool:
        """Whether a quote on this version may still become a policy."""


class ProductRange(Products, Protocol):
    """Products, and the words for them that there are at all."""

    def codes(self, mode: Mode) -> Collection[str]:
        """Every product that there is in a mode, on sale or not."""

    def territories(self, mode: Mode, code: str | None = None) -> Collection[str]:
        """Wherever a version of a product, or of any, is sold, was, or is to be."""


class KnownVersions(Protocol):
    def known(self, mode: Mode, code: str | None = None) -> Sequence[Stored[ProductVersion]]:
        """Every stored version, or those of one product."""


class ProductVersions(KnownVersions, Protocol):
    """Where the versions of products stand in their lives. Their files are kept as objects."""

    def get(self, mode: Mode, code: str, version: str) -> Stored[ProductVersion]:
        """The version as it stands.

        Raises:
            VersionNotFound: It is not stored.
        """

    def load(self, code: str, version: str, command: Command) -> Stored[ProductVersion] | None:
        """The version of the caller's mode, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def store(
        self,
        event: Event,
        version: ProductVersion,
        *,
        before: Stored[ProductVersion] | None,
        command: Command,
    ) -> None:
        """Store the version as the event left it, and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The version has moved on since it was loaded.
        """


class Seeds(Protocol):
    """The versions that ship with the code."""

    def known(self, mode: Mode, code: str | None = None) -> Sequence[ProductVersion]: ...
    def files(self, code: str, version: str) -> Files: ...


@dataclass(frozen=True, slots=True)
class ProductPorts:
    """What operations on products need from outside."""

    products: Products
    versions: ProductVersions
    seeds: Seeds
    contents: Callable[[], Objects]
    """The files of stored versions; asked for on first use, so that reading a list needs no bucket."""
