"""The definition as the clients are generated from it: what their own layer does is not asked of who calls them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

type Json = dict[str, Any]

BY_THE_CLIENT: Final = {"Coverwright-Clock", "If-None-Match"}
"""Headers that a connection sends, for all of its calls or on no call."""
MADE_IF_MISSING: Final = {"Idempotency-Key"}
"""Headers that a connection makes if the caller does not give them."""


def for_clients(definition: Json) -> Json:
    """A copy in which problems are exceptions (no answers but the good ones), and keys are made if none is given."""
    made = deepcopy(definition)
    for item in made["paths"].values():
        for operation in item.values():
            operation["responses"] = {
                status: answer
                for status, answer in operation["responses"].items()
                if str(status).startswith("2")
            }
            operation["parameters"] = [
                _optional(each) if each["name"] in MADE_IF_MISSING else each
                for each in operation.get("parameters", ())
                if each["name"] not in BY_THE_CLIENT
            ]
    made["components"].pop("responses", None)
    return made


def _optional(parameter: Json) -> Json:
    return {**parameter, "required": False}
