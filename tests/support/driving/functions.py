"""The functions of a platform: with parts of a test's own, or with those that template.yaml gives them.

The former are loaded once a process. What they were given when they were loaded stands for the stores,
products, keys and files of the platform that is open, so that opening another takes no time.
"""

import importlib.util
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any
from unittest.mock import patch

from insurance import bundles, clients, telemetry, wiring
from insurance.operations.partners.count_calls import Quotas
from insurance.receivers import HttpReceivers
from insurance.webhook_secrets import WebhookSecrets

from demo.samples import BANKS
from tests.fakes.audit import MemorySigner
from tests.fakes.quotas import MemoryQuotas
from tests.fakes.used_proofs import MemoryUsedProofs
from tests.fakes.webhooks import RememberedNudges, resolve
from tests.support.backend import environment
from tests.support.calls import FUNCTIONS
from tests.support.driving.parts import Parts
from tests.support.patience import limits_stretched
from tests.support.receiver import LOOPBACK
from tests.support.rights import rights_held

type Apps = Mapping[str, ModuleType]
"""The modules of functions by their folders."""

USED_PROOFS = MemoryUsedProofs()
"""A proof has a name that no other has: what another test used is in nobody's way."""
QUOTAS = Quotas(MemoryQuotas())

CACHED = type(cache(lambda: None))
"""What `cache` makes of a function."""

FOLDERS = (
    "quoting",
    "policy_issuance",
    "policy_servicing",
    "policyholder_changes",
    "claim_intake",
    "evidence",
    "claim_assessment",
    "settlement",
    "work_list",
    "search",
    "notifications",
    "audit",
    "customers",
    "data_steward",
    "complaints",
    "billing",
    "payment_execution",
    "controls",
)


@contextmanager
def functions_on(parts: Parts) -> Iterator[Apps]:
    """The modules of the functions, on these parts for as long as it lasts."""
    apps = _apps()
    before = [dict(vars(app)) for app in apps.values()]
    _open_now.append(parts)
    try:
        with _wired(parts.stores, lambda: parts.products, parts.keys, lambda: parts.objects):
            yield apps
    finally:
        _open_now.remove(parts)
        for app, variables in zip(apps.values(), before, strict=True):
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
def _apps() -> Apps:
    """The functions' modules, which are this driver's own: no other test meets its stores."""
    keys: Any = _Late(lambda parts: parts.keys)
    products: Any = _Late(lambda parts: parts.products)
    objects: Any = _Late(lambda parts: parts.objects)
    with _wired(_LateStores(), lambda: products, keys, lambda: objects):
        return {folder: load(folder) for folder in FOLDERS}


@contextmanager
def _wired(
    stores: Any, products: Callable[[], Any], keys: Any, objects: Callable[[], Any]
) -> Iterator[None]:
    """`insurance.wiring` gives these; what it makes of them itself it makes anew, and forgets."""
    with (
        patch.object(wiring, "stores", lambda: stores),
        patch.object(wiring, "used_proofs", lambda: USED_PROOFS),
        patch.object(wiring, "quotas", lambda: QUOTAS),
        patch.object(wiring, "products", products),
        patch.object(wiring, "keys", lambda: keys),
        patch.object(wiring, "objects", lambda _bucket: objects()),
        patch.object(wiring, "webhook_secrets", lambda: WebhookSecrets(keys)),
        patch.object(wiring, "receivers", lambda: HttpReceivers({LOOPBACK}, resolve=resolve)),
        patch.object(wiring, "nudges", RememberedNudges),
        patch.object(wiring, "access_rules", lambda: stores.access_rules),
        patch.object(wiring, "wait", lambda _seconds: None),
        patch.object(wiring, "root_signer", cache(MemorySigner)),
        _settings(),
    ):
        forget_wiring()
        try:
            yield
        finally:
            forget_wiring()


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


def functions_of(variables: Mapping[str, str], folders: Sequence[str]) -> Apps:
    """These functions with the environment that they are given, which then wire themselves."""
    with environment(variables), limits_stretched(), rights_held():
        forget_wiring()
        try:
            return {folder: load(folder) for folder in folders}
        finally:
            forget_wiring()


def forget_wiring() -> None:
    """What was made for some functions stays with them, and is made anew for the next."""
    for made in (*vars(bundles).values(), *vars(wiring).values(), *vars(clients).values()):
        if isinstance(made, CACHED):
            made.cache_clear()


def load(folder: str) -> ModuleType:
    """The function's module, under a name of its own: others may have it elsewhere."""
    spec = importlib.util.spec_from_file_location(
        f"platform_{folder}", FUNCTIONS / folder / "app.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
