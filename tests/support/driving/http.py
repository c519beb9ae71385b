"""Calls of the handlers: what an HTTP caller sees, without the wait.

The calls are the REST proxy events that API Gateway makes, the callers are those of the local stack.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

from insurance import wiring
from insurance.access.people import developer_id
from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.product import Product
from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.search.stored_quotes import read_stored_quote
from insurance.operations.delivery.index_event import index_event, index_quote
from insurance.operations.delivery.ports import IndexPorts, StoredFacts
from insurance.operations.parties.mark_contracts import mark_contracts
from insurance.operations.payments.queue_payments import queue_payments
from insurance.operations.policy.register_in_force import register_in_force
from insurance.operations.products.ports import Products

from demo.samples import CALLERS, Developer, Machine, Partner
from tests.support.calls import CONTEXT, Answer, answer_of
from tests.support.calls import event as proxy_event
from tests.support.driving.functions import Apps
from tests.support.driving.parts import Standing
from tests.support.rights import acting
from tests.support.routes import check_declared, route_of

type Json = dict[str, Any]


@dataclass
class Http(Standing):
    """A platform's functions, called as the gateway would call them once it is open."""

    apps: Apps = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)
    tables: dict[str, str] = field(default_factory=dict)
    """Where it keeps things, by the name of the setting; empty for one in memory."""
    caller: str | Json = "harbour-test"
    """Who calls where a call does not say: a sample caller's name, or the authorizer's context."""
    surroundings: Callable[[], AbstractContextManager[None]] = nullcontext
    """What a call takes place in."""

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        by: str | Json | None = None,
        key: str | None = "",
        clock: str | None = "",
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """What the caller is answered. An empty `key` is a new one, an empty `clock` says the
        platform's time; None of either is not sent."""
        path, _, asked = path.partition("?")
        if key == "":
            key = f"call-{next(self.numbers)}" if method != "GET" else None
        caller = self.caller if by is None else by
        sent = proxy_event(
            method,
            path,
            body,
            caller=authorizer(caller) if isinstance(caller, str) else caller,
            key=key,
            headers=headers,
            query={**dict(parse_qsl(asked)), **(query or {})},
            clock=self.now.isoformat().replace("+00:00", "Z") if clock == "" else clock,
        )
        return self.send(self._folder_of(method, path), sent)

    def send(self, folder: str, sent: Json) -> Answer:
        """Give a function this very event."""
        app = self.apps[folder]
        with self.surroundings(), acting(folder):
            result = app.handler(sent, CONTEXT)
        check_declared(app.api.routes, sent, result)
        return answer_of(result)

    def post(self, path: str, body: Json | None = None, **arguments: Any) -> Json:
        """The body of an answer that must be a success."""
        answered = self.call("POST", path, {} if body is None else body, **arguments)
        assert answered.status < 300, answered.body
        content: Json = answered.body
        return content

    def get(self, path: str, **arguments: Any) -> Json:
        answered = self.call("GET", path, **arguments)
        assert answered.status == 200, answered.body
        content: Json = answered.body
        return content

    def refused(self, path: str, body: Json | None = None, **arguments: Any) -> str:
        """The slug of the problem that the call must be answered with."""
        answered = self.call("POST", path, {} if body is None else body, **arguments)
        assert answered.status >= 400, answered.body
        slug: str = answered.code
        return slug

    def deliver(self, order: Callable[[list[Event]], list[Event]] = list) -> None:
        """What the stream of events brings, from the first event on: it may come more than once."""
        stores, index = self.stores, self.index_ports()
        for event in order(self.events()):
            if self.tables:
                queue_payments(event, instructions=stores.instructions)
                register_in_force(event, policies=stores.policies_in_force)
                mark_contracts(event, demands=stores.contract_demands)
            index_event(event, index)
        for quote in self._stored_quotes():
            index_quote(quote, index)

    def index_ports(self) -> IndexPorts:
        stores = self.stores
        return IndexPorts(
            self.products,
            stores.sealed_facts,
            stores.index_keys,
            stores.search_index,
            stores.payee_accounts,
        )

    def _stored_quotes(self) -> Iterator[StoredFacts]:
        """What the stream of quotes brings of each."""
        if self.tables:
            items = wiring.dynamodb().scan(TableName=self.tables["quotes"])["Items"]
            yield from filter(None, map(read_stored_quote, items))
            return
        for quote_id, stored in self.memory.quotes.items():
            facts, personal = stored.record.split_personal()
            sealed = stored.key.seal(personal, quote_id) if stored.key else b""
            yield StoredFacts(quote_id, stored.head.sequence, facts, sealed)

    def events(self) -> list[Event]:
        """Every event that was appended."""
        if not self.tables:
            return [event for stream in self.memory.events.values() for event in stream]
        items = wiring.dynamodb().scan(TableName=self.tables["events"])["Items"]
        return [read_event(item) for item in items]

    def offering(self, *products: Product) -> None:
        """Sell these products beside the bundled ones."""
        self.parts.products = Shelf(self.parts.products, products)

    def _folder_of(self, method: str, path: str) -> str:
        """The function whose route the path is."""
        return next(
            folder for folder, app in self.apps.items() if route_of(app.api.routes, method, path)
        )


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
    if isinstance(caller, Developer):
        return {
            "principal": developer_id(caller.subject),
            "kind": "developer",
            "partner": caller.partner,
            "roles": "",
            "scopes": " ".join(caller.scopes),
            "plan": "bronze",
            "mode": caller.mode,
        }
    scopes = " ".join(f"coverwright/{scope}" for scope in caller.scopes)
    if isinstance(caller, Machine):
        client_id = caller.client_id
        return {"claims": {"sub": client_id, "client_id": client_id, "scope": scopes}}
    groups = ",".join(getattr(caller, "groups", ()))
    return {"claims": {"sub": caller.subject, "scope": scopes, "cognito:groups": groups}}
