"""A scene as the REST proxy event that API Gateway makes of it."""

import json
from typing import Any

from tests.artefact.scenes.common import Json, Scene


def proxy_event(scene: Scene) -> Json:
    """The event that a REST API's Lambda proxy integration sends."""
    method, resource = scene.route.split(" ")
    path = resource.format(**scene.variables)
    headers = {
        "Accept": "application/json",
        "Authorization": "Bearer left-out",
        "Content-Type": "application/json",
        "Coverwright-Clock": scene.at,
        "Host": "api.coverwright.example",
        **scene.headers,
    }
    key = scene.key or scene.path.partition("/")[2]
    if method == "POST" and key != "-":
        headers["Idempotency-Key"] = key
    body = json.dumps(scene.body) if isinstance(scene.body, dict) else scene.body
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": dict(scene.query) or None,
        "multiValueQueryStringParameters": {n: [v] for n, v in scene.query.items()} or None,
        "pathParameters": dict(scene.variables) or None,
        "stageVariables": None,
        "requestContext": request_context(method, resource, path, authorizer=scene.caller),
        "body": body,
        "isBase64Encoded": False,
    }


def request_context(method: str, resource: str, path: str, **further: Any) -> Json:
    return {
        "accountId": "123456789012",
        "apiId": "a1b2c3d4e5",
        "domainName": "api.coverwright.example",
        "httpMethod": method,
        "identity": {"sourceIp": "192.0.2.17", "userAgent": "events"},
        "path": f"/dev{path}",
        "protocol": "HTTP/1.1",
        "requestId": "0f0a3e1c-5a1c-4a43-9f6e-3a6d8c1b2e4f",
        "requestTime": "22/Nov/2026:10:00:00 +0000",
        "requestTimeEpoch": 1795341600000,
        "resourceId": "r3s0rc",
        "resourcePath": resource,
        "stage": "dev",
        **further,
    }
