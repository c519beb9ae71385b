"""What each handler loads when Lambda starts it: what it does not need, everyone waits for."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tools.openapi.handlers import template_functions

ROOT = Path(__file__).resolve().parents[2]

# Nobody: each of these was found to cost tens of milliseconds, or belongs to another place. (Powertools loads its tracing
# module by itself; what costs is the X-Ray SDK behind it.)
NOBODY = (
    "aws_lambda_powertools.utilities.idempotency",
    "aws_lambda_powertools.utilities.parser",
    "aws_lambda_powertools.event_handler.openapi.models",
    "aws_lambda_powertools.event_handler.openapi.swagger_ui",
    "aws_xray_sdk",
    "email_validator",
    "fastapi",
    "httpx",
    "jsonschema",
    "local",
    "moto",
    "pydantic.v1",
    "requests",
    "starlette",
    "yaml",
)
# Tokens are read by the authorizer alone; products seal nothing; the authorizer is kept light.
BESIDE: dict[str, tuple[str, ...]] = {
    "authorizer": ("aws_lambda_powertools", "pydantic", "insurance.domain", "insurance.dynamodb"),
    "controls": ("joserfc", "cryptography", "insurance.kms", "insurance.dynamodb.quoting.quotes"),
    "data_intake": (
        "joserfc",
        "insurance.dynamodb.claims.claims",
    ),
    "data_steward": (
        "joserfc",
        "insurance.dynamodb.claims.claims",
        "insurance.dynamodb.policy.policies",
        "insurance.products",
    ),
    "usage": ("joserfc", "cryptography", "insurance.kms", "insurance.dynamodb.quoting.quotes"),
    "partners": ("joserfc", "cryptography", "insurance.kms", "insurance.dynamodb.quoting.quotes"),
    "catalogue": (
        *("joserfc", "cryptography", "insurance.kms", "insurance.products"),
        "insurance.dynamodb.quoting.quotes",
    ),
    "products": (
        "joserfc",
        "cryptography",
        "insurance.kms",
        "insurance.dynamodb.quoting.quotes",
        "boto3",
    ),
    "quoting": (
        "joserfc",
        "insurance.dynamodb.claims.claims",
        "insurance.dynamodb.policy.policies",
    ),
    "policy_issuance": ("joserfc", "insurance.dynamodb.claims.claims", "insurance.domain.claim"),
    "reporting": (
        "joserfc",
        "insurance.dynamodb.claims.claims",
        "insurance.dynamodb.quoting.quotes",
    ),
    "billing": ("joserfc", "insurance.dynamodb.claims.claims", "insurance.dynamodb.quoting.quotes"),
    "policy_servicing": (
        "joserfc",
        "rapidfuzz",
        "insurance.dynamodb.claims.claims",
        "insurance.dynamodb.policy.policies",
        "insurance.screening",
    ),
    "policyholder_changes": (
        "joserfc",
        "insurance.dynamodb.claims.claims",
        "insurance.dynamodb.policy.policies",
    ),
    "claim_intake": ("joserfc", "insurance.dynamodb.quoting.quotes"),
    "evidence": (
        "joserfc",
        "pypdf",
        "rapidfuzz",
        "insurance.dynamodb.quoting.quotes",
        "insurance.screening",
    ),
    "claim_assessment": ("joserfc", "insurance.dynamodb.quoting.quotes"),
    "settlement": ("joserfc", "insurance.dynamodb.quoting.quotes"),
    "complaints": (
        "joserfc",
        "insurance.dynamodb.claims.claims",
        "insurance.dynamodb.policy.policies",
    ),
    "work_list": (
        "joserfc",
        "insurance.kms",
        "insurance.products",
        "insurance.dynamodb.claims.claims",
    ),
    "search": (
        "joserfc",
        "insurance.products",
        "insurance.dynamodb.claims.claims",
        "insurance.dynamodb.quoting.quotes",
    ),
    "audit": ("joserfc", "insurance.products", "rapidfuzz"),
    "notifications": ("joserfc", "insurance.products", "rapidfuzz"),
    "webhook_delivery": ("joserfc", "insurance.api", "insurance.products", "rapidfuzz"),
    "payment_execution": (
        "joserfc",
        "defusedxml",
        "insurance.dynamodb.quoting.quotes",
        "insurance.screening",
    ),
    "documents": (
        "joserfc",
        "insurance.dynamodb.claims.claims",
        "insurance.dynamodb.quoting.quotes",
    ),
    "customers": ("joserfc", "insurance.dynamodb.claims.claims"),
    "scheduler": ("joserfc", "typst"),  # the typesetter is loaded by the first job that needs it
    "accounting": ("joserfc", "insurance.dynamodb.claims.claims"),
    "event_delivery": ("joserfc", "insurance.api"),
    "event_register": ("joserfc", "insurance.api", "insurance.kms", "insurance.products"),
}
PROBE = """
import gc, json, sys, app
print(json.dumps([sorted(sys.modules), gc.isenabled(), gc.get_freeze_count()]))
"""
FUNCTIONS = {
    Path(properties["CodeUri"]).name: properties for properties in template_functions().values()
}


class Started(NamedTuple):
    """A fresh interpreter after importing the function, as Lambda would."""

    modules: set[str]
    collects: bool
    """Whether garbage is collected."""
    frozen: int
    """Objects that are left alone when it is."""


@cache
def started(folder: str) -> Started:
    environment = {
        **dict.fromkeys(FUNCTIONS[folder]["Variables"], "here"),
        "TRUSTED_ISSUERS": "https://issuer.example",
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
        "LOG_LEVEL": "INFO",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "functions" / folder),
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
    }
    del environment["AWS_DATA_PATH"]
    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", PROBE], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    modules, collects, frozen = json.loads(done.stdout.splitlines()[-1])
    return Started(set(modules), collects, frozen)


def test_every_function_is_looked_at() -> None:
    assert BESIDE.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("folder", sorted(BESIDE))
def test_a_handler_imports_alone_and_loads_nothing_it_does_not_need(folder: str) -> None:
    modules = started(folder).modules

    assert not modules & {*NOBODY, *BESIDE[folder]}


@pytest.mark.parametrize("folder", sorted(BESIDE))
def test_garbage_is_collected_once_a_function_has_started(folder: str) -> None:
    modules, collects, frozen = started(folder)

    assert collects
    assert (frozen > 0) == ("insurance.api" in modules)
