"""Sixteen clients call at the same moment, on a database that is calm or busy."""

from collections import Counter
from dataclasses import replace

import pytest
from insurance.domain.core.identity import billing_id_for, policy_id_for
from insurance.dynamodb.transaction import PATIENCE_SECONDS, READ_SECONDS, TRIES

from tests.resilience.commands import ISSUE, OFFSET, PREMIUM, SETTLE, Command, Kind
from tests.support.calls import BANK, LOSS_CLOCK, Answer, event
from tests.support.faults import Faults, cancelled, throttled
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, streams
from tests.support.zygote import Outcome, Run, Zygote, final_answers

pytestmark = pytest.mark.xdist_group("resilience")

CLIENTS = 16
by_kind = pytest.mark.parametrize("kind", [ISSUE, SETTLE, OFFSET], ids=lambda kind: kind.name)


def assert_same_answer_for_all(kind: Kind, answers: list[Answer]) -> None:
    assert Counter(answer.status for answer in answers) == {kind.status: CLIENTS}
    assert len({answer.text for answer in answers}) == 1
    assert len({answer.headers["ETag"] for answer in answers}) == 1


def assert_one_did_it(kind: Kind, answers: list[Answer]) -> None:
    refused = [answer for answer in answers if answer.status != kind.status]
    assert len(refused) == CLIENTS - 1
    assert {answer.status for answer in refused} == {409}
    assert {answer.code for answer in refused} == {kind.already_done}


def with_the_same_key(command: Command) -> list[Run]:
    return [command.call("one-key")] * CLIENTS


def with_keys_of_their_own(command: Command) -> list[Run]:
    return [command.call(f"key-{client}") for client in range(CLIENTS)]


def busy(kind: Kind) -> list[dict[str, object]]:
    """30 % of transactions meet another one; 10 % of all calls are throttled, in both forms."""
    return [
        cancelled("TransactionConflict", writes=kind.writes, share=0.3),
        cancelled("ThrottlingError", writes=kind.writes, share=0.1),
        throttled(share=0.1),
    ]


@by_kind
def test_the_same_call_sixteen_times_at_once_is_done_once_and_answered_alike(
    kind: Kind, handlers: Platform, zygote: Zygote
):
    command = kind.prepare(handlers)

    answers = final_answers(with_the_same_key(command), zygote)

    kind.check(handlers.backend, [command.subject])
    assert_same_answer_for_all(kind, answers)
    assert Counter(answer.replayed for answer in answers) == {True: CLIENTS - 1, False: 1}


@by_kind
def test_sixteen_calls_with_keys_of_their_own_are_one_success_and_fifteen_refusals(
    kind: Kind, handlers: Platform, zygote: Zygote
):
    command = kind.prepare(handlers)

    answers = final_answers(with_keys_of_their_own(command), zygote)

    kind.check(handlers.backend, [command.subject])
    assert_one_did_it(kind, answers)


@by_kind
def test_the_same_call_sixteen_times_on_a_busy_database_is_done_once(
    kind: Kind, handlers: Platform, troubled: Zygote, faults: Faults
):
    command = kind.prepare(handlers)
    faults.inject(*busy(kind))

    answers = final_answers(with_the_same_key(command), troubled)

    assert_faults_of_every_form(faults)
    kind.check(handlers.backend, [command.subject])
    assert_same_answer_for_all(kind, answers)


@by_kind
def test_sixteen_calls_with_keys_of_their_own_on_a_busy_database_are_one_success(
    kind: Kind, handlers: Platform, troubled: Zygote, faults: Faults
):
    command = kind.prepare(handlers)
    faults.inject(*busy(kind))

    answers = final_answers(with_keys_of_their_own(command), troubled)

    assert_faults_of_every_form(faults)
    kind.check(handlers.backend, [command.subject])
    assert_one_did_it(kind, answers)


def _payment_in(policy_id: str) -> Run:
    told = {
        "policy_id": policy_id,
        "reference": f"REF-{policy_id}",
        "amount": {"amount": PREMIUM, "currency": "GBP"},
        "received_on": "2027-01-11",
    }
    path = "/v1/payments"
    sent = event("POST", path, told, caller=BANK, key=policy_id, clock=LOSS_CLOCK)
    return Run("billing", sent)


def test_a_claim_that_is_settled_while_the_premium_comes_in_sets_off_what_is_owed_then_once(
    handlers: Platform, zygote: Zygote
):
    commands = [OFFSET.prepare(handlers) for _ in range(CLIENTS)]
    policies = [policy_id_for(command.subject) for command in commands]
    runs = [command.run for command in commands] + [_payment_in(each) for each in policies]

    answers = final_answers(runs, zygote)

    assert Counter(answer.status for answer in answers) == {200: 2 * CLIENTS}
    assert_chains_hold(handlers.backend)
    written = streams(handlers.backend)
    for command, policy_id in zip(commands, policies, strict=True):
        account = written[billing_id_for(policy_id)][-1].facts
        by_claim = {each["reference"]: each for each in account["paid_in"]}
        from_bank = by_claim.pop(f"REF-{policy_id}")
        [payment] = written[command.subject][-1].facts["payments"]
        if "set_off" in payment:  # the premium came after it: it is owed no more
            assert payment["set_off"]["amount"]["amount"] == PREMIUM
            assert list(by_claim) == [payment["id"]]
            assert from_bank["to_suspense"]["amount"] == PREMIUM
        else:
            assert not by_claim
            assert from_bank["to_suspense"]["amount"] == 0


def assert_faults_of_every_form(faults: Faults) -> None:
    """The proxy did break something, or the test would show nothing."""
    assert faults.fired()


BUSY_FORMS = {
    "conflicts": lambda kind: cancelled("TransactionConflict", writes=kind.writes, share=1),
    "throttles": lambda _: throttled(share=1, operation="TransactWriteItems"),
    "throttled_reads": lambda _: throttled(share=1, operation="BatchGetItem"),
}


@by_kind
@pytest.mark.parametrize("form", BUSY_FORMS)
def test_a_database_that_stays_busy_is_a_503_and_nothing_is_done(
    form: str, kind: Kind, handlers: Platform, troubled: Zygote, faults: Faults
):
    """How long that takes is `test_transaction`'s, on a clock that no machine slows down."""
    command = kind.prepare(handlers)
    before = handlers.backend.everything()
    faults.inject(BUSY_FORMS[form](kind))

    answer = troubled.call(replace(command.call("key"), pauses=False))

    assert answer.status == 503
    assert answer.code == "busy"
    assert "nothing was done" in answer.body["detail"]
    assert int(answer.headers["Retry-After"]) >= 1
    assert len(faults.fired()) == TRIES
    assert handlers.backend.everything() == before

    faults.inject()
    assert troubled.call(command.call("key")).status == kind.status
    kind.check(handlers.backend, [command.subject])


@by_kind
def test_a_database_that_does_not_answer_is_a_503_after_all_the_patience_there_is(
    kind: Kind, handlers: Platform, hurried: Zygote, troubled: Zygote, faults: Faults
):
    """One call that reads in vain and one that writes in vain, side by side: both wait as long."""
    silent = {"BatchGetItem": kind.prepare(handlers), "TransactWriteItems": kind.prepare(handlers)}
    calls = [(operation, command.subject) for operation, command in silent.items()]

    outcomes: list[Outcome] = []
    with faults.barrier(*calls) as silence:
        # On a busy machine the read before a write may be given up, too: then the call comes again.
        while silence.held().keys() != silent.keys():
            outcomes += hurried.run([command.run for command in silent.values()])
        asked = silence.held().total()

    for outcome in outcomes:
        assert outcome.answer is not None
        assert outcome.answer.status == 503
        assert outcome.answer.code == "busy"
        assert "nothing was done" not in outcome.answer.body["detail"]
    # A try takes READ_SECONDS, and none begins that could end too late.
    assert asked <= len(outcomes) * (PATIENCE_SECONDS // READ_SECONDS)

    final = final_answers([command.run for command in silent.values()], troubled)
    assert {answer.status for answer in final} == {kind.status}
    kind.check(handlers.backend, [command.subject for command in silent.values()])
