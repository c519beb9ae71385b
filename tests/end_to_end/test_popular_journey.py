"""The contender of `make load` does what ours does: the same journey, with the same figures, exactly once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bench.load import popular
from bench.load.journey import QUOTED_AT, headers, quote_body, walk
from bench.load.popular_template import IDEMPOTENCY, TABLE
from bench.race.build import CannotBuild, installed
from local.stack import Stack
from tests.end_to_end.conftest import Caller
from tests.support.missing import skip_or_fail
from tests.support.waiting import STRETCH, wait_until

type Json = dict[str, Any]
type Play = Callable[[int], dict[str, Json]]

PRICED = ("status", "revision", "product", "period", "premium", "covers", "policyholder")
QUOTED = (*PRICED, "findings", "answers", "options", "carrier", "created_at", "expires_at")
ISSUED = (*PRICED, "flags", "partner", "issued_at", "cover_begins_at", "as_at", "charged")
NOTIFIED = (
    *("status", "decision", "cover", "occurred_at", "reported_at", "claimed", "reserve", "paid"),
    *("claimant.name", "payee.name", "payee.iban", "facts", "narrative"),
)
SETTLED = (*NOTIFIED, "payable", "steps", "payments.0.status", "payments.0.amount")
FIGURES = {
    "quote": QUOTED,
    "read quote": QUOTED,
    "accept": QUOTED,
    "issue": ISSUED,
    "read policy": ISSUED,
    "check coverage": ("outcome", "payable"),
    "notify": NOTIFIED,
    "settle": SETTLED,
    "notify and settle": SETTLED,
    "read claim": SETTLED,
}
"""What both answer to each request; ids and numbers are each one's own."""


REFUSED = {
    "an unknown quote": 404,
    "another partner's quote": 404,
    "the key of another body": 422,
    "an unknown field": 422,
    "a quote that is not accepted": 409,
    "a scope that lacks": 403,
}


@pytest.fixture(scope="module")
def popular_stack() -> Iterator[Stack]:
    try:
        installed("journey")
    except CannotBuild as error:
        skip_or_fail(f"its requirements are not here, and cannot be had: {error}")
    with popular.stack(stretch=STRETCH, warm=False) as running:
        yield running


def player(stack: Stack) -> Play:
    """Walks a journey on a stack, and answers what each request was answered last."""

    def play(number: int) -> dict[str, Json]:
        caller = Caller(stack, stack.token("harbour-test"))
        answers: dict[str, Json] = {}

        def call(
            method: str,
            name: str,
            path: str,
            body: Json | None = None,
            *,
            key: str | None = None,
            at: str = QUOTED_AT,
        ) -> Json:
            sent = headers(key, at)
            answer = caller.http.request(method, path, json=body, headers=sent)
            assert answer.status_code < 300, f"{name}: {answer.text}"
            answers[name] = answer.json()
            return answers[name]

        with caller.http:
            walk(call, number, run="beside", settled={})
        return answers

    return play


def figures(answers: dict[str, Json]) -> dict[str, Json]:
    return {
        name: {path: at(answer, path) for path in FIGURES[name]} for name, answer in answers.items()
    }


def at(answer: Any, path: str) -> Any:
    for step in path.split("."):
        answer = answer[int(step)] if step.isdecimal() else answer[step]
    return answer


@pytest.mark.parametrize("number", [0, 1], ids=["the shortest way", "looking around"])
def test_a_journey_has_the_figures_of_ours(stack: Stack, popular_stack: Stack, number: int) -> None:
    ours, theirs = player(stack)(number), player(popular_stack)(number)

    assert at(theirs["read claim"], "payments.0.amount.amount") == 250000
    assert figures(theirs) == figures(ours)


def test_it_refuses_what_ours_refuses(stack: Stack, popular_stack: Stack) -> None:
    assert refusals(popular_stack) == refusals(stack) == REFUSED


def refusals(stack: Stack) -> dict[str, int]:
    """The status of each request that no stack may carry out."""
    body, other = quote_body("Ada Merton", 1), quote_body("Ada Merton", 2)
    harbour, meadow, reader = (
        Caller(stack, stack.token(who)) for who in ("harbour-test", "meadow-test", "reader-test")
    )
    with harbour.http, meadow.http, reader.http:
        quote = harbour.post("/v1/quotes", body, key="refused").json()
        on_it = {"quote_id": quote["id"]}
        answers = {
            "an unknown quote": harbour.get("/v1/quotes/quo_test_0000000000000000"),
            "another partner's quote": meadow.get(f"/v1/quotes/{quote['id']}"),
            "the key of another body": harbour.post("/v1/quotes", other, key="refused"),
            "an unknown field": harbour.post("/v1/quotes", body | {"colour": "red"}),
            "a quote that is not accepted": harbour.post("/v1/policies", on_it),
            "a scope that lacks": reader.post("/v1/quotes", body),
        }
    return {name: answer.status_code for name, answer in answers.items()}


def test_what_is_repeated_is_done_once(popular_stack: Stack) -> None:
    play = player(popular_stack)
    first, again = play(3), play(3)

    commands = [name for name in first if not name.startswith("read ")]
    assert [again[name] for name in commands] == [first[name] for name in commands]
    _forget_what_was_answered(popular_stack)  # as where a function dies before it can record it
    assert play(3)["settle"] == first["read claim"]

    wait_until(lambda: popular.waits(popular_stack), lambda waiting: not waiting)
    assert popular.faults(popular_stack) == []


def test_a_line_of_the_ledger_that_lacks_is_found(popular_stack: Stack) -> None:
    claim = player(popular_stack)(2)["read claim"]
    wait_until(lambda: popular.waits(popular_stack), lambda waiting: not waiting)
    table = popular_stack.table(TABLE)
    line = {"pk": {"S": f"LEDGER#{claim['id']}"}, "sk": {"S": "0002#03"}}

    popular_stack.dynamodb().delete_item(TableName=table, Key=line)

    found = " ".join(popular.faults(popular_stack))
    assert "all accounts: 250000, not 0" in found
    assert "lines: " in found


def _forget_what_was_answered(stack: Stack) -> None:
    engine, table = stack.dynamodb(), stack.table(IDEMPOTENCY)
    for item in engine.scan(TableName=table)["Items"]:
        engine.delete_item(TableName=table, Key={"id": item["id"]})
