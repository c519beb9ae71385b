"""The API's page: openapi.yaml as one HTML document, served from here, with nothing from elsewhere."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from local.aws.cloudformation import read_yaml
from local.aws.gateway.definition import METHODS

type Json = dict[str, Any]

_STYLE = Path(__file__).with_name("page.css")
_FILTER = """
const words = document.querySelector("nav input");
words.addEventListener("input", () => {
  const wanted = words.value.toLowerCase();
  for (const each of document.querySelectorAll("[data-words]"))
    each.hidden = !each.dataset.words.toLowerCase().includes(wanted);
});
const open = () => { const named = document.getElementById(location.hash.slice(1)); if (named) named.open = true; };
addEventListener("hashchange", open);
open();
"""


class Operation(NamedTuple):
    """One operation, and where on the page it stands."""

    id: str
    method: str
    path: str
    said: Json


def page_routes(published: Path, base_url: Callable[[], str], issuer_url: str) -> list[Route]:
    """`/docs` for people, `/openapi.json` for machines."""
    document = _signing_in_at(issuer_url, read_yaml(published))

    async def page(_: Request) -> Response:
        return HTMLResponse(_page(document, base_url()))

    async def machine(_: Request) -> Response:
        return JSONResponse({**document, "servers": [{"url": base_url()}]})

    return [Route("/docs", page), Route("/openapi.json", machine)]


def _signing_in_at(issuer_url: str, document: Json) -> Json:
    """The definition with the issuer that signs here."""
    for scheme in document.get("components", {}).get("securitySchemes", {}).values():
        for flow in scheme.get("flows", {}).values():
            for name in flow.keys() & {"tokenUrl", "authorizationUrl", "refreshUrl"}:
                flow[name] = f"{issuer_url}/oauth2/{flow[name].rpartition('/')[2]}"
    return document


def _page(document: Json, base_url: str) -> str:
    info = document.get("info", {})
    title, version = _text(info.get("title", "API")), _text(info.get("version", ""))
    rooms = list(_rooms(document))
    links = "".join(_links(name, operations) for name, _, operations in rooms)
    shown = "".join(
        f"<h2>{_text(_title(name))}</h2><p>{_text(about)}</p>"
        + "".join(_operation(each, document, base_url) for each in operations)
        for name, about, operations in rooms
    )
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>{title}</title><style>{_STYLE.read_text()}</style>"
        f"<nav><input type='search' placeholder='Find an operation' aria-label='Find'>{links}</nav>"
        f"<main><h1>{title} <small>{version}</small></h1>"
        f"<p>{_text(info.get('description', ''))}</p><div class='start'>"
        f"<p>Base URL <code>{_text(base_url)}</code></p>"
        "<p>Send an access token as <code>Authorization: Bearer …</code>; with every command a new "
        "<code>Idempotency-Key</code>, and the same one when you repeat it.</p>"
        "<p>The whole definition: <a href='/openapi.json'>openapi.json</a></p></div>"
        f"{shown}</main><script>{_FILTER}</script></html>"
    )


def _rooms(document: Json) -> Iterator[tuple[str, str, list[Operation]]]:
    """Each tag with what it says of itself and its operations; what has no tag comes last."""
    found = list(_operations(document))
    tags = [(tag["name"], tag.get("description", "")) for tag in document.get("tags", ())]
    for name, about in [*tags, ("", "")]:
        inside = [each for each in found if (each.said.get("tags") or [""])[0] == name]
        if inside:
            yield name or "other", about, inside


def _operations(document: Json) -> Iterator[Operation]:
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                id = item[method].get("operationId", f"{method}{path}")
                yield Operation(id, method.upper(), path, item[method])


def _links(name: str, operations: list[Operation]) -> str:
    links = "".join(
        f"<a href='#{_text(each.id)}' data-words='{_words(each)}'>"
        f"{_text(each.said.get('summary', each.path))}</a>"
        for each in operations
    )
    return f"<h2>{_text(_title(name))}</h2>{links}"


def _operation(operation: Operation, document: Json, base_url: str) -> str:
    said = operation.said
    return (
        f"<details id='{_text(operation.id)}' data-words='{_words(operation)}'><summary>"
        f"<span class='method {operation.method}'>{operation.method}</span>"
        f"<code>{_text(operation.path)}</code><span>{_text(said.get('summary', ''))}</span>"
        f"</summary><div><p>{_prose(said.get('description', ''))}</p>"
        f"{_parameters(said)}{_body(said, document)}{_answers(said, document)}"
        f"<h4>Call it</h4>{_pre(_curl(operation, document, base_url))}</div></details>"
    )


def _parameters(said: Json) -> str:
    rows = "".join(
        _row(each["name"], f"{each['in']}, {_kind(each.get('schema', {}))}", each)
        for each in said.get("parameters", ())
        if "name" in each
    )
    return f"<h4>Parameters</h4><table>{rows}</table>" if rows else ""


def _body(said: Json, document: Json) -> str:
    media = said.get("requestBody", {}).get("content", {}).get("application/json")
    if media is None:
        return ""
    return f"<h4>Body</h4>{_fields(media.get('schema', {}), document)}" + _example(media, document)


def _answers(said: Json, document: Json) -> str:
    good, rows = "", ""
    shared = document.get("components", {}).get("responses", {})
    for status, given in said.get("responses", {}).items():
        answer = shared[given["$ref"].rpartition("/")[2]] if "$ref" in given else given
        rows += f"<tr><td><code>{_text(status)}</code></td><td>{_prose(answer['description'])}</td></tr>"
        media = answer.get("content", {}).get("application/json")
        if media is not None and str(status).startswith("2"):
            good = _fields(media.get("schema", {}), document) + _example(media, document)
    return f"<h4>Answers</h4><table>{rows}</table>{good}"


def _fields(schema: Json, document: Json) -> str:
    """The members of an object, one row each."""
    whole = _resolved(schema, document)
    needed = whole.get("required", ())
    rows = "".join(
        _row(name, _kind(each), {**_resolved(each, document), **each, "required": name in needed})
        for name, each in whole.get("properties", {}).items()
    )
    return f"<table>{rows}</table>" if rows else ""


def _row(name: str, kind: str, said: Json) -> str:
    needed = " <span class='needed'>required</span>" if said.get("required") is True else ""
    about = f"<p>{_prose(said['description'])}</p>" if said.get("description") else ""
    return (
        f"<tr><td><code>{_text(name)}</code>{needed}</td>"
        f"<td><span class='kind'>{_text(kind)}</span>{about}</td></tr>"
    )


def _kind(schema: Json) -> str:
    """A schema in few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            return " or ".join(_kind(each) for each in schema[key] if each.get("type") != "null")
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")


def _resolved(schema: Json, document: Json) -> Json:
    """What a reference leads to, also one that stands among alternatives."""
    for each in [schema, *schema.get("allOf", ()), *schema.get("anyOf", ())]:
        if "$ref" in each:
            name = each["$ref"].rpartition("/")[2]
            found: Json = document.get("components", {}).get("schemas", {}).get(name, {})
            return found
    return schema


def _example(media: Json, document: Json) -> str:
    value = _sample(media, document)
    return "" if value is None else _pre(json.dumps(value, indent=2, ensure_ascii=False))


def _sample(media: Json, document: Json) -> Any:
    """The example that stands there, or the shared one that is named."""
    for shared in media.get("examples", {}).values():
        name = shared.get("$ref", "").rpartition("/")[2]
        return document.get("components", {}).get("examples", {}).get(name, shared).get("value")
    return media.get("example")


def _curl(operation: Operation, document: Json, base_url: str) -> str:
    path = operation.path
    lines = []
    for each in operation.said.get("parameters", ()):
        if each.get("in") == "path" and "example" in each:
            path = path.replace(f"{{{each['name']}}}", str(each["example"]))
        if each.get("in") == "header" and each.get("required"):
            lines.append(f'-H "{each["name"]}: $(uuidgen)"')
    media = operation.said.get("requestBody", {}).get("content", {}).get("application/json")
    if media is not None:
        body = json.dumps(_sample(media, document) or {}, ensure_ascii=False).replace("'", "'\\''")
        lines += ["-H 'Content-Type: application/json'", f"-d '{body}'"]
    first = f"curl -sS -X {operation.method} '{base_url}{path}' -H \"Authorization: Bearer $TOKEN\""
    return " \\\n  ".join([first, *lines])


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _words(operation: Operation) -> str:
    return _text(f"{operation.method} {operation.path} {operation.said.get('summary', '')}")


def _pre(text: str) -> str:
    return f"<pre>{_text(text)}</pre>"


def _prose(text: str) -> str:
    """What is said in backquotes as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", _text(text))


def _text(value: object) -> str:
    return html.escape(str(value))
