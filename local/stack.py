"""The stack as one object: `with Stack(settings) as stack:` and everything is up, or nothing is.

It runs on an event loop in a thread of its own, so that tests, the journey and `serve` all use it
in the same way. Stopping it, or the end of this process however it comes, stops every child.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from demo.samples import BANKS, CALLERS, Developer, Partner
from local.aws.background import Background, close
from local.aws.clients import dynamodb_client, streams_client
from local.aws.distribution import portal_routes, site_routes
from local.aws.engine import Database, engine_for
from local.aws.gateway.app import Gateway, Guards, Stage
from local.aws.gateway.authorizers import Authorizers, UserPool
from local.aws.gateway.definition import Definition
from local.aws.gateway.firewall import Firewall
from local.aws.gateway.plans import Plans, Usage, plan_of, stage_throttles
from local.aws.guarded_database import GuardedDatabase
from local.aws.issuer import Issuer
from local.aws.log_groups import LogDelivery, LogGroup, access_log_of
from local.aws.queues import QueueReader
from local.aws.rights import Rights
from local.aws.runtime import Lambda
from local.aws.schedules import Schedule
from local.aws.services.api_keys import ApiKeys
from local.aws.services.app import Services, services_app
from local.aws.services.invocations import invocations
from local.aws.services.s3 import S3
from local.aws.services.store import open_store
from local.aws.sign_in import browser_clients
from local.aws.streams import EventSource, prune_delivered
from local.aws.template import Template
from local.aws.workers import INIT_SECONDS, Result
from local.bank import Bank
from local.certificate import Certificate, ensure_certificate
from local.folder import BANK, GATEWAY, SERVICES
from local.lease import Lease
from local.log import log_to
from local.onboarding import USAGE_SECRET, Onboarding
from local.processes import LOOPBACK, bound_socket
from local.seeding import (
    check_keys,
    create_tables,
    ensure_keys_and_secrets,
    staff_keys,
)
from local.server import Server
from local.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]
type DatabaseProxy = Callable[[str], str]


class Stack:
    """Everything, started in order and stopped in reverse.

    `dynamodb_proxy` is given the engine's URL and answers the one that functions shall use: tests
    put a proxy there that injects faults. Plans count by `clock`, which tests may stop.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        dynamodb_proxy: DatabaseProxy | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings or Settings()
        self._clock = clock
        self._proxy = dynamodb_proxy
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="stack", daemon=True)
        self._parts = AsyncExitStack()
        self.base_url = ""
        self.services_url = ""
        self.database_url = ""
        self.keeps_data = True
        """False: the database is in memory, and empty when the stack starts again."""
        self.started_in_seconds = 0.0
        self.certificate: Certificate | None = None
        self.template: Template
        self.definition: Definition
        self.issuer: Issuer
        self._functions: Lambda
        self._onboarding: Onboarding
        self.bank: Bank
        self._s3: S3
        self._access_log: LogGroup

    # -- for the owner of the stack ------------------------------------------------------------

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        started = time.monotonic()
        self._thread.start()
        try:
            self._run(self._start())
        except BaseException:
            self.stop()
            raise
        self.started_in_seconds = time.monotonic() - started

    def stop(self) -> None:
        if self._loop.is_closed():
            return
        self._run(close(self._parts))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def token(
        self, caller: str | Partner | Developer, *, changes: Mapping[str, Any] | None = None
    ) -> str:
        """An access token for a sample caller (`demo.samples.CALLERS`), or for a further one."""
        known = CALLERS[caller] if isinstance(caller, str) else caller
        return self.issuer.token(known, changes=changes)

    def admit(self, partner: Partner) -> None:
        """Bring a further application in."""
        self._onboarding.admit(partner)

    def invoke(self, logical_id: str, event: Json) -> Result:
        """Call a function directly, as `aws lambda invoke` would."""
        name = self.template.functions[logical_id].name
        return self._run(self._functions.invoke(name, event))

    def kill_busy(self, logical_id: str) -> int:
        """Kill a function's workers that are at work; how many there were."""
        return self._run(self._functions.kill_busy(self.template.functions[logical_id].name))

    def lose_next_answer(self, logical_id: str) -> None:
        """Let a function do its work once more and die before it can answer."""
        self._run(self._functions.lose_next_answer(self.template.functions[logical_id].name))

    def table(self, logical_id: str) -> str:
        return self.template.resources[logical_id].name

    def file(self, logical_id: str, key: str) -> bytes:
        """What a bucket holds under a key, as somebody fetches it who is not of the house."""
        found = self._s3.read(self.template.resources[logical_id].name, key)
        if found is None:
            raise FileNotFoundError(f"{logical_id} has no {key}")
        return found

    def dynamodb(self) -> DynamoDBClient:
        """A client of the engine itself, past any proxy."""
        return dynamodb_client(self.database_url)

    def _run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    # -- parts ----------------------------------------------------------------------------------

    async def _start(self) -> None:
        settings = self.settings
        lease = self._take_folder()
        gateway_socket, services_socket = self._bind()

        database = Database(await asyncio.to_thread(engine_for, settings), settings)
        self._parts.push_async_callback(database.stop)
        await database.start()
        self.database_url, self.keeps_data = database.url, database.keeps_data

        self.template = Template(
            settings.template.resolve(),
            overrides=settings.parameters_at(self.services_url),
            issuer_url=self.services_url,
            services_url=self.services_url,
        )
        store = open_store(settings.folder / SERVICES)
        self._parts.callback(store.close)
        self._access_log = access_log_of(self.template, store, self._log_calls)
        aws = Services.of(self.template, store, settings.logs)
        check_keys(aws.kms, self.dynamodb())
        ensure_keys_and_secrets(self.template, aws.kms, aws.secrets)
        self._s3 = aws.s3
        self._onboarding = Onboarding(
            self.template,
            self.dynamodb(),
            (aws.clients, aws.keys),
            lambda: aws.secrets.value(self.template.resources[USAGE_SECRET].arn),
        )
        self.issuer = Issuer(store, self.services_url, aws.clients, browser_clients(self.template))
        self.bank = bank = Bank(
            settings.folder / BANK,
            token=lambda mode: self.issuer.token(BANKS[mode]),
            verify=str(self.certificate.certificate) if self.certificate else True,
        )
        self._parts.callback(bank.close)
        aws.bus.subscribe(bank.receive)

        self.definition = Definition(self.template.definition())
        further = [
            *self.issuer.routes(),
            *site_routes(settings.site, self.template, lambda: self.base_url, self.services_url),
            *portal_routes(settings.site, self.template, lambda: self._api, self.services_url),
            invocations(
                self._invoke,
                {id: function.name for id, function in self.template.functions.items()},
            ),
        ]
        rights = Rights.of(self.template)
        app = services_app(aws, rights, further=further)
        services = Server(app, [services_socket])
        self._parts.push_async_callback(services.stop)
        await services.start()
        self._functions = self._lambda(await self._guard_database(rights))
        self._parts.push_async_callback(self._functions.stop)
        await self._functions.start()
        if settings.warm:
            names = [
                *self.definition.functions(),
                *(each.name for each in self.template.functions.values()),
            ]
            self._functions.warm([n for n in dict.fromkeys(names) if self._functions.has(n)])

        await asyncio.to_thread(self._fill_tables)
        staff_keys(self.template, aws.secrets, aws.keys)
        self._api = self._gateway(aws.keys)
        gateway = Server(
            self._api,
            [gateway_socket],
            certificate=self.certificate.certificate if self.certificate else None,
            key=self.certificate.key if self.certificate else None,
        )
        if database.file is not None:
            await asyncio.to_thread(prune_delivered, database.file, store, self.template)
        await self._start_event_sources(store)
        await self._start_schedules()
        self._parts.push_async_callback(bank.stop)
        self._parts.push_async_callback(gateway.stop)
        await gateway.start()
        bank.start(self.base_url)
        lease.publish(
            {
                "gateway": self.base_url,
                "services": self.services_url,
                "database": self.database_url,
            }
        )

    def _take_folder(self) -> Lease:
        folder = self.settings.folder
        self.settings.logs.mkdir(parents=True, exist_ok=True)
        lease = Lease(folder)
        lease.take()
        self._parts.callback(lease.release)
        self._log_calls = log_to(self.settings.logs / "gateway.log", self._parts)
        if self.settings.tls:
            self.certificate = ensure_certificate(folder / "tls")
        return lease

    def _bind(self) -> tuple[socket.socket, socket.socket]:
        """Take the two ports that are served from this process; what is taken fails at once."""
        ports = self.settings.ports
        gateway = bound_socket(ports.gateway, what="gateway", setting="PORT")
        self._parts.callback(gateway.close)
        services = bound_socket(ports.services, what="services", setting="SERVICES_PORT")
        self._parts.callback(services.close)
        scheme = "https" if self.settings.tls else "http"
        self.base_url = f"{scheme}://{LOOPBACK}:{gateway.getsockname()[1]}"
        self.services_url = f"http://{LOOPBACK}:{services.getsockname()[1]}"
        return gateway, services

    async def _guard_database(self, rights: Rights) -> str:
        """Where functions reach the engine: past what holds their rights."""
        engine = self._proxy(self.database_url) if self._proxy else self.database_url
        guarded = GuardedDatabase(engine, rights)
        self._parts.push_async_callback(guarded.stop)
        await guarded.start()
        return guarded.url

    def _lambda(self, database: str) -> Lambda:
        endpoints = {
            # Whatever is not served here must end on loopback too, never on the network.
            "AWS_ENDPOINT_URL": self.services_url,
            "AWS_ENDPOINT_URL_DYNAMODB": database,
        }
        stretch = self.settings.stretch
        return Lambda(
            [
                replace(each, timeout_seconds=each.timeout_seconds * stretch)
                for each in self.template.functions.values()
                if each.folder.is_dir()
            ],
            slots=self.settings.slots,
            init_seconds=INIT_SECONDS * stretch,
            endpoints=endpoints,
            log_folder=self.settings.logs,
            prepared=self.settings.prepared,
        )

    def _fill_tables(self) -> None:
        tables = dynamodb_client(self.database_url)
        create_tables(self.template, tables)
        self._onboarding.admit_samples()

    def _gateway(self, keys: ApiKeys) -> Gateway:
        api = self.template.api().properties
        usage = Usage(self.settings.folder / GATEWAY)
        self._parts.callback(usage.close)
        plans = Plans(
            [
                plan_of(self.template.ref(each.logical_id), each.properties)
                for each in self.template.of_type("AWS::ApiGateway::UsagePlan")
            ],
            stage_throttles(api.get("MethodSettings", ())),
            usage,
            clock=self._clock,
            now=lambda: datetime.now(UTC),
        )
        pools = {
            pool.arn: UserPool(self.issuer.url, self.issuer.public_keys)
            for pool in self.template.of_type("AWS::Cognito::UserPool")
        }
        acl = next(self.template.of_type("AWS::WAFv2::WebACL"), None)

        async def authorize(function: str, event: Json, trace_id: str) -> Result:
            return await self._functions.invoke(function, event, trace_id=trace_id)

        return Gateway(
            self.definition,
            self._functions,
            Guards(
                firewall=Firewall(acl.properties if acl else None),
                authorizers=Authorizers(authorize, pools, clock=time.monotonic, now=time.time),
                find_key=keys.find,
                plans=plans,
            ),
            Stage(
                name=api["StageName"],
                variables=api.get("Variables", {}),
                access_log_format=api["AccessLogSetting"]["Format"],
                write_access_log=self._access_log.write,
                api_key_source=api.get("ApiKeySourceType", "HEADER"),
                minimum_compression_size=api.get("MinimumCompressionSize"),
                stretch=self.settings.stretch,
            ),
        )

    async def _invoke(self, function: str, event: Json) -> Result:
        return await self._functions.invoke(function, event)

    async def _start_schedules(self) -> None:
        for resource in self.template.of_type("AWS::Scheduler::Schedule"):
            self._keep_running(Schedule(resource, invoke=self._invoke))

    async def _start_event_sources(self, store: Any) -> None:
        for function in self.template.functions.values():
            if not self._functions.has(function.name):
                continue

            async def invoke(event: Json, name: str = function.name) -> Result:
                return await self._functions.invoke(name, event)

            for source in function.stream_sources:
                clients = dynamodb_client(self.database_url), streams_client(self.database_url)
                self._keep_running(EventSource(source, *clients, invoke=invoke, store=store))
            for queue in function.queue_sources:
                self._keep_running(QueueReader(queue, invoke=invoke, store=store))

        if self._access_log.subscription is not None:
            self._keep_running(LogDelivery(self._access_log, invoke=self._invoke, store=store))

    def _keep_running(self, work: Background) -> None:
        self._parts.push_async_callback(work.stop)
        work.start()


def ephemeral(settings: Settings, **changes: Any) -> Settings:
    """The same settings on free ports."""
    return replace(
        settings, ports=replace(settings.ports, gateway=0, services=0, database=0), **changes
    )
