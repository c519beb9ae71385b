"""`/.well-known/api-catalog` (RFC 9727): what there is, for programs that know nothing of us yet.

The gateway answers it by itself, to anybody: it is public, it changes with a release alone, and no function need be
called for it. Links are relative to its own address, since a stage or a domain stands in front of it.
"""

import json
from http import HTTPStatus
from typing import Any, Final

from insurance.api.responses import ALWAYS
from insurance.api_products import API_PRODUCTS, SHARED_PATHS

from tools.openapi.gateway import ANY_METHOD, naming_docs, other_methods

type Json = dict[str, Any]

PATH: Final = "/.well-known/api-catalog"
METHODS: Final = ("get", "head")
CONTENT_TYPE: Final = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
LINK: Final = '<api-catalog>; rel="api-catalog"'
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.1"


def linkset() -> Json:
    """The catalogue, as RFC 9264 writes links; `${Docs}` is where the docs are served."""
    products = [_links_of(code) for code in API_PRODUCTS]
    items = [{"href": each["anchor"]} for each in products]
    return {"linkset": [{"anchor": "api-catalog", "item": items}, *products]}


def _links_of(code: str) -> Json:
    offer = API_PRODUCTS[code]
    own = f"../v1/api-products/{code}"
    return {
        "anchor": own,
        "item": [{"href": f"..{path}"} for path in offer.paths if path not in SHARED_PATHS],
        "service-desc": [{"href": f"${{Docs}}/openapi/{code}.json", "type": OPENAPI}],
        "service-doc": [{"href": "${Docs}/catalogue", "type": "text/html"}],
        "status": [{"href": own, "type": "application/json"}],
    }


def path_item() -> Json:
    """What the deployed definition says of the path."""
    item: Json = {method: _operation(method) for method in METHODS}
    return item | {ANY_METHOD: other_methods(METHODS)}


def _operation(method: str) -> Json:
    """The same for both; to HEAD the body is no part of the answer."""
    status = str(int(HTTPStatus.OK))
    headers = {**ALWAYS, "Content-Type": CONTENT_TYPE, "Link": LINK}
    mapped = {f"method.response.header.{name}": f"'{value}'" for name, value in headers.items()}
    mapped["method.response.header.X-Request-Id"] = "context.requestId"
    named = {
        name.removeprefix("method.response.header."): {"schema": {"type": "string"}}
        for name in mapped
    }
    text = json.dumps(linkset(), separators=(",", ":"))
    body = {"responseTemplates": {"application/json": naming_docs(text)}} if method == "get" else {}
    return {
        "security": [],
        "responses": {status: {"description": "", "headers": named}},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": f'{{"statusCode":{status}}}'},
            "passthroughBehavior": "never",
            "responses": {
                "default": {
                    "statusCode": status,
                    "responseParameters": mapped,
                    **body,
                }
            },
        },
    }
