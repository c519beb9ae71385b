"""A call repeated with its key is answered as it was the first time, whatever has happened since."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from insurance.domain.core.identity import party_id_for

from tests.support import pet
from tests.support.calls import (
    APPROVER,
    AUTHOR,
    BANK,
    CLAIM,
    CLOCK,
    LOSS_CLOCK,
    PARTNER,
    PRIVACY,
    QUOTE,
    UNDERWRITER,
    Answer,
)
from tests.support.platform import Platform

type Json = dict[str, Any]

KEY = "a-key-of-the-callers"
LATER = {CLOCK: "2026-12-20T08:59:59Z", LOSS_CLOCK: "2027-02-10T08:59:59Z"}
"""The last moment at which an idempotency record is still there."""


class Sent(NamedTuple):
    """A command ready to be sent."""

    path: str
    body: Json
    other: Json
    """Another body that the operation would read as well."""
    caller: Json = PARTNER
    clock: str = CLOCK


def quoting(_handlers: Platform) -> Sent:
    return Sent("/v1/quotes", QUOTE, QUOTE | {"start": "2026-12-02"})


def accepting(handlers: Platform) -> Sent:
    return Sent(f"/v1/quotes/{handlers.quoted()['id']}/acceptance", {}, {})


def deciding(handlers: Platform) -> Sent:
    answers = QUOTE["answers"] | {"vehicle_value": {"amount": 6_000_000, "currency": "GBP"}}
    quote = handlers.quoted(answers=answers)
    assert quote["status"] == "referred"
    body = {"decision": "accept", "reason": "seen", "load": "0.25"}
    path = f"/v1/quotes/{quote['id']}/referral-decision"
    return Sent(path, body, body | {"load": "0.5"}, UNDERWRITER)


def issuing(handlers: Platform) -> Sent:
    body = {"quote_id": handlers.accepted()["id"]}
    return Sent("/v1/policies", body, {"quote_id": handlers.accepted()["id"]})


def notifying(handlers: Platform) -> Sent:
    body = CLAIM | {"policy_id": handlers.issued()["id"]}
    return Sent("/v1/claims", body, body | {"narrative": "another"}, clock=LOSS_CLOCK)


def settling(handlers: Platform) -> Sent:
    return Sent(f"/v1/claims/{handlers.notified()['id']}/settlement", {}, {}, clock=LOSS_CLOCK)


def approving(handlers: Platform) -> Sent:
    claim = handlers.settled(claimed={"amount": 900_000, "currency": "GBP"})
    [payment] = claim["payments"]
    assert payment["status"] == "awaiting_approval"
    path = f"/v1/claims/{claim['id']}/payments/{payment['id']}/approval"
    body = {"decision": "approve", "reason": "looked at"}
    return Sent(path, body, body | {"reason": "or not"}, APPROVER, LOSS_CLOCK)


def reporting(handlers: Platform) -> Sent:
    [payment] = handlers.settled()["payments"]
    body = {
        "instruction_id": payment["instruction_id"],
        "outcome": "paid",
        "bank_reference": "BK-7",
        "executed_at": "2027-01-11T10:00:00Z",
    }
    return Sent("/v1/bank-reports", body, body | {"bank_reference": "BK-8"}, BANK, LOSS_CLOCK)


def erasing(handlers: Platform) -> Sent:
    party_id = party_id_for(handlers.quoted()["id"])
    path = f"/v1/parties/{party_id}/erasure"
    return Sent(path, {"reason": "requested"}, {"reason": "objection"}, PRIVACY)


def drafting(_handlers: Platform) -> Sent:
    path = "/v1/products/pet/versions/2026.1/draft"
    return Sent(path, pet.files()._asdict(), pet.files(name="Pets")._asdict(), AUTHOR)


def submitting(handlers: Platform) -> Sent:
    draft = drafting(handlers)
    assert handlers.call("POST", draft.path, draft.body, by=AUTHOR).status == 200
    body = {"step": "submit", "reason": "ready"}
    return Sent("/v1/products/pet/versions/2026.1/steps", body, body | {"reason": "so"}, AUTHOR)


COMMANDS: list[Callable[[Platform], Sent]] = [
    quoting,
    accepting,
    deciding,
    issuing,
    notifying,
    settling,
    approving,
    reporting,
    erasing,
    drafting,
    submitting,
]
WITHOUT_A_BODY = {accepting, settling}
"""Nothing is asked in the body, so no other body can be sent; see the test on other objects."""

every_command = pytest.mark.parametrize("prepare", COMMANDS, ids=lambda prepare: prepare.__name__)


def send(handlers: Platform, sent: Sent, body: Json | None = None, **options: Any) -> Answer:
    options = {"key": KEY, "clock": sent.clock, "by": sent.caller} | options
    return handlers.call("POST", sent.path, sent.body if body is None else body, **options)


@every_command
def test_a_repeated_call_gets_the_first_answer_to_the_byte_and_changes_nothing(
    prepare: Callable[[Platform], Sent], handlers: Platform
):
    sent = prepare(handlers)
    first = send(handlers, sent)
    assert first.status in {200, 201}, first.text
    assert not first.replayed
    left = handlers.backend.everything()

    again = send(handlers, sent, clock=LATER[sent.clock])

    assert again.status == first.status
    assert again.replayed
    assert again.text == first.text
    assert again.headers.get("ETag") == first.headers.get("ETag")
    assert handlers.backend.everything() == left


@pytest.mark.parametrize(
    "prepare",
    [each for each in COMMANDS if each not in WITHOUT_A_BODY],
    ids=lambda prepare: prepare.__name__,
)
def test_a_key_used_for_another_request_is_refused_and_changes_nothing(
    prepare: Callable[[Platform], Sent], handlers: Platform
):
    sent = prepare(handlers)
    assert send(handlers, sent).status in {200, 201}
    left = handlers.backend.everything()

    refused = send(handlers, sent, sent.other)

    assert (refused.status, refused.code) == (422, "key-reused")
    assert not refused.replayed
    assert handlers.backend.everything() == left


def test_a_key_used_on_another_object_is_refused(handlers: Platform):
    mine, another = handlers.quoted()["id"], handlers.quoted()["id"]
    handlers.call("POST", f"/v1/quotes/{mine}/acceptance", {}, key=KEY)

    refused = handlers.call("POST", f"/v1/quotes/{another}/acceptance", {}, key=KEY)

    assert (refused.status, refused.code) == (422, "key-reused")
    assert handlers.call("GET", f"/v1/quotes/{another}").body["status"] == "bindable"


@every_command
def test_a_command_without_a_key_is_refused_before_anything_is_done(
    prepare: Callable[[Platform], Sent], handlers: Platform
):
    sent = prepare(handlers)
    left = handlers.backend.everything()

    for key in (None, "with space", "\u00e9", "k" * 129):
        refused = send(handlers, sent, key=key)

        assert (refused.status, refused.code) == (400, "bad-header"), key
    assert handlers.backend.everything() == left


def test_two_callers_may_use_the_same_key(handlers: Platform):
    one = handlers.call("POST", "/v1/quotes", QUOTE, key=KEY)
    other = handlers.call(
        "POST", "/v1/quotes", QUOTE, key=KEY, by=PARTNER | {"principal": "app_test_two"}
    )

    assert one.body["id"] != other.body["id"]
    assert not other.replayed


def test_a_quote_that_moved_on_is_replayed_as_it_was_made(handlers: Platform):
    first = handlers.call("POST", "/v1/quotes", QUOTE, key=KEY)
    quote_id = first.body["id"]
    handlers.call("POST", f"/v1/quotes/{quote_id}/acceptance", {})
    handlers.call("POST", "/v1/policies", {"quote_id": quote_id})

    again = handlers.call("POST", "/v1/quotes", QUOTE, key=KEY, clock=LATER[CLOCK])

    assert again.replayed
    assert again.text == first.text
    assert again.headers["ETag"] == first.headers["ETag"]


def test_an_idempotency_record_outlives_the_state_that_would_refuse_the_call_now(
    handlers: Platform,
):
    """A settlement repeated after the claim was paid and closed is still the settlement."""
    claim = handlers.notified()
    path = f"/v1/claims/{claim['id']}/settlement"
    first = handlers.call("POST", path, {}, key=KEY, clock=LOSS_CLOCK)
    [payment] = first.body["payments"]
    report = {
        "instruction_id": payment["id"],
        "outcome": "paid",
        "bank_reference": "BK-1",
        "executed_at": "2027-01-11T10:00:00Z",
    }
    assert (
        handlers.call("POST", "/v1/bank-reports", report, by=BANK, clock=LOSS_CLOCK).status == 200
    )

    again = handlers.call(
        "POST", path, {}, key=KEY, clock=LATER[LOSS_CLOCK], headers={"If-Match": '"1-claim"'}
    )

    assert again.text == first.text


def test_a_callers_own_clock_does_not_make_an_idempotency_record_older(handlers: Platform):
    claim = handlers.notified()
    path = f"/v1/claims/{claim['id']}/settlement"
    first = handlers.call("POST", path, {}, key=KEY, clock=LOSS_CLOCK)

    late = handlers.call("POST", path, {}, key=KEY, clock="2027-02-10T09:00:01Z")

    assert late.text == first.text


@pytest.fixture
def torn_reads(handlers: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """A BatchGetItem is no snapshot: the next one sees what was done, but not yet its idempotency record."""
    torn: list[str] = []
    records = handlers.backend.table("idempotency")

    def tear(parsed: Json, **_: Any) -> None:
        if torn and records in parsed["Responses"]:
            torn.pop()
            parsed["Responses"][records] = []

    clients = [
        handlers.apps[folder].idempotency._client
        for folder in ("quoting", "policy_issuance", "settlement")
    ]
    for client in clients:
        client.meta.events.register("after-call.dynamodb.BatchGetItem", tear)
    yield lambda: torn.append("next")
    for client in clients:
        client.meta.events.unregister("after-call.dynamodb.BatchGetItem", tear)
    assert not torn, "no read was torn"


@pytest.mark.parametrize("prepare", [accepting, issuing, settling], ids=lambda each: each.__name__)
@pytest.mark.parametrize("tag", [None, '"1-quote"', '"2-quote"', '"1-claim"'])
def test_a_replay_never_meets_the_refusal_that_its_first_call_brought_about(
    prepare: Callable[[Platform], Sent],
    tag: str | None,
    handlers: Platform,
    torn_reads: Callable[[], None],
):
    sent = prepare(handlers)
    headers = {} if tag is None else {"If-Match": tag}
    first = send(handlers, sent)
    assert first.status in {200, 201}
    torn_reads()

    again = send(handlers, sent, headers=headers)

    assert again.replayed, again.text
    assert again.text == first.text
