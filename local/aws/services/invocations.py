"""Lambda's Invoke, as `aws lambda invoke` and `boto3` make it: call a function and wait for its answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.aws.workers import Result

type Json = dict[str, Any]
type Invoke = Callable[[str, Json], Awaitable[Result]]

PATH = "/2015-03-31/functions/{function:path}/invocations"


def invocations(invoke: Invoke, names: Mapping[str, str]) -> Route:
    """`names`: of each function, by what it is called in the template."""

    async def call(request: Request) -> Response:
        if not request.headers.get("authorization", "").startswith("AWS4-HMAC-SHA256"):
            # Nothing is secret here, but a page in a browser shall not call functions either.
            return _refused("MissingAuthenticationTokenException", "the call is not signed", 403)
        asked = request.path_params["function"].rpartition(":function:")[2].partition(":")[0]
        name = names.get(asked, asked)
        if name not in names.values():
            return _refused("ResourceNotFoundException", f"Function not found: {asked}", 404)
        try:
            event = json.loads(await request.body() or b"{}")
        except ValueError:
            return _refused("InvalidRequestContentException", "the payload is not JSON", 400)
        result = await invoke(name, event)
        failed = {"X-Amz-Function-Error": "Unhandled"} if result.error else {}
        return Response(result.payload, headers=failed, media_type="application/json")

    return Route(PATH, call, methods=["POST"])


def _refused(code: str, message: str, status: int) -> Response:
    body = json.dumps({"Type": "User", "Message": message})
    return Response(body, status, {"X-Amzn-ErrorType": code}, media_type="application/json")
