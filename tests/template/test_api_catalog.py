"""The catalogue that the gateway answers by itself (RFC 9727): links to what there is, and nothing in it is an outsider's."""

import json
from typing import Any
from urllib.parse import urljoin

import pytest
from insurance.api_products import API_PRODUCTS, SHARED_PATHS

from local.settings import ROOT
from tools.openapi.api_catalog import LINK, PATH, linkset
from tools.openapi.compatibility.change import resolved
from tools.openapi.compatibility.contract import part_of

type Json = dict[str, Any]

BASE = "https://api.example/prod"


@pytest.fixture
def item(deployed_definition: Json) -> Json:
    found: Json = deployed_definition["paths"][PATH]
    return found


def target(reference: str) -> str:
    """What a reference in the catalogue leads to (RFC 3986)."""
    return urljoin(f"{BASE}{PATH}", reference)


def test_each_api_product_has_its_definition_its_page_and_its_state() -> None:
    own, *products = linkset()["linkset"]

    assert target(own["anchor"]) == f"{BASE}{PATH}"
    anchors = [target(each["href"]) for each in own["item"]]
    assert anchors == [f"{BASE}/v1/api-products/{code}" for code in API_PRODUCTS]
    for code, links in zip(API_PRODUCTS, products, strict=True):
        assert target(links["anchor"]) == f"{BASE}/v1/api-products/{code}"
        assert [each["href"] for each in links["service-desc"]] == [
            f"${{Docs}}/openapi/{code}.json"
        ]
        assert [each["href"] for each in links["service-doc"]] == ["${Docs}/catalogue"]
        assert [target(each["href"]) for each in links["status"]] == [target(links["anchor"])]


def test_its_items_are_the_paths_of_the_products(definition: Json) -> None:
    paths = [target(each["href"]) for links in linkset()["linkset"][1:] for each in links["item"]]

    own = {path for offer in API_PRODUCTS.values() for path in offer.paths} - set(SHARED_PATHS)
    assert sorted(paths) == sorted(f"{BASE}{path}" for path in own)
    for path in own:
        assert any(each == path or each.startswith(f"{path}/") for each in definition["paths"])


@pytest.mark.parametrize("method", ["get", "head"])
def test_anybody_may_ask_and_no_function_is_called(item: Json, method: str) -> None:
    operation = item[method]
    integration = operation["x-amazon-apigateway-integration"]
    answer = integration["responses"]["default"]

    assert operation["security"] == []
    assert integration["type"] == "mock"
    assert answer["statusCode"] == "200"
    sent = answer["responseParameters"]
    assert sent["method.response.header.Link"] == f"'{LINK}'"
    assert "application/linkset+json" in sent["method.response.header.Content-Type"]
    declared = operation["responses"]["200"]["headers"]
    assert {name.rpartition(".")[2] for name in sent} == declared.keys()


def test_what_it_answers_is_the_linkset_with_the_docs_of_the_stack(item: Json) -> None:
    template = item["get"]["x-amazon-apigateway-integration"]["responses"]["default"]
    text, named = template["responseTemplates"]["application/json"]["Fn::Sub"]

    assert json.loads(text) == linkset()
    assert named.keys() == {"Docs"}
    assert "$context" not in text
    assert "#" not in text, "the gateway would read it as a directive"


def test_no_function_answers_what_the_gateway_does() -> None:
    sources = [each.read_text("utf-8") for each in (ROOT / "functions").rglob("*.py")]

    assert not any(PATH in source for source in sources)


@pytest.mark.parametrize("code", API_PRODUCTS)
def test_the_part_of_a_product_is_a_definition_of_its_own(code: str, definition: Json) -> None:
    part = part_of(definition, code)

    operations = [each for item in part["paths"].values() for each in item.values()]
    assert operations
    assert all(code in each["x-coverwright-api-products"] for each in operations)
    found = references(part)
    assert found
    for reference in found:
        resolved(part, {"$ref": reference})
    unused = {
        f"#/components/{kind}/{name}"
        for kind, named in part["components"].items()
        for name in named
        if kind != "securitySchemes"
    } - found
    assert unused == set()
    assert {tag["name"] for tag in part["tags"]} == {
        tag for each in operations for tag in each["tags"]
    }


def references(value: Any) -> set[str]:
    if isinstance(value, list):
        return {found for each in value for found in references(each)}
    if not isinstance(value, dict):
        return set()
    own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
    return own | {found for each in value.values() for found in references(each)}
