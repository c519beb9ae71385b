"""The site's distribution: what `make docs` built, as CloudFront serves it from the bucket."""

from __future__ import annotations

import gzip
import json
import mimetypes
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from local.aws.cloudformation import read_yaml

type Json = dict[str, Any]

NOT_BUILT = "The docs are not built yet: `make docs` builds them.\n"
_TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")


def site_routes(site: Path, published: Path, api: Callable[[], str], sign_in: str) -> list[Route]:
    """The files of a folder under `/docs/`, and the definition with the addresses of this stack."""

    async def definition(_: Request) -> Response:
        document = addressed(read_yaml(published), api(), sign_in)
        return Response(json.dumps(document), media_type="application/json")

    async def to_docs(_: Request) -> Response:
        return RedirectResponse("/docs/", 302)

    async def file(request: Request) -> Response:
        found = file_at(site, f"docs/{request.path_params['path']}")
        missing = site / "docs" / "404.html"
        if found is None and not missing.exists():
            return Response(NOT_BUILT, 404, media_type="text/plain")
        return _response(found or missing, 200 if found else 404, request)

    return [
        Route("/openapi.json", definition),
        Route("/docs/openapi.json", definition),
        Route("/docs", to_docs),
        Route("/docs/{path:path}", file),
    ]


def file_at(site: Path, path: str) -> Path | None:
    """The file that an address leads to: `x/` is its index, and `x` without an ending a page."""
    name = PurePosixPath(path)
    if ".." in name.parts:
        return None
    if path.endswith("/"):
        name /= "index.html"
    elif not name.suffix:
        name = name.with_name(f"{name.name}.html")
    found = site / name
    return found if found.is_file() else None


def addressed(definition: Json, api: str | None, sign_in: str | None) -> Json:
    """The definition with the addresses of a stack: its API's, and where its callers sign in."""
    if sign_in:
        for scheme in definition.get("components", {}).get("securitySchemes", {}).values():
            for flow in scheme.get("flows", {}).values():
                for name in flow.keys() & {"tokenUrl", "authorizationUrl", "refreshUrl"}:
                    flow[name] = f"{sign_in}/oauth2/{flow[name].rpartition('/')[2]}"
    return {**definition, "servers": [{"url": api}]} if api else definition


def _response(file: Path, status: int, request: Request) -> Response:
    body = file.read_bytes()
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    headers = {"Vary": "Accept-Encoding"}
    if kind.startswith(_TEXT) and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 6)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status, headers, media_type=kind)
