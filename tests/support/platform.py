"""The handlers in this process, on stores in memory or on a real engine.

What an HTTP caller sees, without the wait: the calls are the REST proxy events that API Gateway
makes, the callers are those of the local stack.

The functions are loaded once a process. What they were given then stands for the stores, products,
keys and files of the platform that is open, so that opening another takes no time.
"""

import importlib.util
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import parse_qsl

from insurance import bundles, telemetry, wiring
from insurance.catalogue import Catalogue
from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.identity import Mode
from insurance.domain.product import Product
from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.stores import Stores
from insurance.operations.command import Command
from insurance.operations.payments.queue_payments import queue_payments
from insurance.operations.policy.register_in_force import register_in_force
from insurance.operations.products.ports import Products

from demo.samples import BANKS, CALLERS, Machine, Partner
from tests.fakes.billing import MemoryBilling
from tests.fakes.claims import MemoryClaims
from tests.fakes.complaints import MemoryComplaints
from tests.fakes.documents import MemoryObjects
from tests.fakes.keys import PlainKeys
from tests.fakes.memory import Memory
from tests.fakes.parties import MemoryAccesses
from tests.fakes.policy import MemoryPolicies, MemoryPolicyChanges, MemoryRenewals
from tests.fakes.products import MemoryProductVersions
from tests.fakes.quoting import MemoryQuotes
from tests.fakes.screening import MemoryScreenings
from tests.fakes.work import MemoryWorkLists
from tests.support.routes import check_declared

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]

FUNCTIONS = Path(__file__).parents[2] / "functions"
FOLDERS = (
    "quoting",
    "policy_issuance",
    "policy_servicing",
    "claim_intake",
    "evidence",
    "claim_assessment",
    "settlement",
    "work_list",
    "complaints",
    "billing",
    "payment_execution",
)


@dataclass(frozen=True)
class Answered:
    """What came back: the status, the body, and whether it was a replay."""

    status: int
    body: Json
    headers: Mapping[str, str]


@dataclass
class Platform:
    """What a policy and its claims need, called as the gateway would call it."""

    apps: Sequence[ModuleType]
    parts: "Parts"
    now: datetime = datetime(2026, 11, 20, 9, tzinfo=UTC)
    numbers: Iterator[int] = field(default_factory=count)
    tables: dict[str, str] = field(default_factory=dict)
    """Where it keeps things, by the name of the setting; empty for one in memory."""

    @property
    def objects(self) -> MemoryObjects:
        """The files that it wrote."""
        return self.parts.objects

    @property
    def products(self) -> Products:
        """The products that it sells."""
        return self.parts.products

    def call(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        by: str = "harbour-test",
        key: str | None = None,
        query: Mapping[str, str] | None = None,
        **headers: str,
    ) -> Answered:
        sent = {
            "Idempotency-Key": key or f"key-{next(self.numbers)}",
            "Coverwright-Clock": self.now.isoformat().replace("+00:00", "Z"),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        path, _, asked = path.partition("?")
        asked_too = {**dict(parse_qsl(asked)), **(query or {})}
        event = {
            "resource": path,
            "path": path,
            "httpMethod": method,
            "headers": sent,
            "multiValueHeaders": {name: [value] for name, value in sent.items()},
            "queryStringParameters": asked_too or None,
            "requestContext": {"requestId": "r-1", "authorizer": authorizer(by), "stage": "v1"},
            "body": None if body is None else json.dumps(body),
            "isBase64Encoded": False,
        }
        app = self._app_of(method, path)
        result = app.handler(event, _Context())
        check_declared(app.api.routes, event, result)
        answer_headers = {
            name: values[-1] for name, values in result.get("multiValueHeaders", {}).items()
        }
        text = result.get("body") or "{}"
        return Answered(result["statusCode"], json.loads(text), answer_headers)

    def post(self, path: str, body: Json | None = None, **arguments: Any) -> Json:
        """The body of an answer that must be a success."""
        answered = self.call("POST", path, {} if body is None else body, **arguments)
        assert answered.status < 300, answered.body
        return answered.body

    def get(self, path: str, **arguments: Any) -> Json:
        answered = self.call("GET", path, **arguments)
        assert answered.status == 200, answered.body
        return answered.body

    def refused(self, path: str, body: Json | None = None, **arguments: Any) -> str:
        """The slug of the problem that the call must be answered with."""
        answered = self.call("POST", path, {} if body is None else body, **arguments)
        assert answered.status >= 400, answered.body
        slug: str = answered.body["code"]
        return slug

    def deliver(self) -> None:
        """What the stream of events brings, from the first event on: it may come more than once."""
        stores = self.parts.stores
        events = wiring.dynamodb().scan(TableName=self.tables["events"])["Items"]
        for item in events:
            queue_payments(read_event(item), instructions=stores.instructions)
            register_in_force(read_event(item), policies=stores.policies_in_force)

    def offering(self, *products: Product) -> None:
        """Sell these products beside the bundled ones."""
        self.parts.products = Shelf(self.parts.products, products)

    def _app_of(self, method: str, path: str) -> ModuleType:
        for app in self.apps:
            for operation in app.api.routes:
                rule = re.sub(r"\{[a-z_]+\}", "[^/]+", operation.path)
                if operation.method == method and re.fullmatch(rule, path):
                    return app
        raise LookupError(f"{method} {path}")


@dataclass(frozen=True)
class Shelf:
    """The port `Products` with some of a test's own."""

    behind: Products
    own: tuple[Product, ...]

    def on_sale(self, code: str, day: Any, mode: Mode) -> Product:
        return self._own(code) or self.behind.on_sale(code, day, mode)

    def for_renewal(self, code: str, day: Any, mode: Mode) -> Product:
        return self._own(code) or self.behind.for_renewal(code, day, mode)

    def version(self, ref: ProductRef) -> Product:
        return self._own(ref.code) or self.behind.version(ref)

    def sells(self, ref: ProductRef, day: Any, mode: Mode, *, renewal: bool) -> bool:
        return bool(self._own(ref.code)) or self.behind.sells(ref, day, mode, renewal=renewal)

    def all_on_sale(self, day: Any, mode: Mode) -> list[Product]:
        return [*self.behind.all_on_sale(day, mode), *self.own]

    def _own(self, code: str) -> Product | None:
        return next((product for product in self.own if product.code == code), None)


@dataclass(frozen=True)
class _Context:
    """What Powertools wants to know of Lambda."""

    function_name: str = "test"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn:aws:lambda:eu-west-2:123456789012:function:test"
    aws_request_id: str = "r-1"


def authorizer(name: str) -> Json:
    """What the authorizer says of a sample caller."""
    caller = CALLERS[name]
    if isinstance(caller, Partner):
        return {
            "principal": caller.application,
            "kind": "application",
            "partner": caller.partner,
            "roles": "",
            "scopes": " ".join(caller.scopes),
            "plan": caller.plan,
            "mode": caller.mode,
        }
    scopes = " ".join(f"coverwright/{scope}" for scope in caller.scopes)
    if isinstance(caller, Machine):
        client_id = caller.client_id
        return {"claims": {"sub": client_id, "client_id": client_id, "scope": scopes}}
    groups = ",".join(getattr(caller, "groups", ()))
    return {"claims": {"sub": caller.subject, "scope": scopes, "cognito:groups": groups}}


@dataclass(frozen=True)
class _IdempotencyRecords:
    """Idempotency records in memory, as a handler asks for them."""

    find_replay: Callable[[Command], None]


@dataclass
class Parts:
    """What the functions of an open platform stand on."""

    stores: Any
    products: Products
    keys: PlainKeys = field(default_factory=PlainKeys)
    objects: MemoryObjects = field(default_factory=MemoryObjects)


@contextmanager
def platform_in_memory() -> Iterator[tuple[Platform, Memory]]:
    """The platform on the stores in memory: for many lives in little time."""
    memory = Memory()
    idempotency = _IdempotencyRecords(lambda command: memory.check(command.idempotency))
    catalogue = Catalogue(stored=lambda: MemoryProductVersions(memory), contents=MemoryObjects)
    stores = SimpleNamespace(
        quotes=MemoryQuotes(memory),
        policies=MemoryPolicies(memory),
        policy_changes=MemoryPolicyChanges(memory),
        renewals=MemoryRenewals(memory),
        accesses=MemoryAccesses(memory),
        claims=MemoryClaims(memory),
        billing=MemoryBilling(memory),
        screenings=MemoryScreenings(memory),
        work_lists=MemoryWorkLists(memory),
        complaints=MemoryComplaints(memory),
        complaint_idempotency=idempotency,
        quote_idempotency=idempotency,
        idempotency=idempotency,
    )
    with _open(Parts(stores, catalogue)) as platform:
        yield platform, memory


@contextmanager
def platform_on(dynamodb: "DynamoDBClient", tables: dict[str, str]) -> Iterator[Platform]:
    """The platform on these tables of an engine."""
    keys = PlainKeys()
    stores = Stores(lambda: dynamodb, tables.__getitem__, lambda: keys)
    catalogue = Catalogue(stored=lambda: stores.known_versions, contents=MemoryObjects)
    with (
        patch.object(wiring, "dynamodb", lambda: dynamodb),
        _open(Parts(stores, catalogue, keys)) as platform,
    ):
        platform.tables = tables
        yield platform


@contextmanager
def _open(parts: Parts) -> Iterator[Platform]:
    apps = _apps()
    before = [dict(vars(app)) for app in apps]
    _open_now.append(parts)
    try:
        with _wired(parts.stores, lambda: parts.products, parts.keys, lambda: parts.objects):
            yield Platform(apps, parts)
    finally:
        _open_now.remove(parts)
        for app, variables in zip(apps, before, strict=True):
            vars(app).clear()
            vars(app).update(variables)


_open_now: list[Parts] = []


class _Late:
    """Stands for a part of the platform that is open when a method is called."""

    def __init__(self, find: Callable[[Parts], Any]) -> None:
        self._find = find

    def __getattr__(self, name: str) -> Any:
        return lambda *given, **named: getattr(self._find(_open_now[-1]), name)(*given, **named)  # noqa: PLW0108 - found when it is called, not before


class _LateStores:
    def __getattr__(self, name: str) -> Any:
        return _Late(lambda parts: getattr(parts.stores, name))


@cache
def _apps() -> tuple[ModuleType, ...]:
    """The functions' modules, which are this driver's own: no other test meets its stores."""
    keys: Any = _Late(lambda parts: parts.keys)
    products: Any = _Late(lambda parts: parts.products)
    objects: Any = _Late(lambda parts: parts.objects)
    with _wired(_LateStores(), lambda: products, keys, lambda: objects):
        return tuple(_app(folder) for folder in FOLDERS)


@contextmanager
def _wired(
    stores: Any, products: Callable[[], Any], keys: Any, objects: Callable[[], Any]
) -> Iterator[None]:
    """`insurance.wiring` gives these; what it makes of them itself it makes anew, and forgets."""
    with (
        patch.object(wiring, "stores", lambda: stores),
        patch.object(wiring, "products", products),
        patch.object(wiring, "keys", lambda: keys),
        patch.object(wiring, "objects", lambda _bucket: objects()),
        _settings(),
    ):
        _forget()
        try:
            yield
        finally:
            _forget()


@contextmanager
def _settings() -> Iterator[None]:
    environment = {
        "CARRIER": "Coverwright Insurance",
        "DEBTOR_IBAN": "GB29NWBK60161331926819",
        "DEBTOR_BIC": "NWBKGB2L",
        "POWERTOOLS_METRICS_NAMESPACE": "Coverwright",
        "POWERTOOLS_SERVICE_NAME": "platform",
        "LIVE_MACHINES": BANKS["live"].client_id,
        "TEST_MACHINES": BANKS["test"].client_id,
    }
    with (
        patch.dict("os.environ", environment),
        patch.object(telemetry.metrics.provider, "namespace", "Coverwright"),
        patch.object(telemetry.metrics.provider, "service", "platform"),
    ):
        yield


def _forget() -> None:
    """Nothing that was made of one platform's parts is given to the next."""
    for made in (*vars(bundles).values(), *vars(wiring).values()):
        if isinstance(made, type(cache(lambda: None))):
            made.cache_clear()


def _app(folder: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        f"platform_{folder}", FUNCTIONS / folder / "app.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
