"""API Gateway's keys and their usage plans: made through its own API, and read by the local gateway."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, Self

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.aws.cloudformation import REGION
from local.aws.gateway.plans import ApiKey
from local.aws.rights import Call, NotAllowed, Rights, principal_of
from local.aws.services.errors import ServiceError
from local.aws.template import Template

type Json = dict[str, Any]

VALUE_CHARACTERS = range(20, 129)


class ApiKeys:
    """CreateApiKey, GetApiKeys, GetUsagePlans and CreateUsagePlanKey."""

    def __init__(self, store: sqlite3.Connection, plans: Mapping[str, str]) -> None:
        """`plans` are the names of the usage plans by id."""
        self._store = store
        self._plans = dict(plans)

    @classmethod
    def of(cls, template: Template, store: sqlite3.Connection) -> Self:
        """With the usage plans that the template declares."""
        plans = {
            template.ref(plan.logical_id): plan.properties["UsagePlanName"]
            for plan in template.of_type("AWS::ApiGateway::UsagePlan")
        }
        return cls(store, plans)

    def find(self, value: str) -> ApiKey | None:
        """The key of a value, with the plan that it is in; one in no plan counts for nothing."""
        row = self._store.execute(
            "SELECT id, value, plan, enabled FROM usage_keys WHERE value = ?", (value,)
        ).fetchone()
        return ApiKey(row[0], row[1], row[2] or "", bool(row[3])) if row else None

    def create_api_key(self, request: Json) -> Json:
        value = request.get("value") or secrets.token_hex(20)
        if len(value) not in VALUE_CHARACTERS:
            raise ServiceError("BadRequestException", "a key has 20 to 128 characters")
        key_id, name = secrets.token_hex(5), request.get("name", "")
        enabled = bool(request.get("enabled"))
        try:
            self._store.execute(
                "INSERT INTO usage_keys VALUES (?, ?, ?, NULL, ?)", (key_id, name, value, enabled)
            )
        except sqlite3.IntegrityError:
            raise ServiceError("ConflictException", "API Key already exists", status=409) from None
        return {"id": key_id, "name": name, "value": value, "enabled": enabled}

    def get_api_keys(self, request: Json) -> Json:
        rows = self._store.execute(
            "SELECT id, name, enabled FROM usage_keys WHERE substr(name, 1, length(?1)) = ?1",
            (request.get("nameQuery", ""),),
        )
        return {"items": [{"id": id, "name": name, "enabled": bool(on)} for id, name, on in rows]}

    def get_usage_plans(self, _request: Json) -> Json:
        return {"items": [{"id": id, "name": name} for id, name in self._plans.items()]}

    def create_usage_plan_key(self, request: Json) -> Json:
        if request["usagePlanId"] not in self._plans:
            raise ServiceError("NotFoundException", "Invalid Usage Plan identifier", status=404)
        row = self._store.execute(
            "SELECT name, plan FROM usage_keys WHERE id = ?", (request["keyId"],)
        ).fetchone()
        if row is None:
            raise ServiceError("NotFoundException", "Invalid API Key identifier", status=404)
        if row[1] is not None:  # a stage takes a key of one plan alone
            raise ServiceError("ConflictException", "the key is in a usage plan", status=409)
        self._store.execute(
            "UPDATE usage_keys SET plan = ? WHERE id = ?",
            (request["usagePlanId"], request["keyId"]),
        )
        return {"id": request["keyId"], "type": "API_KEY", "name": row[0]}

    def routes(self, rights: Rights) -> list[Route]:
        """API Gateway's own API, whose paths say what is asked for."""

        def route(path: str, method: str, work: Callable[[Json], Json], status: int) -> Route:
            async def answer(request: Request) -> Response:
                try:
                    resource = f"arn:aws:apigateway:{REGION}::{request.url.path}"
                    call = Call(f"apigateway:{method}", resource, {})
                    rights.check(principal_of(request.headers), call)
                    return _json(work(await _asked(request)), status)
                except NotAllowed as error:
                    return _error(ServiceError("AccessDeniedException", str(error), status=403))
                except ServiceError as error:
                    return _error(error)

            return Route(path, answer, methods=[method])

        return [
            route("/apikeys", "POST", self.create_api_key, 201),
            route("/apikeys", "GET", self.get_api_keys, 200),
            route("/usageplans", "GET", self.get_usage_plans, 200),
            route("/usageplans/{usagePlanId}/keys", "POST", self.create_usage_plan_key, 201),
        ]


async def _asked(request: Request) -> Json:
    """A request by the names that the service's model has for its parts."""
    body = await request.body()
    query = {"nameQuery": request.query_params.get("name", "")}
    return {**query, **(json.loads(body) if body else {}), **request.path_params}


def _json(body: Json, status: int) -> Response:
    renamed = {"item" if key == "items" else key: value for key, value in body.items()}
    return Response(json.dumps(renamed), status, media_type="application/json")


def _error(error: ServiceError) -> Response:
    answer = _json({"message": error.message}, error.status)
    answer.headers["x-amzn-errortype"] = error.code
    return answer
