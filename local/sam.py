"""What `sam local` needs to run the functions in containers beside this stack.

`sam local` hands on only variables that the template declares, and ours rightly declares no
endpoints. So a copy of the built template that does is written beside it, and a file with the
values. The stack listens on loopback, which a container does not share (`--docker-network host`
does not change that: SAM leaves the container where it is), so what containers ask is passed on.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from local.aws.template import Template
from local.processes import LOOPBACK
from local.settings import ROOT, Settings

BUILT = ROOT / ".aws-sam" / "build" / "template.yaml"
AUTHORIZER = "partner"
PIECE = 65_536


def write_environment(settings: Settings, address: str) -> Iterator[Path]:
    """Write the files, and say which; the stack is at this address, as containers see it."""
    services = f"http://{address}:{settings.ports.services}"
    here = f"http://{LOOPBACK}:{settings.ports.services}"
    template = Template(
        settings.template,
        overrides=settings.parameters_at(here),
        # The authorizer takes http from loopback only, and finds the issuer's keys in its table.
        issuer_url=here,
        services_url=services,
    )
    endpoints = {
        "AWS_ENDPOINT_URL": services,
        "AWS_ENDPOINT_URL_DYNAMODB": f"http://{address}:{settings.ports.database}",
    }
    variables = {
        function.logical_id: {**function.environment, **endpoints}
        for function in template.functions.values()
    }
    settings.folder.mkdir(parents=True, exist_ok=True)
    path = settings.folder / "sam-env.json"
    path.write_text(json.dumps(variables, indent=2) + "\n")
    yield path
    if BUILT.exists():
        yield _built_with(list(endpoints))


def relay(settings: Settings, address: str) -> None:
    """Pass on what containers ask of the stack, until Ctrl-C."""
    ports = (settings.ports.services, settings.ports.database)
    print(f"{address} leads to this stack until Ctrl-C", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_relay(address, ports))


async def _relay(address: str, ports: tuple[int, ...]) -> None:
    servers = [await passing_on(address, port) for port in ports]
    await asyncio.gather(*(server.serve_forever() for server in servers))


async def passing_on(address: str, port: int) -> asyncio.Server:
    """What is asked at this address is asked of the same port on loopback."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(LOOPBACK, port)
        await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))

    return await asyncio.start_server(serve, address, port)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await source.read(PIECE):
            target.write(piece)
            await target.drain()
    target.close()


def _built_with(names: list[str]) -> Path:
    document = Template(BUILT).document
    declared = document["Globals"]["Function"]["Environment"]["Variables"]
    declared.update(dict.fromkeys(names, ""))
    document["Resources"]["Api"]["Properties"]["DefinitionBody"] = _as_sam_reads_it()
    path = BUILT.with_name("template-local.json")
    path.write_text(json.dumps(document, indent=2) + "\n")
    return path


def _as_sam_reads_it() -> Any:
    """The API's definition with one authorizer at most on a route, and functions for their aliases:
    `sam local` understands no more. What is for staff alone is then open, and meets no caller."""
    text = (ROOT / "openapi.deployed.yaml").read_text(encoding="utf-8").replace(".Alias}", ".Arn}")
    definition = yaml.safe_load(text)
    schemes = definition["components"]["securitySchemes"]
    definition["components"]["securitySchemes"] = {AUTHORIZER: schemes[AUTHORIZER]}
    for item in definition["paths"].values():
        for operation in item.values():
            asked = any(AUTHORIZER in each for each in operation.get("security", ()))
            operation["security"] = [{AUTHORIZER: []}] if asked else []
    return definition
