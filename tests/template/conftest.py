"""The template as written, and as CloudFormation sees it after SAM's translator."""

import json
import os
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from local.aws.template import Template
from tests.support.definition import definition as committed
from tools.openapi import api_catalog
from tools.openapi.gateway import ANY_METHOD

type Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
SAM_PYTHON = ROOT / ".venv-sam" / "bin" / "python"


@cache
def _transformed(layer_uri: str) -> Json:
    if not SAM_PYTHON.exists():
        pytest.fail("aws-sam-cli's environment .venv-sam is missing: `make setup` makes it")
    command = [str(SAM_PYTHON), "-m", "tools.build", "--transform", layer_uri]
    done = subprocess.run(  # noqa: S603 (our own module, our own interpreter)
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    result: Json = json.loads(done.stdout)
    return result


@pytest.fixture(scope="session")
def transform() -> Callable[[str], Json]:
    """Layer URI to the transformed template."""
    return _transformed


@pytest.fixture(scope="session")
def resources() -> Json:
    """The resources that CloudFormation will make."""
    found: Json = _transformed("s3://artefacts/layer")["Resources"]
    return found


@pytest.fixture(scope="session")
def written() -> Json:
    """template.yaml itself."""
    return Template(ROOT / "template.yaml").document


@pytest.fixture(scope="session")
def definition() -> Json:
    """openapi.yaml itself, as it is published."""
    return committed("openapi.yaml")


@pytest.fixture(scope="session")
def deployed_definition() -> Json:
    """openapi.deployed.yaml, which the template includes."""
    return committed("openapi.deployed.yaml")


@pytest.fixture(scope="session")
def operations(definition: Json) -> list[tuple[str, Json]]:
    """Every operation with its name, `POST /v1/quotes`, as it is published."""
    return operations_of(definition)


@pytest.fixture(scope="session")
def deployed_operations(deployed_definition: Json) -> list[tuple[str, Json]]:
    """Every operation with its name, as the gateway has it."""
    return operations_of(deployed_definition)


def operations_of(definition: Json) -> list[tuple[str, Json]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, item in definition["paths"].items()
        for method, operation in item.items()
        if method != ANY_METHOD and path != api_catalog.PATH
    ]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One transformed template for all of these, so one worker of xdist runs them."""
    for item in items:
        if item.nodeid.startswith("tests/template/"):
            item.add_marker(pytest.mark.xdist_group("template"))
