"""What `sam local` needs beside the stack: variables and endpoints (`python -m local env`), and a way
from a container to loopback (`python -m local relay`)."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from local import sam
from local.__main__ import main
from local.aws.template import Template
from local.processes import LOOPBACK
from local.settings import ROOT


def test_every_function_is_told_its_variables_and_where_the_services_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    built = tmp_path / "build" / "template.yaml"
    built.parent.mkdir()
    shutil.copy(ROOT / "template.yaml", built)
    monkeypatch.setattr(sam, "BUILT", built)
    for name, value in {
        "DATA": str(tmp_path),
        "SERVICES_PORT": "81",
        "DATABASE_PORT": "82",
    }.items():
        monkeypatch.setenv(name, value)

    assert main(["env"]) == 0

    written = [Path(line) for line in capsys.readouterr().out.split() if line.startswith("/")]
    environment, template = (json.loads(path.read_text()) for path in written)
    endpoints = {
        "AWS_ENDPOINT_URL": "http://172.17.0.1:81",
        "AWS_ENDPOINT_URL_DYNAMODB": "http://172.17.0.1:82",
    }
    functions = Template(ROOT / "template.yaml").functions
    assert environment.keys() == {each.logical_id for each in functions.values()}
    assert all(variables.items() >= endpoints.items() for variables in environment.values())
    assert environment["QuotingFunction"]["QUOTES_TABLE"]
    # `sam local` hands on only what the template declares.
    declared = template["Globals"]["Function"]["Environment"]["Variables"]
    assert declared.keys() >= endpoints.keys()
    # It reads one authorizer on a route, and functions by their own ARN.
    definition = template["Resources"]["Api"]["Properties"]["DefinitionBody"]
    assert definition["paths"]["/v1/quotes"]["post"]["security"] == [{"partner": []}]
    assert "AuthorizerFunction.Arn" in json.dumps(definition["components"]["securitySchemes"])
    assert ".Alias}" not in json.dumps(definition)


def test_what_a_container_asks_is_asked_on_loopback() -> None:
    async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read(100)).upper())
        writer.close()

    async def ask() -> bytes:
        stack = await asyncio.start_server(shout, LOOPBACK, 0)
        port = stack.sockets[0].getsockname()[1]
        relay = await sam.passing_on("127.0.0.2", port)
        reader, writer = await asyncio.open_connection("127.0.0.2", port)
        writer.write(b"hello")
        answer = await reader.read()
        writer.close()
        for server in (relay, stack):
            server.close()
        return answer

    assert asyncio.run(ask()) == b"HELLO"
