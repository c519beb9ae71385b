"""The API's page: openapi.yaml as one HTML document, served from here, with nothing from elsewhere."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from local.gateway.definition import METHODS, Definition

type Json = dict[str, Any]

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 14px/1.4 ui-monospace, monospace; }
pre { background: #f4f4f2; padding: .75rem; overflow-x: auto; }
section { border-top: 1px solid #ccc; padding: .5rem 0; }
.method { display: inline-block; min-width: 4rem; font-weight: 700; }
table { border-collapse: collapse; } td, th { padding: .1rem .8rem .1rem 0; text-align: left; }
@media (prefers-color-scheme: dark) { body { background: #181816; color: #ddd; } pre { background: #262624; } }
"""


def page_routes(definition: Definition, base_url: Callable[[], str]) -> list[Route]:
    """`/docs` for people, `/openapi.json` for machines."""
    document = _public(definition.document)

    async def page(_: Request) -> Response:
        return HTMLResponse(_page(document, base_url()))

    async def machine(_: Request) -> Response:
        return JSONResponse({**document, "servers": [{"url": base_url()}]})

    return [Route("/docs", page), Route("/openapi.json", machine)]


def _public(value: Any) -> Any:
    """The definition without what only API Gateway reads."""
    if isinstance(value, dict):
        return {k: _public(v) for k, v in value.items() if not str(k).startswith("x-amazon-")}
    return [_public(each) for each in value] if isinstance(value, list) else value


def _page(document: Json, base_url: str) -> str:
    info = document.get("info", {})
    title = html.escape(str(info.get("title", "API")))
    operations = "".join(_operations(document))
    schemas = "".join(
        f"<section id='{html.escape(name)}'><h3>{html.escape(name)}</h3>{_pre(schema)}</section>"
        for name, schema in document.get("components", {}).get("schemas", {}).items()
    )
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{title}</title>"
        f"<style>{_STYLE}</style><h1>{title} {html.escape(str(info.get('version', '')))}</h1>"
        f"<p>{html.escape(str(info.get('description', '')))}</p>"
        f"<p>Base URL: <code>{html.escape(base_url)}</code> · "
        f"<a href='/openapi.json'>openapi.json</a></p>{operations}<h2>Schemas</h2>{schemas}</html>"
    )


def _operations(document: Json) -> Iterator[str]:
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield _operation(method.upper(), path, item[method])


def _operation(method: str, path: str, operation: Json) -> str:
    parameters = "".join(
        f"<tr><td><code>{html.escape(each['name'])}</code></td><td>{html.escape(each['in'])}</td>"
        f"<td>{'required' if each.get('required') else ''}</td></tr>"
        for each in operation.get("parameters", ())
        if "name" in each
    )
    scopes = sorted({s for each in operation.get("security", ()) for v in each.values() for s in v})
    body = operation.get("requestBody", {}).get("content", {})
    bodies = "".join(f"<h4>Body, {html.escape(kind)}</h4>{_pre(m)}" for kind, m in body.items())
    answers = "".join(
        f"<tr><td><code>{html.escape(str(status))}</code></td>"
        f"<td>{html.escape(str(answer.get('description', '')))}</td></tr>"
        for status, answer in operation.get("responses", {}).items()
    )
    needs = f"<p>Scope: <code>{html.escape(' '.join(scopes))}</code></p>" if scopes else ""
    return (
        f"<section><h3><span class='method'>{method}</span> <code>{html.escape(path)}</code></h3>"
        f"<p>{html.escape(str(operation.get('summary', '')))}</p>{needs}"
        f"<table>{parameters}</table>{bodies}<table>{answers}</table></section>"
    )


def _pre(value: Any) -> str:
    return f"<pre>{html.escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"
