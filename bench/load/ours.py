"""Our stack under load: out of template.yaml, as it is."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from bench.load.run import System
from bench.machine import ROOT
from local.settings import ANY_PORTS, Settings
from local.stack import Stack

type Json = dict[str, Any]

BOOKKEEPER = "finance-test"
LOOKS_AT_ALL: Json = {"CatchUp": {"looks_only": True, "immediately": True}}


@contextmanager
def stack(template: Path = ROOT / "template.yaml", **choices: Any) -> Iterator[Stack]:
    """A stack of its own on free ports, with an empty folder."""
    with TemporaryDirectory() as folder:
        settings = Settings(
            template=template, folder=Path(folder), ports=ANY_PORTS, engine="dynoxide", **choices
        )
        with Stack(settings) as running:
            yield running


def waits(running: Stack) -> Json:
    """What the bank has not reported and consumers lack; empty: nothing."""
    answer = running.invoke("EventDeliveryFunction", LOOKS_AT_ALL)
    waiting = json.loads(answer.payload)
    found = Counter(
        bank=len(running.bank.unreported()),
        behind=waiting["behind"],
        set_aside=waiting["set_aside"],
    )
    return {name: count for name, count in found.items() if count}


def faults(running: Stack) -> list[str]:
    """What the ledger's health says is wrong, after a reconciliation of all that was posted."""
    running.invoke("AccountingFunction", {"reconcile": ["test"]})
    answer = httpx.get(
        f"{running.base_url}/v1/ledger/GBP/health",
        headers={"Authorization": f"Bearer {running.token(BOOKKEEPER)}"},
        timeout=60,
        trust_env=False,
    )
    answer.raise_for_status()
    health: Json = answer.json()
    wrong = [json.dumps(each) for each in health["invariants"] if not each["holds"]]
    return wrong if health["healthy"] else wrong or [f"unhealthy: {json.dumps(health)}"]


OURS = System("ours", stack, waits, faults)
