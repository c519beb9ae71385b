"""The site's distribution: what `make docs` built, as CloudFront serves it from the bucket."""

from __future__ import annotations

import gzip
import json
import mimetypes
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from local.aws.cloudformation import read_yaml
from local.aws.template import Template

type Json = dict[str, Any]

NOT_BUILT = "The docs are not built yet: `make docs` builds them.\n"
_TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")


def site_routes(
    site: Path, template: Template, api: Callable[[], str], sign_in: str
) -> list[Route]:
    """The files of a folder under `/docs/`, and the definition with the addresses of this stack."""
    published = template.path.with_name("openapi.yaml")
    behaviors = list(_behaviors(template))

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
        headers = next(
            headers for pattern, headers in behaviors if fnmatchcase(request.url.path, pattern)
        )
        return _response(found or missing, 200 if found else 404, headers, request)

    return [
        Route("/openapi.json", definition),
        Route("/docs/openapi.json", definition),
        Route("/docs", to_docs),
        Route("/docs/{path:path}", file),
    ]


def _behaviors(template: Template) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Which headers CloudFront adds by which path; the last pattern is of all others."""
    policies = {
        each.name: dict(_headers(each.properties["ResponseHeadersPolicyConfig"]))
        for each in template.of_type("AWS::CloudFront::ResponseHeadersPolicy")
    }
    for distribution in template.of_type("AWS::CloudFront::Distribution"):
        config = distribution.properties["DistributionConfig"]
        for behavior in (*config["CacheBehaviors"], config["DefaultCacheBehavior"]):
            yield behavior.get("PathPattern", "*"), policies[behavior["ResponseHeadersPolicyId"]]
    yield "*", {}


def _headers(config: Json) -> Iterator[tuple[str, str]]:
    """The headers of a policy; that the site comes over TLS alone is untrue on this machine."""
    security = config["SecurityHeadersConfig"]
    yield "Content-Security-Policy", security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    yield "X-Content-Type-Options", "nosniff"
    yield "X-Frame-Options", security["FrameOptions"]["FrameOption"]
    yield "Referrer-Policy", security["ReferrerPolicy"]["ReferrerPolicy"]


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


def _response(file: Path, status: int, added: Mapping[str, str], request: Request) -> Response:
    body = file.read_bytes()
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    headers = {"Vary": "Accept-Encoding", **added}
    if kind.startswith(_TEXT) and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 6)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status, headers, media_type=kind)
