"""Where the stack lives and what may be chosen: ports, engine, workers, TLS."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.aws.prefork import PREPARED
from local.processes import StackError

ROOT = Path(__file__).resolve().parent.parent
ENGINES = ("dynoxide", "dynamodb-local", "moto")


@dataclass(frozen=True)
class Ports:
    """0 takes any free port, which is what tests do."""

    gateway: int = 8080
    services: int = 8081
    database: int = 8082


DEFAULT_PORTS = Ports()

LOCAL_RECEIVERS = "127.0.0.1 localhost"
"""Where webhooks may be beside the open network."""


@dataclass(frozen=True)
class Settings:
    """Everything a person may choose; `engine` None takes the first of ENGINES that runs here."""

    template: Path = ROOT / "template.yaml"
    folder: Path = ROOT / ".coverwright"
    tools: Path = ROOT / ".tools"
    site: Path = ROOT / ".tools" / "site"
    """What `make docs` and `make portal` build, and the site's bucket holds."""
    ports: Ports = field(default_factory=Ports)
    engine: str | None = None
    slots: int = 2
    tls: bool = False
    warm: bool = True
    """Start a worker of each function before anybody asks; else when somebody does."""
    stretch: int = 1
    """How many times longer than AWS the gateway and Lambda wait: a machine may be slow or busy."""
    prepared: tuple[str, ...] = PREPARED
    """Packages that are imported once for all workers, where those are forked."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """The template's parameters, where its defaults do not do."""

    def parameters_at(self, services_url: str) -> Mapping[str, str]:
        """With what only a running stack knows: where it serves the docs, and that receivers are on its machine."""
        told = {
            "DocsUrl": f"{services_url}/docs",
            "PortalUrl": f"{services_url}/portal/",
            "WebhookLocalReceivers": LOCAL_RECEIVERS,
        }
        return {**told, **self.parameters}

    @property
    def logs(self) -> Path:
        return self.folder / "log"


ANY_PORTS = Ports(gateway=0, services=0, database=0)


def from_environment(
    environment: Mapping[str, str] = os.environ, *, ports: Ports = DEFAULT_PORTS
) -> Settings:
    """PORT, SERVICES_PORT, DATABASE_PORT, ENGINE, WORKERS, WARM, TLS and DATA, each optional."""
    engine = environment.get("ENGINE") or None
    if engine is not None and engine not in ENGINES:
        raise StackError(f"ENGINE={engine} is not one of {', '.join(ENGINES)}")
    return Settings(
        folder=Path(environment.get("DATA") or ROOT / ".coverwright").resolve(),
        ports=Ports(
            gateway=_number(environment, "PORT", ports.gateway, highest=65_535),
            services=_number(environment, "SERVICES_PORT", ports.services, highest=65_535),
            database=_number(environment, "DATABASE_PORT", ports.database, highest=65_535),
        ),
        engine=engine,
        slots=max(1, _number(environment, "WORKERS", 2, highest=32)),
        tls=environment.get("TLS", "") not in {"", "0"},
        warm=environment.get("WARM") != "0",
    )


def _number(environment: Mapping[str, str], name: str, default: int, *, highest: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or int(text) > highest:
        raise StackError(f"{name}={text} is not a number from 0 to {highest}")
    return int(text)
