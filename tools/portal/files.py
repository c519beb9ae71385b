"""What the portal reads beside its program: API products, problems, the changelog, and examples of quotes."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from insurance.api_products import API_PRODUCTS

from local.aws.cloudformation import read_yaml
from local.settings import ROOT
from tools.problems.catalogue import catalogue

type Json = dict[str, Any]

CREATE_QUOTE: Final = ("/v1/quotes", "post")
LINK: Final = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def files() -> dict[str, Any]:
    """The content of each file by its name."""
    return {
        "api-products.json": [_product(each) for each in API_PRODUCTS.values()],
        "problems.json": [
            {
                "code": code,
                "title": entry.problem.title,
                "status": int(entry.problem.status),
                "means": entry.means,
            }
            for code, entry in catalogue().items()
        ],
        "changelog.json": changelog((ROOT / "CHANGELOG.md").read_text("utf-8")),
        "examples.json": _examples(),
    }


def _product(offer: Any) -> Json:
    shown = (
        "code",
        "title",
        "description",
        "owner",
        "version",
        "changes",
        "plans",
        "scopes",
        "paths",
    )
    said = asdict(offer)
    return {name: said[name] for name in shown}


def _examples() -> dict[str, Json]:
    """The answers of the definition's example of a quote, by its product."""
    path, method = CREATE_QUOTE
    operation = read_yaml(ROOT / "openapi.yaml")["paths"][path][method]
    example = operation["requestBody"]["content"]["application/json"]["example"]
    return {example["product"]: example["answers"]}


def changelog(text: str) -> list[Json]:
    """Releases, their parts and the items of each, as plain text with code between backticks."""
    releases: list[Json] = []
    for title, rest in _split(text, "## "):
        parts = [
            {"title": part, "items": list(_items(items))} for part, items in _split(rest, "### ")
        ]
        releases.append({"title": title, "parts": parts})
    return releases


def _split(text: str, mark: str) -> Iterator[tuple[str, str]]:
    """Each heading of one level with what follows it."""
    for piece in re.split(rf"^{mark}", text, flags=re.M)[1:]:
        title, _, rest = piece.partition("\n")
        yield title.strip(), rest


def _items(text: str) -> Iterator[str]:
    for item in re.split(r"^- ", text, flags=re.M)[1:]:
        yield LINK.sub(r"\1", " ".join(item.split()))
