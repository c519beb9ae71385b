"""The platform as tests drive it: its functions over HTTP's events, and the operations below them.

One driver, on stores in memory or on a real engine. `Platform(product)` sells one product in memory and
calls operations; `platform_in_memory()` and `platform_on(…)` open the functions as well, and
`platform_as_deployed(…)` has them wire themselves, with the environment of template.yaml. What is called
below HTTP stands by area in `tests/support/driving`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from insurance import wiring
from insurance.catalogue import Catalogue
from insurance.domain.core.identity import Mode
from insurance.domain.schedule.scheduled_job import partition_for
from insurance.dynamodb.stores import Stores

from tests.fakes.documents import MemoryObjects
from tests.fakes.keys import PlainKeys
from tests.fakes.memory import Memory
from tests.support.backend import Backend, environment
from tests.support.calls import FOLDERS, PARTNER
from tests.support.driving.billing import Billing
from tests.support.driving.claims import Claims
from tests.support.driving.functions import forget_wiring, functions_of, functions_on
from tests.support.driving.journey import Journey
from tests.support.driving.parts import Parts, catalogue_in_memory, stores_in_memory
from tests.support.driving.sales import Sales
from tests.support.driving.scheduler import Scheduler
from tests.support.patience import limits_stretched
from tests.support.rights import rights_held

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

OPENED_ON = datetime(2026, 11, 20, 9, tzinfo=UTC)
"""A week and a half before most policies of tests begin."""


@dataclass
class Platform(Billing, Claims, Scheduler, Journey, Sales):
    """What a policy, its premium, its documents and its claims need."""

    _backend: Backend | None = None

    @property
    def backend(self) -> Backend:
        """Of one as deployed: the engine, the keys and the buckets that it stands on."""
        assert self._backend is not None
        return self._backend

    def empty(self) -> None:
        """New tables at the first moment, and functions that remember nothing of the old ones. (What one makes late would
        be what another test's functions have made.)"""
        self.now = OPENED_ON
        self.backend.empty()
        forget_wiring()
        for app in self.apps.values():
            ports: Any = getattr(app, "ports", None)
            for kept in (
                getattr(getattr(ports, "products", None), "_states", {}),
                getattr(getattr(ports, "stops", None), "_leases", {}),
            ):
                kept.clear()
        stores = self.apps["scheduler"].stores  # all of these functions have the same
        if index_keys := vars(stores).get("index_keys"):
            index_keys._wrapped.clear()


@contextmanager
def platform_in_memory() -> Iterator[tuple[Platform, Memory]]:
    """The platform on the stores in memory, open: for many lives in little time."""
    memory = Memory()
    parts = Parts(stores_in_memory(memory), catalogue_in_memory(memory))
    with functions_on(parts) as apps:
        platform = Platform(now=OPENED_ON, memory=memory, parts=parts, apps=apps)
        platform.partition = partition_for(Mode.TEST, "harbour")
        yield platform, memory


@contextmanager
def platform_on(dynamodb: "DynamoDBClient", tables: dict[str, str]) -> Iterator[Platform]:
    """The platform on these tables of an engine, open."""
    keys = PlainKeys()
    stores = Stores(lambda: dynamodb, tables.__getitem__, lambda: keys, lambda: keys)
    catalogue = Catalogue(stored=lambda: stores.known_versions, contents=MemoryObjects)
    parts = Parts(stores, catalogue, keys)
    with (
        patch.object(wiring, "dynamodb", lambda: dynamodb),
        functions_on(parts) as apps,
    ):
        yield Platform(now=OPENED_ON, parts=parts, apps=apps, tables=tables)


def platform_as_deployed(backend: Backend) -> Platform:
    """Every function in this process, each wired by itself from the environment of template.yaml."""
    variables = backend.environment()

    @contextmanager
    def surroundings() -> Iterator[None]:
        with environment(variables), limits_stretched(), rights_held():
            yield

    return Platform(
        now=OPENED_ON,
        apps=functions_of(variables, FOLDERS),
        caller=PARTNER,
        surroundings=surroundings,
        parts=Parts(stores=None, products=catalogue_in_memory(Memory())),
        _backend=backend,
    )
