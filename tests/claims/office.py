"""The handlers in this process, on a real engine: what an HTTP caller sees, without the wait.

The calls are the REST proxy events that API Gateway makes; the callers are those of the local stack.
"""

import importlib.util
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from insurance import telemetry, wiring
from insurance.catalogue import Catalogue
from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.identity import Mode
from insurance.domain.product import Product
from insurance.dynamodb.aggregates import read_event
from insurance.operations.payments.queue_payments import queue_payments
from insurance.operations.policy.register_in_force import register_in_force
from insurance.operations.products.ports import Products
from insurance.operations.receipt import Receipt

from demo.samples import CALLERS, Partner
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
from tests.fakes.work import MemoryLists

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
)
BANK = "payment_execution"
WIRED = ("stores", "products")


@dataclass(frozen=True)
class Answered:
    """What came back: the status, the body, and whether it was a replay."""

    status: int
    body: Json
    headers: Mapping[str, str]


@dataclass
class Office:
    """What a policy and its claims need, called as the gateway would call it."""

    apps: list[ModuleType]
    now: datetime = datetime(2026, 11, 20, 9, tzinfo=UTC)
    numbers: Iterator[int] = field(default_factory=count)
    tables: dict[str, str] = field(default_factory=dict)
    """Where it keeps things, by the name of the setting; empty for one in memory."""
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    """The files that it wrote."""

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
        event = {
            "resource": path,
            "path": path,
            "httpMethod": method,
            "headers": sent,
            "multiValueHeaders": {name: [value] for name, value in sent.items()},
            "queryStringParameters": dict(query) if query else None,
            "requestContext": {"requestId": "r-1", "authorizer": authorizer(by), "stage": "v1"},
            "body": None if body is None else json.dumps(body),
            "isBase64Encoded": False,
        }
        result = self._app_of(method, path).handler(event, _Context())
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
        events = wiring.dynamodb().scan(TableName=self.tables["events"])["Items"]
        for item in events:
            queue_payments(read_event(item), instructions=wiring.stores().instructions)
            register_in_force(read_event(item), book=wiring.stores().book)

    def offering(self, *products: Product) -> None:
        """Sell these products beside the bundled ones."""
        for app in self.apps:
            if hasattr(app, "products"):
                vars(app)["products"] = Shelf(app.products, products)

    def _app_of(self, method: str, path: str) -> ModuleType:
        for app in self.apps:
            for operation in app.api.operations:
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
    groups = ",".join(getattr(caller, "groups", ()))
    subject = getattr(caller, "subject", name)
    scopes = " ".join(f"coverwright/{scope}" for scope in caller.scopes)
    return {"claims": {"sub": subject, "scope": scopes, "cognito:groups": groups}}


@dataclass(frozen=True)
class _Receipts:
    """Receipts in memory, as a handler asks for them."""

    recall: Callable[[Receipt], None]


@contextmanager
def opened_in_memory() -> Iterator[tuple[Office, Memory]]:
    """The office on the stores in memory: for many lives in little time."""
    memory, keys = Memory(), PlainKeys()
    receipts = _Receipts(memory.check)
    catalogue = Catalogue(stored=lambda: MemoryProductVersions(memory), contents=MemoryObjects)
    stores = {
        "quotes": MemoryQuotes(memory),
        "policies": MemoryPolicies(memory),
        "policy_changes": MemoryPolicyChanges(memory),
        "renewals": MemoryRenewals(memory),
        "accesses": MemoryAccesses(memory),
        "claims": MemoryClaims(memory),
        "billing": MemoryBilling(memory),
        "screenings": MemoryScreenings(memory),
        "lists": MemoryLists(memory),
        "complaints": MemoryComplaints(memory),
        "complaint_receipts": receipts,
        "quote_receipts": receipts,
        "receipts": receipts,
    }
    with ExitStack() as patches:
        given = {"stores": SimpleNamespace(**stores), "products": catalogue, "keys": keys}
        for name, one in given.items():
            patches.enter_context(patch.object(wiring, name, lambda one=one: one))
        objects = MemoryObjects()
        patches.enter_context(patch.object(wiring, "objects", lambda _bucket: objects))
        patches.enter_context(_settings({}))
        yield Office([_app(folder) for folder in FOLDERS]), memory


@contextmanager
def opened(dynamodb: "DynamoDBClient", tables: dict[str, str]) -> Iterator[Office]:
    """The office on these tables. The modules are its own, so that no other test meets its stores."""
    keys, objects = PlainKeys(), MemoryObjects()
    with (
        _settings({f"{name.upper()}_TABLE": table for name, table in tables.items()}),
        patch.object(wiring, "dynamodb", lambda: dynamodb),
        patch.object(wiring, "keys", lambda: keys),
        patch.object(wiring, "objects", lambda _bucket: objects),
    ):
        _forget()
        try:
            apps = [_app(folder) for folder in (*FOLDERS, BANK)]
            yield Office(apps, tables=tables, objects=objects)
        finally:
            _forget()


@contextmanager
def _settings(tables: Mapping[str, str]) -> Iterator[None]:
    environment = {
        **tables,
        "CARRIER": "Coverwright Insurance",
        "DEBTOR_IBAN": "GB29NWBK60161331926819",
        "DEBTOR_BIC": "NWBKGB2L",
        "POWERTOOLS_METRICS_NAMESPACE": "Coverwright",
        "POWERTOOLS_SERVICE_NAME": "office",
    }
    with (
        patch.dict("os.environ", environment),
        patch.object(telemetry.metrics.provider, "namespace", "Coverwright"),
        patch.object(telemetry.metrics.provider, "service", "office"),
    ):
        yield


def _forget() -> None:
    for name in WIRED:
        getattr(wiring, name).cache_clear()


def _app(folder: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"office_{folder}", FUNCTIONS / folder / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
