"""The definition declares what the answers of a deprecated API product say in their headers."""

import re
from typing import Any

import pytest
from insurance.access.notices import SunsetNotice, written
from insurance.api.sunset import sunset_headers

type Json = dict[str, Any]

PATH = "/v1/quotes"
NOTICE = SunsetNotice("quoting", 1_798_761_600, 1_830_297_600, "/v1/policies")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("DOCS_URL", "https://docs.coverwright.example")
    context = {"path": f"/v1{PATH}", "authorizer": written({PATH: NOTICE})}
    return sunset_headers({"requestContext": context, "path": PATH})


def test_every_answer_of_an_api_products_operation_declares_them(
    operations: list[tuple[str, Json]], definition: Json, sent: dict[str, str]
) -> None:
    shared = definition["components"]["responses"]
    opened = [each for each in operations if each[1].get("x-coverwright-api-products")]

    assert len(opened) > 20
    for name, operation in opened:
        for status, answer in operation["responses"].items():
            found = shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
            assert sent.keys() <= found["headers"].keys(), (name, status)
            assert not any(found["headers"][header].get("required") for header in sent)


def test_an_answer_that_no_api_product_opens_declares_none_of_its_own(
    operations: list[tuple[str, Json]], sent: dict[str, str]
) -> None:
    others = [each for _, each in operations if not each.get("x-coverwright-api-products")]

    assert others
    for operation in others:
        for answer in operation["responses"].values():
            assert not sent.keys() & answer.get("headers", {}).keys(), operation["operationId"]


def test_what_is_sent_has_the_declared_form(definition: Json, sent: dict[str, str]) -> None:
    declared = definition["components"]["headers"]

    assert declared.keys() == sent.keys()
    for name, value in sent.items():
        for text in (value, declared[name]["example"]):
            schema = declared[name]["schema"]
            assert re.fullmatch(schema["pattern"], text), (name, text)
            assert len(text) <= schema["maxLength"], name
