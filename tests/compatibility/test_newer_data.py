"""While two releases run: this one meets what a newer one wrote, shows what it understands, and spoils nothing.

The newer release is played: what it would have stored is put in place of what this one stored.
"""

from collections.abc import Callable
from typing import Any

import pytest
from insurance.domain.core.packing import pack, unpack

from tests.support.calls import LOSS_CLOCK
from tests.support.platform import Platform

type Json = dict[str, Any]
type Change = Callable[[Json], Json]


def rewrite(platform: Platform, table: str, id: str, change: Change) -> None:
    """Store the item as a newer release would have: with its open facts changed."""
    [item] = [each for each in platform.backend.items(table) if each["id"]["S"] == id]
    item["body"] = {"B": pack(change(unpack(item["body"]["B"])))}
    platform.backend.dynamodb.put_item(TableName=platform.backend.table(table), Item=item)


def with_field(facts: Json) -> Json:
    return facts | {"carbon_budget": 12}


def with_nested_field(facts: Json) -> Json:
    return facts | {"product": facts["product"] | {"edition": "autumn"}}


def with_new_status(facts: Json) -> Json:
    return facts | {"status": "fossilised"}


def with_new_version(facts: Json) -> Json:
    return facts | {"v": 2}


def everything(platform: Platform) -> Any:
    return platform.backend.everything()


@pytest.mark.parametrize("change", [with_field, with_nested_field])
def test_a_record_with_fields_of_a_newer_release_is_shown(handlers: Platform, change: Change):
    quote = handlers.quoted()
    rewrite(handlers, "quotes", quote["id"], change)

    shown = handlers.get(f"/v1/quotes/{quote['id']}")

    assert shown == quote


@pytest.mark.parametrize("change", [with_field, with_nested_field])
def test_nothing_is_written_in_its_place_until_somebody_does_who_knows_them(
    handlers: Platform, change: Change
):
    quote = handlers.quoted()
    rewrite(handlers, "quotes", quote["id"], change)
    before = everything(handlers)

    answer = handlers.call("POST", f"/v1/quotes/{quote['id']}/acceptance", {})

    assert (answer.status, answer.code) == (503, "busy")
    assert "newer release" in answer.body["detail"]
    assert int(answer.headers["Retry-After"]) > 0
    assert everything(handlers) == before


@pytest.mark.parametrize("change", [with_new_status, with_new_version])
def test_a_record_that_this_release_cannot_read_is_refused_as_that(
    handlers: Platform, change: Change
):
    quote = handlers.quoted()
    rewrite(handlers, "quotes", quote["id"], change)

    for answer in (
        handlers.call("GET", f"/v1/quotes/{quote['id']}"),
        handlers.call("POST", f"/v1/quotes/{quote['id']}/acceptance", {}),
    ):
        assert (answer.status, answer.code) == (503, "busy")


def test_a_claim_is_settled_beside_a_policy_with_fields_of_a_newer_release(handlers: Platform):
    """What is not written on may say more than is understood."""
    claim = handlers.notified()
    policy_id = claim["policy_id"]
    [item] = [each for each in handlers.backend.items("events") if each["stream"]["S"] == policy_id]
    item["body"] = {"B": pack(with_field(unpack(item["body"]["B"])))}
    handlers.backend.dynamodb.put_item(TableName=handlers.backend.table("events"), Item=item)

    settled = handlers.post(f"/v1/claims/{claim['id']}/settlement", clock=LOSS_CLOCK)

    assert [each["status"] for each in settled["payments"]] == ["executing"]


def test_an_answer_that_a_newer_release_recorded_is_not_given_again_by_guess(handlers: Platform):
    quote = handlers.quoted()
    call: Any = ("POST", f"/v1/quotes/{quote['id']}/acceptance", {})
    handlers.call(*call, key="once")
    [record] = handlers.backend.items("idempotency")
    record["v"] = {"N": "2"}
    handlers.backend.dynamodb.put_item(TableName=handlers.backend.table("idempotency"), Item=record)

    answer = handlers.call(*call, key="once")

    assert (answer.status, answer.code) == (503, "busy")
