"""A function that reaches for what its statements do not give it is refused here as on AWS."""

from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

import pytest
from insurance import wiring

from local.aws.rights import Rights
from tests.support import rights
from tests.support.backend import Backend
from tests.support.calls import QUOTE
from tests.support.driving.functions import functions_of
from tests.support.engine import template
from tests.support.platform import Platform

type Json = dict[str, Any]


def without(folder: str, action: str) -> Rights:
    """The template's rights, and one of a function's taken away."""
    functions = [
        (each, each.statements if each.folder.name != folder else trimmed(each.statements, action))
        for each in template().functions.values()
    ]
    whole = Rights.of(template())
    return Rights({each.name: statements for each, statements in functions}, whole.tables)


def trimmed(statements: Sequence[Json], action: str) -> list[Json]:
    kept = []
    for statement in statements:
        named = statement["Action"]
        left = [each for each in ([named] if isinstance(named, str) else named) if each != action]
        if left:
            kept.append({**statement, "Action": left})
    return kept


def test_a_function_that_may_not_make_a_key_makes_none(handlers: Platform):
    handlers.apps["quoting"].ports.keys.forget_data_keys()
    with patch.object(rights, "rights", lambda: without("quoting", "kms:GenerateDataKey")):
        answered = handlers.call("POST", "/v1/quotes", QUOTE)

    assert answered.status == 500
    assert handlers.backend.items("quotes") == []


def test_a_function_that_may_not_read_a_table_reads_none_of_it(handlers: Platform):
    quote_id = handlers.post("/v1/quotes", QUOTE)["id"]
    with patch.object(rights, "rights", lambda: without("quoting", "dynamodb:GetItem")):
        answered = handlers.call("GET", f"/v1/quotes/{quote_id}")

    assert answered.status == 500


@pytest.mark.parametrize(
    "folder", ["accounting", "event_register", "products", "reporting", "search", "work_list"]
)
def test_a_function_that_shows_nothing_personal_has_no_way_to_a_partys_key(
    running: Backend, folder: str
):
    def asked() -> None:
        raise AssertionError(f"{folder} asks for what opens the keys of parties")

    with patch.object(wiring, "keys", asked):
        apps = functions_of(running.environment(), [folder])

    assert apps.keys() == {folder}


def test_a_function_that_shows_personal_data_asks_for_it(running: Backend):
    def asked() -> None:
        raise LookupError("keys of parties")

    with (
        patch.object(wiring, "keys", asked),
        pytest.raises(LookupError),
    ):
        functions_of(running.environment(), ["claim_intake"])
