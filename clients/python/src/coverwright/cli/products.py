"""`coverwright products …`."""

from __future__ import annotations

from typing import Final

from coverwright.cli.command import Call, Commands

COLUMNS: Final = ("code", "name", "version")


def add(commands: Commands) -> None:
    """The commands of this group."""
    products = commands.group("products", "Read what is on sale")
    products.add("list", "List the products", list_products)
    products.add("show", "Show a product and what it asks", show).add_argument("code")


def list_products(call: Call) -> None:
    call.show_all(call.connection.items("/v1/products"), COLUMNS)


def show(call: Call) -> None:
    answer = call.connection.get(f"/v1/products/{call.chosen.code}")
    call.show(answer, ("code", "name", "version", "currency", "covers", "questions"))
