"""The handlers' own account of the API: every functions/*/app.py that has an `api`."""

import importlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from insurance.api.route import Route

type Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]


class Handler(NamedTuple):
    """One function of the template that answers HTTP, and its routes."""

    logical_id: str
    folder: str
    routes: Sequence[Route]


class _TemplateLoader(yaml.CSafeLoader):
    """Reads past CloudFormation's short forms: only names and folders are wanted here."""


_TemplateLoader.add_multi_constructor("!", lambda _, suffix, node: f"{suffix} {node.value}")


@cache
def _template() -> Json:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    document: Json = yaml.load(text, Loader=_TemplateLoader)  # noqa: S506 # nosec B506 - it is a SafeLoader
    return document


def scope_descriptions() -> dict[str, str]:
    """Each scope of the user pool's resource server, and what a token with it may do."""
    declared = _template()["Resources"]["Scopes"]["Properties"]["Scopes"]
    return {scope["ScopeName"]: scope["ScopeDescription"] for scope in declared}


def template_functions() -> dict[str, Json]:
    """The template's functions: logical id to properties, with the global variables merged."""
    document = _template()
    everywhere = document["Globals"]["Function"]["Environment"]["Variables"]
    functions: dict[str, Json] = {}
    for logical_id, resource in document["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            properties = resource["Properties"]
            own = properties.get("Environment", {}).get("Variables", {})
            functions[logical_id] = {**properties, "Variables": {**everywhere, **own}}
    return functions


def handlers() -> Iterator[Handler]:
    """Import each function with the variables it will have, and ask it."""
    for logical_id, properties in template_functions().items():
        folder = Path(properties["CodeUri"]).name
        if not (ROOT / "functions" / folder / "app.py").exists():
            continue
        with _environment(dict.fromkeys(properties["Variables"], "here")):
            module = importlib.import_module(f"functions.{folder}.app")
        if hasattr(module, "api"):
            yield Handler(logical_id, folder, module.api.routes)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables, AWS_DEFAULT_REGION="eu-west-2", LOG_LEVEL="ERROR")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
