"""The distributions of docs and portal: what `make docs` and `make portal` built, as CloudFront serves it from the bucket."""

from __future__ import annotations

import gzip
import json
import mimetypes
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from local.aws.cloudformation import read_yaml
from local.aws.template import Template

type Json = dict[str, Any]

NOT_BUILT = "The docs are not built yet: `make docs` builds them.\n"
NO_PORTAL = "The portal is not built yet: `make portal` builds it.\n"
SITE, PORTAL = "SiteDistribution", "PortalDistribution"
PORTAL_CLIENT = "PortalClient"
_TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")


def site_routes(
    site: Path, template: Template, api: Callable[[], str], sign_in: str
) -> list[Route]:
    """The files of a folder under `/docs/`, and the definition with the addresses of this stack."""
    published = template.path.with_name("openapi.yaml")
    behaviors = list(_behaviors(template, SITE))

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
        headers = _headers_at(request.url.path, behaviors)
        return _response(found or missing, 200 if found else 404, headers, request)

    return [
        Route("/openapi.json", definition),
        Route("/docs/openapi.json", definition),
        Route("/docs", to_docs),
        Route("/docs/{path:path}", file),
    ]


def portal_routes(
    site: Path, template: Template, gateway: Callable[[], Any], sign_in: str
) -> list[Route]:
    """The portal under `/portal/`, and the API under the portal's own name. On AWS it has a name to itself, and stands at
    its root."""
    behaviors = list(_behaviors(template, PORTAL))

    async def configuration(request: Request) -> Response:
        told = portal_configuration(sign_in, template.ref(PORTAL_CLIENT), f"{sign_in}/docs")
        return JSONResponse(told, headers=dict(_headers_at(request.url.path, behaviors)))

    async def file(request: Request) -> Response:
        found = file_at(site, f"portal/{request.path_params['path']}")
        if found is None:
            missing = "" if (site / "portal").exists() else NO_PORTAL
            return Response(missing, 404, media_type="text/plain")
        return _response(found, 200, _headers_at(request.url.path, behaviors), request)

    async def to_portal(_: Request) -> Response:
        return RedirectResponse("/portal/", 302)

    return [
        Route("/portal", to_portal),
        Route("/portal/configuration.json", configuration),
        Route("/portal/{path:path}", file),
        Route("/v1/{path:path}", PassedOn(gateway)),
    ]


class PassedOn:
    """A call that the distribution passes on to the API, whose headers it leaves as they are but for the host."""

    def __init__(self, gateway: Callable[[], Any]) -> None:
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._gateway()(scope, receive, send)


def portal_configuration(sign_in: str, client_id: str, docs: str) -> Json:
    """What the portal must be told: where people sign in, as which client, and where the docs are."""
    return {"sign_in": sign_in, "client_id": client_id, "docs": docs}


def _headers_at(path: str, behaviors: list[tuple[str, Mapping[str, str]]]) -> Mapping[str, str]:
    return next(headers for pattern, headers in behaviors if fnmatchcase(path, pattern))


def _behaviors(template: Template, name: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Which headers a distribution adds by which path; the last pattern is of all others."""
    policies = {
        each.name: dict(_headers(each.properties["ResponseHeadersPolicyConfig"]))
        for each in template.of_type("AWS::CloudFront::ResponseHeadersPolicy")
    }
    distribution = template.resources.get(name)
    if distribution is not None:
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
