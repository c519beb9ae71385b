"""What the functions talk to: a real DynamoDB engine and the local services, every call written down."""

import json
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import httpx
from botocore.model import OperationModel
from insurance.config import docs_url
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from local.aws import rights as rights_of
from local.aws.cloudformation import REGION
from local.aws.engine import running_engine
from local.aws.rights import LEADING_KEYS, NotAllowed, Rights, principal_of
from local.aws.services.app import Services, services_app
from local.aws.services.kms import Kms
from local.aws.services.s3 import S3
from local.aws.services.store import open_store
from local.aws.template import Template
from local.seeding import ensure_keys_and_secrets
from local.settings import ANY_PORTS, Settings
from tests.support.backend import State, state_of, write_services
from tests.support.engine import read_tables, write_tables
from tests.support.lean_client import LeanClient
from tests.support.partners import register_partners
from tests.support.serving import served

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
ISSUER = "https://issuer.coverwright.example"

# What IAM calls them; a HEAD needs what a GET needs.
SERVICES = {
    "TrentService": "kms",
    "AWSEvents": "events",
    "AmazonSQS": "sqs",
    "Logs_20140328": "logs",
    "AWSCognitoIdentityProviderService": "cognito-idp",
}
S3_ACTIONS = {
    "PUT": "PutObject",
    "POST": "PutObject",
    "GET": "GetObject",
    "HEAD": "GetObject",
    "DELETE": "DeleteObject",
}


KEY_TABLES = ("kms_keys", "secrets")
READING = {
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:GetItem",
    "dynamodb:Query",
}
"""What functions ask of tables without changing them. Whatever else they ask, the table is read again after it."""


class Call(NamedTuple):
    """One permission that a function made use of."""

    folder: str
    action: str
    """As IAM names it: `dynamodb:PutItem`."""
    resource: str
    """A table's or bucket's name, of events with the streams; a key's purpose; empty where the function
    knows only one."""


class Backend:
    """The engine, the services, and who called what."""

    def __init__(
        self,
        template: Template,
        url: str,
        engine_url: str,
        store: sqlite3.Connection,
        rights: Rights,
    ) -> None:
        self.template = template
        self._store = store
        self.engine_url = engine_url
        self._rights = rights
        self.url = url
        self.calls: set[Call] = set()
        self._known: dict[str, list[Json]] = {}
        """What tables hold to which nobody has written since they were read or written here."""
        self._tables: DynamoDBClient = boto3.client(
            "dynamodb",
            endpoint_url=engine_url,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        self._tables.meta.events.register("before-call.dynamodb", self._forget)

    def items(self, logical_id: str) -> list[Json]:
        """Everything in a table."""
        name = self.template.resources[logical_id].name
        return [dict(item) for item in self._read()[name]]

    def write(self, logical_id: str, item: Json) -> None:
        """Put an item into a table."""
        self._tables.put_item(TableName=self.template.resources[logical_id].name, Item=item)

    def files(self) -> list[bytes]:
        """Everything in the buckets."""
        return [body for (body,) in self._store.execute("SELECT body FROM objects")]

    def bus(self) -> str:
        """Everything that was put on the bus."""
        return "\n".join(detail for (detail,) in self._store.execute("SELECT detail FROM events"))

    @property
    def dynamodb(self) -> "DynamoDBClient":
        """The engine's client, which may do everything."""
        return self._tables

    def judge(self, folder: str, operation: str, asked: Json) -> None:
        """A function in this process calls the engine itself, and may: it is noted as if it had come by here.

        Raises:
            NotAllowed: The template does not give it the right.
        """
        self.note(used(folder, f"DynamoDB.{operation}", asked, self._rights))
        [name] = (
            each.name for each in self.template.functions.values() if each.folder.name == folder
        )
        self._rights.dynamodb(name, operation, asked)

    def _forget(self, model: OperationModel, **_: Any) -> None:
        """The client writes to some table, for itself or for those it was given to."""
        if f"dynamodb:{model.name}" not in READING:
            self._known.clear()

    def note(self, calls: set[Call]) -> None:
        """A function makes these calls."""
        self.calls |= calls
        for call in calls:
            if call.action.startswith("dynamodb:") and call.action not in READING:
                self._known.pop(call.resource.partition(" ")[0], None)

    def keys(self) -> dict[str, list[list[Any]]]:
        """The rows of the keys that everything is wrapped with, and of the secrets."""
        return {
            table: [list(row) for row in self._store.execute(f"SELECT * FROM {table}")]  # noqa: S608 - two names of ours
            for table in KEY_TABLES
        }

    def take_keys(self, keys: Mapping[str, list[list[Any]]]) -> None:
        """Use these keys and secrets from now on. What a release has no key for has a new one."""
        for table in KEY_TABLES:
            self._store.execute(f"DELETE FROM {table}")  # noqa: S608 - as above
            for row in keys[table]:
                places = ", ".join("?" * len(row))
                self._store.execute(f"INSERT INTO {table} VALUES ({places})", row)  # noqa: S608 - as above

        for key in self.template.of_type("AWS::KMS::Key"):
            Kms(self._store).ensure_key(key.arn)

    def close(self) -> None:
        self._tables.close()

    def empty(self) -> None:
        """Fresh tables with the sample applications and the issuer's keys in them; no files."""
        self.restore(State({}, []))
        register_partners(self._tables)
        keys = (ROOT / "tests" / "artefact" / "issuer_keys.json").read_text(encoding="utf-8")
        self.write(
            "JwksTable",
            {
                "id": {"S": ISSUER},
                "schema": {"N": "1"},
                "document": {"S": keys},
                "fetched_at": {"N": str(int(time.time()))},
                "expires_at": {"N": str(int(time.time()) + 3600)},
            },
        )

    def state(self) -> "State":
        """Everything in tables, buckets, user pool and usage plans."""
        return state_of(self._read(), self._store)

    def restore(self, state: "State") -> None:
        """All that as it was then."""
        wanted = {
            each["TableName"]: state.items.get(each["TableName"], _NONE)
            for each in self.template.tables()
        }
        other = {
            name: items for name, items in wanted.items() if self._known.get(name) is not items
        }
        requests = [each for each in self.template.tables() if each["TableName"] in other]
        write_tables(self.engine_url, requests, other)
        self._known.update(other)
        write_services(self._store, state)

    def _read(self) -> dict[str, list[Json]]:
        """Every item, by table: of a table to which nobody has written, what is known."""
        requests = [each for each in self.template.tables() if each["TableName"] not in self._known]
        self._known.update(read_tables(self.engine_url, requests))
        return {
            each["TableName"]: self._known[each["TableName"]] for each in self.template.tables()
        }


_NONE: list[Json] = []


def used(folder: str, target: str, body: Json, rights: Rights) -> set[Call]:
    """The permissions that a call needs."""
    service, _, operation = target.partition(".")
    if not service.startswith("DynamoDB"):
        prefix = SERVICES.get(service, service)
        operation = operation.removesuffix("Batch")  # IAM has one right for both
        purpose = body.get("EncryptionContext", {}).get("purpose", "")
        return {Call(folder, f"{prefix}:{operation}", purpose)}
    return {
        Call(folder, call.action, call.resource.partition("/")[2] + stream)
        for call in rights.dynamodb_calls(operation, body)
        for stream in written_streams(call)
    }


def written_streams(call: rights_of.Call) -> list[str]:
    """Of an event that is written, what its stream's id begins with."""
    if call.action != "dynamodb:PutItem" or not call.resource.endswith("EventsTable"):
        return [""]
    return [f" {key.partition('_')[0]}_*" for key in call.context[LEADING_KEYS]]


@contextmanager
def backend(folder: Path) -> Iterator[Backend]:
    """Start everything in a folder, and stop it."""
    # Answers are kept: problems in them name the example's address of the docs.
    named = {"DocsUrl": docs_url()}
    template = Template(ROOT / "template.yaml", overrides=named, issuer_url=ISSUER)
    store = open_store(folder / "services.sqlite")
    store.execute("PRAGMA synchronous = OFF")  # what a power cut takes is no test's
    offered, rights = Services.of(template, store, folder), Rights.of(template)
    services = services_app(offered, rights, further=[])
    ensure_keys_and_secrets(template, offered.kms, offered.secrets)
    settings = Settings(ports=ANY_PORTS)
    with running_engine(settings, log=folder / "engine.log") as engine_url:
        holder: list[Backend] = []
        folders = {each.name: each.folder.name for each in template.functions.values()}
        functions = _recording(holder, services, offered.s3, engine_url, rights, folders)
        with served(functions, lifespan="on") as url:
            holder.append(Backend(template, url, engine_url, store, rights))
            yield holder[0]
            holder[0].close()
    store.close()


def _gateways_own(holder: list[Backend]) -> list[Route]:
    """API Gateway's own API, whose operations are paths."""

    async def call(request: Request) -> Response:
        folder, method = request.path_params["folder"], request.method
        holder[0].calls.add(Call(folder, f"apigateway:{method}", ""))
        path = request.url.path.removeprefix(f"/{folder}")
        kept = {"content-type", "authorization", "x-amz-date"}
        answer = await request.app.state.services.request(
            method,
            f"{path}?{request.url.query}",
            content=await request.body(),
            headers={name: value for name, value in request.headers.items() if name in kept},
        )
        passed = {"content-type", "x-amzn-errortype"} & answer.headers.keys()
        headers = {name: answer.headers[name] for name in passed}
        return Response(answer.content, answer.status_code, headers)

    return [
        Route("/{folder}/apikeys", call, methods=["GET", "POST"]),
        Route("/{folder}/usageplans", call),
        Route("/{folder}/usageplans/{plan}/keys", call, methods=["POST"]),
    ]


def _recording(
    holder: list[Backend],
    services: Starlette,
    s3: S3,
    engine_url: str,
    rights: Rights,
    folders: Mapping[str, str],
) -> Starlette:
    """One address per function: `/quoting` is what quoting calls, and what it may not call is refused."""
    engine = LeanClient(engine_url)

    @asynccontextmanager
    async def clients(app: Starlette) -> AsyncIterator[None]:
        inside = httpx.ASGITransport(services)
        with closing(engine):
            async with httpx.AsyncClient(transport=inside, base_url="http://services") as client:
                app.state.services = client
                yield

    async def call(request: Request) -> Response:
        body = await request.body()
        target, asked = request.headers["x-amz-target"], json.loads(body)
        # Calls of DynamoDB go to the root, whatever the endpoint's path: who signed them says whose they are.
        folder = request.path_params.get("folder") or folders[principal_of(request.headers)]
        holder[0].note(used(folder, target, asked, rights))
        if target.startswith("DynamoDB"):
            try:
                rights.dynamodb(principal_of(request.headers), target.partition(".")[2], asked)
            except NotAllowed as error:
                return JSONResponse({"__type": "AccessDeniedException", "Message": str(error)}, 400)
            status, said = engine.pass_on(target, body)  # in less time than a turn of the loop
            return Response(said, status, media_type="application/x-amz-json-1.0")
        kept = {"x-amz-target", "content-type", "authorization", "x-amz-date"}
        headers = {name: value for name, value in request.headers.items() if name in kept}
        answer = await request.app.state.services.post("/", content=body, headers=headers)
        passed = {name: answer.headers[name] for name in ("content-type",)}
        return Response(answer.content, answer.status_code, passed)

    async def files(scope: Scope, receive: Receive, send: Send) -> None:
        """S3 as it is asked: a signature is over the path, so the path stays what it was."""
        request = Request(scope)
        bucket = request.scope["path"].split("/")[2]
        action = f"s3:{S3_ACTIONS[request.method]}"
        if "versions" in request.query_params:
            action = "s3:ListBucketVersions"
        elif "tagging" in request.query_params:
            action += "Tagging"
        elif "versionId" in request.query_params:
            action += "Version"
        holder[0].calls.add(Call(request.path_params["folder"], action, bucket))
        await objects(scope, receive, send)

    objects = Starlette(routes=s3.routes())
    return Starlette(
        routes=[
            Route("/", call, methods=["POST"]),
            Route("/{folder}/", call, methods=["POST"]),
            Route("/{folder}", call, methods=["POST"]),
            *_gateways_own(holder),
            Mount("/{folder}", files),
        ],
        lifespan=clients,
    )
