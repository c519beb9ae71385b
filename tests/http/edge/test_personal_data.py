"""Nothing personal lies open anywhere; erasing a party closes it for ever, and the books still hold."""

import base64
import io
import json
import logging
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from insurance.domain.core.event import first_broken_link
from insurance.domain.core.packing import pack

from tests.support.backend import Backend
from tests.support.calls import (
    APPROVER,
    BANK,
    CLAIM,
    CLOCK,
    EMAIL,
    LOSS_CLOCK,
    NAME,
    NARRATIVE,
    QUOTE,
    UNDERWRITER,
)
from tests.support.personal_data import erase, found_in, open_words
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, posted, streams

type Json = dict[str, Any]


def test_the_search_finds_what_is_hidden_in_every_way_it_knows():
    secret = {"policyholder": {"name": NAME}, "narrative": NARRATIVE}
    plain = json.dumps(secret).encode()
    deflated = zlib.compressobj(wbits=-15)
    hiding = {
        "text": {"S": json.dumps(secret)},
        "packed": {"B": pack(secret)},
        "deflated": {"B": deflated.compress(plain) + deflated.flush()},
        "base64": {"S": base64.b64encode(plain).decode()},
        "hex": {"S": plain.hex()},
        "map": {"M": {"name": {"S": NAME.upper()}}},
    }
    for way, value in hiding.items():
        assert NAME in found_in(value), way


def whole_life(handlers: Platform) -> Json:
    """A claim that has been through everything, and beside it what else a party can leave behind."""
    claim = handlers.paid()
    handlers.call(
        "POST",
        "/v1/quotes",
        QUOTE
        | {
            "answers": QUOTE["answers"]
            | {"drivers": [{"age": 35, "licence_years": 15, "convictions": 3}]}
        },
    )
    referred = handlers.quoted(
        answers=QUOTE["answers"] | {"vehicle_value": {"amount": 6_000_000, "currency": "GBP"}}
    )
    handlers.call(
        "POST",
        f"/v1/quotes/{referred['id']}/referral-decision",
        {"decision": "decline", "reason": f"{NAME} is known to us"},
        by=UNDERWRITER,
    )
    handlers.settled(facts={}, claimed={"amount": 100_000, "currency": "GBP"})
    handlers.settled(claimed={"amount": 900_000, "currency": "GBP"})
    return claim


def test_nothing_personal_is_readable_in_any_attribute_of_any_table(handlers: Platform):
    whole_life(handlers)

    assert open_words(handlers.backend) == {}


def test_what_staff_write_about_a_payment_is_not_readable_either(handlers: Platform):
    claim = handlers.settled(claimed={"amount": 900_000, "currency": "GBP"})
    refused = handlers.call(
        "POST",
        f"/v1/claims/{claim['id']}/payments/{claim['payments'][0]['id']}/approval",
        {"decision": "refuse", "reason": f"{NAME} asked us to wait"},
        by=APPROVER,
        clock=LOSS_CLOCK,
    )
    assert refused.status == 200

    assert open_words(handlers.backend) == {}


def test_events_that_are_read_or_published_say_nothing_personal(handlers: Platform):
    claim = whole_life(handlers)

    shown = handlers.call("GET", f"/v1/policies/{claim['policy_id']}/events").body

    assert shown["items"]
    assert shown["verified"] is True
    assert found_in(shown) == set()
    for events in streams(handlers.backend).values():
        for event in events:
            assert found_in(event.facts) == set(), event.type


def test_after_erasure_no_read_shows_who_it_was(handlers: Platform):
    claim = handlers.paid()
    policy_id = claim["policy_id"]
    quote_id = policy_id.replace("pol_", "quo_")

    erase(handlers, policy_id)

    for path in (
        f"/v1/quotes/{quote_id}",
        f"/v1/policies/{policy_id}",
        f"/v1/policies/{policy_id}/events",
        f"/v1/claims/{claim['id']}",
    ):
        answer = handlers.call("GET", path, clock=LOSS_CLOCK)
        assert answer.status == 200, answer.text
        assert found_in(answer.body) == set(), path
    explained = handlers.call("GET", f"/v1/quotes/{quote_id}/explanation", clock=LOSS_CLOCK)
    assert (explained.status, explained.code) == (409, "already-erased")
    assert open_words(handlers.backend) == {}


def test_after_erasure_what_is_not_personal_is_still_there(handlers: Platform):
    claim = handlers.paid()
    before = handlers.call("GET", f"/v1/policies/{claim['policy_id']}").body

    erase(handlers, claim["policy_id"])

    policy = handlers.call("GET", f"/v1/policies/{claim['policy_id']}").body
    assert "policyholder" not in policy
    assert policy["premium"] == before["premium"]
    assert policy["period"] == before["period"]
    left = handlers.call("GET", f"/v1/claims/{claim['id']}", clock=LOSS_CLOCK).body
    assert left["paid"] == claim["paid"]
    assert left["payments"] == claim["payments"]


def test_after_erasure_chains_and_postings_still_verify(handlers: Platform):
    claim = handlers.paid()
    before = {name: posted(events) for name, events in streams(handlers.backend).items()}

    erase(handlers, claim["policy_id"])

    after = streams(handlers.backend)
    assert_chains_hold(handlers.backend)
    for stream, events in after.items():
        assert first_broken_link(events) is None
        assert sum(posted(events).values()) == 0
        assert posted(events) == before.get(stream, {})
    shown = handlers.call("GET", f"/v1/policies/{claim['policy_id']}/events").body
    assert shown["verified"] is True


def test_after_erasure_no_repeated_call_brings_the_person_back(handlers: Platform):
    """Idempotency records hold whole answers; they are sealed with the key that is gone."""
    quoted = handlers.call("POST", "/v1/quotes", QUOTE, key="quote")
    quote_id = quoted.body["id"]
    accepted = f"/v1/quotes/{quote_id}/acceptance"
    handlers.call("POST", accepted, {}, key="accept")
    policy = handlers.call("POST", "/v1/policies", {"quote_id": quote_id}, key="issue").body
    notice = CLAIM | {"policy_id": policy["id"]}
    claim = handlers.call("POST", "/v1/claims", notice, key="notify", clock=LOSS_CLOCK).body
    settlement = f"/v1/claims/{claim['id']}/settlement"
    handlers.call("POST", settlement, {}, key="settle", clock=LOSS_CLOCK)

    erase(handlers, policy["id"])

    for path, body, key, clock in (
        ("/v1/quotes", QUOTE, "quote", None),
        (accepted, {}, "accept", None),
        ("/v1/policies", {"quote_id": quote_id}, "issue", None),
        ("/v1/claims", notice, "notify", LOSS_CLOCK),
        (settlement, {}, "settle", LOSS_CLOCK),
    ):
        options: Json = {"clock": clock} if clock else {}
        again = handlers.call("POST", path, body, key=key, **options)
        assert again.status in {200, 201, 409}, again.text
        assert found_in(again.body) == set(), path
        if again.status == 409:
            assert again.code == "already-erased", path


def test_erasing_one_party_leaves_the_others_readable(handlers: Platform):
    kept, gone = handlers.issued(), handlers.issued()

    erase(handlers, gone["id"])

    assert handlers.call("GET", f"/v1/policies/{kept['id']}").body["policyholder"]["name"] == NAME


def test_an_erased_party_cannot_be_claimed_for_settled_or_issued_again(handlers: Platform):
    claim = handlers.notified()
    erase(handlers, claim["policy_id"])
    quote = handlers.accepted()
    erase(handlers, quote["id"].replace("quo_", "pol_"))

    settled = handlers.call("POST", f"/v1/claims/{claim['id']}/settlement", {}, clock=LOSS_CLOCK)
    issued = handlers.call("POST", "/v1/policies", {"quote_id": quote["id"]})

    assert (settled.status, settled.code) == (409, "already-erased")
    assert (issued.status, issued.code) == (409, "already-erased")


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the functions' logger writes. (It has held on to its stream since it was made.)"""
    from insurance import telemetry  # noqa: PLC0415 - after the environment is set

    written = io.StringIO()
    for handler in telemetry.logger._logger.handlers:
        monkeypatch.setattr(handler, "stream", written)
    monkeypatch.setattr(telemetry.logger._logger, "level", logging.DEBUG)
    return written


def test_no_log_line_and_no_metric_says_anything_personal(
    handlers: Platform, capfd: pytest.CaptureFixture[str], logged: io.StringIO
):
    claim = whole_life(handlers)
    erase(handlers, claim["policy_id"])
    handlers.call(
        "POST", "/v1/quotes", QUOTE | {NAME: EMAIL}
    )  # refused, with the name in a pointer
    handlers.call("POST", "/v1/quotes", json.dumps(QUOTE)[:-1])  # not JSON
    handlers.call("POST", f"/v1/quotes/{NAME.replace(' ', '')}/acceptance", {})  # a weird id
    handlers.call("POST", "/v1/bank-reports", {"bank_reference": NAME}, by=BANK)

    out, err = capfd.readouterr()

    assert '"Requests"' in out
    assert '"Refusals"' in out
    assert found_in([out, err, logged.getvalue()]) == set()


def test_a_fault_of_ours_is_logged_without_what_was_sent(
    handlers: Platform,
    capfd: pytest.CaptureFixture[str],
    logged: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
):
    from insurance.domain.product import Product  # noqa: PLC0415 - for this test only

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"cannot read {QUOTE}")

    monkeypatch.setattr(Product, "read_answers", broken)

    answer = handlers.call("POST", "/v1/quotes", QUOTE)

    out, err = capfd.readouterr()
    assert (answer.status, answer.code) == (500, "fault")
    assert "RuntimeError" in logged.getvalue()
    assert '"Faults"' in out
    assert found_in([out, err, logged.getvalue(), answer.body]) == set()


@pytest.fixture
def erased_meanwhile(
    handlers: Platform,
) -> Iterator[Callable[[str, str], None]]:
    """Between a command's read and its transaction the party is erased."""
    waiting: dict[str, str] = {}
    registered = []

    def arm(folder: str, policy_id: str) -> None:
        waiting["policy"] = policy_id
        events = handlers.apps[folder].idempotency._client.meta.events
        events.register("before-call.dynamodb.TransactWriteItems", interfere)
        registered.append(events)

    def interfere(**_: Any) -> None:
        if waiting:
            erase(handlers, waiting.pop("policy"))

    yield arm
    for events in registered:
        events.unregister("before-call.dynamodb.TransactWriteItems", interfere)
    assert not waiting, "nothing was erased"


def assert_gone(backend: Backend) -> None:
    """No key that could open anything is left, in any table."""
    for table, items in backend.everything().items():
        assert not [item for item in items if "key" in item], table


def test_issuing_a_party_erased_meanwhile_is_refused_and_brings_no_key_back(
    handlers: Platform, erased_meanwhile: Callable[[str, str], None]
):
    quote_id = handlers.accepted()["id"]
    erased_meanwhile("policy_issuance", quote_id.replace("quo_", "pol_"))

    refused = handlers.call("POST", "/v1/policies", {"quote_id": quote_id})

    assert (refused.status, refused.code) == (409, "already-erased"), refused.text
    assert handlers.backend.items("policies") == []
    assert_gone(handlers.backend)


@pytest.mark.parametrize("step", ["accept", "notify", "settle"])
def test_no_step_of_a_party_erased_meanwhile_brings_a_key_back(
    step: str, handlers: Platform, erased_meanwhile: Callable[[str, str], None]
):
    if step == "accept":
        quote_id = handlers.quoted()["id"]
        erased_meanwhile("quoting", quote_id.replace("quo_", "pol_"))
        path, body = f"/v1/quotes/{quote_id}/acceptance", {}
        read = [f"/v1/quotes/{quote_id}"]
    elif step == "notify":
        policy_id = handlers.issued()["id"]
        erased_meanwhile("claim_intake", policy_id)
        path, body = "/v1/claims", CLAIM | {"policy_id": policy_id}
        read = [f"/v1/policies/{policy_id}"]
    else:
        claim = handlers.notified()
        erased_meanwhile("settlement", claim["policy_id"])
        path, body = f"/v1/claims/{claim['id']}/settlement", {}
        read = [f"/v1/claims/{claim['id']}"]

    first = handlers.call(
        "POST", path, body, key="k", clock=LOSS_CLOCK if step != "accept" else CLOCK
    )
    again = handlers.call(
        "POST", path, body, key="k", clock=LOSS_CLOCK if step != "accept" else CLOCK
    )

    assert first.status < 500, first.text
    assert (again.status, again.code) == (409, "already-erased")
    for each in read:
        answer = handlers.call("GET", each, clock=LOSS_CLOCK)
        assert answer.status == 200, answer.text
        assert found_in(answer.body) == set()
    assert_gone(handlers.backend)
    assert_chains_hold(handlers.backend)
