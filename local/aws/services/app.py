"""One loopback port for what is not the API: AWS services, the token issuer, the docs site."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.aws.rights import Call, NotAllowed, Rights, principal_of
from local.aws.services.api_keys import ApiKeys
from local.aws.services.errors import ServiceError
from local.aws.services.event_bus import EventBus
from local.aws.services.kms import Kms
from local.aws.services.logs import LogQueries
from local.aws.services.s3 import S3
from local.aws.services.secrets_manager import SecretsManager
from local.aws.services.sqs import Sqs
from local.aws.services.user_pool import UserPoolClients
from local.aws.template import Template

type Json = dict[str, Any]


class Services(NamedTuple):
    """What is served."""

    kms: Kms
    secrets: SecretsManager
    bus: EventBus
    s3: S3
    sqs: Sqs
    clients: UserPoolClients
    keys: ApiKeys
    logs: LogQueries

    @classmethod
    def of(cls, template: Template, store: sqlite3.Connection, logs: Path) -> Self:
        """With what the template declares; functions print into the folder `logs`."""
        return cls(
            Kms.of(template, store),
            SecretsManager(store),
            EventBus.of(template, store),
            S3.of(template, store),
            Sqs.of(template, store),
            UserPoolClients.of(template, store),
            ApiKeys.of(template, store),
            LogQueries.of(template, logs),
        )


def services_app(services: Services, rights: Rights, *, further: list[Route]) -> Starlette:
    """AWS's JSON protocols at `/`, the operation named by the X-Amz-Target header; API Gateway and S3 by path."""
    kms, secrets, bus, s3, sqs, clients, keys, logs = services
    operations: dict[str, tuple[Callable[[Json], Json], Callable[[Json], list[Call]]]] = {
        "TrentService.GenerateDataKey": (kms.generate_data_key, kms.calls("GenerateDataKey")),
        "TrentService.Decrypt": (kms.decrypt, kms.calls("Decrypt")),
        "TrentService.Sign": (kms.sign, kms.calls("Sign")),
        "TrentService.GetPublicKey": (kms.get_public_key, kms.calls("GetPublicKey")),
        "secretsmanager.GetSecretValue": (secrets.get_secret_value, secrets.calls),
        "AWSEvents.PutEvents": (bus.put_events, bus.calls),
        "AmazonSQS.SendMessageBatch": (sqs.send_message_batch, sqs.calls),
        "Logs_20140328.StartQuery": (logs.start_query, logs.start_calls),
        "Logs_20140328.GetQueryResults": (logs.get_query_results, logs.result_calls),
        **clients.operations(),
    }

    async def call(request: Request) -> Response:
        target = request.headers.get("x-amz-target", "")
        operation = operations.get(target)
        if operation is None:
            message = f"{target or 'this call'} is not served by the local stack"
            return _error(ServiceError("UnknownOperationException", message, status=501))
        work, calls = operation
        try:
            asked = json.loads(await request.body())
            rights.check(principal_of(request.headers), *calls(asked))
            return _json(work(asked))
        except NotAllowed as error:
            return _error(ServiceError("AccessDeniedException", str(error)))
        except ServiceError as error:
            return _error(error)
        except ValueError:
            return _error(ServiceError("SerializationException", "the body is not JSON"))

    return Starlette(
        routes=[Route("/", call, methods=["POST"]), *further, *keys.routes(rights), *s3.routes()]
    )


def _json(body: Json, status: int = 200) -> Response:
    return Response(json.dumps(body), status, media_type="application/x-amz-json-1.1")


def _error(error: ServiceError) -> Response:
    return _json({"__type": error.code, "message": error.message}, error.status)
